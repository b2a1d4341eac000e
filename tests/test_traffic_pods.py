"""Pods and proxies as the control plane handles them: kill, drain, memory, probes, endpoints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_traffic import endings, plane_of, play, serving

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.ports import ProbeKind, RequestRecord, Signal, SignalKind

KILL = Cause.CUT_BY_SIGKILL


def test_a_kill_answers_in_the_order_of_request_and_attempt():
    """Requests 3 and 4 were refused first and came back; their pod holds 3, 4, 5 … out of order."""
    clients = Clients(attempts=2, backoff_seconds=2.0, deadline_seconds=1e6)
    behaviour = serving(100.0, concurrency=3, queue_limit=20)
    plane = plane_of(end=10.0, clients=replace(clients, attempt_timeout_seconds=1e6))
    plane.set_behaviour(0, behaviour)
    plane.set_pod(0, listening=False)
    script = [
        (5.0, lambda p: p.set_pod(0, listening=True)),
        (12.0, lambda p: p.kill(0, KILL)),
    ]

    log = play(plane, 12.0, script).log

    killed = [(entry.request, entry.attempt) for entry in log if entry.cause is KILL]
    assert sorted(killed) == killed
    assert {12.0} == {entry.answered for entry in log if entry.cause is KILL}
    assert any(attempt == 1 for _, attempt in killed), "or the order would be that of arrival"
    assert (0, 0) == (plane.pods()[0].in_flight, plane.pods()[0].queued)


def test_killed_work_never_comes_back():
    """What was in service and what waited end once, and their old events are gone."""
    plane = plane_of(end=4.0, behaviour=serving(5.0, concurrency=1))
    script = [(4.0, lambda p: p.kill(0, Cause.CUT_BY_CRASH_OR_OOM))]

    log = play(plane, 50.0, script).log

    assert [(n, 0, 4.0, Cause.CUT_BY_CRASH_OR_OOM) for n in range(4)] == endings(log)
    assert float("inf") == plane.next_event_time()
    assert 3.5 == plane.pods()[0].busy_seconds


def test_a_kill_says_nothing_to_clients_that_have_given_up():
    clients = Clients(attempt_timeout_seconds=1.0)
    plane = plane_of(end=1.0, clients=clients, behaviour=serving(9.0))

    log = play(plane, 20.0, [(3.0, lambda p: p.kill(0, KILL))]).log

    assert [(0, 0, 1.5, Cause.TIMED_OUT_IN_SERVICE)] == endings(log)
    assert 2.5 == plane.pods()[0].busy_seconds


def test_control_at_t_comes_before_data_at_t():
    """The answer due at 1.5 is lost to a kill at 1.5; the request meant at 1.5 meets the kill."""
    plane = plane_of(end=2.0, behaviour=serving(1.0))

    log = play(plane, 9.0, [(1.5, lambda p: p.kill(0, KILL))]).log

    assert [(0, 0, 1.5, KILL), (1, 0, 1.5, Cause.REFUSED_STARTING)] == endings(log)


def test_killed_requests_are_tried_again_elsewhere():
    clients = Clients(attempts=2, backoff_seconds=1.0)
    plane = plane_of(end=1.0, pods=2, clients=clients, behaviour=serving(1.0))

    log = play(plane, 20.0, [(1.0, lambda p: p.kill(0, KILL))]).log

    assert [(0, 0, KILL, False), (1, 1, Cause.NONE, True)] == [
        (entry.attempt, entry.pod, entry.cause, entry.final) for entry in log
    ]


def test_a_draining_pod_finishes_what_it_accepted_and_then_says_so():
    """At 2.0 requests 0 (in service) and 1 (waiting) are in; 2 and 3 are refused."""
    plane = plane_of(end=4.0, behaviour=serving(2.0, concurrency=1))
    script = [(2.0, lambda p: p.set_pod(0, draining=True, terminating=True))]

    history = play(plane, 20.0, script)

    assert [
        (0, 0, 2.5, Cause.NONE),
        (2, 0, 2.5, Cause.REFUSED_TERMINATING),
        (3, 0, 3.5, Cause.REFUSED_TERMINATING),
        (1, 0, 4.5, Cause.NONE),
    ] == endings(history.log)
    assert (Signal(SignalKind.DRAINED, 4.5, 0),) == history.signals


def test_an_idle_pod_is_drained_at_once():
    plane = plane_of(rate=0.0)

    history = play(plane, 20.0, [(2.0, lambda p: p.set_pod(0, draining=True))])

    assert (Signal(SignalKind.DRAINED, 2.0, 0),) == history.signals


def test_a_drain_waits_for_work_whose_client_is_gone():
    clients = Clients(attempt_timeout_seconds=1.0)
    plane = plane_of(end=1.0, clients=clients, behaviour=serving(5.0))

    history = play(plane, 20.0, [(1.0, lambda p: p.set_pod(0, draining=True))])

    assert (Signal(SignalKind.DRAINED, 5.5, 0),) == history.signals


def test_a_killed_pod_is_never_reported_as_drained():
    plane = plane_of(end=1.0, behaviour=serving(5.0), pods=1)
    script = [
        (1.0, lambda p: p.set_pod(0, draining=True)),
        (2.0, lambda p: p.kill(0, KILL)),
    ]
    idle = plane_of(rate=0.0)
    at_once = [(3.0, lambda p: (p.set_pod(0, draining=True), p.kill(0, KILL)))]

    assert () == play(plane, 20.0, script).signals
    assert () == play(idle, 20.0, at_once).signals


def test_pods_drained_at_one_moment_are_reported_one_by_one_in_their_order():
    """Both finish at 1.75; advance returns twice, and a control call in between is in time."""
    plane = plane_of(rate=2.0, end=1.0, pods=2, behaviour=serving(1.0))
    plane.set_behaviour(0, serving(1.5))
    plane.advance(0.5)
    plane.set_behaviour(0, serving(1.0))
    plane.advance(1.0)
    plane.set_pod(1, draining=True)
    plane.set_pod(0, draining=True)

    first = plane.advance(9.0)
    counters = plane.pods()
    second = plane.advance(9.0)

    assert Signal(SignalKind.DRAINED, 1.75, 0) == first
    assert (0, 1) == (counters[0].in_flight, counters[1].in_flight)
    assert Signal(SignalKind.DRAINED, 1.75, 1) == second
    assert plane.advance(9.0) is None


def test_a_leak_meets_the_limit_at_its_exact_time():
    """100 bytes of base, 4 bytes a second, a limit of 120: five seconds."""
    behaviour = serving(0.1, base_memory_bytes=100.0, leak_bytes_per_second=4.0)
    plane = plane_of(rate=0.0, behaviour=behaviour, memory_limit=120.0)

    plane.advance(2.5)
    assert 110.0 == plane.pods()[0].memory_bytes
    assert Signal(SignalKind.OOM, 5.0, 0) == plane.advance(50.0)
    assert 120.0 == plane.pods()[0].memory_bytes
    assert plane.advance(50.0) is None, "a process is out of memory once"


def test_a_leak_that_changes_in_mid_life_meets_the_limit_when_it_should():
    """Ten bytes by 10.0, then 2 bytes/s: the other ten by 15.0. At 12.0 it stops for 8 seconds."""
    slow = serving(0.1, base_memory_bytes=100.0, leak_bytes_per_second=1.0)
    fast = replace(slow, leak_bytes_per_second=2.0)
    tight = replace(slow, leak_bytes_per_second=0.0)
    change = [(10.0, lambda p: p.set_behaviour(0, fast))]
    pause = [
        (12.0, lambda p: p.set_behaviour(0, tight)),
        (20.0, lambda p: p.set_behaviour(0, fast)),
    ]

    for script, expected in ((change, 15.0), (change + pause, 23.0)):
        plane = plane_of(rate=0.0, behaviour=slow, memory_limit=120.0)
        assert (Signal(SignalKind.OOM, expected, 0),) == play(plane, 50.0, script).signals


def test_a_restarted_process_begins_at_its_base_again():
    behaviour = serving(0.1, base_memory_bytes=100.0, leak_bytes_per_second=4.0)
    plane = plane_of(rate=0.0, behaviour=behaviour, memory_limit=120.0)
    script = [(8.0, lambda p: p.set_pod(0, listening=True))]

    history = play(plane, 11.0, script)

    assert [(SignalKind.OOM, 5.0)] == [(s.kind, s.time) for s in history.signals]
    assert 112.0 == plane.pods()[0].memory_bytes
    assert [(SignalKind.OOM, 13.0)] == [(s.kind, s.time) for s in play(plane, 50.0).signals]
    assert 0.0 == plane.pods()[0].memory_bytes, "the dead hold nothing"


def test_a_base_above_the_limit_is_out_of_memory_at_once():
    behaviour = serving(0.1, base_memory_bytes=200.0)
    plane = plane_of(rate=0.0, behaviour=behaviour, memory_limit=120.0)

    assert (Signal(SignalKind.OOM, 0.0, 0),) == play(plane, 50.0).signals


def test_the_kernel_kills_in_flight_requests_with_the_process():
    behaviour = serving(9.0, base_memory_bytes=100.0, leak_bytes_per_second=4.0)
    plane = plane_of(end=2.0, behaviour=behaviour, memory_limit=104.0)

    log = play(plane, 50.0).log

    assert [
        (0, 0, 1.0, Cause.CUT_BY_CRASH_OR_OOM),
        (1, 0, 1.5, Cause.REFUSED_STARTING),
    ] == endings(log)


def verdicts(history) -> list[tuple[float, str, bool]]:
    """The probe signals in short."""
    return [(s.time, *s.detail) for s in history.signals if s.kind is SignalKind.PROBE]


def test_a_readiness_probe_tells_of_changes_only():
    """Ticks at 1, 3, 5 …; ready at once; down from 6 on: third failure in a row at 11."""
    plane = plane_of(rate=0.0)
    plane.probe(0, ProbeKind.READINESS, 1.0, 2.0, success=1, failure=3)
    script = [
        (6.0, lambda p: p.set_pod(0, listening=False)),
        (20.0, lambda p: p.set_pod(0, listening=True)),
    ]

    assert [(1.0, "readiness", True), (11.0, "readiness", False), (21.0, "readiness", True)] == (
        verdicts(play(plane, 40.0, script))
    )


def test_a_run_of_results_that_is_broken_begins_again():
    """Failures at 2 and 3, a success at 4, and only then three in a row: 5, 6, 7."""
    plane = plane_of(rate=0.0)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 1.0, success=1, failure=3)
    script = [
        (1.5, lambda p: p.set_pod(0, listening=False)),
        (3.5, lambda p: p.set_pod(0, listening=True)),
        (4.5, lambda p: p.set_pod(0, listening=False)),
    ]

    assert [(7.0, "liveness", False)] == verdicts(play(plane, 20.0, script))


@pytest.mark.parametrize(
    ("kind", "listening", "expected"),
    [
        (ProbeKind.READINESS, False, []),  # Not ready is where it starts.
        (ProbeKind.LIVENESS, True, []),  # Alive is where it starts.
        (ProbeKind.STARTUP, False, [(6.0, "startup", False)]),  # Unknown is where it starts.
        (ProbeKind.READINESS, True, [(4.0, "readiness", True)]),
        (ProbeKind.LIVENESS, False, [(6.0, "liveness", False)]),
        (ProbeKind.STARTUP, True, [(4.0, "startup", True)]),
    ],
)
def test_the_first_verdict_is_told_if_it_is_news(kind, listening, expected):
    """Ticks at 2, 4, 6 …; two successes or three failures count."""
    plane = plane_of(rate=0.0)
    plane.set_pod(0, listening=listening)
    plane.probe(0, kind, 2.0, 2.0, success=2, failure=3)

    assert expected == verdicts(play(plane, 30.0))


def test_asking_again_moves_the_ticks_and_keeps_verdict_and_run():
    """Two failures (1, 2) stay in the run; the third tick is the new ticker's, at 2.25."""
    plane = plane_of(rate=0.0)
    plane.set_pod(0, listening=False)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 1.0, success=1, failure=3)
    again = (2.125, lambda p: p.probe(0, ProbeKind.LIVENESS, 2.25, 1.0, 1, 3))

    assert [(2.25, "liveness", False)] == verdicts(play(plane, 20.0, [again]))


def test_a_stopped_probe_forgets_its_verdict():
    plane = plane_of(rate=0.0)
    plane.probe(0, ProbeKind.READINESS, 1.0, 1.0, success=1, failure=1)
    script = [
        (1.5, lambda p: p.unprobe(0, ProbeKind.READINESS)),
        (5.0, lambda p: p.probe(0, ProbeKind.READINESS, 5.0, 1.0, 1, 1)),
    ]

    assert [1.0, 5.0] == [time for time, _, _ in verdicts(play(plane, 9.0, script))]


def test_a_draining_process_fails_its_probe():
    plane = plane_of(end=1.0, behaviour=serving(9.0))
    plane.probe(0, ProbeKind.READINESS, 0.25, 1.0, success=1, failure=1)
    script = [(1.0, lambda p: p.set_pod(0, draining=True))]

    assert [(0.25, "readiness", True), (1.25, "readiness", False)] == (
        verdicts(play(plane, 5.0, script))
    )


def test_a_tick_comes_before_requests_of_the_same_moment():
    """The plane returns at 0.5 with the verdict while request 0, meant at 0.5, is still to come."""
    plane = plane_of(end=1.0)
    plane.probe(0, ProbeKind.READINESS, 0.5, 1.0, success=1, failure=1)

    signal = plane.advance(9.0)

    assert (0.5, 0) == (signal.time, plane.arrived())


def test_a_forgotten_pod_is_not_probed():
    plane = plane_of(rate=0.0)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 1.0, success=1, failure=1)

    assert () == play(plane, 9.0, [(0.5, lambda p: p.forget_pod(0))]).signals


def test_what_ties_at_one_pod_happens_in_the_order_of_its_kind():
    """At 5.0 the limit is met and two probes tick: memory first; the ticks meet a dead process."""
    behaviour = serving(0.1, base_memory_bytes=100.0, leak_bytes_per_second=4.0)
    plane = plane_of(rate=0.0, behaviour=behaviour, memory_limit=120.0)
    plane.probe(0, ProbeKind.LIVENESS, 5.0, 1.0, success=1, failure=1)
    plane.probe(0, ProbeKind.READINESS, 4.0, 1.0, success=1, failure=1)

    history = play(plane, 5.5)

    assert [
        Signal(SignalKind.PROBE, 4.0, 0, ("readiness", True)),
        Signal(SignalKind.OOM, 5.0, 0),
        Signal(SignalKind.PROBE, 5.0, 0, ("readiness", False)),
        Signal(SignalKind.PROBE, 5.0, 0, ("liveness", False)),
    ] == list(history.signals)


def pods_met(log: tuple[RequestRecord, ...]) -> dict[int, dict[int, list[float]]]:
    """Proxy -> pod -> when attempts were sent."""
    met: dict[int, dict[int, list[float]]] = {}
    for entry in log:
        met.setdefault(entry.proxy, {}).setdefault(entry.pod, []).append(entry.sent)
    return met


def test_each_proxy_hears_of_endpoints_at_its_own_time():
    """Two proxies share the requests and change their minds 80 seconds apart."""
    plane = plane_of(end=200.0, pods=2, proxies=2)
    plane.publish([0], [0.0, 0.0])
    plane.publish([1], [60.5, 140.5])

    met = pods_met(play(plane, 300.0).log)

    for proxy, switch in ((0, 60.5), (1, 140.5)):
        assert max(met[proxy][0]) < switch <= min(met[proxy][1])


def test_a_list_for_t_is_seen_by_requests_at_t():
    plane = plane_of(end=4.0, pods=2)
    plane.publish([0], [0.0])
    plane.publish([1], [2.5])

    assert {0: {0: [0.5, 1.5], 1: [2.5, 3.5]}} == pods_met(play(plane, 9.0).log)


def test_a_proxy_never_goes_back_to_an_older_list():
    """The second list is meant for 50, before the first one's 80: the first is never seen."""
    plane = plane_of(end=100.0, pods=3)
    plane.publish([0], [0.0])
    plane.publish([1], [80.0])
    plane.publish([2], [50.0])

    met = pods_met(play(plane, 200.0).log)[0]

    assert {0, 2} == set(met)
    assert max(met[0]) < 50.0 <= min(met[2])


def test_round_robin_goes_round_per_proxy():
    plane = plane_of(end=300.0, pods=3, proxies=2, behaviour=serving(0.001))

    log = play(plane, 400.0).log

    for proxy in (0, 1):
        mine = [entry.pod for entry in log if entry.proxy == proxy]
        assert [number % 3 for number in range(len(mine))] == mine


def test_random_picks_belong_to_the_request_and_its_attempt():
    """The same request goes to the same place in a list, whatever happened before it."""
    few, many = (
        plane_of(rate=rate, end=100.0, pods=4, balancer="random", proxies=3, seed=8)
        for rate in (1.0, 20.0)
    )
    chosen = [
        {entry.request: (entry.pod, entry.proxy, entry.user) for entry in play(plane, 200.0).log}
        for plane in (few, many)
    ]

    assert 100 == len(chosen[0])
    assert chosen[0] == {request: chosen[1][request] for request in chosen[0]}


def test_random_picks_are_spread_evenly():
    """Chi-square over 5 pods and 5,000 requests, at the 99.9 % level (4 degrees of freedom)."""
    plane = plane_of(rate=100.0, end=50.0, pods=5, balancer="random", behaviour=serving(0.001))
    play(plane, 60.0)
    answered = [counters.answered for counters in plane.pods().values()]

    assert sum((count - 1000) ** 2 / 1000 for count in answered) < 18.47


def test_behaviour_changes_price_those_who_wait_and_spare_those_in_service():
    """In service at 2.0: request 0, to 4.5. Request 1 then starts at the new price of 1."""
    plane = plane_of(end=2.0, behaviour=serving(4.0, concurrency=1))
    script = [(2.0, lambda p: p.set_behaviour(0, serving(1.0, concurrency=1)))]

    log = play(plane, 20.0, script).log

    assert [(0, 0, 4.5, Cause.NONE), (1, 0, 5.5, Cause.NONE)] == endings(log)


def test_added_workers_take_waiting_requests_at_once():
    plane = plane_of(end=3.0, behaviour=serving(10.0, concurrency=1))
    script = [(4.0, lambda p: p.set_behaviour(0, serving(1.0, concurrency=3)))]

    log = play(plane, 20.0, script).log

    assert [(1, 5.0), (2, 5.0), (0, 10.5)] == [(e.request, e.answered) for e in log]


def test_removed_workers_finish_what_they_have():
    plane = plane_of(rate=4.0, end=1.0, behaviour=serving(2.0, concurrency=3))
    script = [(1.5, lambda p: p.set_behaviour(0, serving(1.0, concurrency=1)))]

    log = play(plane, 20.0, script).log

    assert [(0, 2.125), (1, 2.375), (2, 2.625), (3, 3.625)] == [
        (entry.request, entry.answered) for entry in log
    ]


def test_behaviour_belongs_to_a_version():
    plane = plane_of(end=4.0, pods=1, behaviour=serving(0.25))
    plane.set_behaviour(1, serving(0.125))
    plane.add_pod(1, float("inf"), "node-1")
    plane.set_pod(1, listening=True)
    plane.publish([0, 1], [0.0])
    plane.set_behaviour(1, serving(0.375))

    assert [0.75, 1.875, 2.75, 3.875] == [e.answered for e in play(plane, 9.0).log]
    assert {0: 2.75, 1: 3.875} == dict(plane.last_answers())
