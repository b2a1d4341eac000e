"""How often a limit on an error ratio is wrong: exactly, over simulated trials, and with more.

A trial is so many requests of a version whose every request is an error with one probability; the
judge of a release decides about what they come to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.judges.error_ratio import ErrorRatio
from sim.model.analysis import AnalysisPhase
from sim.model.draw_arrays import uniforms
from sim.model.draws import Purpose, Stream
from sim.model.version_metrics import VersionMetrics
from sim.stats.intervals import Proportion, wilson
from sim.stats.threshold import alarm_ratio, requests_needed

MOST_TRIALS = 10_000
FEWEST_TRIALS = 100
_MOST_DRAWS = 50_000_000  # A second or two.
_DRAWS_AT_ONCE = 1 << 20
_NOBODY = VersionMetrics()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrongness:
    """How often a verdict is wrong: *exact*, and *simulated* (None: it would take too long)."""

    exact: float
    simulated: Proportion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReport:
    """A limit among *requests* of a version, if it is as good as *good* or as bad as *bad*.

    From *needed* requests on both are wrong less often than *under*; None if no traffic is enough.
    """

    requests: int
    limit: float
    good: float
    bad: float
    under: float
    seed: int
    false_alarms: Wrongness
    misses: Wrongness
    needed: int | None


def judge_limit(
    requests: int, *, limit: float, good: float, bad: float, under: float = 0.05, seed: int = 0
) -> LimitReport:
    """What a *limit* on the error ratio is worth among *requests*."""
    alarms = alarm_ratio(requests, limit, good), alarm_ratio(requests, limit, bad)
    seen = [_alarms(requests, limit, ratio, seed, n) for n, ratio in enumerate((good, bad))]
    return LimitReport(
        requests=requests,
        limit=limit,
        good=good,
        bad=bad,
        under=under,
        seed=seed,
        false_alarms=Wrongness(exact=alarms[0], simulated=_share(seen[0])),
        misses=Wrongness(exact=1.0 - alarms[1], simulated=_share(seen[1], of_the_rest=True)),
        needed=requests_needed(limit, good, bad, under),
    )


def trials_for(requests: int) -> int:
    """How many trials of *requests* each are simulated; 0 if they would be too few to tell."""
    trials = min(MOST_TRIALS, _MOST_DRAWS // requests)
    return trials if trials >= FEWEST_TRIALS else 0


def _alarms(requests: int, limit: float, ratio: float, seed: int, version: int) -> tuple[int, int]:
    """In how many trials the judge says Failed, and how many there were."""
    judge, trials, alarms = ErrorRatio(limit=limit), trials_for(requests), 0
    stream = Stream(seed, Purpose.TRIAL)
    at_once = max(1, _DRAWS_AT_ONCE // requests)
    for first in range(0, trials, at_once):
        last = min(first + at_once, trials)
        numbers = np.arange(first * requests, last * requests, dtype=np.uint64)
        wrong = uniforms(stream, numbers, version).reshape(-1, requests) < ratio
        for errors in wrong.sum(axis=1).tolist():
            canary = VersionMetrics(requests=float(requests), errors=float(errors))
            alarms += judge(_NOBODY, canary).phase is AnalysisPhase.FAILED
    return alarms, trials


def _share(alarms: tuple[int, int], *, of_the_rest: bool = False) -> Proportion | None:
    count, trials = alarms
    if not trials:
        return None
    return wilson(trials - count if of_the_rest else count, trials)
