"""The pace of processes: warming up, on a slow machine, and requests that hang."""

from __future__ import annotations

import pytest
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.dependency import Call, Dependency
from sim.model.warm_up import WarmUp
from sim.ports import ProbeKind, SignalKind

IMPATIENT = Clients(attempt_timeout_seconds=1.0, deadline_seconds=1.0)


def spent(history):
    return [entry.answered - entry.sent for entry in history.log]


def test_worked_cases_of_a_warm_up():
    warm_up = WarmUp(seconds=60.0, slowdown=3.0)

    assert [warm_up.factor(age) for age in (0.0, 30.0, 60.0, float("inf"))] == [3.0, 2.0, 1.0, 1.0]


def test_a_warm_up_has_a_length_and_slows_down():
    with pytest.raises(ValueError, match="seconds"):
        WarmUp(seconds=0.0, slowdown=2.0)
    with pytest.raises(ValueError, match="slowdown"):
        WarmUp(seconds=1.0, slowdown=0.5)


def test_a_fresh_process_gets_faster_with_its_age_and_a_restart_begins_anew():
    row = serving(0.125, warm_up=WarmUp(seconds=4.0, slowdown=3.0))
    plane = plane_of(behaviour=row, end=9.0)

    def restart(p):
        p.kill(0, Cause.CUT_BY_SIGKILL)
        p.set_pod(0, listening=True)

    history = play(plane, 20.0, script=[(6.0, restart)])

    slow = [1.0 + 2.0 * (1.0 - age / 4.0) for age in (0.5, 1.5, 2.5, 3.5)]
    factors = [*slow, 1.0, 1.0, *slow[:3]]
    assert spent(history) == pytest.approx([0.125 * factor for factor in factors])


def test_pods_of_a_slow_machine_take_longer_for_what_they_begin_then():
    plane = plane_of(behaviour=serving(0.75), end=6.0)
    script = [
        (1.0, lambda p: p.set_node("node-0", slowdown=1.25)),  # The first has begun: it stays.
        (2.0, lambda p: p.set_node("elsewhere", slowdown=9.0)),
        (4.0, lambda p: p.set_node("node-0", slowdown=1.0)),
    ]

    assert spent(play(plane, 20.0, script=script)) == [0.75] + [0.9375] * 3 + [0.75] * 2


def test_a_pod_that_comes_to_a_slow_machine_is_slow():
    plane = plane_of(behaviour=serving(0.25), end=2.0, pods=0)
    plane.set_node("node-0", slowdown=2.0)
    pod = plane.add_pod(0, float("inf"), "node-0")
    plane.set_pod(pod, listening=True)
    plane.publish([pod], [0.0])

    assert spent(play(plane, 9.0)) == [0.5, 0.5]


def test_what_hangs_times_out_and_holds_its_worker_until_the_process_ends():
    row = serving(0.25, hang_ratio=1.0, concurrency=2)
    plane = plane_of(behaviour=row, end=4.0, clients=IMPATIENT)

    def mend(p):
        p.set_behaviour(0, serving(0.25, concurrency=2))

    def restart(p):
        p.kill(0, Cause.CUT_BY_SIGKILL)
        p.set_pod(0, listening=True)

    history = play(plane, 9.0, script=[(2.0, mend), (3.25, restart)])

    assert endings(history.log) == [
        (0, 0, 1.5, Cause.TIMED_OUT_IN_SERVICE),
        (1, 0, 2.5, Cause.TIMED_OUT_IN_SERVICE),
        (2, 0, 3.25, Cause.CUT_BY_SIGKILL),  # It waited for a worker: mending frees none.
        (3, 0, 3.75, Cause.NONE),
    ]
    assert plane.pods()[0].busy_seconds == pytest.approx(2.75 + 1.75 + 0.25)


def test_what_hangs_neither_computes_nor_calls():
    calls = (Call(dependency=0),)
    row = serving(0.25, cpu_seconds=0.5, hang_ratio=1.0, calls=calls)
    database = Dependency(name="database", latency_seconds=0.1)
    plane = plane_of(behaviour=row, end=2.0, clients=IMPATIENT, dependencies=(database,))
    play(plane, 9.0)

    assert plane.pods()[0].cpu_seconds == 0.0
    assert plane.dependencies()[0].busy_seconds == 0.0


def test_probes_that_share_the_workers_fail_when_all_hang():
    row = serving(0.25, hang_ratio=1.0, concurrency=1, probe_seconds=0.01)
    plane = plane_of(behaviour=row, end=4.0, clients=IMPATIENT)
    plane.probe(0, ProbeKind.LIVENESS, 0.25, 1.0, 1, 2, 0.5, True)
    signals = play(plane, 9.0).signals

    assert [(one.kind, one.time) for one in signals] == [(SignalKind.PROBE, 2.75)]


def test_the_share_that_hangs_is_the_ratio_and_a_retry_may_have_better_luck():
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=9.0, attempts=5)
    row = serving(0.25, hang_ratio=0.25, concurrency=100_000)
    plane = plane_of(behaviour=row, rate=100.0, end=40.0, clients=clients)
    log = play(plane, 99.0).log
    hung = [entry.cause is Cause.TIMED_OUT_IN_SERVICE for entry in log]

    assert sum(hung) / len(hung) == pytest.approx(0.25, abs=0.03)  # Five standard errors.
    assert any(entry.attempt == 1 and entry.cause is Cause.NONE for entry in log)


def test_an_even_pace_changes_nothing():
    plain = plane_of(behaviour=serving(0.3), clients=PATIENT)
    same = plane_of(behaviour=serving(0.3, warm_up=WarmUp(seconds=9.0, slowdown=1.0)))

    assert play(plain, 30.0).log == play(same, 30.0).log
