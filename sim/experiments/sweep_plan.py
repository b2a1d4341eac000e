"""The plan of a sweep: its points as scenarios, one window for all, and its jobs by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import Problem, ScenarioError
from sim.experiments.axis import Axis
from sim.experiments.outcome import Outcome
from sim.experiments.programs import programs
from sim.experiments.trial import Trial
from sim.experiments.window import measured_window
from sim.i18n import message
from sim.model.objects import JsonObject
from sim.model.run import Window
from sim.model.unreadable import Unreadable
from sim.scenario.scenario import Scenario
from sim.scenario.work import refuse_too_much

SCHEMA_VERSION = 1
CHUNK_SEEDS = 10  # One file holds so many seeds of a point.

# A scenario under these overrides and faults, or what is wrong with it.
Loader = Callable[[Sequence[str], Sequence[str]], Scenario]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One place of the sweep: a value for each axis, and its scenario.

    Without a *scenario* Kubernetes, or Seatrial, refuses it: *refused* says why.
    """

    values: tuple[str, ...]
    scenario: Scenario | None
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One job: some seeds of one point. *key* says what it is, to the last thing that matters."""

    trial: Trial
    seeds: tuple[int, ...]
    key: str

    def __call__(self) -> tuple[tuple[Outcome, ...], ...]:
        """Carry it out."""
        return tuple(self.trial(seed) for seed in self.seeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a sweep will do."""

    base: Scenario
    axes: tuple[Axis, ...]
    design: str
    points: tuple[Point, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    window: Window
    engine: str

    def chunks(self, point: Point) -> Iterator[Chunk]:
        """The jobs of *point*, in the order of the seeds."""
        if point.scenario is None:
            return
        trial = Trial(
            scenario=point.scenario,
            strategies=self.strategies,
            window=self.window,
            keep_runs_of=(),
            engine=self.engine,
        )
        for start in range(0, len(self.seeds), CHUNK_SEEDS):
            seeds = self.seeds[start : start + CHUNK_SEEDS]
            yield Chunk(trial=trial, seeds=seeds, key=_key(trial, seeds))

    def to_json(self) -> JsonObject:
        """The plan under stable names; the same plan gives the same bytes."""
        return {
            "schemaVersion": SCHEMA_VERSION,
            "kind": "Sweep",
            "programs": dict(programs()),
            "scenario": self.base.understood(),
            "design": self.design,
            "axes": [
                {"name": axis.field.name, "path": axis.field.path, "values": list(axis.values)}
                for axis in self.axes
            ],
            "strategies": list(self.strategies),
            "seeds": list(self.seeds),
            "window": _window(self.window),
            "points": [self._point(point) for point in self.points],
        }

    def _point(self, point: Point) -> JsonObject:
        return {
            "values": dict(zip((axis.field.name for axis in self.axes), point.values, strict=True)),
            "scenarioDigest": None if point.scenario is None else point.scenario.digest,
            "refused": [problem.render("en") for problem in point.refused],
            "chunks": [chunk.key for chunk in self.chunks(point)],
        }


def plan_of(
    loader: Loader,
    axes: Sequence[Axis],
    design: str,
    values: Sequence[tuple[str, ...]],
    *,
    strategies: Sequence[str],
    seeds: Sequence[int],
    engine: str,
) -> Plan:
    """Load every point. Raise a `ScenarioError` if all are refused: what is wrong at the first."""
    points = tuple(_point(loader, axes, one) for one in values)
    scenarios = [point.scenario for point in points if point.scenario is not None]
    if not scenarios:
        raise ScenarioError(points[0].refused)
    window = _common_window(scenarios, strategies)
    for scenario in scenarios:
        refuse_too_much(scenario, window)
    return Plan(
        base=loader((), ()),
        axes=tuple(axes),
        design=design,
        points=points,
        strategies=tuple(strategies),
        seeds=tuple(seeds),
        window=window,
        engine=engine,
    )


def _point(loader: Loader, axes: Sequence[Axis], values: tuple[str, ...]) -> Point:
    overrides: list[str] = []
    faults: list[str] = []
    moments = [value for axis, value in zip(axes, values, strict=True) if axis.field.moment]
    try:
        for axis, value in zip(axes, values, strict=True):
            if not axis.field.moment:
                more, wrong = axis.field.changes(value)
                overrides += more
                faults += wrong
        if moments:
            faults = _begun_at(moments[-1], faults)
        return Point(values=values, scenario=loader(overrides, faults))
    except ScenarioError as error:
        return Point(values=values, scenario=None, refused=error.problems)
    except Unreadable as error:
        problem = Problem(error.message, file="--vary", hint=error.hint)
        return Point(values=values, scenario=None, refused=(problem,))


def _begun_at(moment: str, faults: Sequence[str]) -> list[str]:
    """*faults*, each from that moment on. Raise an `Unreadable` if there are none."""
    if not faults:
        text = message("a moment is that of the faults that are varied, and none is")
        raise Unreadable(text, message("such as --vary bug:new=1%,5% --vary moment=30s,60s"))
    return [f"{fault}@{moment}" for fault in faults]


def _common_window(scenarios: Sequence[Scenario], strategies: Sequence[str]) -> Window:
    """One window for all points, or their costs could not be compared: the longest parts of any."""
    once = {scenario.digest: scenario for scenario in scenarios}
    found = [measured_window(scenario, strategies) for scenario in once.values()]
    first = max(window.first_write for window in found)
    rest = max(window.end - window.first_write for window in found)
    return Window(start=0.0, first_write=first, end=float(-(-(first + rest) // 1)))


def _key(trial: Trial, seeds: Sequence[int]) -> str:
    """SHA-256 of everything that can change the answer; the engine cannot."""
    facts: Mapping[str, object] = {
        "schemaVersion": SCHEMA_VERSION,
        "programs": dict(programs()),
        "scenario": trial.scenario.digest,
        "strategies": list(trial.strategies),
        "window": _window(trial.window),
        "seeds": list(seeds),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _window(window: Window) -> JsonObject:
    return {
        "startSeconds": window.start,
        "firstWriteSeconds": window.first_write,
        "endSeconds": window.end,
    }
