"""An access log as the traffic of one's own scenario: uploaded, fitted elsewhere, laid over it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from sim.i18n import LANGUAGES, translate
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.yaml_form import with_behaviour
from sim.interfaces.app.shown import plain, show_table
from sim.interfaces.app.work.server import done_at_once
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Table

UPLOAD = "upload-log"
_ANSWER = "upload-log-answer"
NAME = "access.log"


def ask_log(language: str) -> None:
    """A place for the log, and what was found in the last one."""
    st.file_uploader(
        translate(language, "Upload an access log (text or .gz, up to 1 MB)"),
        key=UPLOAD,
        on_change=_take,
        help=translate(
            language,
            "Common or combined format, or a CSV file with the columns timestamp,value. Its "
            "busiest hour becomes the traffic of the scenario file. A larger log fits in when it "
            "is gzipped. It is read here on this machine.",
        ),
    )
    answer = st.session_state.get(_ANSWER)
    if not answer:
        return
    if answer["problems"]:
        for text in answer["problems"][language]:
            st.error(plain(text))
        return
    st.success(translate(language, "Its traffic stands in the scenario file above now."))
    show_table(Table.from_json(answer["found"][language]))
    for text in answer["warnings"][language]:
        st.warning(plain(text))


def _take() -> None:
    """The log is data: it is read by a process with limits of its own."""
    file: UploadedFile | None = st.session_state[UPLOAD]
    st.session_state[_ANSWER] = None
    if file is None:
        return
    log = b64encode(file.getvalue()).decode("ascii")
    found, job = done_at_once(Work(task="fit", order={"name": NAME, "log": log}))
    if found is None:
        st.session_state[_ANSWER] = {"problems": _unread(job.error if job else {})}
        return
    st.session_state[_ANSWER] = found
    if found["behaviour"]:
        state = st.session_state
        before = own_text.description(state)
        state[own_text.DESCRIPTION] = with_behaviour(before, found["behaviour"])


def _unread(said: Mapping[str, str]) -> dict[str, list[str]]:
    """Why there is no answer, in every language."""
    busy = {
        language: translate(language, "This could not be read in time; the machine may be busy.")
        for language in LANGUAGES
    }
    return {language: [said.get(language) or busy[language]] for language in busy}
