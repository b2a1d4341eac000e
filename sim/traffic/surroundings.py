"""What all pods share: the clock, the draws, the dependencies, and whom to tell of an ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.model.causes import Cause
from sim.model.draws import Stream
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Clock
from sim.traffic.demand import Demands
from sim.traffic.dependency import Dependencies
from sim.traffic.routing import Routing
from sim.traffic.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all stations share; *answer* is told how an attempt ended.

    *rows* are how versions behave now, and *routing* finds code paths.
    """

    clock: Clock
    demands: Demands
    bugs: Stream
    crashes: Stream
    dependencies: Dependencies
    answer: Callable[[Attempt, Cause], None]
    rows: Rows
    routing: Routing
