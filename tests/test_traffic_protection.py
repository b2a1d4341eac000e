"""Proxies that protect: outliers ejected, rates and limits kept; clients that retry with reason."""

from __future__ import annotations

from collections import Counter

import pytest
from tiny_traffic import plane_of, play, serving

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.network import Connections, ProxyKind
from sim.model.protection import OutlierDetection, Protection, ejection_ends, may_eject
from sim.model.retry import EVERY_FAILURE, RetryOn, kind_of, most_retries
from sim.model.routing import Destination, Route
from sim.traffic.balancers.least_connections import LeastConnections
from sim.traffic.balancers.ring_hash import RingHash
from sim.traffic.balancers.weighted import Weighted
from sim.traffic.gate import Gate
from sim.traffic.outliers import Outliers
from sim.traffic.pick import Pick

OK, BUG = Cause.NONE, Cause.APPLICATION_BUG
MESH = Connections(proxy=ProxyKind.ISTIO)
RULES = OutlierDetection()
HALF = OutlierDetection(most_share=0.5)


def out_of(outliers: Outliers, now: float, pods=tuple(range(20))) -> list[int]:
    """Who gets nothing at that moment."""
    healthy = outliers.healthy(pods, now)
    return [pod for pod in pods if pod not in healthy]


def fail(outliers: Outliers, pod: int, now: float, times: int = 5, pods=tuple(range(20))) -> None:
    for _ in range(times):
        outliers.note(pod, True, pods, now)


# Outlier detection (facts 9.4).


@pytest.mark.parametrize(
    ("now", "phase", "times", "back"),
    [
        (12.0, 0.0, 1, 50.0),  # 42, and then to the sweep.
        (12.0, 0.0, 3, 110.0),
        (20.0, 0.0, 1, 50.0),  # A sweep at the very moment brings it back.
        (12.0, 3.0, 1, 43.0),
        (0.0, 0.0, 100, 300.0),  # Envoy's max_ejection_time.
    ],
)
def test_an_ejection_lasts_its_time_and_then_to_the_next_sweep(now, phase, times, back):
    assert back == ejection_ends(now, phase, times, RULES)


@pytest.mark.parametrize(
    ("ejected", "pods", "may"),
    [(0, 1, False), (0, 9, False), (0, 10, True), (1, 10, False), (1, 20, True), (2, 20, False)],
)
def test_a_tenth_of_the_pods_may_be_out(ejected, pods, may):
    """Current Envoy without always_eject_one_host: with fewer than ten nobody may."""
    assert may == may_eject(ejected, pods, RULES)


@pytest.mark.parametrize(("percent", "pods"), [(7, 100), (14, 50), (28, 25), (29, 100), (56, 25)])
def test_a_share_of_the_pods_is_not_rounded_up(percent, pods):
    rules = OutlierDetection(most_share=percent / 100)
    most = percent * pods // 100

    assert may_eject(most - 1, pods, rules)
    assert not may_eject(most, pods, rules)


def test_failures_in_a_row_eject_and_one_success_starts_the_count_anew():
    outliers = Outliers(RULES, 0.0)

    fail(outliers, 3, 12.0, times=4)
    outliers.note(3, False, tuple(range(20)), 12.0)
    fail(outliers, 3, 12.0, times=4)
    assert [] == out_of(outliers, 12.0)

    fail(outliers, 3, 12.0, times=1)
    assert [3] == out_of(outliers, 12.0) == out_of(outliers, 49.99)
    assert [] == out_of(outliers, 50.0)


def test_each_ejection_is_longer_and_sweeps_in_good_standing_make_it_shorter_again():
    outliers = Outliers(RULES, 0.0)
    fail(outliers, 3, 0.0)  # To 30.
    fail(outliers, 3, 31.0)  # The second: to 91, and so to 100.
    assert [3] == out_of(outliers, 99.0)
    assert [] == out_of(outliers, 100.0)

    fail(outliers, 3, 125.0)  # Two sweeps took two ejections off: the first again.
    assert [3] == out_of(outliers, 159.0)
    assert [] == out_of(outliers, 160.0)


def test_a_pod_that_fails_while_it_is_out_is_not_ejected_for_longer():
    outliers = Outliers(RULES, 0.0)
    fail(outliers, 3, 0.0)
    fail(outliers, 3, 15.0, times=20)
    assert [] == out_of(outliers, 30.0)

    fail(outliers, 3, 31.0, times=4)
    assert [] == out_of(outliers, 31.0), "and its count starts anew"
    fail(outliers, 3, 31.0, times=1)
    assert [3] == out_of(outliers, 31.0)


def test_no_more_than_the_share_is_out_at_a_time():
    outliers = Outliers(RULES, 0.0)
    for pod in range(10):
        fail(outliers, pod, 0.0)

    assert [0, 1] == out_of(outliers, 1.0)


def test_a_proxy_stops_sending_to_a_pod_that_answers_with_errors():
    """Two pods take turns, and one fails everything: its fifth failure in a row is its last."""
    plane = plane_of(
        rate=2.0, end=20.0, pods=1, connections=MESH, protection=Protection(outliers=HALF)
    )
    plane.set_behaviour(1, serving(0.125, error_ratio=1.0))
    broken = plane.add_pod(1, float("inf"), "node-0")
    plane.set_pod(broken, listening=True)
    plane.publish([0, broken], [0.0])

    log = play(plane, 30.0).log

    assert [BUG] * 5 == [entry.cause for entry in log if entry.pod == broken]
    assert 40 == len(log)


def test_each_proxy_ejects_for_itself():
    plane = plane_of(
        rate=20.0, pods=1, proxies=3, connections=MESH, protection=Protection(outliers=HALF)
    )
    plane.set_behaviour(1, serving(0.001, error_ratio=1.0))
    broken = plane.add_pod(1, float("inf"), "node-0")
    plane.set_pod(broken, listening=True)
    plane.publish([0, broken], [0.0, 0.0, 0.0])

    met = Counter(entry.proxy for entry in play(plane, 30.0).log if entry.pod == broken)

    assert {0: 5, 1: 5, 2: 5} == met


def test_when_all_pods_are_ejected_nobody_is_served():
    rules = OutlierDetection(consecutive_errors=1, most_share=1.0)
    plane = plane_of(
        end=4.0,
        pods=1,
        behaviour=serving(0.125, error_ratio=1.0),
        connections=MESH,
        protection=Protection(outliers=rules),
    )

    log = play(plane, 9.0).log

    assert [(0, BUG), *[(-1, Cause.ALL_EJECTED)] * 3] == [(e.pod, e.cause) for e in log]


def test_a_client_that_leaves_is_no_failure_of_the_pod():
    clients = Clients(attempt_timeout_seconds=0.1, deadline_seconds=0.1)
    rules = OutlierDetection(consecutive_errors=1, most_share=1.0)
    plane = plane_of(
        end=3.0,
        behaviour=serving(0.2),
        clients=clients,
        connections=MESH,
        protection=Protection(outliers=rules),
    )

    assert [Cause.TIMED_OUT_IN_SERVICE] * 3 == [entry.cause for entry in play(plane, 9.0).log]


# The gate.


def test_a_bucket_lets_a_burst_in_and_then_the_rate():
    gate = Gate(Protection(per_second=2.0, burst=3), 0.0)

    at_once = [gate.enter(10.0) for _ in range(4)]
    later = [gate.enter(10.0 + step / 4) for step in range(1, 5)]

    limited = Cause.RATE_LIMITED
    assert [OK, OK, OK, limited] == at_once
    assert [limited, OK, limited, OK] == later


def test_a_rate_limit_lets_in_what_it_says():
    plane = plane_of(
        rate=50.0,
        end=100.0,
        poisson=True,
        connections=MESH,
        behaviour=serving(0.001),
        protection=Protection(per_second=20.0, burst=10),
    )

    causes = Counter(entry.cause for entry in play(plane, 200.0).log)

    assert {OK, Cause.RATE_LIMITED} == set(causes)
    assert 2000 <= causes[OK] <= 2010


def test_a_proxy_has_no_more_under_way_than_it_may():
    plane = plane_of(
        rate=4.0,
        end=2.0,
        behaviour=serving(1.0),
        connections=MESH,
        protection=Protection(most_in_flight=2),
    )

    log = sorted(play(plane, 9.0).log, key=lambda entry: entry.request)

    over = Cause.POOL_OVERFLOW
    assert [OK, OK, over, over, OK, OK, over, over] == [entry.cause for entry in log]
    assert {-1} == {entry.pod for entry in log if entry.cause is over}


def test_who_gave_up_makes_room():
    plane = plane_of(
        end=3.0,
        behaviour=serving(100.0),
        clients=Clients(attempt_timeout_seconds=0.5, deadline_seconds=0.5),
        connections=MESH,
        protection=Protection(most_in_flight=1),
    )

    assert [Cause.TIMED_OUT_IN_SERVICE] * 3 == [entry.cause for entry in play(plane, 9.0).log]


# Retries.


def test_every_cause_looks_like_one_kind_of_failure_from_outside():
    kinds = Counter(kind_of(cause) for cause in Cause if cause is not OK)

    assert set(RetryOn) == set(kinds)
    assert {RetryOn.CONNECT_FAILURE: 3, RetryOn.RESET: 5, RetryOn.TIMEOUT: 2} == {
        kind: kinds[kind] for kind in RetryOn if kind is not RetryOn.SERVER_ERROR
    }


@pytest.mark.parametrize("kind", EVERY_FAILURE)
def test_a_client_tries_again_only_after_the_failures_that_it_says(kind):
    """The first pod fails everybody by a bug; the second is not asked unless 5xx are retried."""
    plane = plane_of(
        end=1.0,
        pods=1,
        behaviour=serving(0.125, error_ratio=1.0),
        clients=Clients(attempts=3, retry_on=(kind,)),
    )

    assert (3 if kind is RetryOn.SERVER_ERROR else 1) == len(play(plane, 30.0).log)


@pytest.mark.parametrize(("in_flight", "most"), [(0, 3.0), (5, 3.0), (15, 3.0), (100, 20.0)])
def test_three_retries_are_always_within_the_budget(in_flight, most):
    assert most == most_retries(in_flight, 0.2)


@pytest.mark.parametrize(("budget", "retried"), [(None, 100), (0.2, 20), (0.0, 3)])
def test_a_budget_keeps_retries_to_a_share_of_what_is_under_way(budget, retried):
    """A hundred requests are cut at one moment; each answer leaves one less under way."""
    clients = Clients(
        attempts=2,
        retry_budget=budget,
        attempt_timeout_seconds=1e6,
        deadline_seconds=1e6,
        backoff_seconds=10.0,
    )
    plane = plane_of(rate=100.0, end=1.0, clients=clients, behaviour=serving(50.0, concurrency=200))

    log = play(plane, 200.0, [(1.0, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))]).log

    again = sum(entry.attempt for entry in log)
    if budget == 0.2:  # While 99, 98, 97 … are under way, up to a fifth of these: 17 at 83.
        assert 16 <= again <= 17
    else:
        assert retried == again


def test_a_granted_retry_is_given_back_to_the_budget_by_its_answer():
    """One failure every ten seconds, each retried at once: the budget is never used up."""
    clients = Clients(attempts=2, retry_budget=0.0, backoff_seconds=0.1)
    plane = plane_of(
        rate=0.1, end=200.0, behaviour=serving(0.125, error_ratio=1.0), clients=clients
    )

    assert 40 == len(play(plane, 300.0).log)


# Balancers.


def test_least_connections_takes_the_least_busy_of_all_and_the_first_of_equals():
    balancer = LeastConnections(1)

    assert 2 == balancer.choose((0, 1, 2, 3), Pick(0, 0, 0), {0: 2, 1: 3, 2: 1, 3: 1})
    assert 0 == balancer.choose((0, 1), Pick(0, 0, 0), {})


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((5, 1, 1), "aabacaa" * 3),  # The example of nginx's own commit 52327e0627f4.
        ((1, 1, 1), "abc" * 4),
        ((1, 2), "bab" * 4),
        ((3,), "aaaa"),
    ],
)
def test_weighted_takes_turns_as_often_as_the_weights_say_and_as_evenly_as_can_be(
    weights, expected
):
    balancer, pods = Weighted(1), tuple(range(len(weights)))
    pick = Pick(0, 0, 0, weight_of=weights.__getitem__)

    assert expected == "".join("abc"[balancer.choose(pods, pick, {})] for _ in expected)


def test_weighted_gives_every_version_its_share_and_hears_of_another_weight():
    plane = plane_of(rate=10.0, end=20.0, pods=2, balancer="weighted")
    plane.set_behaviour(1, serving(0.25, weight=3))
    third = plane.add_pod(1, 1e9, "node-0")
    plane.set_pod(third, listening=True)
    plane.publish([0, 1, third], [0.0])
    first = [entry.pod for entry in play(plane, 10.0).log]
    plane.set_behaviour(1, serving(0.25))
    second = [entry.pod for entry in play(plane, 40.0).log]

    assert Counter(first[:95]) == {0: 19, 1: 19, third: 57}
    assert {0: 32, 1: 32, third: 32} == pytest.approx(Counter(second[-96:]), abs=2)


def test_a_proxy_weighs_pods_of_each_backend_by_themselves():
    plane = plane_of(rate=10.0, end=20.0, pods=2, balancer="weighted")
    plane.publish([1], [0.0], backend=1)
    half = (Destination(backend=0, weight=1), Destination(backend=1, weight=1))
    plane.set_routes((Route(destinations=half),), [0.0])
    log = play(plane, 40.0).log
    drawn = Stream(1, Purpose.ROUTE)
    of_first = [entry.pod for entry in log if drawn.uniform(entry.request) < 0.5]

    assert of_first == [n % 2 for n in range(len(of_first))]


def test_ring_hash_keeps_a_user_on_its_pod_and_moves_few_when_one_leaves():
    ring, smaller = RingHash(1), RingHash(1)
    users = range(20_000)
    ten, nine = tuple(range(10)), tuple(range(1, 10))

    before = [ring.choose(ten, Pick(n, 0, 0, user=n), {}) for n in users]
    after = [smaller.choose(nine, Pick(n, 0, 0, user=n), {}) for n in users]

    assert before == [ring.choose(ten, Pick(n + 7, 1, 2, user=n), {}) for n in users]
    shares = Counter(before)
    assert 10 == len(shares)
    assert max(shares.values()) < 2 * min(shares.values())
    moved = sum(one != other for one, other in zip(before, after, strict=True))
    assert shares[0] <= moved < 2 * shares[0], "and nine pods have more points each than ten"


def test_ring_hash_gives_a_user_the_same_pod_through_every_proxy():
    plane = plane_of(rate=50.0, pods=5, proxies=4, population=40, balancer="ring_hash")

    pairs = {(entry.user, entry.pod) for entry in play(plane, 20.0).log}

    assert len(pairs) == len({user for user, _ in pairs}) == 40


@pytest.mark.parametrize("kind", EVERY_FAILURE)
def test_behind_a_proxy_that_works_per_request_a_broken_pod_is_a_5xx(kind):
    plane = plane_of(
        end=1.0,
        behaviour=serving(5.0),
        connections=MESH,
        clients=Clients(
            attempts=2, retry_on=(kind,), attempt_timeout_seconds=99.0, deadline_seconds=99.0
        ),
    )

    log = play(plane, 30.0, [(1.0, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))]).log

    assert (2 if kind is RetryOn.SERVER_ERROR else 1) == len(log)


@pytest.mark.parametrize("kind", [RetryOn.TIMEOUT, RetryOn.CONNECT_FAILURE])
def test_patience_that_ends_on_a_silent_machine_is_a_timeout(kind):
    plane = plane_of(
        end=1.0,
        clients=Clients(
            attempts=2, retry_on=(kind,), attempt_timeout_seconds=1.0, deadline_seconds=99.0
        ),
    )
    plane.set_node("node-0", reachable=False)

    assert (2 if kind is RetryOn.TIMEOUT else 1) == len(play(plane, 30.0).log)


def test_a_client_that_leaves_a_silent_machine_is_no_failure_of_the_pod():
    rules = OutlierDetection(consecutive_errors=1, most_share=1.0)
    plane = plane_of(
        end=3.0,
        clients=Clients(attempt_timeout_seconds=0.1, deadline_seconds=0.1),
        connections=Connections(proxy=ProxyKind.ISTIO, connect_timeout_seconds=10.0),
        protection=Protection(outliers=rules),
    )
    plane.set_node("node-0", reachable=False)

    assert [Cause.NODE_UNREACHABLE] * 3 == [entry.cause for entry in play(plane, 9.0).log]
