"""Hedging in both planes: when a second try is sent, whose answer counts, who is left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_scenario_dependencies import shop as shop
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.errors import ScenarioError
from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.routing import Destination, Mirror, Route
from sim.traffic.attempt import FIRST_HEDGE

HEDGING = replace(PATIENT, hedge_after_seconds=0.25)
OK, CUT = Cause.NONE, Cause.CUT_BY_SIGKILL
LEFT, LEFT_WAITING = Cause.TIMED_OUT_IN_SERVICE, Cause.TIMED_OUT_WAITING


def test_an_answer_in_time_needs_no_second_try():
    plane = plane_of(pods=2, clients=HEDGING, behaviour=serving(0.25 - 2**-10))
    log = play(plane, 30.0).log

    assert [(n, 0, OK) for n in range(10)] == [(e.request, e.attempt, e.cause) for e in log]


def slow_first(**fields):
    """Pod 0 needs a second, pod 1 an eighth; requests are sent at 0.5, 1.5 … and take turns."""
    plane = plane_of(pods=1, behaviour=serving(1.0), end=1.0, **fields)
    plane.set_behaviour(1, serving(0.125))
    quick = plane.add_pod(1, 1e9, "node-0")
    plane.set_pod(quick, listening=True)
    plane.publish([0, quick], [0.0])
    return plane


def test_the_second_try_wins_and_the_first_is_left_at_that_moment():
    plane = slow_first(clients=HEDGING)
    history = play(plane, 10.0)

    assert endings(history.log) == [(0, FIRST_HEDGE, 0.875, OK), (0, 0, 0.875, LEFT)]
    assert [entry.final for entry in history.log] == [True, False]
    assert [entry.sent for entry in history.log] == [0.75, 0.5]
    assert [entry.pod for entry in history.log] == [1, 0]
    assert plane.counts().count.tolist() == [1]
    assert plane.in_flight() == 0


def test_the_loser_keeps_its_worker_busy_to_the_end():
    plane = slow_first(clients=HEDGING)
    play(plane, 1.25)
    during = plane.pods()[0]
    play(plane, 10.0)
    after = plane.pods()[0]

    assert (during.in_flight, during.answered, during.failed) == (1, 0, 1)
    assert (after.in_flight, after.busy_seconds) == (0, 1.0)


def test_the_first_may_still_win_and_then_the_second_is_left():
    plane = plane_of(pods=2, end=1.0, behaviour=serving(0.5), clients=HEDGING)
    history = play(plane, 10.0)

    assert endings(history.log) == [(0, 0, 1.0, OK), (0, FIRST_HEDGE, 1.0, LEFT)]


def test_a_loser_that_waits_leaves_the_queue():
    plane = plane_of(rate=8.0, end=0.25, behaviour=serving(0.5, concurrency=1), clients=HEDGING)
    plane.set_behaviour(1, serving(2.0, concurrency=1))
    busy = plane.add_pod(1, 1e9, "node-0")
    plane.set_pod(busy, listening=True)
    plane.publish([0, busy, busy], [0.0])  # Requests 0 and 1, and then the hedge of request 0.
    play(plane, 0.5)
    before = plane.pods()[busy]
    history = play(plane, 0.6)

    assert (before.in_flight, before.queued) == (2, 1)
    assert endings(history.log) == [(0, 0, 0.5625, OK), (0, FIRST_HEDGE, 0.5625, LEFT_WAITING)]
    assert plane.pods()[busy].queued == 0


def test_a_failure_is_discarded_while_the_other_is_under_way():
    plane = slow_first(clients=HEDGING)
    plane.set_behaviour(1, serving(0.125, error_ratio=1.0))
    history = play(plane, 10.0)

    assert endings(history.log) == [
        (0, FIRST_HEDGE, 0.875, Cause.APPLICATION_BUG),
        (0, 0, 1.5, OK),
    ]
    assert [entry.final for entry in history.log] == [False, True]


def test_of_two_failures_the_last_decides_and_only_then_the_client_tries_again():
    clients = replace(HEDGING, attempts=2, backoff_seconds=0.5)
    plane = slow_first(clients=clients)
    plane.set_behaviour(1, serving(0.125, error_ratio=1.0))
    history = play(plane, 10.0, [(1.0, lambda p: p.kill(0, CUT))])
    log = history.log
    jitter = 0.5 + Stream(1, Purpose.BACKOFF).uniform(0, 0)

    assert endings(log)[:2] == [(0, FIRST_HEDGE, 0.875, Cause.APPLICATION_BUG), (0, 0, 1.0, CUT)]
    assert not log[0].final and not log[1].final
    assert (log[2].attempt, log[2].sent) == (1, 1.0 + 0.5 * jitter)
    assert [entry.final for entry in log].count(True) == 1


def test_a_failure_before_the_second_try_is_tried_again_without_it():
    clients = replace(HEDGING, attempts=2, backoff_seconds=1.0)
    plane = plane_of(end=1.0, behaviour=serving(0.125, error_ratio=1.0), clients=clients)
    history = play(plane, 10.0)

    assert [entry.attempt for entry in history.log] == [0, 1]


def test_both_share_the_patience_of_the_attempt():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=10.0, hedge_after_seconds=0.25)
    plane = plane_of(pods=2, end=1.0, behaviour=serving(5.0), clients=clients)
    history = play(plane, 20.0)

    assert endings(history.log) == [(0, 0, 1.5, LEFT), (0, FIRST_HEDGE, 1.5, LEFT)]
    assert [entry.final for entry in history.log] == [False, True]


def test_the_mirrored_copy_of_a_second_try_has_no_more_patience_than_that():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=10.0, hedge_after_seconds=0.25)
    plane = plane_of(pods=2, end=1.0, behaviour=serving(5.0, concurrency=1), clients=clients)
    plane.publish([0], [0.0])
    plane.publish([1], [0.0], 1)
    mirror = Mirror(backend=1, share=1.0)
    plane.set_routes(
        [Route(destinations=(Destination(backend=0, weight=1),), mirror=mirror)], [0.0]
    )
    play(plane, 1.5)
    before = plane.pods()[1]
    play(plane, 1.5 + 2**-10)

    assert (before.in_flight, before.queued) == (2, 1)  # The copies of the two tries.
    assert plane.pods()[1].queued == 0


def test_a_request_whose_pod_cannot_be_reached_is_saved_by_its_second_try():
    plane = slow_first(clients=HEDGING)
    plane.set_node("node-1", cores=1e9)
    lost = plane.add_pod(0, 1e9, "node-1")
    plane.set_pod(lost, listening=True)
    plane.set_node("node-1", reachable=False)
    plane.publish([lost, 1], [0.0])
    history = play(plane, 10.0)

    assert endings(history.log) == [
        (0, FIRST_HEDGE, 0.875, OK),
        (0, 0, 0.875, Cause.NODE_UNREACHABLE),
    ]


def test_a_budget_refuses_second_tries_beyond_its_share():
    clients = replace(HEDGING, retry_budget=0.0)
    plane = plane_of(
        rate=100.0, pods=2, end=0.1, behaviour=serving(5.0, concurrency=100), clients=clients
    )
    history = play(plane, 20.0)

    assert sum(entry.attempt >= FIRST_HEDGE for entry in history.log) == 3  # Which always may.
    assert sum(entry.final for entry in history.log) == 10


def test_no_more_attempts_than_hedges_have_numbers_for():
    with pytest.raises(ValueError, match="attempts must be 1 to 64, not 65"):
        plane_of(clients=replace(HEDGING, attempts=65))


def test_every_request_has_one_outcome_however_many_tries_it_takes():
    clients = Clients(
        attempt_timeout_seconds=0.2, deadline_seconds=1.0, attempts=3, hedge_after_seconds=0.05
    )
    plane = plane_of(
        rate=200.0, pods=4, end=10.0, poisson=True, behaviour=serving(0.04), clients=clients
    )
    slow = plane.add_pod(0, 1e9, "node-1")
    plane.set_pod(slow, listening=True)
    plane.set_node("node-1", slowdown=3.0)
    plane.publish([0, 1, 2, 3, slow], [0.0])
    history = play(plane, 60.0, [(4.0, lambda p: p.kill(1, CUT))])
    finals = [entry.request for entry in history.log if entry.final]

    assert sorted(finals) == list(range(plane.arrived()))
    assert plane.counts().total == plane.arrived()
    assert any(entry.attempt >= FIRST_HEDGE and entry.final for entry in history.log)


def test_a_scenario_says_when_second_tries_are_sent(shop):
    found = shop("clients: {hedgeAfter: 200ms}")

    assert found.clients.hedge_after_seconds == 0.2
    assert ("clients.hedgeAfter", "200ms") in [(r.field, r.value) for r in found.assumptions]
    assert "hedge_after_seconds" not in shop("clients: {}").understood()["clients"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{hedgeAfter: 5s, attemptTimeout: 5s}", "no second try is ever sent after 5s"),
        ("{hedgeAfter: 0s}", "no second try is ever sent after 0s"),
        ("{hedgeAfter: 1s, attempts: 65}", "at most 64"),
    ],
)
def test_mistakes_about_second_tries_are_told(shop, text, expected):
    with pytest.raises(ScenarioError, match=expected):
        shop(f"clients: {text}")
