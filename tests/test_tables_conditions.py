"""Conditions on the result of a query, as an AnalysisTemplate writes them."""

from __future__ import annotations

import pickle
from math import inf, nan

import pytest

from sim.model.condition import Condition, NoAnswer
from sim.model.unreadable import Unreadable


@pytest.mark.parametrize(
    ("written", "result", "expected"),
    [
        ("result[0] < 0.01", (0.009,), True),
        ("result[0] < 0.01", (0.01,), False),
        ("result[0] >= 0.95", (0.95,), True),
        ("result <= 5", 5.0, True),
        ("result == 5", 4.0, False),
        ("result != 5", 4.0, True),
        ("result[1] > result[0]", (1.0, 2.0), True),
        ("result[0] > -1", (0.0,), True),
        ("result[0] > 1e-3", (0.01,), True),
        ("len(result) == 0 || result[0] < 1", (), True),
        ("len(result) > 0 && result[0] < 1", (), False),  # The second part is not looked at.
        ("len(result) == 2 and result[1] == 2", (1.0, 2.0), True),
        ("isNaN(result[0]) or result[0] < 1", (nan,), True),
        ("isNaN(result[0])", (1.0,), False),
        ("!isInf(result[0])", (inf,), False),
        ("not isInf(result[0])", (1.0,), True),
        ("isNil(result)", 1.0, False),
        ("default(result, 0) < 1", 0.5, True),
        ("result[0] < 1", (nan,), False),  # No comparison holds for what is no number.
        ("(result[0] < 1 || result[0] > 9) && result[0] != 10", (10.0,), False),
        ("result[0] < 1 || result[0] > 9 && result[0] != 10", (0.5,), True),  # && binds first.
        ("true", (), True),
    ],
)
def test_a_condition_holds_or_not(written, result, expected):
    assert expected is Condition(written).holds(result)


@pytest.mark.parametrize(
    ("written", "result", "why"),
    [
        ("result[0] < 0.01", (), "index out of range: 0"),
        ("result[1] < 0.01", (1.0,), "index out of range: 1"),
        ("result[0] < 1", 0.5, "is a number"),
        ("result < 1", (0.5,), "expected a number"),
        ("result[0]", (1.0,), "expected bool"),
        ("len(result[0]) > 1", (1.0,), "invalid argument for len"),
        ("!result[0]", (1.0,), "expected bool"),
        ("default(result[0], 0) < 1", (), "index out of range"),
    ],
)
def test_what_makes_no_sense_of_a_result_is_an_error_and_no_verdict(written, result, why):
    with pytest.raises(NoAnswer, match=why):
        Condition(written).holds(result)


@pytest.mark.parametrize(
    "written",
    [
        *("", "result[", "result[0] <", "result[0] < 1 1", "result[x] < 1", "result[-1] < 1"),
        *("result[0] + 1 < 2", "asFloat(result[0]) < 1", "result.value < 1", "result[0] = 1"),
        *("len() == 0", "len(result, 1) == 0", "$", "'a' == 'a'", "all(result, {# < 1})"),
        *("(" * 30 + "result[0] < 1" + ")" * 30, "result[0] < 1 && " * 60 + "true"),
    ],
)
def test_what_is_not_understood_is_refused_when_it_is_read(written):
    with pytest.raises(Unreadable):
        Condition(written)


def test_conditions_are_equal_if_they_are_written_alike_and_travel_between_processes():
    one = Condition("result[0] < 1")

    assert one == pickle.loads(pickle.dumps(one)) == Condition("result[0] < 1")
    assert "Condition(written='result[0] < 1')" == repr(one)
