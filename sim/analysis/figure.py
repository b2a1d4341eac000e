"""What a figure is: its key, unit, label and definition, and the function that measures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.analysis import cost
from sim.analysis.units import Unit
from sim.i18n import Message
from sim.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What a run is held against: the no-release run of the same seed, the SLO, the prices."""

    no_release: Run
    slo_availability: float
    prices: cost.Prices | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that is measured. *key* is its stable name in `--json` and in files.

    *compute* answers None where the figure does not exist: a clock that never stopped, a price
    that nobody gave. *less_is_better* is None for what is neither good nor bad. One that *stands
    alone* looks at the run only, and never at the yardstick.
    """

    key: str
    unit: Unit
    label: Message
    definition: Message
    compute: Callable[[Run, Yardstick], float | None]
    less_is_better: bool | None = True
    stands_alone: bool = True
