"""Connections: kept by users or by proxies, closed by servers, reset, and tried elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest
from tiny_traffic import PATIENT, plane_of, play, serving

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.network import HABITS, Connections, ProxyKind, tried_elsewhere
from sim.traffic.balancers.least_request import LeastRequest
from sim.traffic.pick import Pick

KILL = Cause.CUT_BY_SIGKILL
NGINX, ISTIO = ProxyKind.INGRESS_NGINX, ProxyKind.ISTIO


def kept(**fields) -> Connections:
    """A user's connections through kube-proxy, kept for 100 s."""
    return Connections(**{"keep_alive_seconds": 100.0, **fields})


def by(proxy: ProxyKind, **fields) -> Connections:
    """A proxy that works per request, three tries, without connections of its own."""
    return Connections(**{"proxy": proxy, "tries": 3, **fields})


def met(history) -> list[tuple[int, Cause]]:
    """Pod and cause of each attempt, in the order in which they ended."""
    return [(entry.pod, entry.cause) for entry in history.log]


OK = Cause.NONE


# A user's own connections, through kube-proxy.


def test_a_kept_connection_stays_on_its_pod_and_no_balancer_is_asked():
    plane = plane_of(pods=3, population=1, connections=kept())

    assert [(0, OK)] * 10 == met(play(plane, 20.0))


def test_without_keep_alive_every_request_is_balanced():
    plane = plane_of(pods=3, population=1)

    assert [0, 1, 2, 0, 1, 2, 0, 1, 2, 0] == [pod for pod, _ in met(play(plane, 20.0))]


def test_few_long_connections_split_unlike_the_pods_numbers():
    """Three users reach three of six pods at most, whatever the number of their requests."""
    shape = {"rate": 50.0, "pods": 6, "population": 3, "behaviour": serving(0.001)}
    plane = plane_of(**shape, balancer="random", connections=kept())
    balanced = plane_of(**shape, balancer="random")

    few = Counter(pod for pod, _ in met(play(plane, 20.0)))
    many = Counter(pod for pod, _ in met(play(balanced, 20.0)))

    assert 500 == few.total() == many.total()
    assert len(few) <= 3 < len(many) == 6


def test_an_endpoint_that_leaves_the_list_keeps_its_open_connections():
    plane = plane_of(pods=2, population=1, connections=kept())

    history = play(plane, 20.0, [(2.0, lambda p: p.publish([1], [2.0]))])

    assert [(0, OK)] * 10 == met(history)


def test_a_user_with_a_request_under_way_opens_a_second_connection():
    plane = plane_of(end=2.0, pods=2, population=1, behaviour=serving(5.0), connections=kept())

    assert [(0, OK), (1, OK)] == met(play(plane, 20.0))


def test_the_connection_that_was_used_last_is_used_first():
    """Pods 0 and 1 answer at 5.5 and 6.5; the request of 7.5 and all after it go to pod 1."""
    plane = plane_of(pods=2, population=1, behaviour=serving(5.0), connections=kept())
    script = [(2.0, lambda p: p.set_behaviour(0, serving(0.25)))]
    plane.set_behaviour(0, serving(5.0))

    log = play(plane, 20.0, [*script, *[(2.0, lambda p: p.publish([], [2.0]))]]).log

    served = {entry.request: (entry.pod, entry.cause) for entry in log}
    assert [(0, OK), (1, OK)] == [served[0], served[1]]
    assert [(-1, Cause.NO_ENDPOINT)] * 3 == [served[n] for n in (2, 3, 4)]
    assert [(0, OK)] == [served[5]], "the only idle one at 5.5"
    assert [(1, OK)] * 3 == [served[n] for n in (7, 8, 9)]


def test_a_draining_server_answers_on_an_open_connection_and_closes_it():
    """Meant at 0.5, 1.5, 2.5 …: the answer to the one at 1.5 says `Connection: close`."""
    busy = serving(0.25)
    plane = plane_of(pods=2, population=2, seed=3, connections=kept(), behaviour=busy)
    plane.set_behaviour(0, serving(0.25))
    script = [(1.0, lambda p: p.set_pod(0, draining=True, terminating=True))]

    log = play(plane, 20.0, [*script, (1.0, lambda p: p.publish([1], [1.0]))]).log

    drained = [entry for entry in log if entry.pod == 0 and entry.sent > 1.0]
    assert {OK} == {entry.cause for entry in drained}
    assert len(drained) <= len({entry.user for entry in log})
    assert {1} == {entry.pod for entry in log if entry.sent > 6.0}


def test_a_request_sent_while_the_news_of_a_close_is_on_its_way_is_reset():
    """Killed at 1.499, and the request of 1.5 goes out before the client hears of it."""
    plane = plane_of(pods=2, population=1, connections=kept(close_notice_seconds=0.01))

    log = play(plane, 3.0, [(1.499, lambda p: p.kill(0, KILL))]).log

    assert [(0, OK), (0, Cause.IDLE_RESET), (1, OK)] == [(e.pod, e.cause) for e in log]


def test_after_the_news_the_client_connects_anew():
    plane = plane_of(pods=2, population=1, connections=kept(close_notice_seconds=0.01))

    assert (1, OK) == met(play(plane, 3.0, [(1.4, lambda p: p.kill(0, KILL))]))[1]


def test_a_restarted_process_does_not_know_the_connections_of_the_last_one():
    plane = plane_of(pods=2, population=1, connections=kept(close_notice_seconds=0.5))
    script = [
        (1.3, lambda p: p.kill(0, KILL)),
        (1.4, lambda p: p.set_pod(0, listening=True)),
    ]

    assert (0, Cause.IDLE_RESET) == met(play(plane, 3.0, script))[1]


@pytest.mark.parametrize(
    ("server", "second"),
    [
        (0.74, (0, Cause.IDLE_RESET)),  # Closed at 1.49, heard of at 1.51.
        (0.72, (1, OK)),  # Closed at 1.47, heard of at 1.49.
        (0.76, (0, OK)),  # Would be closed at 1.51.
    ],
)
def test_a_server_that_closes_idle_connections_first_resets_some(server, second):
    """Answered at 0.75, asked again at 1.5."""
    plane = plane_of(
        pods=2,
        population=1,
        behaviour=serving(0.25, keep_alive_seconds=server),
        connections=kept(close_notice_seconds=0.02),
    )

    assert second == met(play(plane, 3.0))[1]


@pytest.mark.parametrize(
    ("rules", "pods"),
    [
        ({"requests_each": 2}, [0, 0, 1, 1, 0, 0]),
        ({"lifetime_seconds": 2.0}, [0, 0, 0, 1, 1, 1]),  # The answer at 2.75 is the first too old.
        ({"keep_alive_seconds": 0.75}, [0, 1, 0, 1, 0, 1]),  # Closed at 0.75 + 0.75.
        ({"keep_alive_seconds": 0.76}, [0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_connection_is_closed_when_it_is_worn_old_or_idle(rules, pods):
    plane = plane_of(end=6.0, pods=2, population=1, connections=kept(**rules))

    assert pods == [pod for pod, _ in met(play(plane, 20.0))]


def test_a_client_that_gave_up_does_not_use_the_connection_again():
    clients = Clients(attempt_timeout_seconds=0.5, deadline_seconds=0.5)
    plane = plane_of(
        end=2.0, pods=2, population=1, behaviour=serving(0.9), clients=clients, connections=kept()
    )

    assert [(0, Cause.TIMED_OUT_IN_SERVICE), (1, Cause.TIMED_OUT_IN_SERVICE)] == met(
        play(plane, 20.0)
    )


# Proxies that work per request.


def test_a_refused_connection_is_tried_on_another_pod_without_the_clients_knowing():
    plane = plane_of(end=2.0, pods=2, connections=by(NGINX))
    plane.set_pod(0, listening=False)

    history = play(plane, 9.0)

    assert [(1, OK), (1, OK)] == met(history)
    assert [0] == [entry.attempt for entry in history.log[:1]]
    assert (0, 2) == (plane.pods()[0].answered, plane.pods()[0].failed), "tries are on its account"


def test_a_proxy_gives_up_after_its_last_try():
    plane = plane_of(end=1.0, pods=5, connections=by(NGINX, tries=3))
    for pod in range(4):
        plane.set_pod(pod, listening=False)

    assert [(2, Cause.REFUSED_STARTING)] == met(play(plane, 9.0))


def test_envoy_avoids_the_pods_that_have_failed_already():
    """Of two pods one refuses: five reselections of a random pod find the other one in the end."""
    plane = plane_of(rate=20.0, pods=2, balancer="random", connections=by(ISTIO))
    plane.set_pod(0, listening=False)

    causes = Counter(cause for _, cause in met(play(plane, 20.0)))

    assert causes[OK] >= 190, "each fails with a chance of 1 in 128 only"


def test_a_client_that_connects_through_kube_proxy_is_on_its_own():
    plane = plane_of(end=1.0, pods=2, connections=Connections(tries=3))
    plane.set_pod(0, listening=False)

    assert [(0, Cause.REFUSED_STARTING)] == met(play(plane, 9.0))


@pytest.mark.parametrize(
    ("share", "ends"), [(1.0, (1, OK)), (0.0, (0, KILL))], ids=["idempotent", "not"]
)
def test_nginx_repeats_a_cut_request_only_if_it_may_be_sent_twice(share, ends):
    plane = plane_of(
        end=1.0, pods=2, behaviour=serving(2.0), connections=by(NGINX, idempotent_share=share)
    )

    assert [ends] == met(play(plane, 9.0, [(1.0, lambda p: p.kill(0, KILL))]))


def test_a_share_of_requests_is_idempotent():
    plane = plane_of(
        rate=1000.0,
        end=1.0,
        pods=2,
        behaviour=serving(5.0, concurrency=2000),
        connections=by(NGINX, idempotent_share=0.25),
    )

    history = play(plane, 9.0, [(1.0, lambda p: p.kill(0, KILL))])

    causes = Counter(cause for _, cause in met(history))
    assert 1000 == causes[OK] + causes[KILL]
    assert 80 < causes[OK] - 500 < 170, "a quarter of the five hundred on the killed pod"


def test_a_machine_that_does_not_answer_costs_the_connect_timeout_and_then_another_pod():
    plane = plane_of(end=1.0, pods=1, connections=by(NGINX, connect_timeout_seconds=2.0))
    other = plane.add_pod(0, float("inf"), "node-1")
    plane.set_pod(other, listening=True)
    plane.publish([0, other], [0.0])
    plane.set_node("node-0", reachable=False)

    log = play(plane, 9.0).log

    assert [(other, OK, 0.5 + 2.0 + 0.25)] == [(e.pod, e.cause, e.answered) for e in log]


def test_who_has_given_up_is_not_served_elsewhere():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=1.0)
    rules = by(NGINX, connect_timeout_seconds=1.0)
    plane = plane_of(end=1.0, pods=1, clients=clients, connections=rules)
    other = plane.add_pod(0, float("inf"), "node-1")
    plane.set_pod(other, listening=True)
    plane.publish([0, other], [0.0])
    plane.set_node("node-0", reachable=False)

    assert [(0, Cause.NODE_UNREACHABLE)] == met(play(plane, 9.0))
    assert 0 == plane.pods()[other].answered


def test_on_an_open_connection_to_a_lost_machine_the_client_waits_in_vain():
    clients = Clients(attempt_timeout_seconds=3.0, deadline_seconds=3.0)
    plane = plane_of(
        end=2.0,
        pods=1,
        clients=clients,
        connections=by(NGINX, keep_alive_seconds=60.0, connect_timeout_seconds=1.0),
    )

    log = play(plane, 9.0, [(1.0, lambda p: p.set_node("node-0", reachable=False))]).log

    assert [(OK, 0.75), (Cause.NODE_UNREACHABLE, 4.5)] == [(e.cause, e.answered) for e in log]


def test_a_proxys_open_connection_reaches_a_pod_that_has_closed_its_listener():
    rules = by(NGINX, tries=1, keep_alive_seconds=60.0)
    plane = plane_of(end=4.0, pods=1, connections=rules)
    script = [(1.0, lambda p: p.set_pod(0, listening=False))]

    assert [(0, OK)] * 4 == met(play(plane, 9.0, script))


def test_users_share_the_connections_of_their_proxy():
    """Many users, one proxy: the second request finds the connection of the first."""
    rules = by(NGINX, tries=1, keep_alive_seconds=60.0, requests_each=2)
    plane = plane_of(end=3.0, pods=1, population=100_000, connections=rules)
    script = [(1.0, lambda p: p.set_pod(0, listening=False))]

    assert [OK, OK, Cause.REFUSED_STARTING] == [cause for _, cause in met(play(plane, 9.0, script))]


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("idempotent", [True, False])
def test_nobody_repeats_what_the_application_answered_or_the_client_gave_up(cause, idempotent):
    """Facts 8.4 and 9.3: connection failures only, and what was sent only where it may be."""
    connecting = {Cause.REFUSED_STARTING, Cause.REFUSED_TERMINATING, Cause.NODE_UNREACHABLE}
    cut = {Cause.GONE_AT_SIGTERM, KILL, Cause.CUT_BY_CRASH_OR_OOM}
    nginx = connecting | ({*cut, Cause.IDLE_RESET} if idempotent else set())

    assert (cause in nginx) == tried_elsewhere(NGINX, cause, idempotent)
    assert (cause in connecting | {Cause.IDLE_RESET}) == tried_elsewhere(ISTIO, cause, idempotent)
    assert not tried_elsewhere(ProxyKind.KUBE_PROXY, cause, idempotent)


# ClientIP affinity.


def test_affinity_ties_a_user_to_a_pod_until_it_stays_away_for_too_long():
    """One user every second; two pods in turns."""
    tied = plane_of(pods=2, population=1, connections=Connections(affinity_seconds=1.0))
    loose = plane_of(pods=2, population=1, connections=Connections(affinity_seconds=0.99))

    assert [0] * 10 == [pod for pod, _ in met(play(tied, 20.0))]
    assert [0, 1] * 5 == [pod for pod, _ in met(play(loose, 20.0))]


def test_affinity_moves_on_when_its_pod_has_left_the_list_and_does_not_come_back():
    plane = plane_of(pods=2, population=1, connections=Connections(affinity_seconds=100.0))
    script = [
        (3.0, lambda p: p.publish([1], [3.0])),
        (6.0, lambda p: p.publish([0, 1], [6.0])),
    ]

    assert [0, 0, 0, *[1] * 7] == [pod for pod, _ in met(play(plane, 20.0, script))]


def test_affinity_does_not_help_a_user_whose_pod_refuses():
    """Facts 7.3: kube-proxy does not look; the pod is in the list, so it is tried again."""
    plane = plane_of(pods=2, population=1, connections=Connections(affinity_seconds=100.0))

    causes = [cause for _, cause in met(play(plane, 5.0, [(2.0, lambda p: p.kill(0, KILL))]))]

    assert [OK, OK, *[Cause.REFUSED_STARTING] * 3] == causes


def test_a_user_with_affinity_always_comes_by_the_same_proxy():
    plane = plane_of(
        rate=20.0, population=5, proxies=4, connections=Connections(affinity_seconds=100.0)
    )

    ways = {(entry.user, entry.proxy) for entry in play(plane, 20.0).log}

    assert len(ways) == len({user for user, _ in ways}) == 5


# Least request.


@pytest.mark.parametrize(
    "in_flight", [{0: 0, 1: 5, 2: 0, 3: 0}, {0: 3, 1: 5, 2: 4, 3: 3}, {0: 9, 1: 0}]
)
def test_of_two_drawn_pods_the_less_busy_one_is_taken(in_flight):
    """With four pods the busiest is chosen only if it is drawn twice: 1 in 16; of two, 1 in 4."""
    balancer = LeastRequest(7)
    pods = tuple(in_flight)

    picks = [balancer.choose(pods, Pick(n, 0, 0), in_flight) for n in range(4000)]

    busiest = max(in_flight, key=lambda pod: in_flight[pod])
    expected = 4000 / len(pods) ** 2
    assert abs(picks.count(busiest) - expected) < 5 * expected**0.5


def test_least_request_counts_what_its_own_proxy_has_on_its_way():
    """A pod that never answers gathers less and less of the traffic than its half."""
    plane = plane_of(rate=10.0, end=20.0, balancer="least_request", clients=PATIENT)
    plane.set_behaviour(1, serving(1e6, concurrency=1000))
    stuck = plane.add_pod(1, float("inf"), "node-0")
    plane.set_pod(stuck, listening=True)
    plane.publish([0, stuck], [0.0])

    play(plane, 30.0)

    waiting = plane.pods()[stuck].in_flight
    assert 30 < waiting < 75, "a quarter of 200, where random would have sent a half"


def test_habits_are_those_of_the_facts_sheet():
    """Facts 8.4 and 9.2, 9.3."""
    nginx, istio = HABITS[NGINX], HABITS[ISTIO]

    assert (60.0, 10_000, 3600.0, 3, 5.0) == (
        nginx.keep_alive_seconds,
        nginx.requests_each,
        nginx.lifetime_seconds,
        nginx.tries,
        nginx.connect_timeout_seconds,
    )
    assert (3600.0, 3, 5, 10.0, "least_request") == (
        istio.keep_alive_seconds,
        istio.tries,
        istio.avoid,
        istio.connect_timeout_seconds,
        istio.balancer,
    )


def test_a_server_that_keeps_no_connections_says_so_with_every_answer():
    rules = by(NGINX, tries=1, keep_alive_seconds=60.0)
    plane = plane_of(
        rate=50.0, pods=1, behaviour=serving(0.001, keep_alive_seconds=0.0), connections=rules
    )

    assert {OK} == {cause for _, cause in met(play(plane, 20.0))}
