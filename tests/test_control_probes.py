"""Stories of what a probe's kill leaves as it was, and of what waits for the next container."""

from __future__ import annotations

import pytest
from control_bench import EXACT, NEVER, READY, Bench, deployment, one, slow

from sim.model.behaviour import Behaviour, Reaction
from sim.model.objects import is_true

ALIVE = {"httpGet": {"port": 8080}, "periodSeconds": 1, "failureThreshold": 1}
HOOK = {"lifecycle": {"preStop": {"sleep": {"seconds": 8}}}}


def times(bench: Bench, reason: str) -> list[float]:
    """When events of *reason* came."""
    return [e.time for e in bench.plane.events if e.reason == reason]


def test_a_worker_that_has_said_its_word_holds_until_the_next_container() -> None:
    """Eight seconds of preStop under a liveness probe that would fail every second of them."""
    bench = one(slow(NEVER), livenessProbe=ALIVE, **HOOK)
    bench.run_until(lambda: bench.plane.restarts == 1, 60)
    assert len(times(bench, "Unhealthy")) == len(times(bench, "Killing")) == 1


def test_a_container_that_a_probe_kills_stays_an_endpoint_until_readiness_says_otherwise() -> None:
    """Its readiness is asked every four seconds, three failures count: twelve seconds at least."""
    ready = {"readinessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 4}}
    alive = {"livenessProbe": {**ALIVE, "failureThreshold": 2}}
    bench = one(slow(1.0), **ready | alive | HOOK)
    bench.run(30)
    bench.data.set_pod(0, listening=False)
    killed = bench.run_until(lambda: bool(times(bench, "Killing")), 60)
    bench.run(killed + 2)
    [found] = bench.api.list("EndpointSlice")[0]["endpoints"]
    assert found["conditions"] == {"ready": True, "serving": True, "terminating": False}


def test_a_restart_keeps_address_and_node_and_begins_readiness_anew() -> None:
    bench = one(slow(3.0, crash_after_seconds=20.0), **READY)
    bench.run(15)
    [before] = bench.pods()
    assert is_true(before, "Ready")
    bench.run_until(lambda: bench.plane.restarts == 1, 60)
    again = bench.env.now
    [after] = bench.pods()
    assert not is_true(after, "Ready")
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    kept = ("podIP", "hostIP", "startTime")
    assert [after["status"][key] for key in kept] == [before["status"][key] for key in kept]
    assert after["spec"]["nodeName"] == before["spec"]["nodeName"]
    bench.run_until(lambda: is_true(bench.pods()[0], "Ready"), 60)
    assert bench.env.now - again >= 3.0


@pytest.mark.parametrize("code", ["liveness", "startup"])
def test_a_probes_kill_follows_the_back_off_of_any_other_end(code) -> None:
    """The second restart waits ten seconds, whoever ended the first two processes."""
    bench = one(slow(NEVER, reaction=Reaction.EXIT), **{f"{code}Probe": ALIVE})
    bench.run(60)
    starts, kills = times(bench, "Started"), times(bench, "Killing")
    waits = [start - kill for start, kill in zip(starts[1:], kills, strict=False)]
    assert waits[:3] == pytest.approx([0, 10, 20], abs=0.02)


def test_readiness_that_fails_three_times_takes_a_pod_out_and_never_restarts_it() -> None:
    bench = Bench(deployment(2, container=READY), {"web:1": Behaviour()}, delays=EXACT)
    bench.run(30)
    bench.data.set_pod(0, listening=False)
    out = bench.run_until(lambda: bench.ready() == {1: 1}, 60)
    assert 2.0 <= out - 30 <= 3.2  # Three ticks of one second.
    bench.run(300)
    assert bench.plane.restarts == 0
    endpoints = bench.api.list("EndpointSlice")[0]["endpoints"]
    assert sorted(entry["conditions"]["ready"] for entry in endpoints) == [False, True]


@pytest.mark.parametrize("after", [0.1, 2.3, 4.9, 7.7, 9.8])
def test_a_dead_process_is_found_by_its_liveness_probe_within_its_periods(after) -> None:
    """Refused at once: three failures ten seconds apart, the first within a period."""
    bench = one(slow(1.0), livenessProbe={"tcpSocket": {"port": 8080}})
    bench.run(40 + after)
    bench.data.set_pod(0, listening=False)
    killed = bench.run_until(lambda: bool(times(bench, "Killing")), 90)
    assert 20.0 <= killed - (40 + after) <= 30.01


def test_a_pod_that_never_gets_ready_says_that_its_probe_fails() -> None:
    """What `kubectl describe` shows of a rollout that stands still."""
    bench = one(slow(NEVER), **READY)
    bench.run(30)
    told = [e.note for e in bench.plane.events if e.reason == "Unhealthy"]
    assert told == ["Readiness probe failed: connection refused"]


def test_readiness_that_is_lost_is_told() -> None:
    bench = one(slow(0.0), **READY)
    bench.run(30)
    assert not times(bench, "Unhealthy")
    bench.data.set_pod(0, listening=False)
    bench.run(40)
    assert [e.note for e in bench.plane.events if e.reason == "Unhealthy"] == [
        "Readiness probe failed"
    ]


def test_a_container_in_back_off_is_told_with_its_pods_whole_name() -> None:
    bench = one(slow(0.0, crash_after_seconds=1.0))
    bench.run(60)
    [pod] = bench.pods()
    whole = f"{pod['metadata']['name']}_default({pod['metadata']['uid']})"
    notes = [e.note for e in bench.plane.events if e.reason == "BackOff"]
    assert set(notes) == {f"Back-off restarting failed container web in pod {whole}"}
    waiting = pod["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["message"] == f"back-off 40s restarting failed container=web pod={whole}"
