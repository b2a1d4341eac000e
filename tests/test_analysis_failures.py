"""What was lost, and for how long: failures, availability, downtime, budget, on paper examples."""

from __future__ import annotations

import pytest
from handmade import OK, run
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis import downtime, error_budget, failures
from sim.analysis.availability import availability
from sim.model.causes import MECHANISMS, Cause

LOST = Cause.NO_ENDPOINT
SLO = 0.999


def seconds(*pairs: tuple[int, int], start: int = 0):
    """A run in which second after second (all, failed) requests were sent."""
    rows = []
    for place, (every, lost) in enumerate(pairs, start=start):
        rows += [(place, 0, OK, 0.1, every - lost), (place, -1, LOST, 0.01, lost)]
    end = float(start + len(pairs))
    return run([row for row in rows if row[-1]], window=(0.0, 0.0, end))


def test_failed_requests_are_those_of_the_window_by_cause():
    """Seconds -1 and 10 lie outside the window [0, 10)."""
    found = run(
        [
            (-1, 0, Cause.QUEUE_FULL, 0.1, 100),
            (0, 0, OK, 0.1, 7),
            (0, 0, Cause.QUEUE_FULL, 0.1, 2),
            (9, 1, Cause.QUEUE_FULL, 0.2, 3),
            (9, -1, Cause.NO_ENDPOINT, 0.1, 4),
            (10, 0, Cause.NO_ENDPOINT, 0.1, 100),
        ]
    )
    expected = {Cause.NO_ENDPOINT: 4, Cause.QUEUE_FULL: 5}
    assert expected == failures.by_cause(found)
    assert list(expected) == list(failures.by_cause(found))  # In the order of the closed list.
    assert (failures.failed(found), failures.sent(found)) == (9, 16)


@pytest.mark.parametrize("window", [(0.5, 3.0, 10.0), (0.0, 3.0, 9.5), (0.0, 11.0, 10.0)])
def test_a_window_that_seconds_cannot_count_is_refused(window):
    """Counts go by whole seconds: half a second of requests would be dropped without a word."""
    with pytest.raises(ValueError, match="window"):
        run(window=window)


def test_availability_is_the_share_answered_well():
    assert availability(seconds((8, 0), (8, 4))) == 0.75


def test_availability_without_requests_is_unknown():
    assert availability(run()) is None


@settings(deadline=None)  # The first call imports scipy.
@given(
    st.lists(
        st.tuples(
            st.integers(-3, 12),
            st.integers(-1, 1),
            st.sampled_from([OK, *MECHANISMS]),
            st.floats(0.001, 20.0),
            st.integers(1, 200),
        )
    )
)
def test_every_failure_has_one_cause_and_one_second(rows):
    found = run(rows)
    every, lost = failures.per_second(found)
    expected = failures.failed(found)
    assert expected == sum(failures.by_cause(found).values())
    assert expected == int(lost.sum())
    assert failures.sent(found) == int(every.sum())
    share = availability(found)
    assert share is None or 0.0 <= share <= 1.0
    assert downtime.downtime_seconds(found, SLO) <= found.window.seconds
    assert downtime.full_outage_seconds(found) <= found.window.seconds


@settings(deadline=None)  # The first call imports scipy.
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.data())
def test_stretches_cover_every_request_once_and_are_large_enough(every, data):
    pairs = [(n, data.draw(st.integers(0, n))) for n in every]
    found = downtime.stretches(seconds(*pairs))
    assert sum(every) == sum(stretch.requests for stretch in found)
    assert sum(lost for _, lost in pairs) == sum(stretch.failed for stretch in found)
    if len(found) > 1:
        assert min(stretch.requests for stretch in found) >= 20
    ends = [stretch.start + stretch.seconds for stretch in found]
    assert all(end <= later.start for end, later in zip(ends, found[1:], strict=False))


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        (2, 0.0),  # Two of twenty at 1 in 1000 are a chance of 1.9 in 10,000 …
        (3, 1.0),  # … three one of 1.1 in a million.
    ],
)
def test_a_second_is_down_when_chance_would_need_ten_thousand(lost, expected):
    assert expected == downtime.downtime_seconds(seconds((20, 0), (20, lost), (20, 0)), SLO)


def test_downtime_depends_on_what_the_slo_allows():
    found = seconds((20, 3))
    assert downtime.downtime_seconds(found, 0.999) == 1.0
    assert downtime.downtime_seconds(found, 0.9) == 0.0


def test_an_slo_of_100_percent_allows_nothing():
    assert downtime.downtime_seconds(seconds((20, 0), (20, 1)), 1.0) == 1.0


def test_thin_traffic_is_judged_in_longer_stretches():
    """7 a second: three seconds hold 21. The first stretch is down, and out; the second is up."""
    found = seconds((7, 7), (7, 7), (7, 7), (7, 0), (7, 0), (7, 0))
    assert [s.seconds for s in downtime.stretches(found)] == [3, 3]
    assert downtime.downtime_seconds(found, SLO) == 3.0
    assert downtime.full_outage_seconds(found) == 3.0


def test_a_small_rest_at_the_end_joins_the_stretch_before_it():
    found = downtime.stretches(seconds((20, 0), (20, 20), (5, 5)))
    assert [(s.start, s.seconds, s.requests) for s in found] == [(0, 1, 20), (1, 2, 25)]


def test_a_small_rest_stands_alone_if_nothing_comes_before_it():
    found = seconds((3, 3), (4, 4))
    assert [(s.start, s.seconds, s.requests) for s in downtime.stretches(found)] == [(0, 2, 7)]
    assert downtime.full_outage_seconds(found) == 2.0


def test_silence_before_a_failure_is_not_downtime():
    """Ten silent seconds, then one in which all fail: the silence showed nothing."""
    found = seconds(*[(0, 0)] * 10, (50, 50), (50, 0))
    assert downtime.downtime_seconds(found, SLO) == 1.0
    assert downtime.full_outage_seconds(found) == 1.0


def test_silence_after_a_failure_is_not_downtime():
    """One second in which all of a few fail, then nobody asks: one second was seen to be down."""
    found = seconds((50, 0), (5, 5), *[(0, 0)] * 10)
    assert [(s.start, s.seconds) for s in downtime.stretches(found)] == [(0, 2)]
    alone = seconds((5, 5), *[(0, 0)] * 10)
    assert downtime.downtime_seconds(alone, SLO) == 1.0
    assert downtime.full_outage_seconds(alone) == 1.0


def test_no_traffic_is_no_downtime():
    found = seconds((0, 0), (0, 0))
    assert (downtime.downtime_seconds(found, SLO), downtime.full_outage_seconds(found)) == (0, 0)


def test_a_full_outage_needs_every_request_to_fail():
    found = seconds((20, 20), (20, 19), (20, 20))
    assert downtime.full_outage_seconds(found) == 2.0
    assert downtime.downtime_seconds(found, SLO) == 3.0


def test_the_budget_burned_is_what_no_release_did_not_burn():
    """10,000 requests at 99.9 % have a budget of 10; 90 failures more are 9 budgets."""
    release, none = seconds((10_000, 95)), seconds((10_000, 5))
    assert error_budget.budget_burned(release, none, SLO) == pytest.approx(9.0)
    assert error_budget.budget_burned(none, none, SLO) == 0.0


def test_without_a_budget_nothing_can_be_burned():
    found = seconds((100, 5))
    assert error_budget.budget_burned(found, found, 1.0) is None
    assert error_budget.peak_burn_rate(found, 1.0) is None


def test_the_peak_burn_rate_is_that_of_the_worst_ten_seconds():
    """In seconds 5 to 14 there are 30 failures among 100 requests: 0.3 / 0.001."""
    pairs = [(10, 0)] * 5 + [(10, 3)] * 10 + [(10, 0)] * 5
    assert error_budget.peak_burn_rate(seconds(*pairs), SLO) == pytest.approx(300.0)


def test_too_few_requests_have_no_burn_rate():
    assert error_budget.peak_burn_rate(seconds(*[(1, 1)] * 19), SLO) is None


def test_a_window_of_less_than_ten_seconds_is_one_span():
    assert error_budget.peak_burn_rate(seconds((20, 1), (20, 3)), SLO) == pytest.approx(100.0)
