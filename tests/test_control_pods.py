"""Stories of single pods: start, probes, restarts, memory, and how they end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from control_bench import EXACT, NEVER, NODES, READY, Bench, deployment, one, slow

from sim.control.clock import Environment
from sim.control.machine import Machine
from sim.model.behaviour import Behaviour, Reaction
from sim.model.objects import JsonObject, is_true
from sim.model.run import PodPhase

PROBE = {"httpGet": {"port": 8080}}
MIB = 2.0**20


def container(bench: Bench, place: int = 0) -> JsonObject:
    [status] = bench.pods()[place]["status"]["containerStatuses"]
    return status


def phases(bench: Bench, end: float) -> list[tuple[str, float]]:
    return [(span.phase.value, span.start) for span in bench.plane.pod_spans(end)]


def test_a_pod_passes_through_its_conditions_in_order() -> None:
    bench = one(**READY)
    bench.run(60)
    turned: list[str] = []
    for change in bench.api.history:
        if change.object["kind"] == "Pod":
            for kind in ("PodScheduled", "Initialized", "PodReadyToStartContainers", "Ready"):
                if is_true(change.object, kind) and kind not in turned:
                    turned.append(kind)
    assert turned == ["PodScheduled", "Initialized", "PodReadyToStartContainers", "Ready"]


def test_an_image_is_pulled_once_on_a_node_and_one_at_a_time() -> None:
    delays = replace(EXACT, pull=(4.0, 4.0))
    bench = Bench(deployment(6, container=READY), delays=delays)
    bench.run(60)
    pulls = [e for e in bench.plane.events if e.reason == "Pulling"]
    assert len(pulls) == 6  # All six wait for the pulls of their three nodes …
    started = sorted({round(e.time, 1) for e in bench.plane.events if e.reason == "Started"})
    assert started == [4.5]  # … which take place once each.
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(62)
    again = [e.time for e in bench.plane.events if e.reason == "Started"][-1]
    assert again - 60.0 < 1.0


def test_pulls_of_several_images_on_one_node_stand_in_line() -> None:
    machine = Machine(Environment(10.0), 1, NODES[0], 0, replace(EXACT, pull=(4.0, 4.0)))
    found = [machine.pulled_at(image) for image in ("web:1", "web:2", "web:1", "web:3")]
    assert found == [14.0, 18.0, 14.0, 22.0]


def test_a_container_without_readiness_probe_is_ready_as_soon_as_it_runs() -> None:
    """Ready long before the process listens: that is what such a manifest says."""
    bench = one(slow(30.0))
    bench.run(10)
    assert is_true(bench.pods()[0], "Ready")
    assert container(bench)["ready"] is True


def test_a_container_that_dies_before_the_kubelet_looks_is_never_ready() -> None:
    dies = Behaviour(startup_seconds=0.0, base_memory_bytes=2 * MIB)
    bench = Bench(deployment(1), {"web:1": dies}, memory_limit=MIB)
    bench.run(60)
    assert bench.plane.restarts >= 2
    pods = [change.object for change in bench.api.history if change.object["kind"] == "Pod"]
    assert not any(is_true(pod, "Ready") for pod in pods)


def test_the_first_readiness_probe_comes_at_once_and_the_next_a_period_later() -> None:
    """A process that starts in 2 s is found ready at the second probe, 10 s after the first."""
    bench = one(slow(2.0), readinessProbe=PROBE)
    bench.run(60)
    starting, ready = (start for phase, start in phases(bench, 60)[1:])
    assert ready - starting == pytest.approx(10.0, abs=0.02)


@pytest.mark.parametrize(("startup", "expected"), [(0.0, 7.0), (6.5, 7.0), (7.5, 10.0)])
def test_the_initial_delay_moves_the_first_probe_to_the_next_tick(startup, expected) -> None:
    """The shortcut probe is void, but the ticks go on from it: every 1 s, or every 5 s."""
    period = 1 if expected == 7.0 else 5
    probe = {**PROBE, "initialDelaySeconds": 7, "periodSeconds": period}
    bench = one(slow(startup), readinessProbe=probe)
    bench.run(60)
    starting, ready = (start for phase, start in phases(bench, 60)[1:])
    assert ready - starting == pytest.approx(expected, abs=0.02)


def test_readiness_waits_for_the_startup_probe_and_then_comes_at_once() -> None:
    probes = {
        "startupProbe": {**PROBE, "periodSeconds": 3, "failureThreshold": 20},
        "readinessProbe": {**PROBE, "periodSeconds": 60},
    }
    bench = one(slow(8.0), **probes)
    bench.run(60)
    starting, ready = (start for phase, start in phases(bench, 60)[1:])
    assert 8.0 <= ready - starting <= 11.1
    assert bench.plane.restarts == 0


def test_a_startup_probe_that_never_passes_kills_the_container() -> None:
    """The longest start is about initialDelay + failureThreshold x period."""
    probe = {**PROBE, "periodSeconds": 2, "failureThreshold": 5}
    bench = one(slow(NEVER), startupProbe=probe)
    killed = bench.run_until(lambda: any(e.reason == "Killing" for e in bench.plane.events), 60)
    started = next(e.time for e in bench.plane.events if e.reason == "Started")
    assert 8.0 <= killed - started <= 10.1
    bench.run(60)
    assert bench.plane.restarts >= 1


def test_a_liveness_probe_restarts_a_slow_starter_for_ever_with_back_off() -> None:
    """Killed 10 to 15 s after each start; restarts follow after 0, 10, 20, 40, 80 … seconds."""
    probe = {**PROBE, "periodSeconds": 5, "failureThreshold": 3}
    bench = one(slow(NEVER), livenessProbe=probe)
    bench.run(400)
    starts = [e.time for e in bench.plane.events if e.reason == "Started"]
    kills = [e.time for e in bench.plane.events if e.reason == "Killing"]
    waits = [start - kill for start, kill in zip(starts[1:], kills, strict=False)]
    assert waits == pytest.approx([0, 10, 20, 40, 80, 160][: len(waits)], abs=0.02)
    assert len(waits) >= 4
    assert all(9.9 <= kill - start <= 15.1 for start, kill in zip(starts, kills, strict=False))


def test_a_process_killed_in_its_start_does_not_come_to_life_in_the_next_one() -> None:
    """Killed after 5 s of the 8 that it needs, again and again: it never listens."""
    probe = {**PROBE, "periodSeconds": 1, "failureThreshold": 5}
    bench = one(slow(8.0), livenessProbe=probe, **READY)
    bench.run(100)
    assert bench.plane.restarts >= 3
    assert "ready" not in {phase for phase, _ in phases(bench, 100)}


def test_a_container_in_back_off_says_so_and_is_not_ready() -> None:
    probe = {**PROBE, "periodSeconds": 1, "failureThreshold": 2}
    bench = one(slow(NEVER), livenessProbe=probe)
    bench.run_until(lambda: bench.plane.restarts == 1, 60)
    bench.run_until(
        lambda: container(bench)["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff", 60
    )
    status = container(bench)
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["exitCode"] == 143
    assert bench.pods()[0]["status"]["phase"] == "Running"
    assert not is_true(bench.pods()[0], "Ready")


def test_liveness_kills_gracefully_with_pre_stop_and_the_probes_own_grace() -> None:
    hook = {"preStop": {"sleep": {"seconds": 60}}}
    probe = {**PROBE, "periodSeconds": 1, "failureThreshold": 1, "terminationGracePeriodSeconds": 4}
    bench = one(slow(NEVER, reaction=Reaction.IGNORE), livenessProbe=probe, lifecycle=hook)
    killed = bench.run_until(lambda: any(e.reason == "Killing" for e in bench.plane.events), 60)
    bench.run_until(lambda: bench.plane.restarts == 1, 60)
    assert bench.env.now - killed == pytest.approx(6.0, abs=0.02)  # 4 s, and the two on top.


def test_a_leak_ends_in_oom_a_restart_and_fresh_memory() -> None:
    leak = Behaviour(startup_seconds=1.0, base_memory_bytes=60 * MIB, leak_bytes_per_second=MIB)
    first = deployment(1, container=READY)
    bench = Bench(first, {"web:1": leak}, delays=EXACT, memory_limit=100 * MIB)
    oom = bench.run_until(lambda: bench.plane.restarts == 1, 60)
    listening = next(e.time for e in bench.plane.events if e.reason == "Started") + 1.0
    assert oom - listening == pytest.approx(40.0, abs=0.02)
    ended = container(bench)["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)
    assert not is_true(bench.pods()[0], "Ready")
    bench.run(oom + 5)
    assert is_true(bench.pods()[0], "Ready")
    assert container(bench)["lastState"]["terminated"]["reason"] == "OOMKilled"
    second = bench.run_until(lambda: bench.plane.restarts == 2, 200)
    assert second - oom == pytest.approx(41.0 + 10.0, abs=0.1)  # Start, leak, and the back-off.
    names = [phase for phase, _ in phases(bench, 200)]
    assert names[:5] == ["pending", "starting", "ready", "unready", "ready"]


def end_of(bench: Bench, at: float, grace: int | None = None) -> tuple[float, int]:
    """Delete the only old pod at *at*; seconds until it is gone, and its exit code."""
    bench.run(at)
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name, grace_period_seconds=grace)
    seconds = bench.run_until(lambda: bench.api.find("Pod", name) is None, at + 200) - at
    last = [c for c in bench.api.history if c.object["metadata"]["name"] == name][-1]
    state = last.object["status"]["containerStatuses"][0]["state"]
    return seconds, state.get("terminated", {}).get("exitCode", -1)


@pytest.mark.parametrize(
    ("reaction", "hook", "grace", "seconds", "code"),
    [
        (Reaction.DRAIN, 0, 30, 0, 0),
        (Reaction.DRAIN, 5, 30, 5, 0),
        (Reaction.EXIT, 5, 30, 5, 143),
        (Reaction.IGNORE, 0, 30, 30, 137),
        (Reaction.IGNORE, 15, 30, 30, 137),
        (Reaction.IGNORE, 40, 30, 32, 137),
        (Reaction.IGNORE, 9.4, 10, 11.4, 137),
        (Reaction.EXIT, 40, 30, 30, 143),
        (Reaction.IGNORE, 5, 1, 3, 137),
    ],
)
def test_pre_stop_and_grace_decide_when_a_pod_is_gone(reaction, hook, grace, seconds, code) -> None:
    pre_stop = {"lifecycle": {"preStop": {"exec": {"command": ["sleep", str(hook)]}}}}
    pod = {"terminationGracePeriodSeconds": grace}
    bench = one(slow(1.0, reaction=reaction), pod=pod, **READY | pre_stop)
    found, exit_code = end_of(bench, 20.0)
    assert (found, exit_code) == (pytest.approx(seconds, abs=0.05), code)


def test_grace_given_at_delete_replaces_the_pods_own() -> None:
    bench = one(slow(1.0, reaction=Reaction.IGNORE), **READY)
    found, code = end_of(bench, 20.0, grace=7)
    assert (found, code) == (pytest.approx(7.0, abs=0.05), 137)


def test_a_forced_deletion_removes_the_object_at_once_and_the_process_two_seconds_later() -> None:
    bench = one(slow(1.0, reaction=Reaction.IGNORE), **READY)
    bench.run(20)
    assert list(bench.data.pods()) == [0]
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"], grace_period_seconds=0)
    assert bench.pods() == []
    bench.run(21.9)
    assert 0 in bench.data.pods()
    bench.run(22.1)
    assert 0 not in bench.data.pods()


@pytest.mark.parametrize("at", [0.005, 0.015, 0.022, 0.03, 0.1, 0.53, 0.6, 1.5, 2.53, 2.56, 3, 9])
def test_a_pod_can_be_deleted_at_any_moment_of_its_start(at) -> None:
    bench = one(slow(8.0), **READY)
    bench.run(at + 0.02)
    [pod] = bench.pods()
    name = pod["metadata"]["name"]
    bench.api.delete("Pod", name)
    gone = bench.run_until(lambda: bench.api.find("Pod", name) is None, at + 5)
    assert gone - at < 0.2  # Nothing runs yet that could drain.
    bench.run(60)
    assert len(bench.pods()) == 1 and is_true(bench.pods()[0], "Ready")
    assert len(bench.data.pods()) == 1
    bench.checks.verify()


def test_a_pod_can_be_deleted_while_it_waits_in_back_off() -> None:
    probe = {**PROBE, "periodSeconds": 1, "failureThreshold": 1}
    bench = one(slow(NEVER), livenessProbe=probe)
    bench.run(12)
    assert "waiting" in container(bench)["state"]
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name)
    gone = bench.run_until(lambda: bench.api.find("Pod", name) is None, 20)
    assert gone - 12 < 0.1


def test_a_deletion_in_the_middle_of_a_probes_kill_does_not_cut_it_short() -> None:
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    probe = {**PROBE, "periodSeconds": 1, "failureThreshold": 1}
    bench = one(slow(NEVER), livenessProbe=probe, **hook)
    killed = bench.run_until(lambda: any(e.reason == "Killing" for e in bench.plane.events), 60)
    bench.run(killed + 3)
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name)
    gone = bench.run_until(lambda: bench.api.find("Pod", name) is None, 60)
    assert abs(gone - killed - 10.0) < 0.05


def test_readiness_goes_on_while_a_pod_terminates_and_liveness_does_not() -> None:
    probes = {"livenessProbe": {**PROBE, "periodSeconds": 1, "failureThreshold": 1}}
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = one(slow(1.0), **READY | probes | hook)
    bench.run(20)
    restarts, events = bench.plane.restarts, len(bench.plane.events)
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name)
    bench.run(25)
    assert is_true(bench.api.get("Pod", name), "Ready")
    bench.data.set_pod(0, listening=False)
    bench.run(29)
    assert not is_true(bench.api.get("Pod", name), "Ready")
    assert bench.plane.restarts == restarts
    told = [e for e in bench.plane.events[events:] if e.subject == f"Pod/{name}"]
    assert [e.reason for e in told] == ["Killing", "Unhealthy"]
    assert told[1].note == "Readiness probe failed"
    assert told[0].note == "Stopping container web"


def test_a_deletion_counts_as_the_success_of_a_startup_probe() -> None:
    """The process listens 8 s after its start; the startup probe would have seen it at 20 s."""
    probes = {"startupProbe": {**PROBE, "periodSeconds": 10, "failureThreshold": 5}}
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = one(slow(8.0), **READY | probes | hook)
    bench.run(12)
    name = bench.pods()[0]["metadata"]["name"]
    assert not is_true(bench.pods()[0], "Ready")
    bench.api.delete("Pod", name)
    bench.run(13)
    assert is_true(bench.api.get("Pod", name), "Ready")
    [leaving, *_] = bench.api.list("EndpointSlice")[0]["endpoints"]
    assert leaving["conditions"] == {"ready": False, "serving": True, "terminating": True}


def test_pods_spread_over_nodes_with_ties_by_name() -> None:
    bench = Bench(deployment(7, container=READY))
    bench.run(60)
    counts: dict[str, int] = {}
    for pod in bench.pods():
        counts[pod["spec"]["nodeName"]] = counts.get(pod["spec"]["nodeName"], 0) + 1
    assert counts == {"node-0": 3, "node-1": 2, "node-2": 2}


def test_a_node_that_lost_its_pod_is_the_emptiest_again() -> None:
    bench = Bench(deployment(3, container=READY))
    for at in (30, 60, 90, 120):
        bench.run(at)
        [first] = [pod for pod in bench.pods() if pod["spec"]["nodeName"] == "node-1"]
        bench.api.delete("Pod", first["metadata"]["name"], grace_period_seconds=0)
    bench.run(150)
    assert sorted(pod["spec"]["nodeName"] for pod in bench.pods()) == [n.name for n in NODES]


def test_spans_cover_each_pods_life_without_gaps() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    spans = bench.plane.pod_spans(120.0)
    for name in {span.pod for span in spans}:
        own = [span for span in spans if span.pod == name]
        assert own[0].phase is PodPhase.PENDING
        assert all(a.end == b.start for a, b in pairwise(own))
        gone = own[-1].end < float("inf")
        assert gone is (own[-1].phase is PodPhase.TERMINATING) is (own[0].version == 0)
    assert len({span.pod for span in spans}) == 8


def test_what_pre_stop_runs_beyond_a_sleep_is_reported_and_returns_at_once() -> None:
    hook = {"lifecycle": {"preStop": {"exec": {"command": ["nginx", "-s", "quit"]}}}}
    bench = one(slow(1.0), **READY | hook)
    seconds, code = end_of(bench, 20.0)
    assert (round(seconds, 1), code) == (0.0, 0)
    assert any("is not simulated" in e.note for e in bench.plane.events)
