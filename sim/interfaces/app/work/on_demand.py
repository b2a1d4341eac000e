"""Work that a visitor asks for by a button: its result, or how far it is."""

from __future__ import annotations

import streamlit as st

from sim.interfaces.app.work.jobs import State
from sim.interfaces.app.work.progress import follow, show_end
from sim.interfaces.app.work.server import standing, start
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject


def on_demand(work: Work, label: str, key: str, language: str) -> JsonObject | None:
    """The result of *work*; without one a button called *label*, or the progress."""
    found, job = standing(work)
    if found is not None:
        return found
    running = job is not None and job.state is State.RUNNING
    if not running and st.button(label, key=f"do-{key}", type="primary"):
        job = start(work, language)
        running = job is not None
    if running and job is not None:
        follow(job, language)
    elif job is not None:
        show_end(job, language)
    return None
