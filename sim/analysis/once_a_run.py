"""Once a run: what several figures are read from is worked out once and kept with the run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from sim.model.run import Run

Found = TypeVar("Found")


def once_a_run(work_out: Callable[[Run], Found]) -> Callable[[Run], Found]:
    """*work_out*, which looks at a run once. Nobody may change what it found: others share it."""
    key = f"{work_out.__module__}.{work_out.__qualname__}"

    @wraps(work_out)
    def found(run: Run) -> Found:
        if key not in run.worked_out:
            run.worked_out[key] = work_out(run)
        return cast(Found, run.worked_out[key])

    return found
