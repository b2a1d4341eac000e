"""A job as its page sees it: how far it is, and a way to stop it."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.jobs import Job, State

POLL_SECONDS = 0.5


@st.fragment(run_every=POLL_SECONDS)
def follow(job: Job, language: str) -> None:
    """Show how far *job* is; when it ends, draw the whole page anew."""
    if job.state is not State.RUNNING:
        st.rerun()
    share = job.done / job.total if job.total else 0.0
    text = (
        translate(language, "{done} of {total} seeds", done=job.done, total=job.total)
        if job.total
        else translate(language, "measuring how long the rollouts take …")
    )
    st.progress(share, text=text)
    if st.button(translate(language, "Cancel"), key="cancel"):
        job.cancel()
        st.rerun()
