"""Scenario: describe one's own service, as a form or as YAML, and see what is made of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.i18n import message, translate
from sim.interfaces.app import address, settings
from sim.interfaces.app.frame import link_to
from sim.interfaces.app.order import MANIFEST_FILE, SCENARIO_FILE
from sim.interfaces.app.page import Page
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.assumed_form import show_form
from sim.interfaces.app.service.fault_form import show_fault_form
from sim.interfaces.app.service.plan_panel import show_plan
from sim.interfaces.app.service.reading import read
from sim.interfaces.app.service.release_form import show_release_form
from sim.interfaces.app.service.take_home import show_take_home
from sim.interfaces.app.service.upload_log import ask_log
from sim.interfaces.app.service.upload_manifest import ask_files, joined, naming_one_file
from sim.interfaces.app.shown import show_assumptions, show_link, show_problems
from sim.model.objects import JsonObject
from sim.scenario.source import bundled_scenarios

DOORS = ("compare", "way-back", "run", "what-if", "ab")
_FACTS = "own-facts"


def show(language: str) -> None:
    """The texts, what was understood, the forms beside them, and the doors to what can be asked."""
    own = st.session_state["scenario"] == settings.OWN
    with st.sidebar:
        given = bool(st.session_state["image"])
        settings.ask_scenario(language, manifest=False, image=not own or given)
    own = st.session_state["scenario"] == settings.OWN
    places = _edit(language) if own else {}
    if not own:
        _show_bundled(str(st.session_state["scenario"]), language)
    order = settings.order_of({**st.session_state, "strategies": [], "runs": 1})
    if order.is_blank:
        own_text.show_why_blank(
            language, translate(language, "There is no manifest yet: paste or upload a Deployment.")
        )
        return
    with st.spinner(translate(language, "Reading what you wrote …")):
        reading = read(order)
    if reading["problems"]:
        _show_mistakes(reading, places, language)
    else:
        st.session_state[_FACTS] = reading["facts"]
        _show_understood(reading, language)
    if own:
        facts: JsonObject = st.session_state.get(_FACTS, {})
        show_release_form(facts, language)
        show_form(facts, language)
        show_fault_form(facts, language)
    if reading["problems"]:
        return
    show_plan(reading["plan"], language)
    _show_assumptions(reading, own, language)
    if own:
        show_take_home(order, reading["facts"]["service"], language)
    show_link(address.words_of(PAGE.fields, st.session_state), language)


def _show_assumptions(reading: JsonObject, own: bool, language: str) -> None:
    """As a table; where the form has them already, folded."""
    if not own:
        show_assumptions(reading, language)
        return
    title = translate(language, "All values in one table, with their sources")
    with st.expander(title, key="all-values"):
        show_assumptions(reading, language)


def _show_mistakes(reading: JsonObject, places: dict[str, DeltaGenerator], language: str) -> None:
    """Each beside the text that it is in; what belongs to neither below both."""
    problems = reading["problems"][language]
    elsewhere = [one for one in problems if one[3] not in places]
    for file, place in places.items():
        mine = [one for one in problems if one[3] == file]
        if mine:
            with place:
                show_problems({"problems": {language: mine}}, language)
    if elsewhere:
        show_problems({"problems": {language: elsewhere}}, language)


def _show_understood(reading: JsonObject, language: str) -> None:
    """Sentences to check, what to mind, and where to go from here."""
    st.success(translate(language, "No mistake was found."))
    st.subheader(translate(language, "What was understood"))
    st.text("\n".join(f"• {one}" for one in reading["facts"]["sentences"][language]))
    warnings = reading["warnings"][language]
    if warnings:
        title = translate(language, "What to mind ({n})", n=len(warnings))
        with st.expander(title, key="warnings"):
            for place, sentence in warnings:
                st.text(f"{place}: {sentence}" if place else sentence)
    with st.container(horizontal=True):
        for name in DOORS:
            link_to(name, language)


def _show_bundled(name: str, language: str) -> None:
    """The files of a scenario that comes along; a copy of them can be changed."""
    folder = bundled_scenarios()[name]
    st.button(
        translate(language, "Change a copy of it"),
        key="copy",
        type="primary",
        on_click=_copy,
        args=(folder,),
    )
    left, right = st.columns(2)
    for file in sorted(folder.glob("*.yaml")):
        column = left if file.name == SCENARIO_FILE else right
        column.caption(file.name)
        column.code(file.read_text(encoding="utf-8"), language=None, wrap_lines=True)


def _copy(folder: Path) -> None:
    """Make the files in *folder* the visitor's own."""
    state = st.session_state
    state[own_text.DESCRIPTION], state[own_text.MANIFEST] = copied(folder)
    state["scenario"] = settings.OWN


def copied(folder: Path) -> tuple[str, str]:
    """The scenario file in *folder*, and all its manifests as the one file that it names then."""
    description = (folder / SCENARIO_FILE).read_text(encoding="utf-8")
    texts = [
        file.read_text(encoding="utf-8").rstrip("\n")
        for file in sorted(folder.glob("*.yaml"))
        if file.name != SCENARIO_FILE
    ]
    return naming_one_file(description), joined(texts)


def _edit(language: str) -> dict[str, DeltaGenerator]:
    """The two texts; and beside each a place for what is wrong with it."""
    left, right = st.columns(2)
    with left:
        own_text.ask_manifest(language, height=420)
        manifest = st.container()
        ask_files(language)
    with right:
        own_text.ask_description(language, height=420)
        description = st.container()
        ask_log(language)
    return {MANIFEST_FILE: manifest, SCENARIO_FILE: description}


PAGE = Page(
    title=message("Scenario"),
    question=message("What does my service look like, and what is assumed about it?"),
    show=show,
    fields=settings.SCENARIO,
)
