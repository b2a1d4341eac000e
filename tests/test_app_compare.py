"""The Compare page before colleagues: limits and the drill one needs, the verdict, its pictures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_manifests import DEPLOYMENT
from streamlit.testing.v1 import AppTest
from test_app import page, small_order, surroundings, until, with_manifest, words_of

from sim.experiments.compare import compare
from sim.experiments.requirement import requirements
from sim.experiments.ways_back import ways_back
from sim.interfaces.app.comparison import rollback_limit
from sim.interfaces.app.comparison.kept import kept_by, share_of, surest
from sim.interfaces.app.comparison.kept_words import kept_sentences, kept_table
from sim.interfaces.app.comparison.limits import LIMITS, required_words
from sim.interfaces.app.comparison.pairs import pairs_picture
from sim.interfaces.app.comparison.pictures import budget_sentence
from sim.interfaces.app.comparison.trade_offs import COSTS, trade_offs_picture
from sim.interfaces.app.drawing.budget import budget
from sim.interfaces.app.drawing.colours import DAY, NIGHT
from sim.interfaces.app.drawing.labels import labels, overlap
from sim.interfaces.app.drawing.scales import scale_over
from sim.interfaces.app.drawing.shade import contrast
from sim.interfaces.app.tasks import compare as compare_task
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.server import jobs
from sim.interfaces.app.work.task import Work

__all__ = ["surroundings"]
ORDER = replace(small_order(), seed=7)  # Nobody else's, who may want to see it begin.
WAITS, CANNOT_TELL = "… being measured", "? cannot tell"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The comparison of `ORDER`, on the shelf as a worker leaves it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(shelf.PLACE, str(tmp_path_factory.getbasetemp() / "shelf"))
        order = ORDER.to_json()
        found = json.loads(json.dumps(compare_task.compare(order, lambda done, total: None)))
        shelf.put_json(Work(task="compare", order=order).name, found)
        return found


def visited() -> AppTest:
    """The page of that comparison."""
    return with_manifest(page("en", n="3", seed="7"), DEPLOYMENT)


def measured(**arms: tuple[float, ...]) -> dict:
    """A comparison of these strategies: by run, how long they were down."""
    found = [
        {"strategy": name, "digests": values, "figures": {"downtime_seconds": {"values": values}}}
        for name, values in arms.items()
    ]
    return {"arms": [{"strategy": None}, *found]}


def test_a_rollback_limit_begins_a_drill_that_finds_what_the_command_line_finds(
    compared: dict,
) -> None:
    """In a worker of its own, under the same seeds; then the table has what it measured."""
    app = visited()
    app.number_input(key="limit-back_seconds").set_value(600.0).run()
    assert "max-rollback" in app.query_params

    def there() -> bool:
        app.run()
        assert not app.exception and not app.error
        text = words_of(app)
        assert WAITS in text or "measured by a drill" in text
        return WAITS not in text

    until(there, 0.5)
    text = words_of(app)
    assert text.count("✓ 2 of 2") == 4  # Two strategies, the limit and all limits.
    assert "All your limits are kept most surely by Recreate, RollingUpdate" in text
    assert "--require 'rollback<=600s'" in app.code[-1].value
    found = shelf.find_json(rollback_limit.work_of(ORDER).name)
    assert found is not None
    scenario = ORDER.scenario()
    runs = compare(scenario, ORDER.strategies, seeds=ORDER.seeds, workers=1)
    said = ways_back(runs, workers=1)
    for strategy in ORDER.strategies:
        assert found["waysBack"]["seconds"][strategy] == list(said.seconds(strategy))


def test_without_a_rollback_limit_nobody_is_sent_back(compared: dict) -> None:
    """Other limits are held against the runs that are there."""
    before = {job for job in jobs() if job.work.task == "drill"}
    app = visited()
    app.number_input(key="limit-extra_pod_seconds").set_value(0.5).run()

    assert "extra pod-hours ≤ 0.5" in words_of(app)
    assert {job for job in jobs() if job.work.task == "drill"} == before


def test_one_broken_limit_decides_and_one_open_limit_leaves_all_open() -> None:
    """Before the drill only those are known that break another limit."""
    comparison, given = measured(A=(1, 1), B=(9, 9), C=(1, 9)), {"downtime_seconds": 5.0}
    given["back_seconds"] = 60.0
    one, two, three = kept_by(comparison, given, None)

    assert (one.every, two.every, three.every) == ((None, None), (False, False), (None, False))
    assert share_of(two.every) is not None and share_of(three.every) is None
    table = kept_table((one, two, three), given, WAITS, "en")
    assert table.rows[0].cells == ("A", WAITS, "✓ 2 of 2", WAITS)
    assert table.rows[2].cells == ("B", "✕ 0 of 2", "✕ 0 of 2", WAITS)
    first, more = kept_sentences((one, two, three), "en", awaited=True)
    assert "when the rollback is measured" in first
    assert "B breaks another limit" in more


def test_who_was_not_back_breaks_the_limit_and_of_who_was_never_sent_nobody_can_tell() -> None:
    """As the command line has it: a drill that never began says nothing."""
    ways = {"seconds": {"A": [50, None], "B": [None, None]}, "cannotTell": ["B"]}
    comparison, given = measured(A=(1, 1), B=(1, 1)), {"back_seconds": 60.0}
    one, two = kept_by(comparison, given, ways)

    assert (one.every, two.every) == ((True, False), (None, None))
    assert kept_table((one, two), given, "", "en").rows[2].cells == ("B", *[CANNOT_TELL] * 2)
    first, more = kept_sentences((one, two), "en", awaited=False)
    assert "kept most surely by A: in 1 of 2 runs" in first
    assert "Of B these runs cannot tell" in more


def test_the_surest_are_all_that_keep_the_limits_equally_often() -> None:
    """A sentence names them all, and says so if nobody keeps them."""
    given = {"downtime_seconds": 5.0}
    found = kept_by(measured(A=(1, 9), B=(1, 2), C=(2, 3)), given, None)
    best, share = surest(found)
    assert ([one.strategy for one in best], share and share.count) == (["B", "C"], 2)
    nobody = kept_by(measured(A=(7, 9), B=(6, 8)), given, None)
    (said,) = kept_sentences(nobody, "en", awaited=False)
    assert said.startswith("No strategy keeps all your limits: A, B in none of 2 runs")


def test_a_limit_says_the_same_to_the_command_line() -> None:
    """Pod-hours are pod-seconds there; everything else is as it was typed."""
    words = required_words(dict.fromkeys(LIMITS, 2.0))
    found = requirements([word for word in words if word != "--require"], priced=False)

    assert [one.figure.key for one in found] == list(LIMITS)
    assert {one.limit for one in found} == {2.0, 7200.0}
    assert all(one.at_most and not one.strict for one in found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_the_verdict_is_lost_when_it_is_taken_apart(
    compared: dict, language: str
) -> None:
    """Every clause of the sentence is the deciding one or an item of the list, once."""
    view = compared["views"][language]
    parts, joint = view["clauses"], {"en": "; ", "zh": "；"}[language]
    about = [said for each in parts["strategies"].values() for said in each]
    every = [parts["deciding"], *parts["others"], *parts["background"], *about, *parts["clocks"]]
    assert about and parts["clocks"]

    assert sorted(view["verdict"][:-1].casefold().split(joint)) == sorted(
        clause for one in every for clause in one[:-1].casefold().split(joint)
    )


@pytest.mark.parametrize("burned", [0.0, 0.02, 0.9, 8.0, 40.0, 3000.0])
def test_the_whole_budget_is_always_on_the_scale(burned: float) -> None:
    """However much is burned, the line of 100 % stands clear of 0 and has its number."""
    one = {"strategy": "A", "seconds": [0.0, 1.0], "budget": [0.0, burned]}
    drawn = budget([one], (0.0, 2.0), DAY, "en")

    assert scale_over([burned], 1.0).at(1.0) > 0.1
    assert re.search(r'font-weight="bold">100 %<', drawn)


@given(st.lists(st.floats(-1e4, 1e6), min_size=1, max_size=5), st.sampled_from([1.0, 10.0]))
def test_a_scale_keeps_the_order_of_values(values: list[float], knee: float) -> None:
    """Bent or not, whatever is more stands farther along."""
    scale = scale_over(values, knee)
    places = [scale.at(value) for value in sorted([*values, 0.0, knee])]

    assert places == sorted(places)
    assert all(0.0 <= place <= 1.0 for place in places)
    assert all(scale.low <= mark <= scale.high for mark in scale.marks(4))


def test_what_burned_most_is_said_in_time() -> None:
    """Three budgets of 200 s are what ten minutes allow."""
    found = {
        "pictures": [{}, {"strategy": "A", "budget": [3.0]}, {"strategy": "B", "budget": [0.0]}],
        "comparison": {
            "window": {"startSeconds": 10.0, "endSeconds": 210.0},
            "scenario": {"sloAvailability": 0.999},
        },
    }
    said = budget_sentence(found, "en")

    assert "SLO of 99.9 % allows in these 200 s" in said
    assert "A burned 300 %: as many failures as the SLO allows in 10m" in said


@pytest.mark.parametrize(
    "points",
    [
        [(150.0, 100.0)] * 8,
        [(50.0 + 3 * n, 195.0) for n in range(10)],
        [(4.0, 4.0), (296.0, 4.0), (4.0, 196.0), (296.0, 196.0), (150.0, 100.0)],
    ],
    ids=["all at one", "along the axis", "in the corners"],
)
def test_labels_hide_neither_each_other_nor_a_point(points: list[tuple[float, float]]) -> None:
    """And stay inside the picture."""
    found = labels(points, ["CanaryThenRolling"] * len(points), (0.0, 0.0, 300.0, 200.0), 10.0)

    assert not any(overlap(one.box, other.box) for one, other in combinations(found, 2))
    for one in found:
        left, top, right, bottom = one.box
        assert 0 <= left and right <= 300 and 0 <= top and bottom <= 200
        assert not any(left < x < right and top < y < bottom for x, y in points)


def test_the_front_is_marked_and_every_strategy_named(compared: dict) -> None:
    """A filled circle for each that no other beats for sure, a hollow square for the rest."""
    assert set(compared["fronts"]) == set(COSTS)
    assert all(set(front) == set(ORDER.strategies) for front in compared["fronts"].values())
    fronts = {
        "extra_pod_seconds": {"Recreate": "RollingUpdate", "RollingUpdate": None},
        "settled_seconds": dict.fromkeys(ORDER.strategies),
    }
    _, one, other = trade_offs_picture({**compared, "fronts": fronts}, DAY, "en").split("<figure>")

    assert (one.count("<circle"), one.count("<rect")) == (1, 1)
    assert (other.count("<circle"), other.count("<rect")) == (2, 0)
    assert all(f">{name}</text>" in drawn for name in ORDER.strategies for drawn in (one, other))


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
def test_a_cell_of_the_matrix_is_read_on_its_colour_and_says_its_interval(colours) -> None:
    """Whatever the share; the words stand in the cell and, in full, under the pointer."""
    lost = {"A": (0, 0, 0, 9), "B": (1, 1, 1, 1), "C": (2, 2, 0, 2)}
    arms = [{"strategy": None}]
    arms += [
        {"strategy": name, "figures": {"failed_requests": {"values": values}}}
        for name, values in lost.items()
    ]
    drawn = pairs_picture({"arms": arms}, colours, "en")
    cells = re.findall(r"<td title='([^']+)' style='[^']*background:(#\w+);color:(#\w+)", drawn)

    assert len(cells) == 6
    assert all(contrast(fill, ink) >= 4.5 for _, fill, ink in cells)
    assert "A lost fewer requests than B in 3 of 4 paired runs (30 to 95 %)" in cells[0][0]
    assert "<b>3 of 4</b><br>30 to 95 %" in drawn
    assert "1 equal" in drawn  # A and C both lose none in the third run.


def test_definitions_are_there_for_whoever_cannot_hover(compared: dict) -> None:
    """A box under the figures has each of them as text, not only under the pointer."""
    app = visited()

    (box,) = [one for one in app.expander if one.label == "What each figure is"]
    said = box.get("html")[0].proto.body
    assert "distinct users with a failed request in the window</td>" in said
    assert "extra pod-seconds</td>" in said
