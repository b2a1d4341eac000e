"""Before the first visitor comes: the default results are begun, and what pages need is loaded."""

from __future__ import annotations

import threading
from importlib import import_module

from sim.interfaces.app import settings
from sim.interfaces.app.page import Page
from sim.interfaces.app.pages import PAGES
from sim.interfaces.app.pages.way_back import usual_work
from sim.interfaces.app.service.reading import read
from sim.interfaces.app.study.ask_study import usual_study, work_of
from sim.interfaces.app.tasks import TASKS
from sim.interfaces.app.work.jobs import Jobs
from sim.interfaces.app.work.server import jobs, result_of
from sim.interfaces.app.work.task import Task, Work

PROMPT = 3  # As many are waited for by whoever opens the door; the rest gives way to all else.
LATE = ("pandas", "pyarrow.parquet")  # What Streamlit and the downloads would load by and by.


def prepare() -> None:
    """Have what every first visitor sees computed, unless an earlier server has done so.

    One after the other: a visitor who is there already may want the second first.
    """
    threading.Thread(target=_compute, args=(jobs(),), daemon=True).start()
    for name in LATE:
        import_module(name)
    for name in PAGES:
        page: Page = PAGES[name]  # Asking for it loads it.
        assert page.question
    read(settings.usual_order())


def usual_works() -> tuple[Work, ...]:
    """What first visitors ask for, the most likely first."""
    return (
        Work(task="compare", order=settings.usual_order().to_json()),
        Work(task="run", order=settings.usual_run().to_json()),
        Work(task="race", order=settings.usual_run().to_json()),
        usual_work(),
        work_of(usual_study()),
    )


def _compute(registry: Jobs) -> None:
    for number, work in enumerate(usual_works()):
        task: Task = TASKS[work.task]
        if result_of(work) is None:
            job = registry.start(work, seconds=task.seconds, ahead=number >= PROMPT)
            if job is not None:
                job.wait(task.seconds)
