"""What workers call: phases of a request, the line before a shared database, outages and locks."""

from __future__ import annotations

import pytest
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.errors import InvariantError
from sim.model.behaviour import Behaviour, Clients, CpuShare, Demand
from sim.model.causes import Cause
from sim.model.dependency import MOST_DEPENDENCIES, Call, Dependency
from sim.model.draws import Purpose, Stream
from sim.model.network import Connections, ProxyKind
from sim.ports import DependencyCounters, ProbeKind, Signal, SignalKind
from sim.traffic.demand import lognormal
from sim.traffic.reference import ReferencePlane

INF = float("inf")
ERROR = Cause.DEPENDENCY_ERROR


def database(latency: float, capacity: int = 50, **fields) -> Dependency:
    """A dependency that takes *latency* seconds for every call."""
    given = {"name": "database", "demand": Demand.CONSTANT} | fields
    return Dependency(latency_seconds=latency, capacity=capacity, **given)


def asking(*calls: Call, computes: float = 0.0, rests: float = 0.0, **fields) -> Behaviour:
    """A request computes, makes its *calls*, and rests."""
    return serving(rests, cpu_seconds=computes, calls=calls, **fields)


def call(dependency: int = 0, timeout: float = INF, share: float = 1.0) -> Call:
    return Call(dependency=dependency, share=share, timeout_seconds=timeout)


ONE = (call(),)


def in_use(plane: ReferencePlane) -> list[tuple[int, int]]:
    """In use and waiting, of each dependency."""
    return [(one.in_use, one.waiting) for one in plane.dependencies()]


def test_a_request_computes_then_calls_then_rests():
    """From 0.5 it computes to 0.75, calls to 0.875 and rests to 1.125; a worker is held for all."""
    behaviour = asking(*ONE, computes=0.25, rests=0.25)
    plane = plane_of(end=1.0, behaviour=behaviour, dependencies=(database(0.125),))

    seen = []
    for moment in (0.75, 0.8125, 0.875, 1.0):
        plane.advance(moment)
        seen.append((in_use(plane), plane.pods()[0].in_flight))
    log = play(plane, 10.0).log

    # At 0.75 and 0.875 what is due at that moment has not happened yet.
    assert [([(0, 0)], 1), ([(1, 0)], 1), ([(1, 0)], 1), ([(0, 0)], 1)] == seen
    assert [(0, 0, 1.125, Cause.NONE)] == endings(log)
    assert (0.625, 0.25) == (plane.pods()[0].busy_seconds, plane.pods()[0].cpu_seconds)
    assert (DependencyCounters(0, 0, 0.125),) == plane.dependencies()


def test_each_phase_of_a_request_is_one_event_and_no_more():
    """Sent, computed, answered by the first and by the second, finished."""
    plane = plane_of(
        end=1.0,
        behaviour=asking(call(0), call(1), computes=0.25, rests=0.25),
        dependencies=(database(0.125), database(0.125)),
    )
    times = []
    while (time := plane.next_event_time()) < INF:
        times.append(time)
        plane.advance(time + 1e-9)

    assert [0.5, 0.75, 0.875, 1.0, 1.25] == times


def test_calls_are_made_one_after_the_other_in_the_order_of_their_list():
    dependencies = (database(0.125), database(0.5))
    plane = plane_of(end=1.0, behaviour=asking(call(1), call(0)), dependencies=dependencies)

    seen = []
    for moment in (0.75, 1.0625, 2.0):
        plane.advance(moment)
        seen.append(in_use(plane))

    assert [[(0, 0), (1, 0)], [(1, 0), (0, 0)], [(0, 0), (0, 0)]] == seen
    assert [(0, 0, 1.125, Cause.NONE)] == endings(play(plane, 10.0).log)


def test_a_call_uses_the_capacity_that_all_pods_of_all_versions_share():
    """One slot of a second, two pods of two versions: four requests are served one by one."""
    plane = plane_of(rate=4.0, end=1.0, behaviour=asking(*ONE), dependencies=(database(1.0, 1),))
    plane.set_behaviour(1, asking(*ONE))
    plane.set_pod(plane.add_pod(1, INF, "node-0"), listening=True)
    plane.publish([0, 1], [0.0])

    plane.advance(1.0)
    seen = in_use(plane)
    log = play(plane, 10.0).log

    assert [(1, 3)] == seen
    assert [(0, 0, 1.125), (1, 1, 2.125), (2, 0, 3.125), (3, 1, 4.125)] == [
        (entry.request, entry.version, entry.answered) for entry in log
    ]
    assert 4.0 == plane.dependencies()[0].busy_seconds


def test_a_worker_is_held_while_its_request_waits_at_the_dependency():
    """Two pods of one worker, one slot: request 2 waits for a worker until the first is answered,
    and then behind request 1 for the slot."""
    behaviour = asking(*ONE, concurrency=1)
    plane = plane_of(
        rate=4.0, end=0.75, pods=2, behaviour=behaviour, dependencies=(database(1.0, 1),)
    )

    plane.advance(1.0)
    assert [(1, 1)] == in_use(plane)
    assert [1, 0] == [pod.queued for pod in plane.pods().values()]

    assert [1.125, 2.125, 3.125] == [entry.answered for entry in play(plane, 9.0).log]


def test_patience_with_a_call_counts_the_wait_and_an_answer_at_its_last_moment_counts():
    """One slot of a second, patience 1.5: the second call is answered just in time at 2.25; the
    third has a slot at 2.25 and is given up at 2.75, which frees the slot for the fourth."""
    behaviour = asking(call(timeout=1.5), rests=0.25)
    plane = plane_of(rate=2.0, end=2.0, behaviour=behaviour, dependencies=(database(1.0, 1),))

    log = play(plane, 10.0).log

    assert [
        (0, 0, 1.5, Cause.NONE),
        (1, 0, 2.5, Cause.NONE),
        (2, 0, 2.75, ERROR),
        (3, 0, 3.25, ERROR),
    ] == endings(log)
    assert DependencyCounters(0, 0, 3.0) == plane.dependencies()[0]


def test_who_is_impatient_in_line_leaves_it_and_its_worker_is_free():
    behaviour = asking(call(timeout=0.25), concurrency=1)
    plane = plane_of(rate=4.0, end=1.0, behaviour=behaviour, dependencies=(database(1.0, 0),))

    log = play(plane, 10.0).log

    assert [(n, 0, (3 + 2 * n) / 8, ERROR) for n in range(4)] == endings(log)
    assert DependencyCounters(0, 0, 0.0) == plane.dependencies()[0]


def test_errors_of_a_dependency_are_drawn_for_request_dependency_and_attempt():
    clients = Clients(attempts=2, backoff_seconds=0.01)
    plane = plane_of(
        rate=100.0,
        end=30.0,
        clients=clients,
        behaviour=asking(call(1), rests=0.25, concurrency=1000),
        dependencies=(database(0.0), database(0.001, error_ratio=0.1)),
        seed=2,
    )
    draws = Stream(2, Purpose.DEPENDENCY_ERROR)

    log = play(plane, 60.0).log

    def fails(request: int, attempt: int) -> bool:
        return draws.uniform(request * MOST_DEPENDENCIES + 1, attempt) < 0.1

    expected = {(n, 0) for n in range(3000) if fails(n, 0)}
    expected |= {(n, 1) for n, _ in expected if fails(n, 1)}
    assert expected == {(e.request, e.attempt) for e in log if e.cause is ERROR}
    assert 10 < len([1 for _, attempt in expected if attempt]) < 60
    # An error comes at the end of the call and spares the rest.
    assert {0.001} == {round(e.answered - e.sent, 9) for e in log if e.cause is ERROR}


def test_the_first_call_that_fails_ends_the_request():
    dependencies = (database(0.25, error_ratio=1.0), database(0.25))
    plane = plane_of(end=1.0, behaviour=asking(call(0), call(1)), dependencies=dependencies)

    assert [(0, 0, 0.75, ERROR)] == endings(play(plane, 9.0).log)
    assert 0.0 == plane.dependencies()[1].busy_seconds


def test_an_outage_fails_calls_under_way_and_those_in_line_and_new_ones_until_it_is_over():
    """Two workers, one slot of 2 s: at 2.0 request 0 (in the slot) and 1 (in line) fail at once, in
    order; 2 takes a worker, computes for 0.25 and fails; 3 too; 4 comes after the end."""
    behaviour = asking(*ONE, computes=0.25, concurrency=2)
    plane = plane_of(end=5.0, behaviour=behaviour, dependencies=(database(2.0, 1),))
    script = [
        (2.625, lambda p: p.set_dependency(0, up=False)),
        (4.0, lambda p: p.set_dependency(0, up=True)),
    ]

    log = play(plane, 20.0, script).log

    assert [
        (0, 0, 2.625, ERROR),
        (1, 0, 2.625, ERROR),
        (2, 0, 2.875, ERROR),
        (3, 0, 3.75, ERROR),
        (4, 0, 6.75, Cause.NONE),
    ] == endings(log)
    assert 1.875 + 2.0 == plane.dependencies()[0].busy_seconds


def test_an_outage_comes_before_an_answer_at_the_same_moment():
    plane = plane_of(end=1.0, behaviour=asking(*ONE), dependencies=(database(0.5),))

    log = play(plane, 9.0, [(1.0, lambda p: p.set_dependency(0, up=False))]).log

    assert [(0, 0, 1.0, ERROR)] == endings(log)


def test_an_outage_answers_in_the_order_of_requests_not_in_that_of_calls():
    """Request 1 calls before request 0, which computes longer: 0 still fails first."""
    plane = plane_of(
        rate=2.0, end=1.0, behaviour=asking(*ONE, computes=1.0), dependencies=(database(9.0),)
    )
    script = [
        (0.5, lambda p: p.set_behaviour(0, asking(*ONE, computes=0.25))),
        (2.0, lambda p: p.set_dependency(0, up=False)),
    ]

    log = play(plane, 9.0, script).log

    assert [(0, 0, 2.0, ERROR), (1, 0, 2.0, ERROR)] == endings(log)


def test_a_long_queue_before_a_dependency_that_is_down_fails_one_by_one():
    """Each is an event of its own, so that no number of them is too many."""
    behaviour = asking(*ONE, concurrency=1, queue_limit=10_000)
    down = database(9.0, up=False)
    plane = plane_of(rate=20_000.0, end=0.25, behaviour=behaviour, dependencies=(database(9.0),))

    plane.advance(1.0)
    assert 4999 == plane.pods()[0].queued
    log = play(plane, 2.0, [(1.0, lambda p: p.set_dependency(0, up=down.up))]).log

    assert [(n, 0, 1.0, ERROR) for n in range(5000)] == endings(log)


def test_a_lock_lets_calls_in_service_end_and_holds_all_others_until_it_goes():
    """Locked from 1.0 to 4.0: request 0 ends at 1.5, the other three then go two at a time."""
    plane = plane_of(end=4.0, behaviour=asking(*ONE), dependencies=(database(1.0, 2),))
    script = [
        (1.0, lambda p: p.set_dependency(0, capacity=0)),
        (4.0, lambda p: p.set_dependency(0, capacity=2)),
    ]

    plane.advance(1.0)
    script[0][1](plane)
    plane.advance(3.75)
    seen = in_use(plane)
    log = play(plane, 20.0, script[1:]).log

    assert [(0, 3)] == seen
    assert [(0, 1.5), (1, 5.0), (2, 5.0), (3, 6.0)] == [(e.request, e.answered) for e in log]


def test_a_call_keeps_its_price_once_it_has_a_slot():
    """The database becomes slower at 1.0: request 0 does not hear of it, 1 in line does."""
    plane = plane_of(rate=4.0, end=0.5, behaviour=asking(*ONE), dependencies=(database(1.0, 1),))

    script = [(1.0, lambda p: p.set_dependency(0, latency_seconds=3.0))]
    log = play(plane, 20.0, script).log

    assert [1.125, 4.125] == [entry.answered for entry in log]


def test_a_slow_version_does_not_slow_the_dependency():
    behaviour = asking(*ONE, computes=0.125, rests=0.125, service_time_factor=2.0)
    plane = plane_of(end=1.0, behaviour=behaviour, dependencies=(database(0.5),))

    seen = []
    for moment in (0.7, 0.8, 1.2, 1.3):
        plane.advance(moment)
        seen += in_use(plane)

    # It computes from 0.5 to 0.75, calls to 1.25 and rests to 1.5.
    assert [(0, 0), (1, 0), (1, 0), (0, 0)] == seen
    assert [1.5] == [entry.answered for entry in play(plane, 9.0).log]


@pytest.mark.parametrize(
    ("deed", "lost"),
    [
        (
            lambda p: p.kill(0, Cause.CUT_BY_SIGKILL),
            [(0, 2.0, Cause.CUT_BY_SIGKILL), (2, 2.0, Cause.CUT_BY_SIGKILL)],
        ),
        (
            lambda p: p.set_node("node-0", reachable=False),
            [(0, 5.875, Cause.NODE_UNREACHABLE), (2, 6.375, Cause.NODE_UNREACHABLE)],
        ),
    ],
)
def test_calls_of_a_killed_or_unreachable_pod_leave_at_once_and_others_move_up(deed, lost):
    """Pod 0 has requests 0 (in the only slot) and 2 (in line), pod 1 has 1 and 3, also in line."""
    clients = Clients(attempt_timeout_seconds=5.75, deadline_seconds=100.0)
    plane = plane_of(
        rate=4.0, end=1.0, clients=clients, behaviour=asking(*ONE), dependencies=(database(3.0, 1),)
    )
    plane.set_pod(plane.add_pod(0, INF, "node-1"), listening=True)
    plane.publish([0, 1], [0.0])

    plane.advance(2.0)
    deed(plane)
    seen = in_use(plane)
    log = play(plane, 20.0).log
    ends = {pod: [(e.request, e.answered, e.cause) for e in log if e.pod == pod] for pod in (0, 1)}

    assert [(1, 1)] == seen
    assert lost == ends[0]
    assert [(1, 5.0, Cause.NONE), (3, 6.625, Cause.TIMED_OUT_IN_SERVICE)] == ends[1]


def test_a_request_that_is_tried_on_another_pod_begins_anew_by_what_that_one_calls():
    """Killed in its first of two calls on pod 0; pod 1 is of a version that calls nothing."""
    rules = Connections(proxy=ProxyKind.INGRESS_NGINX, tries=2, idempotent_share=1.0)
    plane = plane_of(
        end=1.0,
        behaviour=asking(call(0), call(1)),
        dependencies=(database(3.0), database(9.0)),
        connections=rules,
    )
    plane.set_behaviour(1, serving(0.25))
    plane.set_pod(plane.add_pod(1, INF, "node-0"), listening=True)
    plane.publish([0, 1], [0.0])

    log = play(plane, 20.0, [(1.0, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))]).log

    assert [(1, 1.25, Cause.NONE)] == [(e.pod, e.answered, e.cause) for e in log]
    assert [0.5, 0.0] == [one.busy_seconds for one in plane.dependencies()]


def test_a_client_that_gives_up_leaves_the_worker_and_its_call_to_their_end():
    """Request 0 is given up at 1.5, its call and its rest go on to 2.5 and 2.75; request 1 has the
    worker from then on."""
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=100.0)
    behaviour = asking(*ONE, rests=0.25, concurrency=1)
    plane = plane_of(end=1.0, clients=clients, behaviour=behaviour, dependencies=(database(2.0),))

    seen = []
    for moment in (2.0, 2.625, 2.875):
        plane.advance(moment)
        seen.append((in_use(plane), plane.pods()[0].in_flight))
    log = play(plane, 20.0).log

    assert [([(1, 0)], 1), ([(0, 0)], 1), ([(0, 0)], 0)] == seen
    assert [(0, 0, 1.5, Cause.TIMED_OUT_IN_SERVICE)] == endings(log)
    assert 2.25 == plane.pods()[0].busy_seconds


def test_who_was_given_up_is_not_answered_again_when_its_call_fails():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=100.0)
    behaviour = asking(call(timeout=1.5), concurrency=1)
    plane = plane_of(
        end=1.0, clients=clients, behaviour=behaviour, dependencies=(database(9.0, 0),)
    )

    log = play(plane, 20.0).log

    assert [(0, 0, 1.5, Cause.TIMED_OUT_IN_SERVICE)] == endings(log)
    assert 1.5 == plane.pods()[0].busy_seconds


def test_a_call_that_fails_as_the_client_gives_up_is_an_answer():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=100.0)
    behaviour = asking(call(timeout=1.0))
    plane = plane_of(
        end=1.0, clients=clients, behaviour=behaviour, dependencies=(database(9.0, 0),)
    )

    assert [(0, 0, 1.5, ERROR)] == endings(play(plane, 20.0).log)


def test_a_share_of_requests_calls_and_the_others_are_served_as_if_there_were_no_call():
    behaviour = asking(call(share=0.25), rests=0.25, concurrency=1000)
    plane = plane_of(
        rate=100.0, end=20.0, behaviour=behaviour, dependencies=(database(0.5),), seed=4
    )
    draws = Stream(4, Purpose.CALL)

    log = play(plane, 60.0).log

    calls = {e.request for e in log if e.answered - e.sent > 0.3}
    assert {n for n in range(2000) if draws.uniform(n * MOST_DEPENDENCIES) < 0.25} == calls
    assert 400 < len(calls) < 600


def test_a_request_brings_the_same_price_to_a_dependency_whoever_calls_it_and_however_often():
    """Another version that calls in another order, and a retry: common random numbers."""
    cache = database(1.0, 1000, name="cache", demand=Demand.EXPONENTIAL)
    table = database(2.0, 1000, demand=Demand.LOGNORMAL, demand_cv=0.5)
    orders = [(call(0), call(1)), (call(1), call(0)), (call(1),)]
    took = []
    for calls in orders:
        plane = plane_of(
            rate=50.0,
            end=2.0,
            behaviour=asking(*calls, concurrency=1000),
            dependencies=(cache, table),
            seed=8,
        )
        log = play(plane, 200.0).log
        took.append({e.request: e.answered - e.sent for e in log})

    draws = Stream(8, Purpose.LATENCY)
    for request in range(100):
        first = draws.exponential(request * MOST_DEPENDENCIES)
        second = 2.0 * lognormal(draws.uniform(request * MOST_DEPENDENCIES + 1), 0.5)
        assert took[2][request] == pytest.approx(second)
        assert took[0][request] == pytest.approx(took[1][request])
        assert took[0][request] == pytest.approx(first + second)


def test_a_retry_brings_the_same_price_to_the_dependency():
    clients = Clients(
        attempt_timeout_seconds=1e-6, deadline_seconds=1e3, attempts=2, backoff_seconds=50.0
    )
    row = database(0.5, demand=Demand.EXPONENTIAL)
    plane = plane_of(end=1.0, clients=clients, behaviour=asking(*ONE), dependencies=(row,), seed=3)

    play(plane, 400.0)

    expected = 0.5 * Stream(3, Purpose.LATENCY).exponential(0)
    assert plane.dependencies()[0].busy_seconds == pytest.approx(2 * expected, rel=1e-9)


def test_computing_under_a_quota_comes_first_and_then_the_call():
    """80 ms under half a core take 130 ms; only then is the database called."""
    behaviour = asking(*ONE, computes=0.08, rests=0.02)
    plane = plane_of(end=1.0, behaviour=behaviour, dependencies=(database(1.0),), pods=0)
    pod = plane.add_pod(0, INF, "node-0", CpuShare(limit_cores=0.5))
    plane.set_pod(pod, listening=True)
    plane.publish([pod], [0.0])

    plane.advance(0.5 + 0.1299)
    before = in_use(plane)
    plane.advance(0.5 + 0.1301)

    assert ([(0, 0)], [(1, 0)]) == (before, in_use(plane))
    (entry,) = play(plane, 9.0).log
    assert entry.answered == pytest.approx(0.5 + 0.13 + 1.0 + 0.02)
    assert plane.pods()[pod].cpu_seconds == pytest.approx(0.08)


def test_a_probe_calls_nothing():
    plane = plane_of(end=1.0, behaviour=asking(*ONE), dependencies=(database(9.0, 0),))
    plane.probe(0, ProbeKind.READINESS, 1.0, 1.0, 1, 1, timeout=0.5, served=True)

    signals = play(plane, 5.0).signals

    assert [(1.001, ("readiness", True))] == [(s.time, s.detail) for s in signals]


def test_a_lock_that_holds_all_workers_fails_the_probes_that_need_one():
    behaviour = asking(*ONE, concurrency=2)
    plane = plane_of(end=3.0, behaviour=behaviour, dependencies=(database(9.0, 0),))
    plane.probe(0, ProbeKind.LIVENESS, 2.0, 2.0, 1, 2, timeout=1.0, served=True)

    signals = play(plane, 9.0).signals

    assert [(5.0, ("liveness", False))] == [(s.time, s.detail) for s in signals]


def test_a_pod_has_drained_when_its_last_call_is_over():
    plane = plane_of(end=1.0, behaviour=asking(*ONE), dependencies=(database(2.0),))

    signals = play(plane, 9.0, [(1.0, lambda p: p.set_pod(0, draining=True))]).signals

    assert (Signal(SignalKind.DRAINED, 2.5, 0),) == signals


def test_an_error_of_a_dependency_is_an_answer_of_the_version():
    plane = plane_of(end=1.0, behaviour=asking(*ONE), dependencies=(database(0.5, up=False),))

    log = play(plane, 9.0).log

    assert [(0, 0, 0.5, ERROR)] == endings(log)
    assert {0: 0.5} == plane.last_answers()
    assert plane.users().exposed[0].tolist() == plane.users().failed.tolist()


def test_changes_of_one_moment_act_together():
    """More slots and an outage at once: nobody moves up into a database that is down."""
    plane = plane_of(
        rate=4.0, end=0.5, clients=PATIENT, behaviour=asking(*ONE), dependencies=(database(5.0, 1),)
    )

    log = play(plane, 9.0, [(2.0, lambda p: p.set_dependency(0, capacity=9, up=False))]).log

    assert [(0, 0, 2.0, ERROR), (1, 0, 2.0, ERROR)] == endings(log)
    assert 1.875 == plane.dependencies()[0].busy_seconds


def test_what_cannot_be_is_refused():
    plane = plane_of(dependencies=(database(1.0),))
    with pytest.raises(InvariantError, match="there is no dependency 1"):
        plane.set_dependency(1, up=False)
    with pytest.raises(InvariantError, match="there is no dependency 2"):
        plane.set_behaviour(0, asking(call(2)))
    with pytest.raises(InvariantError, match="each dependency at most once"):
        plane.set_behaviour(0, asking(call(), call()))
    with pytest.raises(ValueError, match="capacity must not be negative, not -1"):
        plane.set_dependency(0, capacity=-1)
    with pytest.raises(ValueError, match="error_ratio must be from 0 to 1"):
        plane.set_dependency(0, error_ratio=1.5)
    with pytest.raises(ValueError, match="latency_seconds must not be negative"):
        plane.set_dependency(0, latency_seconds=-0.1)
    with pytest.raises(ValueError, match="dependencies must be at most 64, not 65"):
        plane_of(dependencies=(database(1.0),) * 65)
