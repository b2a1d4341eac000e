"""The scatter map of a sweep without a grid: where its points lie, and that it can be drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.collections import PathCollection

from sim.analysis.fonts import drawable
from sim.analysis.scatter_map import MOST_WRITTEN, Dot, ScatterMap, dots, draw_scatter_map, ruler
from sim.analysis.units import Unit
from sim.i18n import Message


def test_values_in_one_unit_are_numbers_and_all_else_are_categories_in_their_order():
    numbers = ruler("preStop", ("10s", "2.5s"))
    assert (numbers.title, numbers.place("2.5s"), numbers.place("10s")) == ("preStop (s)", 2.5, 10)
    assert ruler("replicas", ("3", "6")).title == "replicas"
    for values in (("50%", "1"), ("least", "random"), ("10s", "1m"), ("1", "bug:new:1%")):
        words = ruler("field", values)
        assert words.categories == values
        assert [words.place(value) for value in values] == [0, 1]


def test_a_dot_is_the_mean_of_the_points_that_lie_there_and_small_ones_lie_on_top():
    x, y = ruler("preStop", ("0s", "8s")), ruler("maxSurge", ("1", "50%"))
    rows = [("0s", "1", 4.0), ("8s", "50%", 9.0), ("0s", "1", 2.0), ("8s", "1", 5.0)]
    assert dots(rows, x, y) == (
        Dot(x=8.0, y=1.0, value=9.0),
        Dot(x=8.0, y=0.0, value=5.0),
        Dot(x=0.0, y=0.0, value=3.0),
    )


def made(count: int, strategies: tuple[str, ...] = ("RollingUpdate", "canary")) -> ScatterMap:
    surges = ("1", "25%", "50%")
    rows = [(f"{7 * n % count}s", surges[n % 3], 0.01 * (n % 11)) for n in range(count)]
    x, y = ruler("preStop", [row[0] for row in rows]), ruler("maxSurge", surges)
    return ScatterMap(
        figure=Message("failed (%)"),
        unit=Unit.SHARE,
        x=x,
        y=y,
        dots={name: dots(rows, x, y) for name in strategies},
        also_varied=("minReadySeconds",),
    )


def points_of(panel) -> PathCollection:
    return next(one for one in panel.collections if isinstance(one, PathCollection))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("count", [MOST_WRITTEN, MOST_WRITTEN + 1])
def test_each_strategy_has_a_panel_and_a_point_says_its_value_more_than_by_colour(count, language):
    found = made(count)
    figure = draw_scatter_map(found, language)
    figure.canvas.draw()
    *panels, bar = figure.axes
    assert [panel.get_title(loc="left") for panel in panels] == ["RollingUpdate", "canary"]
    assert bar.get_ylabel() == "failed (%)"
    for panel in panels:
        assert (panel.get_xlabel(), panel.get_ylabel()) == ("preStop (s)", "maxSurge")
        assert [word.get_text() for word in panel.get_yticklabels()] == ["1", "25%", "50%"]
        points = points_of(panel)
        percents = [100 * dot.value for dot in found.dots["canary"]]
        assert list(points.get_array()) == pytest.approx(percents)
        areas = points.get_sizes()
        assert list(areas) == sorted(areas, reverse=True) and areas[0] > 4 * areas[-1]
        assert len(panel.texts) == (count if count <= MOST_WRITTEN else 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_point_that_was_refused_is_a_cross_in_every_panel_and_the_cross_is_explained(language):
    found = replace(made(4), refused=((2.0, 1.0), (3.0, 0.0)))
    figure = draw_scatter_map(found, language)
    figure.canvas.draw()
    for panel in figure.axes[:-1]:
        _, crosses = (one for one in panel.collections if isinstance(one, PathCollection))
        assert crosses.get_offsets().tolist() == [[2.0, 1.0], [3.0, 0.0]]
        (path,) = crosses.get_paths()
        assert len(path.vertices) == 4  # Two strokes: a shape that no point has.
    (legend,) = figure.legends
    word = {"en": "refused", "zh": "拒绝"}[drawable(language)]
    assert word in legend.get_texts()[-1].get_text()
    assert len(draw_scatter_map(made(4)).legends[0].get_texts()) == 3


def test_five_strategies_take_two_lines_and_a_sweep_without_harm_can_be_drawn():
    names = tuple("abcde")
    found = made(3, names)
    flat = {name: tuple(Dot(x=d.x, y=d.y, value=0.0) for d in found.dots[name]) for name in names}
    figure = draw_scatter_map(
        ScatterMap(
            figure=found.figure, unit=found.unit, x=found.x, y=found.y, dots=flat, also_varied=()
        )
    )
    figure.canvas.draw()
    assert len(figure.axes) == len(names) + 1
