"""Stories of a ReplicaSet's controller: how many pods it makes at once, and which it counts."""

from __future__ import annotations

from collections import Counter

from control_bench import EXACT, READY, Bench, deployment

from sim.model.behaviour import Node
from sim.model.objects import condition, name_of
from sim.model.pod import is_active

HUGE = tuple(Node(name=f"node-{i}", cpu_cores=64.0, memory_bytes=2.0**38) for i in range(14))


def looks(bench: Bench, reason: str, after: float = 0.0) -> list[int]:
    """How many pods each look made or deleted, by the events of the ReplicaSets."""
    times = [e.time for e in bench.plane.events if e.reason == reason and e.time > after]
    return list(Counter(times).values())


def test_no_more_than_500_pods_are_made_in_one_look() -> None:
    bench = Bench(deployment(1200, container=READY), delays=EXACT, nodes=HUGE)
    bench.run(5)
    assert looks(bench, "SuccessfulCreate") == [500, 500, 200]


def test_no_more_than_500_pods_are_deleted_in_one_look() -> None:
    bench = Bench(deployment(1200, container=READY), delays=EXACT, nodes=HUGE)
    bench.run(60)
    bench.patch({"replicas": 100})
    bench.run(61)
    assert looks(bench, "SuccessfulDelete", after=60) == [500, 500, 100]


def test_without_a_refusal_all_pods_come_in_one_look() -> None:
    bench = Bench(deployment(40, container=READY))
    bench.run(10)
    assert looks(bench, "SuccessfulCreate") == [40]


def test_a_pod_that_terminates_is_replaced_at_once_and_counted_apart() -> None:
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = Bench(deployment(3, container=READY | hook))
    bench.run(60)
    bench.api.delete("Pod", name_of(bench.pods()[0]))
    bench.run(61)
    assert len(bench.pods()) == 4 and sum(map(is_active, bench.pods())) == 3
    status = bench.sets()[1]["status"]
    assert (status["replicas"], status["terminatingReplicas"]) == (3, 1)


def test_readiness_that_is_lost_starts_the_time_again() -> None:
    """Ready at t, lost and found again before t + minReadySeconds: the wait begins anew."""
    bench = Bench(deployment(1, minReadySeconds=8, container=READY), delays=EXACT)
    bench.run_until(lambda: bench.ready().get(1) == 1, latest=30)
    first = ready_time(bench)
    bench.run(first + 5)
    bench.data.set_pod(0, listening=False)
    bench.run_until(lambda: bench.ready()[1] == 0, latest=first + 10)
    bench.data.set_pod(0, listening=True)
    bench.run_until(lambda: bench.ready()[1] == 1, latest=first + 20)
    second = ready_time(bench)
    assert second > first + 5
    found = bench.run_until(
        lambda: bench.sets()[1]["status"].get("availableReplicas") == 1, latest=60
    )
    assert second + 8 < found < second + 8.1


def ready_time(bench: Bench) -> float:
    """Since when the only pod is ready."""
    found = condition(bench.pods()[0], "Ready")
    assert found is not None and found["status"] == "True"
    return float(found["lastTransitionTime"])


def test_a_pod_with_a_lower_deletion_cost_goes_first() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    names = [name_of(pod) for pod in bench.pods()]
    for name, cost in zip(names, ("5", "-1", "0", "3"), strict=True):
        notes = {"controller.kubernetes.io/pod-deletion-cost": cost}
        bench.api.patch("Pod", name, {"metadata": {"annotations": notes}})
    for left, gone in ((3, names[1]), (2, names[2]), (1, names[3])):
        bench.patch({"replicas": left})
        bench.run(bench.env.now + 5)
        assert gone not in [name_of(pod) for pod in bench.pods()]
    assert [name_of(pod) for pod in bench.pods()] == [names[0]]


def test_a_pod_on_the_more_crowded_node_goes_first() -> None:
    """Two sets of one Deployment: the neighbours of both count."""
    bench = Bench(deployment(4, surge=1, unavailable=0, container=READY), nodes=HUGE[:2])
    bench.plane.cordon("node-1")
    bench.run(60)
    bench.plane.cordon("node-1", unschedulable=False)
    bench.patch({"replicas": 5})
    bench.run(120)
    lonely = [name_of(pod) for pod in bench.pods() if pod["spec"]["nodeName"] == "node-1"]
    assert len(lonely) == 1
    bench.patch({"replicas": 2})
    bench.run(180)
    assert lonely[0] in [name_of(pod) for pod in bench.pods()]


def test_a_young_pod_goes_before_one_that_has_been_ready_for_much_longer() -> None:
    bench = Bench(deployment(2, container=READY), nodes=HUGE[:4])
    bench.run(600)
    veterans = {name_of(pod) for pod in bench.pods()}
    bench.patch({"replicas": 4})
    bench.run(660)
    bench.patch({"replicas": 2})
    bench.run(720)
    assert {name_of(pod) for pod in bench.pods()} == veterans
