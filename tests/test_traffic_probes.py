"""Probes as requests: they wait, time out, are refused; and where none of it can happen, nothing
is lost by not asking at every tick."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_traffic import new_plane, plane_of, play, serving

from sim.model.behaviour import Behaviour, Clients, RateCurve, Workload
from sim.model.causes import Cause
from sim.ports import DataPlane, ProbeKind, SignalKind

KILLED = Cause.CUT_BY_SIGKILL
DEEDS = {
    "listen": lambda p: p.set_pod(0, listening=True),
    "kill": lambda p: p.kill(0, KILLED),
    "drain": lambda p: p.set_pod(0, draining=True),
}


def verdicts(history) -> list[tuple[float, str, bool]]:
    return [(s.time, *s.detail) for s in history.signals if s.kind is SignalKind.PROBE]


def silent(row: Behaviour, *, ask_always: bool) -> DataPlane:
    """One pod that does not listen yet, and nobody who sends."""
    workload = Workload(
        arrivals=RateCurve(times=(0.0,), rates=(0.0,), end=1.0),
        clients=Clients(),
        population=1,
        proxies=1,
        balancer="random",
        window_start=0.0,
        window_end=1e6,
    )
    plane = new_plane(workload, 1, start=0.0, ask_always=ask_always)
    plane.set_behaviour(0, row)
    plane.add_pod(0, float("inf"), "node-0")
    return plane


@given(
    period=st.sampled_from([0.25, 1.0, 3.0, 1 / 3, 0.1]),
    first=st.floats(0.0, 2.0),
    success=st.integers(1, 3),
    failure=st.integers(1, 3),
    answer=st.sampled_from([0.001, 0.05, 0.09]),
    timeout=st.sampled_from([0.06, 1.0]),
    deeds=st.lists(st.tuples(st.floats(0.0, 20.0), st.sampled_from(sorted(DEEDS))), max_size=12),
    kinds=st.sets(st.sampled_from(list(ProbeKind)), min_size=1).map(sorted),
)
@settings(max_examples=150, deadline=None)
def test_a_quiet_probe_and_one_that_asks_at_every_tick_tell_the_same(
    period, first, success, failure, answer, timeout, deeds, kinds
):
    row = Behaviour(probe_seconds=answer)
    script = [(time, DEEDS[deed]) for time, deed in sorted(deeds, key=lambda deed: deed[0])]
    told = []
    for ask_always in (False, True):
        plane = silent(row, ask_always=ask_always)
        for kind in kinds:
            plane.probe(0, kind, first, period, success, failure, timeout, True)
        told.append(verdicts(play(plane, 25.0, script)))

    assert told[1] == told[0]


def test_a_probe_waits_behind_requests_and_times_out():
    """Two workers, ten requests of 3 s at once from 0.5 on: nobody answers a probe within 1 s."""
    busy = serving(3.0, concurrency=2, queue_limit=64)
    plane = plane_of(rate=10.0, end=1.0, behaviour=busy)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 2.0, 1, 3, timeout=1.0, served=True)

    # Asked at 1, 3 and 5, given up at 2, 4 and 6.
    assert (6.0, "liveness", False) == verdicts(play(plane, 30.0))[0]


def test_a_thread_of_its_own_answers_a_probe_under_any_load():
    busy = serving(3.0, concurrency=2, queue_limit=64, probes_share_workers=False)
    plane = plane_of(rate=10.0, end=1.0, behaviour=busy)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 2.0, 1, 3, timeout=1.0, served=True)

    assert [] == verdicts(play(plane, 30.0))


def test_a_probe_that_finds_the_queue_full_is_refused_at_once():
    busy = serving(9.0, concurrency=1, queue_limit=0)
    plane = plane_of(rate=1.0, end=1.0, behaviour=busy)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 2.0, 1, 2, timeout=1.0, served=True)

    assert [(3.0, "liveness", False)] == verdicts(play(plane, 6.0))


def test_a_probe_takes_a_worker_from_users():
    """One worker; a probe of 0.5 s from 0.25 on: the request of 0.5 begins at 0.75."""
    row = serving(0.25, concurrency=1, probe_seconds=0.5)
    plane = plane_of(rate=1.0, end=1.0, behaviour=row)
    plane.probe(0, ProbeKind.READINESS, 0.25, 100.0, 1, 1, timeout=1.0, served=True)

    assert [1.0] == [record.answered for record in play(plane, 5.0).log]


@pytest.mark.parametrize("served", [False, True])
def test_probes_are_not_counted_among_users_requests(served):
    plane = plane_of(rate=1.0, end=10.0)
    plane.probe(0, ProbeKind.READINESS, 0.25, 0.5, 1, 1, timeout=1.0, served=served)
    play(plane, 20.0)

    assert (10, 10, 0) == (plane.arrived(), plane.counts().total, plane.in_flight())


def test_a_late_answer_is_made_up_for_at_once():
    """Timeout 3 s, period 1 s: asked at 1, given up at 4, and the missed tick asks at 4."""
    busy = serving(100.0, concurrency=1, queue_limit=9)
    plane = plane_of(rate=1.0, end=1.0, behaviour=busy)
    plane.probe(0, ProbeKind.LIVENESS, 1.0, 1.0, 1, 2, timeout=3.0, served=True)

    assert [(7.0, "liveness", False)] == verdicts(play(plane, 30.0))


def test_requests_to_a_lost_node_hang_until_their_clients_give_up():
    plane = plane_of(rate=1.0, end=4.0, behaviour=serving(0.75))
    script = [
        (1.75, lambda p: p.set_node("node-0", reachable=False)),
        (3.0, lambda p: p.set_node("node-0", reachable=True)),
    ]
    log = play(plane, 2e6, script).log

    # 0.5 is answered at 1.25; 1.5 was in service, 2.5 came into silence, 3.5 finds it back.
    assert [
        (0, Cause.NONE, 1.25),
        (3, Cause.NONE, 4.25),
        (1, Cause.NODE_UNREACHABLE, 1.5 + 1e6),
        (2, Cause.NODE_UNREACHABLE, 2.5 + 1e6),
    ] == [(record.request, record.cause, record.answered) for record in log]


def test_a_kill_that_fails_two_probes_at_once_is_told_twice() -> None:
    """Both wait for their answers when the process goes: neither signal may swallow the other."""
    plane = silent(Behaviour(probe_seconds=0.5), ask_always=True)
    plane.set_pod(0, listening=True)
    for kind in (ProbeKind.READINESS, ProbeKind.LIVENESS):
        plane.probe(0, kind, 0.0, 1.0, 1, 1, 1.0, True)
    seen = verdicts(play(plane, 3.0, [(1.25, DEEDS["kill"])]))
    assert seen[1:] == [(1.25, "readiness", False), (1.25, "liveness", False)]
