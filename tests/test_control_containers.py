"""Stories of pods with several containers, hooks, gates, and images that are not there."""

from __future__ import annotations

from itertools import pairwise

import pytest
from control_bench import EXACT, NEVER, READY, Bench, deployment, one, slow

from sim.model.behaviour import Behaviour, ContainerBehaviour
from sim.model.objects import JsonObject, condition, is_true

PROBE = {"tcpSocket": {"port": 9}, "periodSeconds": 1}


def behaves(*containers: ContainerBehaviour, **fields) -> Behaviour:
    return Behaviour(startup_seconds=1.0, containers=containers, **fields)


def pod_of(behaviour: Behaviour, *, init: list[JsonObject] | None = None, **fields) -> Bench:
    """One pod of web:1 with READY, *init* containers, and more fields of its spec."""
    pod = {"initContainers": init or [], **fields}
    beside = pod.pop("beside", [])
    first = deployment(1, container={**READY, "pod": pod})
    first["spec"]["template"]["spec"]["containers"] += beside
    return Bench(first, {"web:1": behaviour}, delays=EXACT)


def started(bench: Bench) -> list[str]:
    return [e.note.split()[-1] for e in bench.plane.events if e.reason == "Started"]


def test_init_containers_run_one_by_one_before_the_others() -> None:
    work = [{"name": "first", "image": "a"}, {"name": "second", "image": "b"}]
    rows = [ContainerBehaviour(name="first", run_seconds=5.0), ContainerBehaviour(name="second")]
    bench = pod_of(behaves(*rows), init=work)
    bench.run(6)
    assert bench.status_of("first")["state"] == {"running": {"startedAt": pytest.approx(2.55)}}
    assert bench.status_of("second")["state"] == {"waiting": {"reason": "PodInitializing"}}
    assert bench.status_of("web")["state"] == {"waiting": {"reason": "PodInitializing"}}
    found = condition(bench.pods()[0], "Initialized")
    assert found is not None
    assert found["message"] == "containers with incomplete status: [first second]"
    assert bench.pods()[0]["status"]["phase"] == "Pending"
    bench.run(30)
    assert started(bench) == ["first", "second", "web"]
    assert bench.status_of("first")["state"]["terminated"]["reason"] == "Completed"
    assert is_true(bench.pods()[0], "Initialized")
    assert is_true(bench.pods()[0], "Ready")


def test_an_init_container_that_fails_is_tried_again_with_back_off() -> None:
    row = ContainerBehaviour(name="migrate", run_seconds=2.0, exit_code=1)
    bench = pod_of(behaves(row), init=[{"name": "migrate", "image": "a"}])
    bench.run(60)
    times = [e.time for e in bench.plane.events if e.note == "Started container migrate"]
    waits = [later - sooner - 2.0 for sooner, later in pairwise(times)]
    assert waits == pytest.approx([0, 10, 20], abs=0.05)
    assert bench.status_of("migrate")["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert bench.pods()[0]["status"]["phase"] == "Pending"


def test_a_sidecar_starts_first_gates_by_its_startup_probe_and_ends_last() -> None:
    sidecar = {"name": "mesh", "image": "m", "restartPolicy": "Always"}
    sidecar["startupProbe"] = {**PROBE, "failureThreshold": 30}
    row = ContainerBehaviour(name="mesh", startup_seconds=6.0)
    bench = pod_of(behaves(row), init=[sidecar], terminationGracePeriodSeconds=20)
    bench.run(7)
    assert started(bench) == ["mesh"]
    bench.run(30)
    assert started(bench) == ["mesh", "web"]
    [first] = [e.time for e in bench.plane.events if e.note == "Started container web"]
    assert first >= 2.55 + 6.0
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(31)
    ended = [c.object["status"] for c in bench.api.history if c.object["kind"] == "Pod"]
    [*_, last] = [s for s in ended if s.get("phase") == "Succeeded"]
    web = last["containerStatuses"][0]["state"]["terminated"]["finishedAt"]
    mesh = last["initContainerStatuses"][0]["state"]["terminated"]["finishedAt"]
    assert mesh >= web


def test_a_sidecar_waits_for_its_turn_inside_the_grace_period() -> None:
    """The app ignores SIGTERM: it dies at 10, and the sidecar gets its SIGTERM then."""
    from sim.model.behaviour import Reaction

    sidecar = {"name": "mesh", "image": "m", "restartPolicy": "Always"}
    behaviour = behaves(reaction=Reaction.IGNORE)
    bench = pod_of(behaviour, init=[sidecar], terminationGracePeriodSeconds=10)
    bench.run(30)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(45)
    ended = [c.object["status"] for c in bench.api.history if c.object["kind"] == "Pod"]
    [*_, last] = [s for s in ended if s.get("phase") == "Failed"]
    web = last["containerStatuses"][0]["state"]["terminated"]
    mesh = last["initContainerStatuses"][0]["state"]["terminated"]
    assert (web["exitCode"], mesh["exitCode"]) == (137, 0)
    assert web["finishedAt"] == pytest.approx(40.01, abs=0.02)
    assert mesh["finishedAt"] == web["finishedAt"]


@pytest.mark.parametrize(("hook_of", "seconds"), [("first", [6, 0]), ("second", [6, 6])])
def test_sidecars_end_in_the_reverse_order_of_their_start(hook_of, seconds) -> None:
    """The one with a hook of six seconds holds up those before it, and nobody after it."""
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 6}}}}
    sidecars = [
        {"name": name, "image": "m", "restartPolicy": "Always", **(hook if name == hook_of else {})}
        for name in ("first", "second")
    ]
    bench = pod_of(behaves(), init=sidecars)
    bench.run(30)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(60)
    ended = [c.object["status"] for c in bench.api.history if c.object["kind"] == "Pod"]
    [*_, last] = [s for s in ended if s.get("phase") == "Succeeded"]
    found = [one["state"]["terminated"]["finishedAt"] for one in last["initContainerStatuses"]]
    assert found == pytest.approx([30.01 + late for late in seconds], abs=0.05)


@pytest.mark.parametrize("seconds", [[0, 7], [6, 0], [6, 7]])
def test_containers_of_a_pod_stop_in_parallel_each_with_its_own_hook(seconds) -> None:
    hooks = [{"lifecycle": {"preStop": {"sleep": {"seconds": each}}}} for each in seconds]
    beside = [{"name": "cache", "image": "c", **hooks[1]}]
    first = deployment(1, container={**READY, **hooks[0]})
    first["spec"]["template"]["spec"]["containers"] += beside
    bench = Bench(first, {"web:1": behaves()}, delays=EXACT)
    bench.run(30)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(60)
    ended = [c.object["status"] for c in bench.api.history if c.object["kind"] == "Pod"]
    [*_, last] = [s for s in ended if s.get("phase") == "Succeeded"]
    found = [one["state"]["terminated"]["finishedAt"] for one in last["containerStatuses"]]
    assert found == pytest.approx([30.01 + each for each in seconds], abs=0.05)


def test_a_pod_is_ready_when_all_its_containers_are() -> None:
    beside = [{"name": "cache", "image": "c", "readinessProbe": PROBE}]
    row = ContainerBehaviour(name="cache", startup_seconds=9.0)
    bench = pod_of(behaves(row), beside=beside)
    bench.run(8)
    found = condition(bench.pods()[0], "Ready")
    assert found is not None
    assert found["message"] == "containers with unready status: [cache]"
    bench.run(20)
    assert is_true(bench.pods()[0], "Ready")


def test_a_container_beside_the_serving_one_has_probes_of_its_own() -> None:
    beside = [{"name": "cache", "image": "c", "livenessProbe": {**PROBE, "failureThreshold": 3}}]
    row = ContainerBehaviour(name="cache", startup_seconds=NEVER)
    bench = pod_of(behaves(row), beside=beside)
    bench.run(30)
    assert bench.status_of("cache")["restartCount"] >= 1
    assert bench.status_of("web")["restartCount"] == 0


def test_a_readiness_gate_keeps_a_pod_unready_until_somebody_opens_it() -> None:
    bench = pod_of(behaves(), readinessGates=[{"conditionType": "example.com/lb"}])
    bench.run(20)
    pod = bench.pods()[0]
    assert is_true(pod, "ContainersReady")
    found = condition(pod, "Ready")
    assert found is not None
    assert (found["status"], found["reason"]) == ("False", "ReadinessGatesNotReady")
    opened = {"type": "example.com/lb", "status": "True", "lastTransitionTime": 20.0}
    bench.api.put_status(
        pod, {**pod["status"], "conditions": [*pod["status"]["conditions"], opened]}
    )
    bench.run(21)
    assert is_true(bench.pods()[0], "Ready")
    bench.run(40)
    assert bench.web()["status"]["availableReplicas"] == 1


def test_post_start_holds_a_container_in_a_not_running_state() -> None:
    hook = {"lifecycle": {"postStart": {"sleep": {"seconds": 7}}}}
    bench = one(slow(0.0), **hook)
    bench.run(9)
    assert "waiting" in bench.status_of("web")["state"]
    bench.run(10)
    assert "running" in bench.status_of("web")["state"]


def test_a_post_start_request_to_a_server_that_is_not_up_kills_the_container() -> None:
    hook = {"lifecycle": {"postStart": {"httpGet": {"port": 80}}}}
    bench = one(slow(5.0), **hook)
    bench.run(20)
    assert "FailedPostStartHook" in bench.reasons()
    assert bench.plane.restarts >= 1


def test_a_pre_stop_that_fails_is_told_and_the_stop_goes_on() -> None:
    hook = {"lifecycle": {"preStop": {"httpGet": {"port": 80}}}}
    bench = one(slow(30.0), **READY | hook)
    bench.run(10)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(10.2)
    assert "FailedPreStopHook" in bench.reasons()
    assert len(bench.pods()) == 1  # The old one is gone, for it never listened.


def test_an_image_that_is_not_there_is_asked_for_again_and_again() -> None:
    bench = one(slow(1.0, pullable=False))
    bench.run(100)
    pulls = [e.time for e in bench.plane.events if e.reason == "Pulling"]
    waits = [later - sooner - 0.3 for sooner, later in pairwise(pulls)]
    assert waits == pytest.approx([10, 20, 40], abs=1e-6)
    assert bench.status_of("web")["state"]["waiting"]["reason"] == "ImagePullBackOff"
    assert bench.pods()[0]["status"]["phase"] == "Pending"
    shown = [
        c.object["status"]["containerStatuses"][0]["state"].get("waiting", {}).get("reason")
        for c in bench.api.history
        if c.object["kind"] == "Pod" and "containerStatuses" in c.object["status"]
    ]
    assert "ErrImagePull" in shown


def test_a_wrong_image_tag_leaves_the_old_pods_serving_until_the_deadline() -> None:
    first = deployment(4, container=READY, surge=1, unavailable=0, progressDeadlineSeconds=60)
    bench = Bench(first, {"web:2": Behaviour(pullable=False)})
    bench.run(30)
    bench.release("web:2", **READY)
    bench.run(120)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")
    assert bench.ready() == {1: 4, 2: 0}
    assert is_true(bench.web(), "Available")


def test_an_image_that_is_here_is_not_pulled_again_unless_the_policy_says_always() -> None:
    for policy, pulls in (("IfNotPresent", 1), ("Always", 2)):
        bench = one(slow(0.0, crash_after_seconds=5.0), imagePullPolicy=policy)
        bench.run(11)
        assert bench.reasons().count("Pulling") == pulls
    bench = one(imagePullPolicy="Never")
    bench.run(30)
    assert bench.status_of("web")["state"]["waiting"]["reason"] == "ErrImageNeverPull"


def test_a_process_that_runs_ten_minutes_between_crashes_never_waits() -> None:
    bench = one(slow(0.0, crash_after_seconds=601.0))
    bench.run(2500)
    starts = [e.time for e in bench.plane.events if e.reason == "Started"]
    assert len(starts) == 5
    assert "BackOff" not in bench.reasons()
    last = bench.status_of("web")["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (1, "Error")


def test_a_second_deletion_with_less_grace_shortens_the_first() -> None:
    from sim.model.behaviour import Reaction

    bench = one(slow(1.0, reaction=Reaction.IGNORE), **READY)
    bench.run(10)
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name)
    bench.run(15)
    bench.api.delete("Pod", name, grace_period_seconds=5)
    bench.run(19.9)
    assert name in {pod["metadata"]["name"] for pod in bench.pods()}
    bench.run(20.2)
    assert name not in {pod["metadata"]["name"] for pod in bench.pods()}


def test_the_quality_of_service_is_in_the_status() -> None:
    limits = {"cpu": "1", "memory": "1Gi"}
    for resources, expected in (
        ({}, "BestEffort"),
        ({"limits": limits, "requests": limits}, "Guaranteed"),
        ({"requests": limits}, "Burstable"),
    ):
        bench = one(resources=resources)
        bench.run(20)
        assert bench.pods()[0]["status"]["qosClass"] == expected


@pytest.mark.parametrize(("startup", "fails"), [(0.0, False), (30.0, True)])
def test_a_request_hook_of_a_sidecar_fails_only_while_it_does_not_listen(startup, fails) -> None:
    hook = {"lifecycle": {"preStop": {"httpGet": {"port": 15020}}}}
    sidecar = {"name": "mesh", "image": "m", "restartPolicy": "Always", **hook}
    row = ContainerBehaviour(name="mesh", startup_seconds=startup)
    bench = pod_of(behaves(row), init=[sidecar])
    bench.run(20)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(25)
    assert ("FailedPreStopHook" in bench.reasons()) is fails
