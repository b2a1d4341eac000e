"""What paired figures make of a claim: findings, verdicts, clocks that did not stop, orderings."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiments.claims.chapter import Case, Ordering
from sim.experiments.claims.findings import (
    Finding,
    Verdict,
    chained,
    finding,
    until_censored,
    verdict,
)
from sim.experiments.claims.judging import judged
from sim.experiments.claims.measures import failed_until_noticed
from sim.experiments.claims.report import CaseResult
from sim.i18n import message
from sim.model.run import RequestCounts, Window
from sim.stats import difference

LESS, EQUAL, MORE, OPEN = Finding.LESS, Finding.EQUAL, Finding.MORE, Finding.CANNOT_TELL


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, 2, 1, 2), (9, 9, 9, 9), LESS),
        ((9, 9, 9, 9), (1, 2, 1, 2), MORE),
        ((1, 5, 1, 5), (5, 1, 5, 2), OPEN),
        ((3, 4, 5, 6), (3, 4, 5, 6), EQUAL),
        ((10, 10), (20, 20), LESS),  # Equal differences are certain ones.
        ((1,), (2,), OPEN),  # One pair says nothing about its own spread.
        ((None, None), (None, None), OPEN),
    ],
)
def test_a_pair_of_figures_says_less_equal_more_or_nothing(first, second, expected):
    assert expected is finding(difference(first, second))


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((LESS, LESS), Verdict.HOLDS),
        ((LESS, OPEN), Verdict.HOLDS),
        ((LESS, MORE), Verdict.DEPENDS),
        ((LESS, EQUAL), Verdict.DEPENDS),
        ((EQUAL, MORE, OPEN), Verdict.DOES_NOT_HOLD),
        ((OPEN, OPEN), Verdict.CANNOT_TELL),
        ((), Verdict.CANNOT_TELL),
    ],
)
def test_findings_come_to_a_verdict(findings, expected):
    assert expected is verdict(findings)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((LESS, LESS, LESS), LESS),
        ((LESS, MORE, OPEN), MORE),
        ((LESS, EQUAL, OPEN), EQUAL),
        ((LESS, OPEN), OPEN),
        ((), OPEN),
    ],
)
def test_an_ordering_comes_out_only_if_all_its_pairs_do(pairs, expected):
    assert expected is chained(pairs)


def test_a_clock_that_never_stopped_is_later_than_any_that_did():
    assert ((3.0, 90.0, None), (90.0, 4.0, None)) == until_censored(
        (3.0, None, None), (None, 4.0, None), 90.0
    )


def test_what_a_strategy_needs_is_said_only_where_there_is_that_strategy():
    case = Case(key="x", name=message("no fault"), overrides=("a=1",), needs={"A": ("b=2",)})

    assert (("a=1",), ("a=1", "b=2")) == (case.settings(["B"]), case.settings(["A", "B"]))


def case_result(key, **values):
    return CaseResult(
        case=Case(key=key, name=message("no fault")),
        window=Window(start=0.0, first_write=30.0, end=130.0),
        strategies=tuple(dict.fromkeys(name for by_name in values.values() for name in by_name)),
        left_out={},
        values={
            (name, measure): tuple(found)
            for measure, by_name in values.items()
            for name, found in by_name.items()
        },
        estimates={},
        phases={},
    )


def ordering(*names, measures=("peak_pods",)):
    return Ordering(
        key="x",
        word=message("risk"),
        words=message("faster than"),
        strategies=names,
        measures=measures,
    )


def test_an_ordering_of_three_is_three_statements_and_holds_only_as_a_whole():
    upright = case_result("a", peak_pods={"A": (1, 1), "B": (2, 2), "C": (3, 3)})
    turned = case_result("b", peak_pods={"A": (1, 1), "B": (3, 3), "C": (2, 2)})

    both = judged(ordering("A", "B", "C"), [upright, turned], "ABC")

    found = {(one.less, one.more): one.verdict for one in both.statements}
    assert {
        ("A", "B"): Verdict.HOLDS,
        ("A", "C"): Verdict.HOLDS,
        ("B", "C"): Verdict.DEPENDS,
    } == found
    assert Verdict.DEPENDS is both.verdict
    assert Verdict.HOLDS is judged(ordering("A", "B", "C"), [upright], "ABC").verdict
    assert Verdict.DOES_NOT_HOLD is judged(ordering("C", "B", "A"), [upright], "ABC").verdict


def test_a_strategy_that_was_not_run_leaves_its_statements_open_and_no_others():
    found = judged(
        ordering("A", "B", "C"), [case_result("a", peak_pods={"A": (1, 1), "B": (2, 2)})], "AB"
    )

    verdicts = {(one.less, one.more): one.verdict for one in found.statements}
    assert {("A", "B"): Verdict.HOLDS, ("A", "C"): None, ("B", "C"): None} == verdicts
    assert (("C",), Verdict.HOLDS) == (found.missing, found.verdict)


def test_a_release_that_did_not_arrive_is_slower_than_one_that_did():
    values = {"A": (10.0, 11.0, 12.0), "B": (None, None, None)}
    found = judged(
        ordering("A", "B", measures=("settled_seconds",)),
        [case_result("a", settled_seconds=values)],
        "AB",
    )

    assert Verdict.HOLDS is found.verdict


def test_intervals_are_as_wide_as_so_many_statements_need():
    """Two pairs apart by chance: one statement alone is believed, one of hundreds is not."""
    values = {"A": (1.0, 2.0, 1.5, 2.5), "B": (3.0, 3.5, 4.0, 3.0)}
    alone = judged(ordering("A", "B"), [case_result("a", peak_pods=values)], "AB")
    many = judged(ordering("A", "B"), [case_result("a", peak_pods=values)] * 200, "AB")

    assert Verdict.HOLDS is alone.verdict
    assert Verdict.CANNOT_TELL is many.verdict


class Traffic:
    """As much of a run as `failed_until_noticed` looks at: one request each second."""

    window = Window(start=0.0, first_write=10.0, end=100.0)

    def __init__(self, new_from, broken):
        seconds = np.arange(100)
        self.requests = RequestCounts(
            second=seconds,
            version=(seconds >= new_from).astype(np.int64),
            cause=np.where(broken(seconds), 12, 0),
            bin=np.zeros(100, dtype=np.int64),
            count=np.ones(100, dtype=np.int64),
        )


@pytest.mark.parametrize(
    ("new_from", "expected"),
    [
        (20, 30),  # 20 to 50: noticed 30 s after the first answer of the new version.
        (85, 15),  # The window ends first.
        (1000, 0),  # It never answered, and nothing failed.
    ],
)
def test_failures_count_until_somebody_may_have_noticed(new_from, expected):
    whole = Traffic(1000, lambda second: second < 0)
    run = Traffic(new_from, lambda second: second >= new_from)

    assert expected == failed_until_noticed(run, whole)


def test_an_outage_before_the_new_version_answers_counts_and_one_before_the_release_does_not():
    whole = Traffic(1000, lambda second: second < 0)
    run = Traffic(40, lambda second: second < 40)

    assert 30 == failed_until_noticed(run, whole)


def test_a_case_in_which_a_strategy_makes_no_sense_decides_only_about_the_others():
    """Nor does the whole order come out where a part of it was left out."""
    whole = case_result("a", peak_pods={"A": (1, 1), "B": (2, 2), "C": (3, 3)})
    part = case_result("b", peak_pods={"A": (5, 5), "B": (4, 4)})

    found = judged(ordering("A", "B", "C"), [whole, part], "ABC")

    verdicts = {(one.less, one.more): one.verdict for one in found.statements}
    assert Verdict.DEPENDS is verdicts["A", "B"]
    assert Verdict.HOLDS is verdicts["A", "C"] is verdicts["B", "C"]
    assert ["a"] == [case.key for case, _, _ in found.whole]
