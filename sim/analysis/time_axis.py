"""The time axis of a picture: seconds, minutes or hours since the first write, with round ticks."""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.model.time_step import time_ticks, unit_of


def count_time(axis: Axes, shown: tuple[float, float], language: str) -> None:
    """Name the axis below and set its ticks for the time *shown*, in seconds from the first write.

    What is drawn stays in seconds.
    """
    unit = unit_of(shown)
    axis.set_xlabel(unit.axis.render(language))
    if unit.seconds > 1:
        ticks = time_ticks(shown)
        axis.set_xticks(ticks, [f"{tick / unit.seconds:g}" for tick in ticks])
