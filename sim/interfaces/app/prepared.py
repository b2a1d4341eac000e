"""Before the first visitor comes: the pages' modules are loaded, and the default results begun."""

from __future__ import annotations

import threading

from sim.interfaces.app import frame, settings
from sim.interfaces.app.jobs import Jobs
from sim.interfaces.app.server import jobs, result_of
from sim.interfaces.app.task import Task, Work
from sim.interfaces.app.tasks import TASKS

assert frame  # Imported for all that it imports.


def prepare() -> None:
    """Have what every first visitor sees computed, unless an earlier server has done so.

    One after the other: a visitor who is there already may want the second first.
    """
    threading.Thread(target=_compute, args=(jobs(),), daemon=True).start()


def _compute(registry: Jobs) -> None:
    for name, order in (("compare", settings.usual_order()), ("run", settings.usual_run())):
        work, task = Work(task=name, order=order.to_json()), _task(name)
        if result_of(work) is None:
            job = registry.start(work, seconds=task.seconds)
            if job is not None:
                job.wait(task.seconds)


def _task(name: str) -> Task:
    task: Task = TASKS[name]
    return task
