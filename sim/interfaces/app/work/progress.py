"""Work as its page sees it: how far it is, how long it will take, and a way to stop it."""

from __future__ import annotations

import time

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.work.jobs import AT_ONCE, Job, State
from sim.model.duration import show_duration

POLL_SECONDS = 0.5


@st.fragment(run_every=POLL_SECONDS)
def follow(job: Job, language: str) -> None:
    """Show how far *job* is; when it ends, draw the whole page anew."""
    job.seen = time.monotonic()
    if job.state is not State.RUNNING:
        st.rerun()
    share = job.done / job.total if job.total else 0.0
    st.progress(share, text=_how_far(job, language))
    if st.button(translate(language, "Cancel"), key=f"cancel-{job.work.task}"):
        job.cancel()
        st.rerun()


def _how_far(job: Job, language: str) -> str:
    if job.waits:
        return translate(
            language,
            "This machine is busy with {n} others; yours begins by itself. Before it: {before}.",
            n=AT_ONCE,
            before=job.before,
        )
    if not job.total:
        return translate(language, "measuring how long the rollouts take …")
    if job.work.task == "drill":
        text = translate(language, "{done} of {total} ways back", done=job.done, total=job.total)
    elif job.work.task == "compare":
        text = translate(language, "{done} of {total} seeds", done=job.done, total=job.total)
    elif job.work.task == "what_if":
        text = translate(language, "{done} of {total} parts", done=job.done, total=job.total)
    else:
        return translate(language, "step {done} of {total}", done=job.done + 1, total=job.total)
    left = job.seconds_left()
    if left is None:
        return text
    return translate(
        language,
        "{text}, about {duration} left",
        text=text,
        duration=show_duration(float(max(1, round(left)))),
    )


def show_end(job: Job, language: str) -> None:
    """Why *job* has no result."""
    if job.state is State.CANCELLED:
        st.info(translate(language, "Cancelled."))
    elif job.state is State.FAILED:
        st.error(translate(language, "There is no result."))
        st.text(job.error[language])
