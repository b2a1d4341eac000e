"""The heat map of a grid: its colour bar counts as its cells do, and what was refused is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.text import Text

from sim.analysis.fonts import drawable
from sim.analysis.heat_map import CROSS, HeatMap, draw_heat_map
from sim.analysis.units import GIB, Unit
from sim.i18n import Message


def made(unit: Unit, values: tuple[float, ...]) -> HeatMap:
    """A map of one strategy whose cells lie side by side."""
    return HeatMap(
        figure=Message("figure"),
        unit=unit,
        x_name="maxSurge",
        y_name="maxUnavailable",
        x_values=("0", "1", "50%"),
        y_values=("0",),
        cells={"RollingUpdate": {(x, 0): value for x, value in enumerate(values)}},
        averaged=(),
    )


def cells_of(panel) -> dict[tuple[float, float], str]:
    return {one.get_position(): one.get_text() for one in panel.texts}


@pytest.mark.parametrize(
    ("unit", "values", "shown"),
    [
        (Unit.SHARE, (0.01, 0.02, 0.05), (1.0, 5.0)),  # 5 % of requests is 5 on the bar as well,
        (Unit.BYTE_SECONDS, (GIB, 2 * GIB, 8 * GIB), (1.0, 8.0)),  # and 8 GiB-seconds are 8.
        (Unit.SECONDS, (3.0, 4.0, 12.0), (3.0, 12.0)),
    ],
)
def test_the_colour_bar_counts_in_the_unit_of_the_cells(unit, values, shown):
    figure = draw_heat_map(made(unit, values))
    figure.canvas.draw()
    panel, bar = figure.axes
    assert bar.get_ylim() == pytest.approx(shown)
    scale = shown[0] / values[0]
    assert [float(text) for text in cells_of(panel).values()] == [scale * one for one in values]
    (image,) = panel.images
    assert [float(image.norm(one)) for one in shown] == [0.0, 1.0]
    assert image.get_array().compressed().tolist() == [scale * one for one in values]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_refused_is_crossed_out_and_the_cross_explained(language):
    found = replace(
        made(Unit.REQUESTS, ()),
        cells={"RollingUpdate": {(1, 0): 4.0, (2, 0): 7.0}},
        refused={(0, 0)},
        thinned={(1, 0)},
    )
    figure = draw_heat_map(found, language)
    figure.canvas.draw()
    assert cells_of(figure.axes[0]) == {(0, 0): CROSS, (1, 0): "4 (×)", (2, 0): "7"}
    (legend,) = figure.legends
    refused, some = [text.get_text() for text in legend.get_texts()]
    words = {"en": ("refused", "some points"), "zh": ("拒绝", "有些点")}[drawable(language)]
    assert words[0] in refused and words[1] in some


def test_a_map_of_which_nothing_was_refused_explains_no_cross():
    figure = draw_heat_map(made(Unit.REQUESTS, (1.0, 2.0, 3.0)))
    assert not figure.legends
    assert CROSS not in "".join(text.get_text() for text in figure.findobj(Text))
