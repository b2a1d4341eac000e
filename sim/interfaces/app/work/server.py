"""What all visitors of one server share: the work under way, and the results on the shelf."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sim.i18n import translate
from sim.interfaces.app.tasks import TASKS
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.jobs import AT_ONCE, OWN_WAITING, Job, Jobs, State
from sim.interfaces.app.work.task import Task, Work
from sim.model.objects import JsonObject


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one registry of jobs."""
    return Jobs()


def result_of(work: Work) -> JsonObject | None:
    """What *work* came to, if anybody has done it."""
    return _kept(work.name)


def job_of(work: Work) -> Job | None:
    """Who does *work*."""
    return jobs().of(work)


def standing(work: Work) -> tuple[JsonObject | None, Job | None]:
    """The result of *work* if there is one, and who does or did it.

    What was done but lies on the shelf no more is forgotten: it can be asked for anew.
    """
    found, job = result_of(work), job_of(work)
    if found is None and job is not None and job.state is State.DONE:
        found = result_of(work)  # It was done between two looks?
        if found is None:
            jobs().forget(work)
            return None, None
    return found, job


def start(work: Work, language: str) -> Job | None:
    """Have *work* done, now or in its turn. Too much is refused, and the visitor is told."""
    task: Task = TASKS[work.task]
    context = get_script_run_ctx(suppress_warning=True)
    owner = None if context is None else context.session_id
    job = jobs().start(work, seconds=task.seconds, owner=owner)
    if job is None:
        text = translate(
            language,
            "Too many runs wait for this machine, or {own} of yours do: try again in a while.",
            own=OWN_WAITING,
        )
        st.warning(text)
    return job


def done_at_once(work: Work) -> tuple[JsonObject | None, Job | None]:
    """The result of a small piece of *work*, waited for; or the job that failed."""
    if (found := _kept(work.name)) is not None:
        return found, None
    task: Task = TASKS[work.task]
    job = jobs().start(work, seconds=task.seconds, at_once=2 * AT_ONCE)
    if job is None:
        return None, None
    job.wait(task.seconds + 1.0)
    if job.state is State.RUNNING:
        job.cancel()
    return _kept(work.name), job


def _kept(name: str) -> JsonObject | None:
    try:
        return _parsed(name)
    except LookupError:
        return None


@lru_cache(maxsize=32)
def _parsed(name: str) -> JsonObject:
    """Raise a `LookupError` if there is nothing: only what exists is remembered."""
    found = shelf.find_json(name)
    if found is None:
        raise LookupError(name)
    return found
