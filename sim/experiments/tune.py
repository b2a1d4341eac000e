"""Tune: the best of each strategy's few settings, found on seeds that nothing is compared on.

Best is: ends as Healthy most often; then fails the fewest requests, where what cannot be told from
the fewest by paired runs is as good; then has only the final pods left soonest; then costs the
fewest pod-seconds; then comes first in the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from sim.analysis import clocks, cost, failures
from sim.experiments.replicate import replicate
from sim.experiments.tuning import Choice, Tried, Tuning, variant
from sim.experiments.tuning_grids import GRIDS, Candidate
from sim.experiments.window import longest_window
from sim.model.run import Phase, PodPhase, Run, Window
from sim.scenario.scenario import Scenario
from sim.session import run
from sim.stats import difference, mean_interval
from sim.strategies import strategy_named
from sim.strategies.rolling_update import rolling_budget

FEWEST_SEEDS, MOST_SEEDS = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one candidate came to under one seed; a clock that did not stop has the whole window."""

    healthy: bool
    failed: float
    settled_seconds: float
    pod_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningTrial:
    """Every candidate under one seed: a value that travels to the process that carries it out."""

    arms: tuple[tuple[str, Scenario], ...]
    window: Window
    engine: str

    def __call__(self, seed: int) -> tuple[Score, ...]:
        """The candidates' scores, in their order."""
        return tuple(
            _score(run(scenario, name, seed, window=self.window, engine=self.engine))
            for name, scenario in self.arms
        )


def tuning_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """Seeds to tune on, none of which is among *seeds*, on which is compared afterwards."""
    count = min(max(FEWEST_SEEDS, len(seeds) // 2), MOST_SEEDS)
    return tuple(max(seeds) + 1 + number for number in range(count))


def tune(
    scenario: Scenario,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int],
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str,
) -> Tuning:
    """The best candidate for each of *strategies*, to be compared on *seeds*: tuned on others."""
    others = tuning_seeds(seeds)
    grids = {name: _candidates(scenario, name) for name in strategies if name in GRIDS}
    arms = tuple(
        (name, variant(scenario, name, candidate))
        for name, candidates in grids.items()
        for candidate in candidates
    )
    if not arms:
        return Tuning(seeds=others, choices=())
    trial = TuningTrial(arms=arms, window=longest_window(arms), engine=engine)
    rows = replicate(trial, others, workers=workers, progress=progress)
    return Tuning(seeds=others, choices=tuple(_choices(grids, list(zip(*rows, strict=True)))))


def _candidates(scenario: Scenario, strategy: str) -> tuple[Candidate | None, ...]:
    """What the scenario says, and all of the grid that is something else."""
    others = (one for one in GRIDS[strategy] if _differs(scenario, strategy, one))
    return (None, *others)


def _differs(scenario: Scenario, strategy: str, candidate: Candidate) -> bool:
    given = scenario.strategies.get(strategy, {})
    now, then = (
        strategy_named(strategy, settings) for settings in (given, {**given, **candidate.settings})
    )
    budget = rolling_budget(scenario.deployment)
    moves = (budget["maxSurge"], budget["maxUnavailable"])
    return now != then or candidate.budget not in (None, moves)


def _choices(
    grids: dict[str, tuple[Candidate | None, ...]], columns: Sequence[Sequence[Score]]
) -> Iterator[Choice]:
    """Each strategy's best, from the scores of all candidates in a row."""
    first = 0
    for name, candidates in grids.items():
        scores = columns[first : first + len(candidates)]
        first += len(candidates)
        tried = tuple(_tried(one, found) for one, found in zip(candidates, scores, strict=True))
        yield Choice(strategy=name, tried=tried, chosen=best(scores))


def best(scores: Sequence[Sequence[Score]]) -> int:
    """The number of the best candidate, from its *scores* by seed (the same seeds for each)."""
    healthy = [sum(one.healthy for one in found) for found in scores]
    left = [number for number, count in enumerate(healthy) if count == max(healthy)]
    fewest = min(left, key=lambda number: fmean(one.failed for one in scores[number]))
    left = [number for number in left if not _fails_more(scores[number], scores[fewest])]
    return min(
        left,
        key=lambda number: (
            fmean(one.settled_seconds for one in scores[number]),
            fmean(one.pod_seconds for one in scores[number]),
            number,
        ),
    )


def _fails_more(found: Sequence[Score], fewest: Sequence[Score]) -> bool:
    gap = difference([one.failed for one in found], [one.failed for one in fewest])
    assert gap is not None, "every run counts its failed requests"
    return gap.clear and gap.value > 0


def _score(found: Run) -> Score:
    settled = clocks.settled_seconds(found)
    return Score(
        healthy=found.phase is Phase.HEALTHY,
        failed=float(failures.failed(found)),
        settled_seconds=found.window.seconds if settled is None else settled,
        pod_seconds=cost.pod_seconds(found, tuple(PodPhase)),
    )


def _tried(candidate: Candidate | None, scores: Sequence[Score]) -> Tried:
    failed = mean_interval([one.failed for one in scores])
    assert failed is not None, "every run counts its failed requests"
    return Tried(
        candidate=candidate,
        healthy=sum(one.healthy for one in scores),
        failed=failed,
        settled_seconds=fmean(one.settled_seconds for one in scores),
        pod_seconds=fmean(one.pod_seconds for one in scores),
    )
