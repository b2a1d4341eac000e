"""`seatrial compare --require rollback<=60s`: the drill that such a limit needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.experiments.requirement import Requirement
    from sim.experiments.ways_back import WaysBack


def refuse_undrillable(required: Sequence[Requirement], *, tuned: bool, budget: str | None) -> None:
    """Raise a `ScenarioError` where a limit on the way back goes with what no drill can keep to."""
    drilled = [one for one in required if one.is_drilled]
    if not drilled:
        return
    problems = []
    place = f"--require {drilled[0].text}"
    if tuned:
        text = message("the way back is drilled with each strategy's own settings, not tuned ones")
        problems.append(Problem(text, file=place, hint=message("leave --tuned out")))
    if budget is not None:
        text = message(
            "the way back is drilled under every seed that is compared, after them and however "
            "long it takes: no --budget can be kept"
        )
        hint = message("limit the work by --runs or --max-runs")
        problems.append(Problem(text, file=place, hint=hint))
    if problems:
        raise ScenarioError(problems)


def drilled_ways_back(
    comparison: Comparison,
    required: Sequence[Requirement],
    *,
    workers: int | None,
    executor: str,
    engine: str,
    terminal: Terminal,
) -> WaysBack | None:
    """What the drill of *comparison* found; None if nothing is *required* of a way back."""
    if not any(one.is_drilled for one in required):
        return None
    from sim.experiments.ways_back import ways_back
    from sim.interfaces.waiting import progress_of

    with progress_of(terminal, message("drilling the ways back, seed by seed")) as progress:
        return ways_back(
            comparison, workers=workers, executor=executor, progress=progress, engine=engine
        )
