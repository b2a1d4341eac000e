"""Work that is done elsewhere, as every page asks for it: a button, the wait, and the result."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.work.jobs import State
from sim.interfaces.app.work.progress import follow, show_end
from sim.interfaces.app.work.server import standing, start
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject


def result_or_wait(
    work: Work, label: str, language: str, *, at_once: bool, blocked: bool = False
) -> JsonObject | None:
    """The result of *work*; None where there is none yet, and the page says why.

    The button in the sidebar, called *label* in the visitor's language, begins it unless it is
    *blocked*; *at_once* it begins by itself when nobody has asked before.
    """
    found, job = standing(work)
    running = job is not None and job.state is State.RUNNING
    with st.sidebar:
        clicked = st.button(
            label,
            type="primary",
            disabled=blocked or found is not None or running,
            key=f"start-{work.task}",
        )
    if found is None and not running and not blocked and (clicked or (at_once and job is None)):
        job = start(work, language)
    if found is not None:
        return found
    if job is not None and job.state is State.RUNNING:
        follow(job, language)
    else:
        if job is not None:
            show_end(job, language)
        failed = job is not None and job.state is State.FAILED
        if not clicked and not blocked and not failed:
            idle = translate(
                language, "Nobody has run this yet: press {button} on the left.", button=label
            )
            st.info(idle)
    return None
