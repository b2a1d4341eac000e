"""How a picture's steps and its axis follow the length of what it shows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.time_step import (
    ROUND_SECONDS,
    edges_of,
    grouped,
    moment_words,
    step_for,
    step_words,
    time_ticks,
    unit_of,
)

HOUR = 3600


@pytest.mark.parametrize(
    ("seconds", "most", "least", "step"),
    [
        (90, 600, 1, 1),  # A minute and a half: every second.
        (600, 600, 1, 1),
        (601, 600, 1, 2),
        (1200, 600, 1, 2),  # Twenty minutes.
        (2 * HOUR, 600, 1, 15),
        (8 * HOUR, 600, 1, 60),
        (24 * HOUR, 600, 1, 300),  # 144 s at the least.
        (7 * 24 * HOUR, 600, 1, 1800),
        (90, 150, 2, 2),
        (8 * HOUR, 150, 2, 300),
        (366 * 24 * HOUR, 100, 1, 4 * 86_400),
    ],
)
def test_a_step_is_the_shortest_round_one_that_is_enough(seconds, most, least, step):
    assert step == step_for(seconds, most, least)


@given(st.floats(1, 4e7), st.integers(50, 1000))
def test_there_are_never_more_steps_than_that_nor_many_fewer(seconds, most):
    step = step_for(seconds, most)
    assert seconds <= most * step
    if 1 < step <= ROUND_SECONDS[-1]:
        assert seconds > most * step / 3  # Round steps are at most three times each other.


@pytest.mark.parametrize(
    ("start", "end", "step", "zero", "edges"),
    [
        (-30, 150, 60, 0, [-30, 0, 60, 120, 150]),
        (0, 90, 30, 30.4, [0, 30, 60, 90]),
        (20.0, 24.5, 1, 30.0, [20, 21, 22, 23, 24, 25]),
        (0, 3, 60, 1, [0, 1, 3]),
    ],
)
def test_steps_begin_anew_at_the_first_write(start, end, step, zero, edges):
    assert edges == edges_of(start, end, step, zero)


@given(
    st.integers(-999, 999), st.integers(1, 9999), st.sampled_from(ROUND_SECONDS), st.floats(0, 99)
)
def test_steps_cover_all_of_the_time_and_none_is_longer(start, length, step, zero):
    edges = edges_of(start, start + length, step, zero)
    assert (edges[0], edges[-1]) == (start, start + length)
    assert all(0 < after - before <= step for before, after in pairwise(edges))


@pytest.mark.parametrize(
    ("shown", "word", "labels"),
    [
        ((-10, 600), "seconds", None),
        ((-30, 1170), "minutes", [0, 5, 10, 15]),
        ((-30, 2 * HOUR - 30), "minutes", [0, 30, 60, 90]),
        ((-30, 8 * HOUR - 30), "hours", [0, 2, 4, 6]),
        ((-30, 24 * HOUR - 30), "hours", [0, 6, 12, 18]),
    ],
)
def test_an_axis_counts_in_what_people_would_say(shown, word, labels):
    unit = unit_of(shown)
    assert str(unit.axis).startswith(word)
    if labels is not None:
        assert labels == [tick / unit.seconds for tick in time_ticks(shown)]


def test_steps_and_moments_are_said_as_people_say_them():
    assert ["2 s", "1 min", "30 min", "6 h"] == [str(step_words(n)) for n in (2, 60, 1800, 21_600)]
    assert "5 分钟" == step_words(300).render("zh")
    moments = [-30.0, 0.0, 12.5, 900, 901, -3600, 7530, 100 * HOUR]
    said = ["-30 s", "0 s", "12.5 s", "900 s", "0:15:01", "-1:00:00", "2:05:30", "100:00:00"]
    assert said == [moment_words(moment) for moment in moments]


@given(st.integers(0, 5000), st.integers(1, 400))
def test_groups_are_few_and_miss_nobody(count, most):
    groups = grouped(count, most)
    assert len(groups) <= most
    assert list(range(count)) == [n for first, after in groups for n in range(first, after)]
