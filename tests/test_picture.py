"""The picture: lanes, bands, colours and words are where the run says; the same run, same bytes."""

from __future__ import annotations

import subprocess
import sys
from gettext import NullTranslations
from math import inf

import pytest
from handmade import OK, no_release, recreate, rolling_update, run, span
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.font_manager import get_font_names
from matplotlib.patches import StepPatch

from sim import i18n
from sim.analysis import fonts, palette, picture
from sim.model.causes import Cause
from sim.model.run import PodPhase

CHINESE_IS_DRAWABLE = any(name in get_font_names() for name in fonts.CHINESE)


class Chinese(NullTranslations):
    """Every sentence becomes two Chinese characters around itself."""

    def gettext(self, message: str) -> str:
        return f"中{message}文"


@pytest.fixture
def chinese(monkeypatch):
    catalogues = {"zh": Chinese(), "en": NullTranslations()}
    monkeypatch.setattr(i18n, "catalogue", catalogues.__getitem__)


def words(figure) -> list[str]:
    figure.canvas.draw()
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    rest = []
    for axis in figure.axes:
        rest += [axis.get_title("left"), axis.get_title("right"), axis.get_xlabel()]
        rest += [axis.get_ylabel(), *(tick.get_text() for tick in axis.get_yticklabels())]
    return [word for word in [*legend, *rest] if word]


def bars(axis) -> list[tuple[float, float, float, str, str | None]]:
    """(lane, start, end, edge colour, pattern) of every stretch of a pod's life."""
    found = []
    for bar in axis.collections:
        assert isinstance(bar, PolyCollection)
        box = bar.get_paths()[0].get_extents()
        colour = palette_name(bar.get_edgecolor()[0])
        found.append((round((box.y0 + box.y1) / 2), box.x0, box.x1, colour, bar.get_hatch()))
    return found


def palette_name(colour) -> str:
    names = {to_rgb(getattr(palette, name)): name for name in ("OLD", "NEW", "FAILED")}
    return names[tuple(to_rgb(colour))]


def bands(axis) -> list[tuple[str, str | None]]:
    found = [patch for patch in axis.patches if isinstance(patch, StepPatch)]
    return [(palette_name(patch.get_facecolor()), patch.get_hatch()) for patch in found]


def test_recreate_s_lanes_tell_when_each_pod_came_served_and_went():
    pods = picture.draw([recreate()]).axes[0]
    expected = [(n, start, end, "OLD", hatch) for n in range(3) for start, end, hatch in OLD_LIFE]
    expected += [
        (n, start, end, "NEW", hatch) for n in range(3, 6) for start, end, hatch in NEW_LIFE
    ]
    assert expected == bars(pods)


OLD_LIFE = [(-10.0, 0.0, None), (0.0, 11.0, "////")]
NEW_LIFE = [(11.0, 13.0, None), (13.0, 18.0, "...."), (18.0, 33.0, None)]


def test_lanes_are_named_by_version_and_pod():
    names = [tick.get_text() for tick in picture.draw([recreate()]).axes[0].get_yticklabels()]
    assert names == ["old 0old", "old 1old", "old 2old", "new 0new", "new 1new", "new 2new"]


def test_traffic_is_old_below_new_below_failures():
    traffic = picture.draw([recreate()]).axes[1]
    assert bands(traffic) == [("OLD", None), ("NEW", ".."), ("FAILED", palette.FAILED_PATTERN)]


def test_the_failed_band_has_the_height_of_the_failed_share():
    traffic = picture.draw([rolling_update()]).axes[1]
    failed = [patch for patch in traffic.patches if isinstance(patch, StepPatch)][-1]
    values, edges, baseline = failed.get_data()
    height = dict(zip(edges[:-1].tolist(), (values - baseline).tolist(), strict=True))
    assert {second: share for second, share in height.items() if share > 1e-9} == pytest.approx(
        {8.0: 10.0, 16.0: 10.0, 24.0: 10.0}
    )


def test_a_run_without_failures_has_no_red():
    assert bands(picture.draw([no_release()]).axes[1]) == [("OLD", None)]


def test_all_columns_share_one_time_axis():
    figure = picture.draw([no_release(), recreate(), rolling_update()])
    assert len(figure.axes) == 6
    assert {axis.get_xlim() for axis in figure.axes} == {(-10.0, 46.0)}


def test_both_moments_are_marked_where_there_was_a_release():
    figure = picture.draw([no_release(), recreate()])
    marks = [[line.get_xdata()[0] for line in axis.lines] for axis in figure.axes]
    assert marks == [[], [0.0, 18.0], [], [0.0, 18.0]]


def test_a_rollout_that_never_settles_is_shown_to_the_end_and_has_no_second_mark():
    found = run([(0, 0, OK, 0.1, 5)], pods=[span("a-b", 0, PodPhase.READY, 0.0, inf)])
    figure = picture.draw([found])
    assert figure.axes[0].get_xlim() == (-3.0, 7.0)
    assert [line.get_xdata()[0] for line in figure.axes[0].lines] == [0.0]


def test_failures_after_settling_are_not_cut_off():
    rows = [(second, 1, Cause.APPLICATION_BUG, 0.1, 5) for second in range(80)]
    late = run(rows, window=(0.0, 3.0, 100.0), settled_at=10.0)
    assert picture.time_shown([late]) == (0.0, 94.0)


def test_without_a_release_the_whole_window_is_shown():
    assert picture.time_shown([no_release()]) == (0.0, 90.0)


def test_a_picture_says_in_words_what_it_shows():
    expected = {
        "Recreate",
        "RollingUpdate",
        "900 of 4,500 requests failed",
        "15 of 4,500 requests failed",
        "% of requests",
        "seconds since the first write",
        "old version",
        "new version",
        "failed requests",
        "pending",
        "starting",
        "terminating",
        "first write",
        "only final pods left",
    }
    assert expected <= set(words(picture.draw([recreate(), rolling_update()])))


def test_unready_is_explained_only_where_it_occurs():
    pods = [span("a-b", 0, PodPhase.UNREADY, 0.0, inf)]
    assert "unready" in words(picture.draw([run([(0, 0, OK, 0.1, 1)], pods=pods)]))
    assert "unready" not in words(picture.draw([recreate()]))


def test_every_word_is_translated_but_names(chinese):
    """Goal: no English literal escapes. Method: a catalogue that marks all that goes through it."""
    assert CHINESE_IS_DRAWABLE or fonts.drawable("zh") == "en"
    if CHINESE_IS_DRAWABLE:
        found = words(picture.draw([no_release(), recreate()], "zh"))
        plain = [word for word in found if "中" not in word]
        assert {"Recreate", "0", "50", "100"} == set(plain)


def test_without_a_chinese_font_labels_are_english(chinese, monkeypatch):
    monkeypatch.setattr(fonts.font_manager, "get_font_names", lambda: [fonts.LATIN])
    figure = picture.draw([recreate()], "zh")
    assert "old version" in words(figure)
    assert {text.get_fontfamily()[0] for text in figure.findobj(picture.Text)} == {fonts.LATIN}


def test_the_same_runs_give_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        picture.save_png(picture.draw([recreate(), rolling_update()]), tmp_path / name)
    first = (tmp_path / "a.png").read_bytes()
    assert first == (tmp_path / "b.png").read_bytes()
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        picture.save_png(picture.draw([recreate()]), tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_colours_stay_apart_in_grey():
    """Printed in grey or seen without colour, old, failed and new are a clear step apart."""
    grey = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), to_rgb(colour), strict=True))
        for colour in (palette.OLD, palette.FAILED, palette.NEW)
    )
    assert min(grey[1] - grey[0], grey[2] - grey[1]) > 0.14


def test_many_pods_have_lanes_without_names():
    pods = [span(f"web-{n}", 0, PodPhase.READY, 0.0, inf) for n in range(41)]
    axis = picture.draw([run([(0, 0, OK, 0.1, 1)], pods=pods)]).axes[0]
    assert len(bars(axis)) == 41
    assert (list(axis.get_yticks()), axis.get_ylabel()) == ([], "41 pods")


def test_a_picture_needs_a_run():
    with pytest.raises(ValueError, match="runs must not be empty"):
        picture.draw([])


def test_drawing_needs_neither_a_screen_nor_pyplot(root):
    code = "import sys, sim.analysis.picture; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
