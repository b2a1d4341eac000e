"""Scenario: describe one's own service, as a form or as YAML, and see what is made of it."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from sim.i18n import message, translate
from sim.interfaces.app import address, own_text, settings
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.plan import plan_picture
from sim.interfaces.app.frame import link_to
from sim.interfaces.app.order import MANIFEST_FILE, SCENARIO_FILE
from sim.interfaces.app.page import Page
from sim.interfaces.app.reading import read
from sim.interfaces.app.shown import show_link, show_problems, show_reading, theme_colours
from sim.interfaces.app.upload_log import ask_log
from sim.interfaces.app.yaml_form import FORM, RATE, rate_is_elsewhere, values_of, with_value
from sim.model.objects import JsonObject
from sim.scenario.source import bundled_scenarios

UPLOAD = "upload"
_REFUSED = "upload-refused"
_MANIFESTS = re.compile(r"^(  manifests:.*\n)(?:    - .*\n)+", re.MULTILINE)


def show(language: str) -> None:
    """The texts, the form beside them, and what they were understood to be."""
    with st.sidebar:
        settings.ask_scenario(language, manifest=False)
    if st.session_state["scenario"] == settings.OWN:
        _edit(language)
    else:
        _show_bundled(str(st.session_state["scenario"]), language)
    order = settings.order_of({**st.session_state, "strategies": [], "runs": 1})
    if order.is_blank:
        st.info(translate(language, "There is no manifest yet: paste or upload a Deployment."))
        return
    reading = read(order)
    show_problems(reading, language)
    if reading["problems"]:
        return
    st.success(translate(language, "No mistake was found."))
    with st.container(horizontal=True):
        link_to("compare", language)
        link_to("run", language)
    _show_plan(reading, language)
    show_reading(reading, language)
    show_link(address.words_of(PAGE.fields, st.session_state), language)


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
    named = _MANIFESTS.sub(rf"\1    - {MANIFEST_FILE}\n", description, count=1)
    return named, "\n---\n".join(texts) + "\n"


def _edit(language: str) -> None:
    _show_form(language)
    left, right = st.columns(2)
    with left:
        st.text_area(
            translate(language, "Scenario file (scenario.yaml)"),
            key=own_text.DESCRIPTION,
            height=420,
            max_chars=own_text.MOST_CHARACTERS,
            persist_state="session",
            placeholder=translate(
                language, "May stay empty: then all that the manifest does not say is assumed."
            ),
            help=translate(
                language, "What Kubernetes does not say: traffic, users, versions, faults."
            ),
        )
        ask_log(language)
    with right:
        own_text.ask_manifest(language, height=420)
        st.file_uploader(
            translate(language, "Upload manifests (YAML, up to 1 MB)"),
            type=["yaml", "yml", "json"],
            accept_multiple_files=True,
            key=UPLOAD,
            on_change=_take_uploads,
        )
        if st.session_state.get(_REFUSED):
            st.error(
                translate(
                    language,
                    "{file} was not taken: it is no text, or too large.",
                    file=st.session_state[_REFUSED],
                )
            )


def _take_uploads() -> None:
    """What was uploaded becomes the manifest: text, whatever it says."""
    files: list[UploadedFile] = st.session_state[UPLOAD] or []
    texts = []
    st.session_state[_REFUSED] = ""
    for file in files:
        try:
            text = file.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError:
            text = ""
        if not text or len(text) > own_text.MOST_CHARACTERS or "\0" in text:
            st.session_state[_REFUSED] = file.name[:80]
            return
        texts.append(text.strip("\n"))
    if texts:
        st.session_state[own_text.MANIFEST] = "\n---\n".join(texts) + "\n"


def _show_form(language: str) -> None:
    """The form, filled from the text; without a scenario file there is none."""
    values = values_of(own_text.description(st.session_state))
    if values is None:
        return
    # Row by row, so that a phone keeps the order; a long label takes a second line above its field.
    rows = (st.columns(4, vertical_alignment="bottom") for _ in range(0, len(FORM), 4))
    elsewhere = rate_is_elsewhere(own_text.description(st.session_state))
    for field, column in zip(FORM, chain.from_iterable(rows), strict=False):
        st.session_state[field.key] = values[field.path]
        column.text_input(
            field.label.render(language),
            key=field.key,
            placeholder=translate(language, "over time, in the file")
            if elsewhere and field.path == RATE
            else translate(language, "assumed, see below"),
            help=f"`spec.{field.path}`",
            on_change=_write,
            args=(field.path, field.key),
        )


def _write(path: str, key: str) -> None:
    """Bring one field of the form into the text."""
    state = st.session_state
    state[own_text.DESCRIPTION] = with_value(
        own_text.description(state), path, str(state[key] or "")
    )


def _show_plan(reading: JsonObject, language: str) -> None:
    picture = plan_picture(reading["plan"], theme_colours(), language)
    if not picture:
        return
    st.subheader(translate(language, "Planned steps and faults"))
    show_markup(picture, "plan")
    st.caption(
        translate(
            language,
            "What strategies hold on purpose (a step waits for its pods first, which only a run "
            "can tell), and when faults strike. A fault of a version is there whenever that "
            "version is.",
        )
    )


PAGE = Page(
    title=message("Scenario"),
    question=message("What does my service look like, and what is assumed about it?"),
    show=show,
    fields=settings.SCENARIO,
)
