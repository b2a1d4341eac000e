"""What if: what the page says and draws is what was measured, and "cannot tell" where it cannot."""

from __future__ import annotations

import csv
import io
import re
from statistics import fmean
from xml.etree import ElementTree

import pytest
from message_ids import compile_chinese
from test_app import CJK, page, surroundings, until, word, words_of

from sim.interfaces.app.drawing.colours import DAY, NIGHT
from sim.interfaces.app.drawing.harm import cell_words, compact, panel, shade
from sim.interfaces.app.drawing.shade import contrast
from sim.interfaces.app.drawing.tornado import tornado
from sim.interfaces.app.order import Order
from sim.interfaces.app.study import harm, study_files
from sim.interfaces.app.study.ask_study import usual_study
from sim.interfaces.app.study.harm import Cell, cells_of
from sim.interfaces.app.study.harm_pictures import heat_maps, sheet
from sim.interfaces.app.study.harm_words import harm_table, sentences
from sim.interfaces.app.study.study import MOST_RUNS, NO_FAULT, Study, kinds
from sim.interfaces.app.tasks.what_if import what_if

__all__ = ["surroundings"]
SMALL = ("traffic.rate=20/s", "window.before=2s", "window.length=12s", "window.settle=2s")


def cell(kind: str, size: str, strategy: str, *values: float, moment: str = "0s") -> Cell:
    """A cell as if it had been measured."""
    return Cell(kind=kind, size=size, moment=moment, strategy=strategy, values=values)


@pytest.fixture(scope="module")
def study() -> Study:
    """Two sizes of one fault, two moments, two strategies, two seeds."""
    compile_chinese()
    order = Order(
        bundled="web-app", overrides=SMALL, strategies=("Recreate", "RollingUpdate"), runs=2
    )
    return Study(order=order, sizes=(("bug", ("10%", "100%")),), moments=("0s", "11s"))


@pytest.fixture(scope="module")
def found(study: Study) -> dict:
    """The study, carried out."""
    heard: list[tuple[int, int]] = []
    document = what_if(study.to_json(), lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 6)
    assert heard[-1] == (6, 6)
    return document


def test_every_cell_is_measured_and_a_later_and_a_smaller_fault_harm_less(
    study: Study, found: dict
) -> None:
    cells = cells_of(found, "failed_requests")
    assert len(cells) == 3 * 2 * 2
    means = {(c.size, c.moment, c.strategy): fmean(c.values) for c in cells}
    assert means["100%", "0s", "RollingUpdate"] > means["100%", "11s", "RollingUpdate"]
    assert means["100%", "0s", "RollingUpdate"] > means["10%", "0s", "RollingUpdate"]
    assert means["", "0s", "Recreate"] == means["", "11s", "Recreate"]
    assert study.runs == found["runs"] == 3 * 2 * 2 * 3
    assert 200 < found["sent"] < 500  # 20/s, for 16 s.


def test_the_command_line_repeats_the_study(study: Study, found: dict) -> None:
    """The very points, as the sweep command would plan them."""
    written = study_files.sweep_command(study, found["before"])
    assert f"--vary fault={NO_FAULT},bug:new:10%,bug:new:100% --vary moment=2s,13s" in written
    assert written.startswith("seatrial sweep web-app --set traffic.rate=20/s")
    plan = study.plan(study.order.scenario())
    said = [point.scenario.faults[0].text for point in plan.points if point.scenario]
    assert said[0] == f"{NO_FAULT}@2s"
    assert said[-1] == "bug:new:100%@13s"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_pictures_and_table_say_the_same(found: dict, language: str) -> None:
    for figure in ("failed_requests", "users_hurt"):
        cells = cells_of(found, figure)
        said = "\n".join(sentences(cells, figure, language))
        drawn = heat_maps(cells, figure, DAY, language)
        table = harm_table(cells, figure, language)
        assert bool(CJK.search(said)) == (language == "zh")
        assert len(table.rows) == 5  # Two sizes from two moments on, and no fault at all.
        for one in cells:
            assert f">{cell_words(one)}</text>" in drawn
        root = ElementTree.fromstring(sheet(cells, figure, NIGHT, language))
        assert len(root.findall("{*}svg")) == 3  # Two moments and the tornado.


def test_files_hold_every_run(found: dict) -> None:
    rows = list(csv.DictReader(io.StringIO(study_files.values_csv(found).decode())))
    assert len(rows) == 3 * 2 * 2 * 2
    harmed = [float(r["failed_requests"]) for r in rows if r["fault"] == "bug:new:100%"]
    assert max(harmed) > 0
    assert study_files.values_parquet(found)[:4] == b"PAR1"


def test_runs_that_overlap_are_not_told_apart() -> None:
    """Seed by seed the two differ now this way, now that; the third is far off."""
    cells = [
        cell("bug", "1%", "A", 10, 20, 30, 40),
        cell("bug", "1%", "B", 12, 17, 36, 37),
        cell("bug", "1%", "C", 90, 80, 95, 99),
    ]
    one = harm.ranked(cells, "bug")
    assert one.rivals == ("B",)
    assert "cannot tell yet" in sentences(cells, "failed_requests", "en")[0]
    apart = [cells[0], cells[2]]
    assert sentences(apart, "failed_requests", "en")[0].startswith("bug: A is hurt least")
    worst, others = harm.worst(cells)
    assert (worst.strategy, others) == ("C", 0)


def test_strategies_that_nothing_sets_apart_are_alike_and_no_more_runs_would_tell() -> None:
    """A fault under which two lose the same in each run: "cannot tell yet" would be wrong."""
    alike = [cell("image", "", name, 0, 0, 0) for name in ("A", "B")]
    said = sentences(alike, "failed_requests", "en")
    assert said[0].startswith("image: A, B are hurt alike in each of 3 runs: 0")
    assert said[-1] == "No combination costs more failed requests than the release alone."
    third = [*alike, cell("image", "", "C", 7, 8, 9)]
    assert "A, B are hurt least, and alike in each of 3" in sentences(third, "users_hurt", "en")[0]
    unsure = [*alike, cell("image", "", "C", 0, 0, 9)]
    assert harm.ranked(unsure, "image").ties == ("B",)
    assert "cannot tell yet" in sentences(unsure, "users_hurt", "en")[0]


def test_a_swing_between_picked_extremes_needs_more_than_one_between_two_levels() -> None:
    """The same two rows are apart alone, and not where four more could have been picked."""
    extremes = [cell("bug", "1%", "A", 10, 12, 11), cell("bug", "1%", "B", 14, 19, 17)]
    between = [cell("bug", "1%", name, 13, 13, 13) for name in "CDEF"]
    (alone,) = harm.swings(extremes)
    (picked,) = harm.swings([*extremes, *between])
    assert (alone.swing.value, alone.clear) == (picked.swing.value, True)
    assert not picked.clear
    assert "url(#tornado" in tornado([picked], "failed_requests", DAY, "en").rpartition("<defs")[2]


def test_each_bar_of_the_tornado_stands_about_its_own_mean() -> None:
    """The sizes of a mild fault are all below the mean of everything: their line is theirs."""
    cells = [
        cell(kind, size, "A", harmed, harmed)
        for kind, size, harmed in (("bug", "1%", 1), ("bug", "5%", 3), ("hang", "1%", 996))
    ]
    middles = {one.what: one.middle for one in harm.swings(cells)}
    assert middles == {"fault": 499, "bug": 2}


def test_what_has_no_fault_is_one_row_whenever_none_begins(found: dict) -> None:
    rows = harm_table(cells_of(found, "failed_requests"), "failed_requests", "en").rows
    assert [row.cells[:2] for row in rows[:2]] == [("no fault", "–"), ("bug 10%", "0s")]


def test_a_value_fits_into_the_narrow_columns_of_many_sizes() -> None:
    """Six sizes and none: `14,404` would stand in its neighbours'."""
    cells = [cell("crash", f"{n}s", "Recreate", 14_404, 14_404) for n in range(1, 7)]
    drawn = panel([cell("", "", "Recreate", 170, 170), *cells], ["Recreate"], 14_404, DAY, "en")
    assert ">14k</text>" in drawn and ">14,404</text>" not in drawn
    assert ">none</text>" in drawn
    assert (compact(8_878, 999.5), compact(8_878), compact(120_000)) == ("8.9k", "8,878", "120k")
    assert ">14,404</text>" in panel(cells[:4], ["Recreate"], 14_404, DAY, "en")


def test_what_the_release_does_alone_is_not_blamed_on_the_fault() -> None:
    cells = [cell("", "", "A", 5, 7), cell("slow", "2x", "A", 5, 7)]
    assert sentences(cells, "users_hurt", "en")[-1].startswith("No combination costs more")
    more = [*cells, cell("slow", "4x", "A", 5, 8)]
    assert sentences(more, "users_hurt", "en")[-1].startswith("Worst on average: slow 4x")
    assert "hurts nobody beyond the release itself" in sentences(cells, "failed_requests", "en")[0]


def test_what_matters_most_is_the_largest_swing() -> None:
    cells = [
        cell(kind, size, name, base + bad, base + bad + 1)
        for kind, size, bad in (("bug", "1%", 0), ("bug", "5%", 50), ("slow", "2x", 10))
        for name, base in (("A", 0), ("B", 200))
    ]
    found = harm.swings(cells)
    assert [one.what for one in found] == ["strategy", "bug", "fault"]
    assert (found[0].low_at, found[0].high_at) == ("A", "B")
    assert found[0].swing.value == pytest.approx(200)


@pytest.mark.parametrize("colours", [DAY, NIGHT])
def test_a_value_is_read_on_every_shade(colours) -> None:
    """WCAG asks 4.5 of small text."""
    for value in (0, 1, 3, 10, 40, 100, 300, 1000):
        fill = shade(value, 1000, colours)
        assert max(contrast("#000000", fill), contrast("#FFFFFF", fill)) >= 4.5


def test_every_kind_of_fault_of_a_version_has_sizes_that_can_be_read() -> None:
    assert usual_study().problems() == ()
    assert {"bug", "slow", "crash", "hang", "leak", "start", "image"} <= set(kinds())
    assert "outage" not in kinds()
    assert usual_study().runs < 500


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_study_from_click_to_sentence(language: str) -> None:
    """By a link, then a worker; only ids in the address, and no word of the other language."""
    words = {"faults": "bug", "sizes-bug": "50%", "moments": "0s", "arms": "Recreate"}
    seed = {"en": "3", "zh": "4"}[language]  # What one visitor had computed the next finds.
    app = page(language, "what-if", set="\n".join(SMALL), seeds="2", seed=seed, **words)
    assert not app.exception
    app.button(key="start-what_if").click().run()
    until(lambda: "Recreate" in words_of(app.run()) and "50%" in words_of(app), 0.5)
    assert not app.exception
    said = words_of(app)
    assert re.search(r"bug 50%", said)
    assert bool(CJK.search(said)) == (language == "zh")
    assert word(app, "faults") == "bug"
    assert not any(CJK.search(str(value)) for value in app.query_params.values())


def test_too_much_and_what_cannot_be_read_are_sentences() -> None:
    app = page("en", "what-if", seeds="50")
    assert app.button(key="start-what_if").disabled
    assert f"at most {MOST_RUNS:,}" in app.error[0].value
    app = page("en", "what-if", **{"sizes-bug": "lots", "moments": "soon"})
    assert "a size is written like 5%" in app.error[0].value
    assert "a moment is written like 30s" in app.error[1].value
