"""The pictures of a comparison: what they show is what the figures and the runs say."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import no_release, recreate, rolling_update
from matplotlib.image import AxesImage

from sim.analysis.budget_picture import draw_budget
from sim.analysis.error_budget import budget_burned, burned_by_second
from sim.analysis.failures import in_window
from sim.analysis.fonts import drawable
from sim.analysis.latency_map import draw_latency_map, latency_counts
from sim.analysis.trade_off_picture import TradeOff, draw_trade_offs
from sim.experiments.compare import compare
from sim.experiments.comparison_pictures import pictures, superiorities
from sim.i18n import Message, translate
from sim.model.run import Window
from sim.scenario.load import load

SLO = 0.999


@pytest.fixture(scope="module")
def comparison():
    scenario = load("web-app", overrides=["traffic.rate=20/s"])
    window = Window(start=0.0, first_write=5.0, end=40.0)
    strategies = ["Recreate", "RollingUpdate", "BlueGreen"]
    return compare(scenario, strategies, seeds=range(4), window=window, workers=1)


@pytest.fixture(scope="module")
def drawn(comparison):
    return {language: pictures(comparison, language) for language in ("en", "zh")}


def test_the_budget_burned_by_the_last_second_is_the_figure():
    for run in (recreate(), rolling_update()):
        burned = burned_by_second(run, no_release(), SLO)
        assert burned is not None
        assert burned[-1] == pytest.approx(budget_burned(run, no_release(), SLO))
        assert (np.diff(burned) >= 0).all()
    assert burned_by_second(recreate(), no_release(), 1.0) is None
    assert draw_budget([recreate()], no_release(), 1.0) is None


def test_a_line_of_the_budget_ends_at_all_that_was_burned_and_no_two_lines_look_alike():
    runs = [recreate(), rolling_update()]
    figure = draw_budget(runs, no_release(), SLO)
    figure.canvas.draw()
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    for run in runs:
        line = lines[run.strategy]
        assert line.get_ydata()[-1] == pytest.approx(100 * budget_burned(run, no_release(), SLO))
        assert (line.get_xdata()[0], line.get_ydata()[0]) == (-run.window.first_write, 0.0)
    assert lines["Recreate"].get_linestyle() != lines["RollingUpdate"].get_linestyle()


def test_the_latency_map_has_every_request_of_the_window_in_its_time():
    run = recreate()
    columns = np.arange(run.window.start, run.window.end + 1.0, 1.0)
    counts = latency_counts(run, columns, np.array([1.0, 10.0, 1e9]))
    requests = in_window(run)
    assert counts.sum() == requests.total
    by_second = np.bincount(requests.second, weights=requests.count, minlength=len(columns) - 1)
    np.testing.assert_array_equal(by_second, counts.sum(axis=0))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_of_a_comparison_can_be_drawn_in_the_readers_words(drawn, language):
    found = drawn[language]
    assert list(found) == ["timeline", "latency", "budget", "pareto", "better"]
    shown = drawable(language)
    assert translate(shown, "latency (ms)") == found["latency"].axes[0].get_ylabel()
    assert (
        translate(shown, "% of the window's error budget") == found["budget"].axes[0].get_ylabel()
    )
    said = [text.get_text() for text in found["pareto"].legends[0].get_texts()]
    assert translate(shown, "on the Pareto front") == said[0]
    assert said[2:] == ["1  Recreate", "2  RollingUpdate", "3  BlueGreen"]
    names = [text.get_text() for text in found["better"].axes[0].get_yticklabels()]
    assert names == ["Recreate", "RollingUpdate", "BlueGreen"]


def test_the_matrix_says_in_each_cell_what_the_pairs_of_runs_say(comparison, drawn):
    found = drawn["en"]["better"]
    lost = [arm.values["failed_requests"] for arm in comparison.releases]
    once, mean = found.axes[:2]
    cells = {one.get_position(): one.get_text() for one in once.texts}
    for (row, column), one in superiorities(comparison).items():
        wins = sum(a < b for a, b in zip(lost[row], lost[column], strict=True))
        assert one.once.count == wins
        assert cells[(column, row)] == f"{wins / 4:.2f}"
    assert len(cells) == 6
    for axis in (once, mean):
        (image,) = (one for one in axis.images if isinstance(one, AxesImage))
        assert np.ma.getmaskarray(image.get_array()).diagonal().all()


def test_a_strategy_that_another_beats_has_a_mark_of_another_shape_and_close_ones_one_label():
    found = [
        TradeOff(strategy="a", values=(1.0, 10.0), on_front=True),
        TradeOff(strategy="b", values=(1.01, 10.1), on_front=False),
        TradeOff(strategy="c", values=(5.0, 2.0), on_front=True),
        TradeOff(strategy="d", values=(5.0, None), on_front=False),  # Never came to its end.
    ]
    figure = draw_trade_offs(found, [Message("cost"), Message("downtime")])
    (panel,) = figure.axes
    assert [line.get_marker() for line in panel.lines] == ["o", "s", "o"]
    assert [text.get_text() for text in panel.texts] == ["1, 2", "3"]


def test_one_strategy_alone_is_compared_with_nobody(comparison):
    scenario, window = comparison.scenario, comparison.window
    alone = compare(scenario, "RollingUpdate", seeds=range(2), window=window, workers=1)
    assert list(pictures(alone)) == ["timeline", "latency", "budget"]


def test_the_latency_map_has_a_panel_for_each_run_and_marks_the_first_write():
    figure = draw_latency_map([no_release(), recreate()])
    left, right, _ = figure.axes
    assert right.get_title(loc="left") == "Recreate"
    assert (len(left.lines), [line.get_xdata()[0] for line in right.lines]) == (0, [0.0])
