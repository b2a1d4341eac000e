"""The ways back of a comparison: every strategy sent back at its finish, under the same seeds.

No release of a comparison is taken back, so how long that takes is asked of the rollback drill.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from sim.analysis.rollback_figures import BACK
from sim.experiments.comparison import Comparison
from sim.experiments.drill_ending import Ending
from sim.experiments.drill_moments import Moment
from sim.experiments.drill_result import Drill, DrilledMoment, WayBack
from sim.experiments.rollback_drill import rollback_drill
from sim.experiments.workforce import workforce_of
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.traffic.engine import DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysBack:
    """All strategies of a comparison *drilled* at their finish, under its *seeds*.

    *faults* are what was wrong with the release that they went back from.
    """

    seeds: tuple[int, ...]
    faults: tuple[str, ...]
    drilled: DrilledMoment

    def seconds(self, strategy: str) -> tuple[float | None, ...]:
        """From the decision until *strategy* was back, by seed; None where it was not."""
        way = self._way(strategy)
        pairs = zip(way.values[BACK], way.endings, strict=True)
        return tuple(value if ending is Ending.BACK else None for value, ending in pairs)

    def never_back(self, strategy: str) -> Message | None:
        """That *strategy* was not back in some runs, if so."""
        endings = self._way(strategy).endings
        missing = endings.count(Ending.NOT_BACK)
        if not missing:
            return None
        return message(
            "in {k} of {n} drills it is not back when the window ends",
            k=missing,
            n=len(endings),
        )

    def unknown(self, strategy: str) -> Message | None:
        """Why nobody can tell how long the way back of *strategy* takes, if so."""
        endings = self._way(strategy).endings
        counts = {"n": len(endings)}
        if given_up := endings.count(Ending.GAVE_UP):
            return message(
                "in {k} of {n} drills the release takes itself back before anybody could say so",
                k=given_up,
                **counts,
            )
        if waiting := endings.count(Ending.NOT_SENT):
            return message(
                "in {k} of {n} drills the release is not finished when the window ends, so nobody "
                "sends it back from its finish",
                k=waiting,
                **counts,
            )
        return None

    def sentence(self) -> Message:
        """What was drilled."""
        return message(
            "how long the way back takes is measured by a drill under the same {n} seeds: every "
            "strategy is sent back by command at its finish, from {faults}",
            n=len(self.seeds),
            faults=", ".join(self.faults),
        )

    def to_json(self) -> JsonObject:
        """Under stable names; null where a strategy was not back."""
        window = self.drilled.plan.window
        return {
            "moment": self.drilled.moment.value,
            "faults": list(self.faults),
            "seeds": list(self.seeds),
            "window": {
                "startSeconds": window.start,
                "firstWriteSeconds": window.first_write,
                "endSeconds": window.end,
            },
            "strategies": [
                {
                    "strategy": way.strategy,
                    "backSeconds": list(self.seconds(way.strategy)),
                    "endings": dict(sorted(Counter(one.value for one in way.endings).items())),
                    "digests": list(way.digests),
                }
                for way in self.drilled.ways
            ],
        }

    def _way(self, strategy: str) -> WayBack:
        by_name: Mapping[str, WayBack] = {way.strategy: way for way in self.drilled.ways}
        return by_name[strategy]


def ways_back(
    comparison: Comparison,
    *,
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = DEFAULT,
) -> WaysBack:
    """Send every strategy of *comparison* back at its finish, under each of its seeds."""
    seeds: Sequence[int] = comparison.seeds
    drill = rollback_drill(
        comparison.scenario,
        [arm.strategy for arm in comparison.releases if arm.strategy is not None],
        moments=(Moment.FINISH,),
        seeds=seeds,
        workforce=workforce_of(executor, workers, len(seeds)),
        progress=progress,
        engine=engine,
    )
    return from_the_finish(drill)


def from_the_finish(drill: Drill) -> WaysBack:
    """The ways back of a *drill* that sent everybody back at the finish, maybe among others."""
    (drilled,) = (one for one in drill.moments if one.moment is Moment.FINISH)
    faults = tuple(fault.text for fault in drill.scenario.faults)
    return WaysBack(seeds=drill.seeds, faults=faults, drilled=drilled)
