"""An outcome: what one arm came to under one seed, small enough to travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.clocks import is_settled
from sim.analysis.failures import by_cause, by_class, sent
from sim.analysis.figures import Yardstick, measure
from sim.model.deed import DeedKind, first_of
from sim.model.given_up import GivenUp, Why
from sim.model.run import Run, Setting

# Beside the phases that a strategy can return.
UNFINISHED = "Unfinished"
WENT_BACK = "WentBack"  # Somebody on duty decided so; the strategy itself had not given up.


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one arm (*strategy* None: no release) came to under one seed.

    *classes* are failed requests by class, of all classes, and none where requests have no classes.
    *run* is the whole record, kept only where somebody will draw it.
    """

    strategy: str | None
    seed: int
    figures: Mapping[str, float | None]
    causes: Mapping[str, int]
    classes: Mapping[str, int]
    sent: int
    phase: str
    given_up: GivenUp | None
    settled: bool
    settings: tuple[Setting, ...]
    digest: str
    run: Run | None


def outcome_of(found: Run, yardstick: Yardstick, *, keep: bool) -> Outcome:
    """*found* measured against *yardstick*; with the whole record if *keep*."""
    return Outcome(
        strategy=found.strategy,
        seed=found.seed,
        figures=measure(found, yardstick),
        causes={cause.key: count for cause, count in by_cause(found).items()},
        classes={name: failed for name, (_, failed) in by_class(found).items()},
        sent=sent(found),
        phase=_phase(found),
        given_up=None if _went_back(found) else found.given_up,
        settled=is_settled(found),
        settings=found.settings,
        digest=found.digest(),
        run=found if keep else None,
    )


def _went_back(found: Run) -> bool:
    """Whether somebody on duty sent the release back before its strategy gave it up by itself."""
    own = found.given_up is not None and found.given_up.why is not Why.COMMAND
    return not own and first_of(found.deeds, DeedKind.DECIDED) is not None


def _phase(found: Run) -> str:
    if _went_back(found):
        return WENT_BACK
    return UNFINISHED if found.phase is None else found.phase.value
