"""Requests as their users meet them: refusals, queues, timeouts, retries, and who is counted."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.errors import InvariantError, ScenarioError
from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.latency import bin_of

ONE_WORKER = {"concurrency": 1}


def test_a_free_worker_answers_after_the_service_time():
    plane = plane_of(end=2.0, behaviour=serving(0.25))

    log = play(plane, 10.0).log

    assert [(0, 0, 0.75, Cause.NONE), (1, 0, 1.75, Cause.NONE)] == endings(log)
    assert [(0, 0, 0.5, True), (0, 0, 1.5, True)] == [
        (entry.pod, entry.version, entry.sent, entry.final) for entry in log
    ]


@pytest.mark.parametrize(
    ("control", "cause", "pod", "version"),
    [
        (lambda plane: plane.publish([], [0.0]), Cause.NO_ENDPOINT, -1, -1),
        (lambda plane: plane.set_pod(0, listening=False), Cause.REFUSED_STARTING, 0, 0),
        (lambda plane: plane.set_pod(0, draining=True), Cause.REFUSED_STARTING, 0, 0),
        (
            lambda plane: plane.set_pod(0, draining=True, terminating=True),
            Cause.REFUSED_TERMINATING,
            0,
            0,
        ),
        (lambda plane: plane.kill(0, Cause.CUT_BY_SIGKILL), Cause.REFUSED_STARTING, 0, 0),
        (lambda plane: plane.forget_pod(0), Cause.REFUSED_TERMINATING, 0, 0),
    ],
)
def test_a_request_that_nobody_takes_is_told_why_at_once(control, cause, pod, version):
    plane = plane_of(end=1.0)
    control(plane)

    (entry,) = play(plane, 10.0).log

    assert (cause, 0.5, pod, version) == (entry.cause, entry.answered, entry.pod, entry.version)
    assert [version] == plane.counts().version.tolist()


def test_a_terminating_pod_that_still_listens_serves_on():
    plane = plane_of(end=1.0)
    plane.set_pod(0, terminating=True)

    assert [(0, 0, 0.75, Cause.NONE)] == endings(play(plane, 10.0).log)


@pytest.mark.parametrize("queue_limit", [0, 1, 2])
def test_exactly_the_queue_limit_waits_and_the_next_is_turned_away(queue_limit):
    """One worker, busy from 0.5 on: request 0 is served, then *queue_limit* wait."""
    behaviour = serving(100.0, queue_limit=queue_limit, **ONE_WORKER)
    plane = plane_of(end=4.0, behaviour=behaviour)

    log = play(plane, 4.5).log
    counters = plane.pods()[0]

    assert list(range(1 + queue_limit, 4)) == [entry.request for entry in log]
    assert {Cause.QUEUE_FULL} == {entry.cause for entry in log}
    assert (queue_limit, 1 + queue_limit) == (counters.queued, counters.in_flight)


def test_waiting_requests_are_served_first_come_first_served():
    plane = plane_of(rate=4.0, end=1.0, behaviour=serving(1.0, **ONE_WORKER))

    log = play(plane, 10.0).log

    assert [(0, 1.125), (1, 2.125), (2, 3.125), (3, 4.125)] == [
        (entry.request, entry.answered) for entry in log
    ]


def test_who_gives_up_waiting_leaves_the_queue_at_once():
    """Request 1 waits from 1.5 and leaves at 3.25; its place is free for request 3 at 3.5."""
    clients = Clients(attempt_timeout_seconds=1.75, deadline_seconds=100.0)
    plane = plane_of(end=4.0, clients=clients, behaviour=serving(9.0, queue_limit=1, **ONE_WORKER))

    log = play(plane, 20.0).log

    assert [
        (0, 0, 2.25, Cause.TIMED_OUT_IN_SERVICE),
        (2, 0, 2.5, Cause.QUEUE_FULL),
        (1, 0, 3.25, Cause.TIMED_OUT_WAITING),
        (3, 0, 5.25, Cause.TIMED_OUT_WAITING),
    ] == endings(log)


def test_who_gives_up_in_service_keeps_the_worker_busy_to_the_end():
    """The server does not notice: request 1 is served only when request 0's work is done."""
    clients = Clients(attempt_timeout_seconds=1.75, deadline_seconds=100.0)
    plane = plane_of(end=2.0, clients=clients, behaviour=serving(2.5, **ONE_WORKER))

    play(plane, 2.875)
    counters = plane.pods()[0]
    log = play(plane, 20.0).log

    assert (2, 1, 2.375, 0, 1) == (
        counters.in_flight,
        counters.queued,
        counters.busy_seconds,
        counters.answered,
        counters.failed,
    )
    assert [(1, 0, 3.25, Cause.TIMED_OUT_IN_SERVICE)] == endings(log)
    assert 5.0 == plane.pods()[0].busy_seconds


def test_an_answer_at_the_very_last_moment_counts():
    clients = Clients(attempt_timeout_seconds=0.25, deadline_seconds=100.0)
    plane = plane_of(end=1.0, clients=clients, behaviour=serving(0.25))

    assert [(0, 0, 0.75, Cause.NONE)] == endings(play(plane, 10.0).log)


def test_a_worker_that_frees_as_a_client_gives_up_goes_by_the_rule_for_ties():
    """At 3.5 request 0 finishes (0 < 1), request 1 starts, and gives up in service."""
    clients = Clients(attempt_timeout_seconds=2.0, deadline_seconds=100.0)
    plane = plane_of(end=2.0, clients=clients, behaviour=serving(3.0, **ONE_WORKER))

    assert [
        (0, 0, 2.5, Cause.TIMED_OUT_IN_SERVICE),
        (1, 0, 3.5, Cause.TIMED_OUT_IN_SERVICE),
    ] == endings(play(plane, 20.0).log)


def test_the_deadline_ends_an_attempt_before_its_own_timeout():
    clients = Clients(attempt_timeout_seconds=5.0, deadline_seconds=2.0)
    plane = plane_of(end=1.0, clients=clients, behaviour=serving(9.0))

    assert [(0, 0, 2.5, Cause.TIMED_OUT_IN_SERVICE)] == endings(play(plane, 20.0).log)


def test_retries_back_off_with_keyed_jitter_until_attempts_are_spent():
    clients = Clients(
        attempt_timeout_seconds=5.0, deadline_seconds=100.0, attempts=3, backoff_seconds=0.5
    )
    plane = plane_of(end=1.0, clients=clients, seed=5)
    plane.set_pod(0, listening=False)
    jitter = Stream(5, Purpose.BACKOFF)
    second = 0.5 + 0.5 * (0.5 + jitter.uniform(0, 0))
    third = second + 1.0 * (0.5 + jitter.uniform(0, 1))

    log = play(plane, 100.0).log

    assert [
        (0, 0, 0.5, Cause.REFUSED_STARTING),
        (0, 1, second, Cause.REFUSED_STARTING),
        (0, 2, third, Cause.REFUSED_STARTING),
    ] == endings(log)
    assert [False, False, True] == [entry.final for entry in log]
    assert (1, 0) == (plane.counts().total, plane.in_flight())


def test_a_client_gives_up_at_once_if_the_back_off_would_pass_its_deadline():
    clients = Clients(
        attempt_timeout_seconds=5.0, deadline_seconds=1.0, attempts=5, backoff_seconds=10.0
    )
    plane = plane_of(end=1.0, clients=clients)
    plane.set_pod(0, listening=False)

    assert [(0, 0, 0.5, Cause.REFUSED_STARTING)] == endings(play(plane, 20.0).log)


def test_the_last_attempt_decides_and_latency_counts_from_the_first_wish():
    """Refused by version 0 at 0.5, answered by version 1 later: a success of version 1."""
    clients = Clients(attempts=2, backoff_seconds=1.0)
    plane = plane_of(end=1.0, clients=clients)
    plane.set_pod(0, listening=False)
    plane.set_behaviour(1, serving(0.25))
    plane.add_pod(1, float("inf"), "node-0")
    plane.set_pod(1, listening=True)
    plane.publish([1], [0.75])

    log = play(plane, 20.0).log
    counts = plane.counts()

    assert [(0, Cause.REFUSED_STARTING), (1, Cause.NONE)] == [(e.version, e.cause) for e in log]
    assert [0] == counts.second.tolist()
    assert [1] == counts.version.tolist()
    assert [int(Cause.NONE)] == counts.cause.tolist()
    assert [bin_of(log[1].answered - 0.5)] == counts.bin.tolist()


def test_a_retry_brings_the_same_demand_as_the_first_attempt():
    clients = Clients(attempt_timeout_seconds=1e-6, attempts=2, backoff_seconds=5.0)
    behaviour = serving(0.5, demand="exponential")
    plane = plane_of(end=1.0, clients=clients, behaviour=behaviour, seed=3)

    play(plane, 100.0)

    expected = 0.5 * Stream(3, Purpose.DEMAND).exponential(0)
    assert plane.pods()[0].busy_seconds == pytest.approx(2 * expected, rel=1e-12)


def test_the_applications_own_errors_are_answers_of_that_version():
    plane = plane_of(rate=100.0, end=50.0, behaviour=serving(0.001, error_ratio=0.1), seed=2)
    bugs = Stream(2, Purpose.BUG)

    log = play(plane, 60.0).log

    wrong = [entry.request for entry in log if entry.cause is Cause.APPLICATION_BUG]
    assert [number for number in range(5000) if bugs.uniform(number, 0) < 0.1] == sorted(wrong)
    assert log[-1].answered == plane.last_answers()[0]
    assert plane.users().exposed[0].tolist() == plane.users().sent.tolist()


def test_users_count_only_for_what_they_meant_to_send_inside_the_window():
    plane = plane_of(end=10.0, window=(2.0, 4.0), behaviour=serving(3.0), population=10**6)
    script = [(6.0, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))]

    log = play(plane, 20.0, script).log
    users = plane.users()

    assert sorted(e.user for e in log if e.request in (2, 3)) == users.sent.tolist()
    assert [e.user for e in log if e.request == 3] == users.failed.tolist()
    assert {0: [e.user for e in log if e.request == 2]} == {
        version: array.tolist() for version, array in users.exposed.items()
    }
    assert 10 == plane.counts().total, "counts are kept for all requests"


def test_users_come_back_and_are_counted_once():
    plane = plane_of(rate=100.0, end=10.0, behaviour=serving(0.001), population=7)

    play(plane, 20.0)

    assert list(range(7)) == plane.users().sent.tolist()


def test_counts_are_sorted_and_add_up():
    plane = plane_of(rate=50.0, end=20.0, poisson=True, behaviour=serving(0.05, error_ratio=0.2))

    log = play(plane, 30.0).log
    counts = plane.counts()

    rows = np.column_stack([counts.second, counts.version, counts.cause, counts.bin])
    assert rows.tolist() == sorted(rows.tolist())
    assert len(log) == counts.total == plane.arrived()


def test_traffic_before_the_origin_counts_in_negative_seconds():
    plane = plane_of(start=-2.0, end=0.0)

    play(plane, 5.0)

    assert [-2, -1] == plane.counts().second.tolist()


def test_a_plane_without_traffic_stands_still():
    plane = plane_of(rate=0.0)

    assert float("inf") == plane.next_event_time()
    assert ((), ()) == (play(plane, 100.0).log, play(plane, 200.0).signals)
    assert 0 == plane.counts().total


def test_next_event_time_forgets_what_was_withdrawn():
    """A served request has no give-up left behind: the next event is its answer, then nothing."""
    clients = Clients(attempt_timeout_seconds=5.0)
    behaviour = serving(2.0, **ONE_WORKER)
    plane = plane_of(end=2.0, clients=clients, behaviour=behaviour)

    times = []
    while (time := plane.next_event_time()) < float("inf"):
        times.append(time)
        plane.advance(time + 1e-9)

    assert [0.5, 1.5, 2.5, 4.5] == times


def test_unknown_names_and_impossible_wishes_are_refused():
    with pytest.raises(ScenarioError, match="random"):
        plane_of(balancer="ramdom")
    with pytest.raises(ValueError, match="attempts must be 1 to 256, not 300"):
        plane_of(clients=Clients(attempts=300))
    plane = plane_of()
    plane.advance(5.0)
    with pytest.raises(ValueError, match="until must not lie before"):
        plane.advance(4.0)
    with pytest.raises(InvariantError, match="version 9 has no behaviour"):
        plane.add_pod(9, 1.0, "node-0")
    with pytest.raises(InvariantError, match="there is no pod 4"):
        plane.publish([0, 4], [5.0])
    plane.forget_pod(0)
    with pytest.raises(InvariantError, match="there is no pod 0"):
        plane.kill(0, Cause.CUT_BY_SIGKILL)


def test_patient_clients_are_all_answered():
    plane = plane_of(rate=64.0, end=4.0, clients=PATIENT, pods=2, behaviour=serving(0.0625))

    log = play(plane, 60.0).log

    assert (256, {Cause.NONE}) == (len(log), {entry.cause for entry in log})
