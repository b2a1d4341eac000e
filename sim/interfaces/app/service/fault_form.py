"""The form of faults: what goes wrong, how much of it and when, without its syntax."""

from __future__ import annotations

import streamlit as st

from sim.errors import Problem, ScenarioError
from sim.faults import FAULTS
from sim.faults.reading import fault_written
from sim.i18n import LANGUAGES, translate
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.fault_kinds import (
    NAMES,
    fault_text,
    has_an_end,
    targets_of,
    usual_moment,
    usual_size,
)
from sim.interfaces.app.service.fault_text import faults_in, with_fault, without_fault
from sim.interfaces.app.service.yaml_form import parsed
from sim.interfaces.app.shown import plain
from sim.model.objects import JsonObject
from sim.world import Fault

_KIND, _WHOM, _SIZE = "new-fault-kind", "new-fault-whom", "new-fault-size"
_FROM, _TO = "new-fault-from", "new-fault-to"
_WRONG = "new-fault-wrong"


def show_fault_form(facts: JsonObject, language: str) -> None:
    """The faults of the scenario file, each with a way out, and a row for another."""
    text = own_text.description(st.session_state)
    if parsed(text) is None:
        return
    st.subheader(translate(language, "What goes wrong"))
    for number, fault in enumerate(faults_in(text)):
        said, button = st.columns([5, 1], vertical_alignment="center")
        said.text(_described(fault, facts, language))
        button.button(
            translate(language, "Remove"),
            key=f"fault-drop-{number}",
            help=translate(language, "Remove {what}", what=fault),
            on_click=_drop,
            args=(number,),
        )
    kinds = [kind for kind in FAULTS if targets_of(kind, facts)]
    with st.expander(translate(language, "Add a fault"), key="fault-add"):
        _ask(kinds, facts, language)


def _ask(kinds: list[str], facts: JsonObject, language: str) -> None:
    what, whom = st.columns(2)
    kind = what.selectbox(
        translate(language, "What goes wrong"),
        kinds,
        key=_KIND,
        format_func=lambda kind: f"{NAMES[kind].render(language)} ({kind})",
    )
    whom.selectbox(
        translate(language, "With whom"),
        targets_of(kind, facts),
        key=f"{_WHOM}-{kind}",
        format_func=lambda name: _whom(name, language),
    )
    size, start, end = st.columns(3)
    if usual_size(kind):
        size.text_input(translate(language, "How much"), usual_size(kind), key=f"{_SIZE}-{kind}")
    usual = usual_moment(kind)
    start.text_input(
        translate(language, "From second"),
        usual[0],
        key=f"{_FROM}-{kind}",
        placeholder=translate(language, "from the start"),
        help=translate(
            language, "Of the run, with a unit: the release begins at 30s unless you say otherwise."
        ),
    )
    if has_an_end(kind):
        end.text_input(
            translate(language, "To second"),
            usual[1],
            key=f"{_TO}-{kind}",
            placeholder=translate(language, "to the end"),
        )
    st.button(
        translate(language, "Add it"), key="fault-add-button", on_click=_add, args=(kind, facts)
    )
    wrong = st.session_state.get(_WRONG)
    if wrong:
        st.error(plain(wrong[language]))


def _whom(name: str, language: str) -> str:
    if name == "new":
        return translate(language, "the new version")
    if name == "old":
        return translate(language, "the old version")
    return name


def _add(kind: str, facts: JsonObject) -> None:
    """Put the fault into the text, if it is one."""
    state = st.session_state
    size, start, end = (
        str(state.get(f"{key}-{kind}") or "").strip() for key in (_SIZE, _FROM, _TO)
    )
    if usual_size(kind) and not size:
        size = usual_size(kind)
    fault = fault_text(kind, str(state[f"{_WHOM}-{kind}"]), size, start, end)
    state[_WRONG] = None
    try:
        _read(fault, facts)
    except ScenarioError as error:
        (problem, *_) = error.problems
        state[_WRONG] = {language: _bare(problem, language) for language in LANGUAGES}
        return
    state[own_text.DESCRIPTION] = with_fault(own_text.description(state), fault)


def _bare(problem: Problem, language: str) -> str:
    return Problem(problem.message, hint=problem.hint).render(language)


def _drop(number: int) -> None:
    state = st.session_state
    state[own_text.DESCRIPTION] = without_fault(own_text.description(state), number)


def _described(fault: str, facts: JsonObject, language: str) -> str:
    """The fault as it is written, and in words if it is one."""
    try:
        found = _read(fault, facts)
    except ScenarioError:
        return fault
    return f"{fault}: {found.describe().render(language)}"


def _read(fault: str, facts: JsonObject) -> Fault:
    """Raise a `ScenarioError` if there is no such fault in the scenario that *facts* are of."""
    known = (facts.get(name, ()) for name in ("dependencies", "machines", "classes"))
    return fault_written(fault, *known)
