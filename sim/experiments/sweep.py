"""Sweeps: every strategy at every point of a design, all under the same seeds and in one window."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass

from sim.experiments.carry_out import carry_out
from sim.experiments.outcome import Outcome
from sim.experiments.summary import summary
from sim.experiments.sweep_folder import SweepFolder
from sim.experiments.sweep_plan import Plan, Point
from sim.experiments.workforce import workforce_of
from sim.model.objects import JsonObject
from sim.stats import Estimate
from sim.traffic.engine import make_ready

Trials = tuple[tuple[Outcome, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A sweep that is done: for each point that was not refused its trials, seed by seed."""

    plan: Plan
    trials: tuple[tuple[Point, Trials], ...]

    def values(self, trials: Trials, strategy: str, figure: str) -> tuple[float | None, ...]:
        """One figure of one strategy by seed."""
        arm = 1 + self.plan.strategies.index(strategy)
        return tuple(trial[arm].figures[figure] for trial in trials)

    def to_json(self) -> JsonObject:
        """Means and intervals of every figure at every point, under stable names."""
        names = [axis.field.name for axis in self.plan.axes]
        return {
            "kind": "SweepSummary",
            "points": [
                {
                    "values": dict(zip(names, point.values, strict=True)),
                    "arms": _arms(trials),
                }
                for point, trials in self.trials
            ],
        }


def sweep(
    plan: Plan,
    folder: SweepFolder,
    *,
    resume: bool = False,
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Swept:
    """Carry out *plan* into *folder*, but for what is there already; each job is kept as it ends.

    *progress* hears (jobs done, all jobs), those that were kept before among them.
    """
    make_ready(plan.engine)
    folder.begin(plan, resume=resume)
    every = [chunk for point in plan.points for chunk in plan.chunks(point)]
    once = {chunk.key: chunk for chunk in every}
    missing = [chunk for key, chunk in once.items() if folder.kept(key) is None]
    done = len(once) - len(missing)
    if progress is not None:
        progress(done, len(once))
    workforce = workforce_of(executor, workers, len(missing))
    try:
        with closing(carry_out(missing, workforce)) as coming:
            for number, trials in coming:
                folder.keep(missing[number], trials)
                done += 1
                if progress is not None:
                    progress(done, len(once))
    except KeyboardInterrupt:
        if progress is not None:  # It may have come between keeping a job and counting it.
            progress(folder.count(once), len(once))
        raise
    found = read_back(plan, folder)
    folder.write_summary(found.to_json())
    return found


def read_back(plan: Plan, folder: SweepFolder) -> Swept:
    """What *folder* holds of *plan*: the points whose jobs are all done."""
    found = []
    for point in plan.points:
        parts = [folder.kept(chunk.key) for chunk in plan.chunks(point)]
        if parts and None not in parts:
            whole = tuple(trial for part in parts if part is not None for trial in part)
            found.append((point, whole))
    return Swept(plan=plan, trials=tuple(found))


def _arms(trials: Trials) -> list[JsonObject]:
    arms, _ = summary(trials)
    return [
        {
            "strategy": arm.strategy,
            "figures": {key: _estimate(found) for key, found in arm.estimates.items()},
            "excess": {key: _estimate(found) for key, found in arm.excess.items()},
        }
        for arm in arms
    ]


def _estimate(found: Estimate | None) -> JsonObject | None:
    if found is None:
        return None
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "of": found.of,
    }
