"""From a sweep to what its pictures show."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.analysis.units import Unit, label
from sim.experiments.effects import effects
from sim.experiments.sweep import Swept
from sim.experiments.sweep_plan import Point
from sim.i18n import Message, message

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.analysis.scatter_map import Ruler

MOST_CELLS = 40  # Along one side; more would be no picture.


def titled(figure: str) -> Message:
    """A figure and its unit."""
    found = FIGURES[figure]
    if found.unit in (Unit.REQUESTS, Unit.USERS, Unit.PODS, Unit.POD_SECONDS, Unit.CORE_SECONDS):
        return found.label
    return message("{name} ({unit})", name=found.label, unit=label(found.unit))


def heat_map(swept: Swept, figure: str, language: str) -> Figure | None:
    """*figure* over the two axes that matter most, the mean over all others; None without two."""
    from sim.analysis.heat_map import HeatMap, draw_heat_map

    axes = swept.plan.axes
    stepped = [n for n, axis in enumerate(axes) if 1 < len(axis.values) <= MOST_CELLS]
    if len(stepped) < 2:
        return None
    order = [one.axis for one in effects(swept, swept.plan.strategies[-1], figure)]
    names = [axis.field.name for axis in axes]
    ranked = sorted(stepped, key=lambda n: order.index(names[n]) if names[n] in order else 99)
    x, y = sorted(ranked[:2], key=lambda n: -len(axes[n].values))
    cells = {name: _cells(swept, name, figure, x, y) for name in swept.plan.strategies}
    refused = {_place(swept, point, x, y) for point in swept.plan.points if point.refused}
    tried = {_place(swept, point, x, y) for point, _ in swept.trials}
    found = HeatMap(
        figure=titled(figure),
        unit=FIGURES[figure].unit,
        x_name=names[x],
        y_name=names[y],
        x_values=axes[x].values,
        y_values=axes[y].values,
        cells={name: row for name, row in cells.items() if row},
        averaged=tuple(name for n, name in enumerate(names) if n not in (x, y)),
        refused=refused - tried,
        thinned=refused & tried,
    )
    return draw_heat_map(found, language) if found.cells else None


def scatter_map(swept: Swept, figure: str, language: str) -> Figure | None:
    """*figure* at the points of a design over the two axes that matter most; None without two.

    They are those with the largest swings, summed over all strategies: the panels share them.
    """
    from sim.analysis.scatter_map import ScatterMap, dots, draw_scatter_map, ruler

    swings: dict[str, float] = {}
    for strategy in swept.plan.strategies:
        for one in effects(swept, strategy, figure):
            swings[one.axis] = swings.get(one.axis, 0.0) + abs(one.swing.value)
    names = [axis.field.name for axis in swept.plan.axes]
    most = sorted(swings, key=lambda name: -swings[name])[:2]
    if len(most) < 2:
        return None
    rulers = {name: ruler(name, _met(swept, names.index(name))) for name in most}
    x, y = sorted(most, key=lambda name: bool(rulers[name].categories))  # Words fit on the side.
    rows = {
        name: _rows(swept, name, figure, names.index(x), names.index(y))
        for name in swept.plan.strategies
    }
    found = ScatterMap(
        figure=titled(figure),
        unit=FIGURES[figure].unit,
        x=rulers[x],
        y=rulers[y],
        dots={name: dots(row, rulers[x], rulers[y]) for name, row in rows.items() if row},
        also_varied=tuple(name for name in names if name not in most),
        refused=_refused(swept, rulers[x], rulers[y], names),
    )
    return draw_scatter_map(found, language)


def _met(swept: Swept, number: int) -> list[str]:
    """The values of an axis that occur, in its order where it has one."""
    met = dict.fromkeys(point.values[number] for point in swept.plan.points)
    return [value for value in swept.plan.axes[number].values if value in met] or list(met)


def _refused(
    swept: Swept, x: Ruler, y: Ruler, names: Sequence[str]
) -> tuple[tuple[float, float], ...]:
    """Where the points that were refused lie, each place once."""
    at_x, at_y = names.index(x.name), names.index(y.name)
    found = [point.values for point in swept.plan.points if point.refused]
    return tuple(dict.fromkeys((x.place(one[at_x]), y.place(one[at_y])) for one in found))


def _rows(swept: Swept, strategy: str, figure: str, x: int, y: int) -> list[tuple[str, str, float]]:
    """The mean of *figure* at each point where it exists in every run."""
    found = []
    for point, trials in swept.trials:
        values = swept.values(trials, strategy, figure)
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            found.append((point.values[x], point.values[y], fmean(known)))
    return found


def _place(swept: Swept, point: Point, x: int, y: int) -> tuple[int, int]:
    """Where *point* lies on a grid."""
    axes = swept.plan.axes
    return axes[x].values.index(point.values[x]), axes[y].values.index(point.values[y])


def _cells(
    swept: Swept, strategy: str, figure: str, x: int, y: int
) -> dict[tuple[int, int], float]:
    axes = swept.plan.axes
    found: dict[tuple[int, int], list[float]] = {}
    for at_x, at_y, mean in _rows(swept, strategy, figure, x, y):
        place = axes[x].values.index(at_x), axes[y].values.index(at_y)
        found.setdefault(place, []).append(mean)
    return {place: fmean(means) for place, means in found.items()}


def tornado(swept: Swept, strategy: str, figure: str, language: str) -> Figure | None:
    """What matters most for *figure* with *strategy*; None where nothing varies."""
    from sim.analysis.tornado import Swing, draw_tornado

    found = effects(swept, strategy, figure)
    if not found:
        return None
    swings = []
    for one in found:
        means = dict(one.levels)
        swings.append(
            Swing(
                field=one.axis,
                low=means[one.lowest],
                high=means[one.highest],
                low_at=one.lowest,
                high_at=one.highest,
                clear=one.swing.clear,
            )
        )
    return draw_tornado(
        swings,
        middle(swept, strategy, figure),
        titled(figure),
        FIGURES[figure].unit,
        strategy,
        language,
    )


def middle(swept: Swept, strategy: str, figure: str) -> float:
    """The mean of *figure* over all points where it exists in every run."""
    rows = [swept.values(trials, strategy, figure) for _, trials in swept.trials]
    whole = [[value for value in row if value is not None] for row in rows if None not in row]
    return fmean(fmean(row) for row in whole)
