"""What a release did besides failing requests: users, latency, clocks, cost, on paper examples."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from handmade import OK, no_release, recreate, rolling_update, run, span, users
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis import clocks, cost, latency
from sim.analysis.figures import FIGURES, Yardstick, measure
from sim.analysis.lanes import lanes
from sim.analysis.readiness import no_ready_pod_seconds
from sim.analysis.traffic_share import traffic_share
from sim.analysis.units import Unit, label, number
from sim.analysis.users import blast_radius, users_exposed, users_hurt
from sim.model.causes import Cause
from sim.model.run import PodPhase

PENDING, STARTING, READY, UNREADY, TERMINATING = PodPhase


class Prices:
    core_hour = 2.0
    gib_hour = 0.5


def test_users_are_counted_once():
    found = run(who=users(range(8), [1, 2, 3], [3, 4, 5, 6]))
    assert (users_hurt(found), users_exposed(found)) == (3, 4)


def test_the_blast_radius_leaves_out_who_would_have_failed_anyway():
    """Of 8 users 1, 2 and 3 fail with the release, 3 and 4 without: 2 of 8 are its own."""
    release = run(who=users(range(8), [1, 2, 3]))
    none = run(strategy=None, who=users(range(8), [3, 4]))
    assert blast_radius(release, none) == 0.25
    assert blast_radius(none, none) == 0.0


def test_without_users_there_is_no_blast_radius():
    assert blast_radius(run(), run()) is None


def test_latency_of_successes_leaves_fast_errors_out():
    found = run([(0, 0, OK, 0.1, 90), (0, 0, OK, 0.4, 10), (0, -1, Cause.NO_ENDPOINT, 0.001, 100)])
    assert latency.latency_ms(found, 0.50, successes=True) == pytest.approx(100, rel=0.004)
    assert latency.latency_ms(found, 0.90, successes=True) == pytest.approx(100, rel=0.004)
    assert latency.latency_ms(found, 0.95, successes=True) == pytest.approx(400, rel=0.004)
    assert latency.latency_ms(found, 0.50, successes=False) == pytest.approx(1, rel=0.004)
    assert latency.latency_ms(found, 0.95, successes=False) == pytest.approx(100, rel=0.004)


def test_latency_counts_the_window_only():
    found = run([(-1, 0, OK, 9.0, 1000), (0, 0, OK, 0.1, 1)])
    assert latency.latency_ms(found, 0.99, successes=True) == pytest.approx(100, rel=0.004)


def test_without_a_success_there_is_no_latency_of_successes():
    found = run([(0, -1, Cause.NO_ENDPOINT, 0.01, 5)])
    assert latency.latency_ms(found, 0.5, successes=True) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.001, 900.0), st.integers(1, 9)), min_size=1))
def test_quantiles_never_fall(pairs):
    found = run([(0, 0, OK, seconds, n) for seconds, n in pairs])
    values = [latency.latency_ms(found, q / 100, successes=True) for q in (50, 90, 95, 99)]
    assert sorted(values) == values


def test_the_clocks_start_at_the_first_write():
    found = recreate()
    assert clocks.old_version_gone_seconds(found) == pytest.approx(0.5)
    assert clocks.settled_seconds(found) == 18.0


def test_without_a_release_no_clock_runs():
    found = replace(no_release(), settled_at=40.0)
    assert clocks.old_version_gone_seconds(found) is None
    assert clocks.settled_seconds(found) is None


def test_a_rollout_that_did_not_settle_has_no_time():
    found = run(pods=[span("a", 0, READY, 0.0, inf)], last_answer={0: 9.9})
    assert clocks.settled_seconds(found) is None
    assert clocks.old_version_gone_seconds(found) is None
    assert not clocks.is_settled(found)


@pytest.mark.parametrize(("end", "expected"), [(8.0, 4.5), (10.0, 4.5), (10.5, None)])
def test_the_old_version_is_gone_if_its_pods_are(end, expected):
    found = run(pods=[span("a", 0, TERMINATING, 3.0, end)], last_answer={0: 7.5})
    assert expected == clocks.old_version_gone_seconds(found)


def test_settling_after_the_window_is_not_settling_in_it():
    assert clocks.settled_seconds(run(settled_at=10.5)) is None


def test_a_version_that_stopped_answering_before_the_release_took_no_time():
    assert clocks.old_version_gone_seconds(run(last_answer={0: 1.0})) == 0.0


def test_pod_seconds_are_clipped_to_the_window_and_told_apart():
    found = run(
        pods=[
            span("a", 0, READY, -5.0, 4.0),  # 4 s of it inside.
            span("a", 0, UNREADY, 4.0, 5.0),
            span("a", 0, TERMINATING, 5.0, 7.0),
            span("b", 1, PENDING, 5.0, 6.5),
            span("b", 1, STARTING, 6.5, 8.0),
            span("b", 1, READY, 8.0, inf),  # 2 s of it inside.
            span("c", 1, READY, 10.0, inf),
        ]
    )
    assert cost.pod_seconds(found, cost.PENDING) == 1.5
    assert cost.pod_seconds(found, cost.RUNNING) == 4.0 + 1.0 + 1.5 + 2.0
    assert cost.pod_seconds(found, cost.TERMINATING) == 2.0
    assert cost.peak_pods(found) == 2


def test_a_pod_that_no_node_has_accepted_requests_nothing():
    found = run(
        pods=[
            span("a", 1, PENDING, 0.0, 3.0, node=""),
            span("a", 1, PENDING, 3.0, 4.0, cores=0.5, memory=2.0**30),
            span("a", 1, READY, 4.0, 6.0, cores=0.5, memory=2.0**30),
        ]
    )
    assert cost.core_seconds(found) == 1.5
    assert cost.byte_seconds(found) == 3 * 2.0**30
    assert cost.pod_seconds(found, cost.PENDING) == 4.0


def test_extra_pods_are_those_beyond_no_release_that_a_node_holds():
    """Beside one pod for 10 s another for 6 s; its 2 s without a node cost nothing."""
    anyway = [span("a", 0, READY, 0.0, inf)]
    more = [span("b", 1, PENDING, 0.0, 2.0, node=""), span("b", 1, READY, 2.0, 8.0)]
    by = Yardstick(no_release=run(strategy=None, pods=anyway), slo_availability=0.999)
    assert measure(run(pods=[*anyway, *more]), by)["extra_pod_seconds"] == 6.0


def test_a_pod_that_takes_another_s_place_at_once_is_no_peak():
    found = run(pods=[span("a", 0, READY, 0.0, 5.0), span("b", 1, READY, 5.0, 9.0)])
    assert cost.peak_pods(found) == 1


def test_money_needs_prices():
    """Half a core and a GiB for 10 s at 2 and 0.5 an hour."""
    found = run(pods=[span("a", 0, READY, 0.0, inf)])
    assert cost.money(found, None) is None
    assert cost.money(found, Prices()) == pytest.approx((0.5 * 2.0 + 1.0 * 0.5) * 10 / 3600)


def test_no_pod_is_ready_between_the_last_old_and_the_first_new_one():
    assert no_ready_pod_seconds(recreate()) == 18.0
    assert no_ready_pod_seconds(rolling_update()) == 0.0
    assert no_ready_pod_seconds(run()) == 10.0


def test_a_pod_that_is_ready_only_while_another_is_changes_nothing():
    found = run(
        pods=[
            span("a", 0, READY, -1.0, 6.0),
            span("b", 0, READY, 1.0, 2.0),
            span("c", 1, READY, 8.0, inf),
        ]
    )
    assert no_ready_pod_seconds(found) == 2.0


def test_shares_of_the_traffic_add_up_to_one():
    share = traffic_share(rolling_update())
    assert (sum(share.answered) + share.failed == pytest.approx(1.0)) is True
    assert share.failed[38] == pytest.approx(0.1)
    assert share.answered[1][39] == pytest.approx(0.32)


def test_lanes_show_old_pods_above_new_ones_in_the_order_of_going():
    found = lanes(rolling_update(), 20.0, 76.0)
    assert [lane.version for lane in found] == ["old"] * 3 + ["new"] * 3
    assert [lane.pod[-4:] for lane in found] == ["0old", "1old", "2old", "0new", "1new", "2new"]
    assert [lane.pod[-4:] for lane in lanes(rolling_update(), 62.0, 76.0)] == [
        "0new",
        "1new",
        "2new",
    ]


def test_every_figure_is_worked_out_for_recreate_by_hand():
    by = Yardstick(no_release=no_release(), slo_availability=0.999, prices=Prices())
    found = measure(recreate(), by)
    expected = {
        "failed_requests": 900.0,
        "availability": 0.8,
        "downtime_seconds": 18.0,
        "full_outage_seconds": 18.0,
        "no_ready_pod_seconds": 18.0,
        "users_hurt": 60.0,
        "blast_radius": 0.6,
        "users_exposed": 100.0,
        "users_of_both_versions": 0.0,
        "error_budget_burned": 200.0,
        "peak_burn_rate": 1000.0,
        "old_version_gone_seconds": 0.5,
        "settled_seconds": 18.0,
        "pod_seconds_pending": 6.0,
        "pod_seconds_running": 3 * (30.0 + 5.0 + 42.0),
        "pod_seconds_terminating": 33.0,
        "extra_pod_seconds": 3 * (41.0 + 49.0) - 3 * 90.0,  # Three pods at any time, as without.
        "core_seconds": 135.0,
        "byte_seconds": 270 * 2.0**30,
        "peak_pods": 3.0,
        "money": (135 * 2.0 + 270 * 0.5) / 3600,
    }
    latencies = {key: value for key, value in found.items() if key.startswith("latency")}
    assert expected == pytest.approx({key: found[key] for key in expected})
    # No share was asked for, nothing was mirrored, and there was no experiment.
    of_groups = {
        f"{name}_{side}" for name in ("conversion", "revenue", "dwell", "bounce") for side in "ab"
    }
    absent = {"share_missed", "copies_answered_well", "copies_failed"}
    absent |= {"users_who_flipped", "split_p_value", *of_groups}
    assert {None} == {found[key] for key in absent}
    assert set(FIGURES) == set(expected) | set(latencies) | absent
    assert len(latencies) == 8


def test_every_figure_says_what_it_is_in_full():
    for key, figure in FIGURES.items():
        assert key == figure.key
        assert figure.label.render() and "{" not in figure.label.render()
        assert len(figure.definition.render()) > 20 and "{" not in figure.definition.render()
        assert label(figure.unit).render()


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.99982, Unit.SHARE, "99.982"),
        (0.8, Unit.SHARE, "80"),
        (1.0, Unit.SHARE, "100"),
        (0.0, Unit.SHARE, "0"),
        (200.0, Unit.SHARE, "20,000"),
        (1234.5, Unit.REQUESTS, "1,234"),
        (31.42, Unit.REQUESTS, "31.4"),
        (0.0, Unit.REQUESTS, "0"),
        (-0.0001, Unit.SECONDS, "-0.0001"),
        (0.25, Unit.SECONDS, "0.25"),
        (18.0, Unit.SECONDS, "18"),
        (270 * 2.0**30, Unit.BYTE_SECONDS, "270"),
        (1000.0, Unit.TIMES, "1,000"),
    ],
)
def test_numbers_have_the_digits_that_matter(value, unit, expected):
    assert expected == number(value, unit)


@pytest.mark.parametrize(
    ("value", "spread", "expected"),
    [(31.42, 4.47, "31.4"), (690.3, 20.4, "690"), (12.0, 0.031, "12"), (-0.04, 1.2, "0")],
)
def test_an_interval_says_how_many_digits_mean_something(value, spread, expected):
    assert expected == number(value, Unit.REQUESTS, spread=spread)
