"""Requests that harm their process, in both planes: they leak, or end it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stories import deployment, failures, rehearse, scenario
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.errors import ScenarioError
from sim.faults.crash import Crash
from sim.faults.leak import Leak
from sim.faults.reading import faults_of
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.ports import ProbeKind, SignalKind

MIB = 2.0**20
OK, CUT = Cause.NONE, Cause.CUT_BY_CRASH_OR_OOM


def test_memory_grows_with_each_request_that_is_done():
    leaky = serving(0.25, base_memory_bytes=10 * MIB, leak_bytes_per_request=2 * MIB)
    plane = plane_of(behaviour=leaky)
    play(plane, 3.75)  # Requests of 0.5, 1.5, 2.5 are answered; the one of 3.5 is not.

    assert plane.pods()[0].memory_bytes == 16 * MIB


def test_the_request_that_reaches_the_limit_is_answered_and_the_process_ends_at_that_moment():
    leaky = serving(0.25, base_memory_bytes=10 * MIB, leak_bytes_per_request=2 * MIB)
    plane = plane_of(rate=1.0, end=3.0, behaviour=leaky, memory_limit=14 * MIB)
    history = play(plane, 10.0)

    assert [(one.kind, one.time) for one in history.signals] == [(SignalKind.OOM, 1.75)]
    assert endings(history.log)[:2] == [(0, 0, 0.75, OK), (1, 0, 1.75, OK)]
    assert plane.pods()[0].memory_bytes == 0.0


def test_leaks_by_second_and_by_request_add_up():
    leaky = serving(
        0.25,
        base_memory_bytes=10 * MIB,
        leak_bytes_per_request=2 * MIB,
        leak_bytes_per_second=1 * MIB,
    )
    plane = plane_of(behaviour=leaky, memory_limit=15 * MIB)
    history = play(plane, 10.0)

    # 10 + 2 x 1.75 + ... : one request at 0.75, one at 1.75, and 1 MiB a second since 0.
    assert history.signals[0].time == 1.75
    assert history.signals[0].kind is SignalKind.OOM


def test_a_probe_leaves_nothing_behind():
    leaky = serving(0.25, leak_bytes_per_request=2 * MIB, base_memory_bytes=MIB, crash_ratio=1.0)
    plane = plane_of(rate=0.0, behaviour=leaky)
    plane.probe(0, ProbeKind.READINESS, 0.5, 1.0, 1, 3, 1.0, True)
    history = play(plane, 10.0)

    assert plane.pods()[0].memory_bytes == MIB
    assert {one.kind for one in history.signals} == {SignalKind.PROBE}


def test_a_poison_request_ends_the_process_when_it_would_have_been_answered():
    plane = plane_of(end=1.0, behaviour=serving(0.25, crash_ratio=1.0))
    history = play(plane, 10.0)

    assert [(one.kind, one.time, one.pod) for one in history.signals] == [
        (SignalKind.CRASH, 0.75, 0)
    ]
    assert endings(history.log) == [(0, 0, 0.75, CUT)]


def test_it_takes_everything_in_flight_with_it():
    drawn = Stream(1, Purpose.CRASH)
    ratio = sorted(drawn.uniform(n) for n in range(20))[1]  # One of twenty is below.
    poison = next(n for n in range(20) if drawn.uniform(n) < ratio)
    plane = plane_of(rate=20.0, end=1.0, behaviour=serving(1.0, crash_ratio=ratio, concurrency=99))
    history = play(plane, 10.0)
    moment = 0.025 + 0.05 * poison + 1.0

    assert [one.kind for one in history.signals] == [SignalKind.CRASH]
    assert history.signals[0].time == pytest.approx(moment)
    assert [n for n, *_, cause in endings(history.log) if cause is OK] == list(range(poison))
    assert {n for n, *_, cause in endings(history.log) if cause is CUT} == set(range(poison, 20))


def test_whoever_tries_it_again_ends_the_next_pod():
    clients = replace(PATIENT, attempts=3, backoff_seconds=0.5)
    plane = plane_of(pods=3, end=1.0, behaviour=serving(0.25, crash_ratio=1.0), clients=clients)
    history = play(plane, 10.0)

    assert sorted(one.pod for one in history.signals) == [0, 1, 2]
    assert [cause for *_, cause in endings(history.log)] == [CUT, CUT, CUT]


def test_until_somebody_ends_the_process_the_worker_is_held_and_the_client_waits():
    clients = replace(PATIENT, attempt_timeout_seconds=2.0)
    plane = plane_of(end=1.0, behaviour=serving(0.25, crash_ratio=1.0), clients=clients)

    signal = plane.advance(5.0)
    assert signal.kind is SignalKind.CRASH
    assert plane.advance(5.0) is None
    assert endings(plane.take_log()) == [(0, 0, 2.5, Cause.TIMED_OUT_IN_SERVICE)]
    assert plane.pods()[0].in_flight == 1


def test_pods_that_a_request_ends_are_restarted(tmp_path):
    run = rehearse(scenario(tmp_path, deployment(), faults=("crash:new:0.3%",)))

    assert run.restarts > 2
    assert CUT in failures(run)


def test_a_leak_by_request_ends_in_oom_kills(tmp_path):
    leaky = scenario(tmp_path, deployment(memory="80Mi"), faults=("leak:new:64KiB/request",))
    run = rehearse(leaky)

    assert run.restarts > 2
    assert any("OOM" in event.note or "BackOff" in event.reason for event in run.events)


CLASSES = ("traffic.classes.upload.share=10%", "traffic.classes.rest.share=90%")


def test_faults_by_request_are_read_and_may_be_limited_to_a_class(tmp_path):
    written = (
        *("crash:new:0.1%", "crash:new:5%@upload", "crash:new:30s"),
        *("leak:new:2MiB/s", "leak:new:20KiB/request", "leak:new:1MiB/request@upload"),
    )
    found = faults_of(scenario(tmp_path, faults=written, overrides=CLASSES).faults)

    assert found == (
        Crash(version="new", ratio=0.001),
        Crash(version="new", ratio=0.05, endpoint_class="upload"),
        Crash(version="new", after_seconds=30.0),
        Leak(version="new", bytes_per_second=2 * MIB),
        Leak(version="new", bytes_per_request=20 * 1024.0),
        Leak(version="new", bytes_per_request=MIB, endpoint_class="upload"),
    )
    assert len({one.describe().render("en") for one in found}) == 6


@pytest.mark.parametrize(
    "fault", ["leak:new:2MiB/s@upload", "crash:new:30s@upload", "leak:new:2MiB"]
)
def test_what_cannot_be_limited_to_a_class_is_refused(tmp_path, fault):
    with pytest.raises(ScenarioError, match="write it like"):
        faults_of(scenario(tmp_path, faults=(fault,), overrides=CLASSES).faults)
