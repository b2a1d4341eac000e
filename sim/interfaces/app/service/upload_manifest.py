"""Files that a visitor uploads: manifests, a scenario file beside them, or a fitted behaviour."""

from __future__ import annotations

import re

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from sim.i18n import translate
from sim.interfaces.app.order import MANIFEST_FILE
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.yaml_form import with_behaviour
from sim.scenario.source import Source

UPLOAD = "upload"
_REFUSED = "upload-refused"
_MANIFESTS = re.compile(r"^( *)manifests:.*\n(?:\1 *- .*(?:\n|\Z))+", re.MULTILINE)
_SHORT_LIST = re.compile(r"^( *)manifests:[ \t]*\[[^\]]*\]", re.MULTILINE)


def ask_files(language: str) -> None:
    """A place for the files, and what was refused."""
    st.file_uploader(
        translate(language, "Upload manifests (YAML, up to 1 MB)"),
        type=["yaml", "yml", "json"],
        accept_multiple_files=True,
        key=UPLOAD,
        on_change=_take,
        help=translate(
            language,
            "Several files become one text. A scenario.yaml among them becomes the scenario file.",
        ),
    )
    if st.session_state.get(_REFUSED):
        st.error(
            translate(
                language,
                "{file} was not taken: it is no text, or too large.",
                file=st.session_state[_REFUSED],
            )
        )


def _take() -> None:
    """What was uploaded becomes the texts, whatever it says."""
    state = st.session_state
    files: list[UploadedFile] = state[UPLOAD] or []
    texts: list[tuple[str, str]] = []
    state[_REFUSED] = ""
    for file in files:
        try:
            text = file.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError:
            text = ""
        if not text or len(text) > own_text.MOST_CHARACTERS or "\0" in text:
            state[_REFUSED] = file.name[:80]
            return
        texts.append((file.name, text.replace("\r\n", "\n")))
    manifests, description = sorted_out(texts, own_text.description(state))
    if manifests:
        state[own_text.MANIFEST] = manifests
    state[own_text.DESCRIPTION] = description


def sorted_out(files: list[tuple[str, str]], description: str) -> tuple[str, str]:
    """The manifests among *files* as one text, and the scenario file: theirs, or as it was."""
    manifests, behaviours = [], []
    for name, text in files:
        source = Source(name, text, None)
        if source.is_behaviour:
            behaviours.append(text)
        elif source.is_scenario:
            description = naming_one_file(text)
        else:
            manifests.append(text.strip("\n"))
    for text in behaviours:
        description = with_behaviour(description, text)
    return joined(manifests), description


def joined(texts: list[str]) -> str:
    """Several manifests as one text; empty without any."""
    return "\n---\n".join(texts) + "\n" if texts else ""


def naming_one_file(description: str) -> str:
    """The scenario file *description*, whose manifests are one file here."""
    named = _MANIFESTS.sub(rf"\1manifests:\n\1  - {MANIFEST_FILE}\n", description, count=1)
    if named == description:
        named = _SHORT_LIST.sub(rf"\1manifests: [{MANIFEST_FILE}]", description, count=1)
    return named
