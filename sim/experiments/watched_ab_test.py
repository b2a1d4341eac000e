"""An A/B test watched while it lasts: its groups at the end, and the difference at each look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.analysis.experiment import experiment
from sim.model.experiment import Experiment
from sim.model.run import AskedShare, Window
from sim.model.visitors import Ledger
from sim.scenario.scenario import Scenario
from sim.session import Session
from sim.stats.always_valid import gap_of_shares
from sim.stats.share_arrays import enough
from sim.stats.two_samples import two_proportions

STRATEGY = "ABTest"
LOOKS = 12
ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody saw after *users* of both groups: how much more B converts, as a share.

    *once* is the interval for a look that is the only one, *valid* the one for all together.
    """

    users: int
    gap: float
    once: tuple[float, float]
    valid: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """*found* is what came of it, *looks* how it came about, where they had something to say."""

    found: Experiment
    looks: tuple[Look, ...]


def watch_ab_test(
    scenario: Scenario, seed: int, *, window: Window, engine: str, expected: float
) -> Watched | None:
    """Run the A/B test of *scenario* and look at it 12 times; None if no version met a user.

    *expected* is the difference that one hopes for, as a share: the always-valid interval is
    narrowest where it is right.
    """
    ledger = Ledger()
    session = Session(scenario, STRATEGY, seed, window=window, engine=engine, recorder=ledger)
    found, model = session.finish().experiment, scenario.user_behaviour
    if found is None or model is None or not found.a.users + found.b.users:
        return None

    def seen() -> Iterator[Look]:
        for number in range(1, LOOKS + 1):
            until = found.start + number / LOOKS * (found.end - found.start)
            held = AskedShare(start=found.start, end=until, percent=100 * found.share_of_b)
            so_far = experiment(ledger, held, model, seed)
            a, b = ((group.conversions, group.users) for group in (so_far.a, so_far.b))
            if enough(a, b):
                yield look_at(so_far, expected)

    return Watched(found=found, looks=tuple(seen()))


def look_at(so_far: Experiment, expected: float) -> Look:
    """The difference of conversion as it stands, with both intervals at 95 %."""
    a, b = ((group.conversions, group.users) for group in (so_far.a, so_far.b))
    once = two_proportions(a, b, level=1.0 - ALPHA)
    low, high = gap_of_shares(a, b, expected, ALPHA)
    return Look(
        users=a[1] + b[1],
        gap=once.value,
        once=(once.low, once.high),
        valid=(float(low), float(high)),
    )
