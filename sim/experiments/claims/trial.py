"""One seed of one case: every strategy and no release, measured before the runs are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import Problem
from sim.experiments.claims.measures import MEASURES
from sim.experiments.outcome import UNFINISHED
from sim.model.run import Run, Window
from sim.scenario.scenario import Scenario
from sim.session import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one strategy came to under one seed, by the keys of the measures."""

    strategy: str
    phase: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A case with everything that its runs need: its *scenario*, the same *window* for all.

    *left_out* are strategies that make no sense there, such as a router that nobody reads, and why.
    """

    scenario: Scenario
    window: Window
    strategies: tuple[str, ...]
    left_out: Mapping[str, Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTrial:
    """All *places* under all *seeds*; a value that travels to the processes that carry it out."""

    places: tuple[Place, ...]
    seeds: tuple[int, ...]
    engine: str

    def __call__(self, number: int) -> tuple[Measured, ...]:
        """The *number*-th of all pairs of place and seed, the seeds of one place in a row."""
        place, seed = self.places[number // len(self.seeds)], number % len(self.seeds)
        runs = [
            run(place.scenario, arm, self.seeds[seed], window=place.window, engine=self.engine)
            for arm in (None, *place.strategies)
        ]
        return tuple(_measured(found, runs[0]) for found in runs[1:])


def _measured(found: Run, no_release: Run) -> Measured:
    assert found.strategy is not None
    return Measured(
        strategy=found.strategy,
        phase=UNFINISHED if found.phase is None else found.phase.value,
        values={key: one.compute(found, no_release) for key, one in MEASURES.items()},
    )
