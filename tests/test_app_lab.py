"""A/B lab and reasons to believe: what these pages say is what was computed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from queueing import MEAN, wait_mmc
from test_app import CJK, page, surroundings, until, words_of

from sim.experiments.claims.check import check_claims
from sim.experiments.claims.handbook import CHAPTERS
from sim.interfaces.app.belief import fidelity
from sim.interfaces.app.belief.against_theory import theory_table
from sim.interfaces.app.belief.claims import verdicts_table
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.drawing.intervals import intervals_picture
from sim.interfaces.app.drawing.peeking import peeking_picture
from sim.interfaces.app.drawing.theory import theory_picture
from sim.interfaces.app.lab.peeking import summary, ways_table
from sim.interfaces.app.lab.size import size_table
from sim.interfaces.app.tasks.claims import view_of
from sim.interfaces.app.tasks.engines import compare_engines
from sim.interfaces.app.tasks.peek import one_early, peek
from sim.interfaces.app.tasks.theory import (
    SERVICE_SECONDS,
    compare_theory,
    must_wait,
    theory_seconds,
)
from sim.stats.power import power_of_shares, size_for_shares

__all__ = ["surroundings"]


def quiet(done: int, total: int) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def peeked() -> dict:
    """Experiments of 500 users a group, looked at ten times."""
    return peek(order_of_peeking(), quiet)


def order_of_peeking(**given: float) -> dict:
    """Both convert 10 % of 500 users, unless it is *given* otherwise."""
    usual = {"share": 0.1, "truth": 0.0, "expected": 0.05, "size": 500, "looks": 10, "seed": 1}
    return {**usual, **given}


def test_peeking_finds_more_than_was_promised_and_the_honest_test_does_not(peeked: dict) -> None:
    """One look at the end keeps the promise; ten break it; an always-valid test may look."""
    assert peeked["users"][-1] == 500
    end = peeked["ways"]["end"]
    assert end["low"] < 0.05 < end["high"] + 0.01
    values = [one["value"] for one in peeked["once"]]
    assert values == sorted(values)
    assert values[-1] > 2 * end["value"]
    assert peeked["valid"][-1]["value"] <= 0.05
    for language in ("en", "zh"):
        drawn = peeking_picture(peeked, DAY, language)
        assert bool(CJK.search(drawn.split("font-family", 1)[1])) == (language == "zh")


def test_the_experiment_that_is_shown_was_called_too_early(peeked: dict) -> None:
    """An interval for one look leaves out 0 on the way and not at the end; the other never does."""
    one, users = peeked["shown"], peeked["users"]
    found = [low > 0 or high < 0 for low, high in zip(*one["once"].values(), strict=True)]

    assert one["early"]
    assert any(found[:-1]) and not found[-1]
    ends = zip(one["valid"]["low"], one["gap"], one["valid"]["high"], strict=True)
    assert all(low < min(0.0, gap) and high > max(0.0, gap) for low, gap, high in ends)
    for language in ("en", "zh"):
        drawn = intervals_picture(one, users, DAY, language)
        assert drawn.count("<circle") == len(users)
        assert drawn.count(f'stroke="{DAY.failed}"') == sum(found)
        assert bool(CJK.search(drawn.split("font-family", 1)[1])) == (language == "zh")


def test_where_there_is_a_difference_stopping_early_exaggerates_and_waiting_costs_users() -> None:
    """10 % against 15 %: more findings, larger ones, from fewer users; and none is free."""
    found = peek(order_of_peeking(truth=0.05), quiet)
    ways = found["ways"]

    power = power_of_shares(0.10, 0.15, 500)
    assert ways["end"]["low"] - 0.03 < power < ways["end"]["high"] + 0.03
    assert ways["once"]["value"] > ways["end"]["value"] > ways["valid"]["value"] > 0.05
    assert ways["once"]["users"] < ways["valid"]["users"] < ways["end"]["users"] == 500
    assert ways["once"]["gap"] > ways["end"]["gap"] > 0.05
    for language in ("en", "zh"):
        said = summary(found, 0.1, language)
        assert f"**{100 * ways['valid']['value']:.1f} %**" in said
        assert bool(CJK.search(said)) == (language == "zh")
        assert len(ways_table(found, language).rows) == len(ways)
        assert 'stroke-dasharray="3 3"' not in peeking_picture(found, DAY, language)


def test_of_two_experiments_the_one_that_only_an_early_look_believes_is_shown() -> None:
    """The first is a finding at the end too, so it would teach nothing."""
    a, b = np.array([[10, 20], [10, 20]]), np.array([[40, 80], [30, 25]])

    one = one_early(a, b, np.array([100, 200]), 0.05, first=40, back=True)

    assert one["number"] == 42
    assert one["early"]
    assert one["gap"] == pytest.approx([0.2, 0.025])


def test_the_handbooks_claims_are_told_with_their_verdicts_in_both_languages() -> None:
    """One case, two seeds: every ordering has its line, its statements and its figures."""
    chapter = CHAPTERS["1.3"]
    small = replace(chapter, cases=chapter.cases[:1])
    report = check_claims(small, seeds=range(2), workers=1)

    for language in ("en", "zh"):
        told = view_of(report, language)
        rows = verdicts_table(told, language).rows
        assert [row.cells[1] for row in rows] == [
            " < ".join(one.strategies) for one in chapter.orderings
        ]
        assert all(
            one["statements"]["rows"] and one["figures"]["rows"] for one in told["orderings"]
        )
        words = " ".join(row.cells[0] + row.cells[2] for row in rows)
        assert bool(CJK.search(words)) == (language == "zh")


def test_the_calculator_says_what_the_formula_says() -> None:
    """5 % against 5.5 % takes 31,234 users in each group; half of that four times as many."""
    rows = [row.cells for row in size_table(0.05, 0.10, 10_000, "en").rows]
    assert [row[2] for row in rows] == [
        f"{size_for_shares(0.05, other):,}" for other in (0.0525, 0.055, 0.06)
    ]
    assert rows[1][2] == "31,234"
    assert rows[1][3] == "6.2"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_broken_split_is_told_from_a_good_one(language: str) -> None:
    """In words and by a sign, not by colour alone."""
    app = page(language, "ab", a="5200", b="4800")
    assert not app.exception
    assert app.error[0].value.startswith("✕")
    app.number_input(key="ab-b").set_value(5200).run()
    assert not app.error
    assert app.success[0].value.startswith("✓")
    assert bool(CJK.search(words_of(app))) == (language == "zh")


def test_the_judge_answers_for_ones_own_traffic() -> None:
    """By a worker; and what cannot be read is one sentence."""
    app = page("en", "ab", rps="2", **{"for": "10m"})
    app.button(key="do-judge").click().run()
    until(lambda: "60 requests" in words_of(app.run()) or bool(app.exception), 0.5)
    assert not app.exception
    assert "false alarms" in words_of(app)
    app.text_input(key="ab-rps").set_value("lots").run()
    assert "lots" in app.error[0].value


def test_what_is_not_modelled_is_what_the_published_page_says() -> None:
    """Every statement left out has a reason, and the counts agree."""
    every, modelled, left_out = fidelity.counts()
    assert every == modelled + left_out
    assert len(fidelity.not_modelled()) == left_out
    assert all(subject and reason for _, subject, _, reason in fidelity.not_modelled())
    numbered = re.compile(r"^\| \d", re.MULTILINE)
    assert sum(len(numbered.findall(text)) for text in fidelity.sections().values()) == every


@pytest.mark.parametrize("language", ["en", "zh"])
def test_believe_it_opens_in_both_languages(language: str) -> None:
    """Statements about Kubernetes stay in Kubernetes' language."""
    app = page(language, "believe")
    assert not app.exception
    assert ("✓" in words_of(app)) is False
    said = "\n".join(str(caption.value) for caption in app.caption)
    assert bool(CJK.search(said)) == (language == "zh")


def test_erlangs_c_is_what_the_books_print() -> None:
    """One worker waits as often as it is busy; two that are half busy make a third wait."""
    assert must_wait(1, 0.7) == pytest.approx(0.7)
    assert must_wait(2, 0.5) == pytest.approx(1 / 3)
    assert theory_seconds(1, 0.5) == pytest.approx(2 * SERVICE_SECONDS)
    assert theory_seconds(6, 0.85) == pytest.approx(wait_mmc(6, 0.85) + MEAN)


@pytest.mark.slow
def test_theory_lies_inside_what_the_page_measures() -> None:
    """All ten at once: their intervals hold together at 95 %, and none is far off."""
    found = json.loads(json.dumps(compare_theory({}, quiet)))
    inside = [point["low"] <= point["theory"] <= point["high"] for point in found["points"]]
    assert all(inside)
    assert all(abs(one["mean"] / one["theory"] - 1) < 0.05 for one in found["points"])
    assert len(theory_table(found, "en").rows) == len(inside) == 10
    drawn = theory_picture(found, theory_seconds, DAY, "zh")
    assert drawn.count("<circle") == drawn.count("<path") + 3 == 5


@pytest.mark.slow
def test_both_engines_make_the_same_attempts() -> None:
    """What the page promises under its button."""
    order = {"bundled": "web-app", "strategies": ["RollingUpdate"], "runs": 1, "seed": 3}
    found = compare_engines(order, quiet)
    assert found["attempts"][0] == found["attempts"][1] > 5000
    assert found["different"] == 0
    assert found["digests"][0] == found["digests"][1]
