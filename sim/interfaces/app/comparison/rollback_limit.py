"""A limit on the way back: a comparison takes no release back, so a drill is begun beside it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from sim.experiments.drill_moments import Moment
from sim.i18n import translate
from sim.interfaces.app.order import Order
from sim.interfaces.app.work.jobs import Job, State
from sim.interfaces.app.work.progress import follow, show_end
from sim.interfaces.app.work.server import job_of, result_of, start
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysBack:
    """What the drill found, or without it what a cell says that waits for it, and who does it."""

    found: JsonObject | None
    pending: str
    job: Job | None


def work_of(order: Order) -> Work:
    """The drill under the same seeds, decided at the finish: what Way back would do as well."""
    return Work(task="drill", order={**order.to_json(), "moments": [Moment.FINISH.value]})


def begun(order: Order, language: str) -> WaysBack:
    """The drill of *order*, begun by itself unless somebody has asked before."""
    work = work_of(order)
    found = result_of(work)
    if found is not None:
        return WaysBack(found=found["waysBack"], pending="", job=None)
    job = job_of(work) or start(work, language)
    if job is not None and job.state is State.DONE:
        st.rerun()  # It was done between two looks.
    running = job is not None and job.state is State.RUNNING
    words = (
        translate(language, "… being measured")
        if running
        else translate(language, "? not measured")
    )
    return WaysBack(found=None, pending=words, job=job)


def show_progress(ways: WaysBack, order: Order, language: str) -> None:
    """How far the drill is, or why there is none and a button to have it after all."""
    job = ways.job
    if ways.found is not None:
        return
    if job is not None and job.state is State.RUNNING:
        st.caption(
            translate(language, "The rollback drill: each strategy is sent back at its finish.")
        )
        follow(job, language)
        return
    if job is not None:
        show_end(job, language)
    if st.button(translate(language, "Measure the rollback"), key="measure-rollback"):
        start(work_of(order), language)
        st.rerun()


def reasons(ways: JsonObject, language: str) -> list[str]:
    """How it was drilled, and of whom it cannot tell, or who was not back, and why."""
    whose = [
        translate(language, "{strategy}: {reason}.", strategy=name, reason=said[language])
        for name, said in ways["why"].items()
    ]
    how = translate(language, "{sentence}.", sentence=ways["how"][language])
    return [how[:1].upper() + how[1:], *whose]
