"""Stories of nodes: room, taints, spread, a machine that is lost, a drain and its budget."""

from __future__ import annotations

from collections import Counter

import pytest
from control_bench import EXACT, READY, Bench, deployment, slow

from sim.control.checks import Checks
from sim.errors import TooManyRequests
from sim.model.behaviour import Node
from sim.model.objects import JsonObject, condition, is_terminating, is_true

GIB = 2.0**30
ASKS = {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}


def nodes(count: int, cores: float = 4.0, **fields) -> tuple[Node, ...]:
    return tuple(
        Node(name=f"node-{i}", cpu_cores=cores, memory_bytes=16 * GIB, **fields)
        for i in range(count)
    )


def bench_of(pods: int, machines: tuple[Node, ...], **spec) -> Bench:
    also = spec.pop("also", ())
    container = spec.pop("container", {**READY, **ASKS})
    first = deployment(pods, container=container, **spec)
    return Bench(first, {"web:1": slow(1.0)}, delays=EXACT, nodes=machines, also=also)


def budget(**spec) -> JsonObject:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec},
    }


def places(bench: Bench) -> Counter[str]:
    return Counter(pod["spec"].get("nodeName", "") for pod in bench.pods())


def notes(bench: Bench, reason: str) -> list[str]:
    return [e.note for e in bench.plane.events if e.reason == reason]


def test_a_pod_without_room_stays_pending_and_the_scheduler_says_why() -> None:
    bench = bench_of(5, nodes(2, cores=2.0))
    bench.run(30)
    [waiting] = [pod for pod in bench.pods() if not pod["spec"].get("nodeName")]
    assert waiting["status"]["phase"] == "Pending"
    found = condition(waiting, "PodScheduled")
    assert found is not None
    assert (found["status"], found["reason"]) == ("False", "Unschedulable")
    assert set(notes(bench, "FailedScheduling")) == {
        "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available:"
        " 2 No preemption victims found for incoming pod."
    }


def test_a_surge_without_room_and_nothing_unavailable_stands_until_the_deadline() -> None:
    bench = bench_of(4, nodes(1), surge=1, unavailable=0, progressDeadlineSeconds=60)
    bench.run(30)
    bench.release("web:2", **READY, **ASKS)
    bench.run(120)
    assert bench.sizes() == {1: 4, 2: 1}
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")


def test_a_waiting_pod_gets_the_room_that_another_leaves() -> None:
    bench = bench_of(4, nodes(1), surge=1, unavailable=1)
    bench.run(30)
    bench.release("web:2", **READY, **ASKS)
    bench.run(200)
    assert bench.ready() == {1: 0, 2: 4}


def test_a_node_takes_no_more_pods_than_its_kubelet_allows() -> None:
    bench = bench_of(5, nodes(1, pods=3), container=READY)
    bench.run(30)
    assert places(bench) == {"node-0": 3, "": 2}
    assert "1 Too many pods." in notes(bench, "FailedScheduling")[0]


def test_taints_selectors_and_cordons_keep_pods_away_in_the_schedulers_words() -> None:
    tainted = Node(
        name="gpu", cpu_cores=4.0, memory_bytes=GIB, taints=("dedicated=gpu:NoSchedule",)
    )
    plain = Node(name="plain", cpu_cores=4.0, memory_bytes=16 * GIB)
    bench = bench_of(1, (tainted, plain), container={"pod": {"nodeSelector": {"disk": "ssd"}}})
    bench.run(5)
    bench.plane.cordon("plain")
    bench.run(30)
    assert notes(bench, "FailedScheduling")[0] == (
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector,"
        " 1 node(s) had untolerated taint {dedicated: gpu}. preemption: 0/2 nodes are available:"
        " 2 Preemption is not helpful for scheduling."
    )
    assert "1 node(s) were unschedulable" in notes(bench, "FailedScheduling")[-1]


def test_pods_of_one_set_are_spread_over_the_nodes() -> None:
    bench = bench_of(7, nodes(3))
    bench.run(30)
    assert sorted(places(bench).values()) == [2, 2, 3]


def lost(pods: int = 6, machines: int = 3, **spec) -> Bench:
    """A bench whose node-1 stops at 100."""
    bench = bench_of(pods, nodes(machines, cores=16.0), **spec)
    bench.run(100)
    bench.plane.lose_node("node-1")
    return bench


def unready_since(bench: Bench) -> float:
    for change in bench.api.history:
        if (
            change.object["kind"] == "Node"
            and change.time > 1
            and not is_true(change.object, "Ready")
        ):
            return change.time
    raise AssertionError("the node was never called unknown")


def test_a_lost_node_is_noticed_after_its_grace_and_its_pods_leave_the_endpoints() -> None:
    bench = lost()
    bench.run(135)
    assert is_true(bench.api.get("Node", "node-1"), "Ready")
    assert sum(bench.ready().values()) == 6  # Nobody knows yet.
    bench.run(165)
    known = unready_since(bench)
    assert 140 < known <= 155  # 50 s after a lease at most 10 s old, seen within 5 s.
    node = bench.api.get("Node", "node-1")
    assert condition(node, "Ready")["status"] == "Unknown"  # type: ignore[index]
    effects = [(t["key"], t["effect"]) for t in node["spec"]["taints"]]
    key = "node.kubernetes.io/unreachable"
    assert effects == [(key, "NoSchedule"), (key, "NoExecute")]
    assert bench.ready() == {1: 4}
    [found] = bench.api.list("EndpointSlice")
    assert sum(entry["conditions"]["ready"] for entry in found["endpoints"]) == 4
    assert len(bench.pods()) == 6  # And nobody has been replaced.


def test_after_the_toleration_its_pods_are_replaced_and_stay_terminating() -> None:
    bench = lost()
    bench.run(460)
    leaving = [pod for pod in bench.pods() if is_terminating(pod)]
    assert [pod["spec"]["nodeName"] for pod in leaving] == ["node-1", "node-1"]
    deleted = min(
        c.time for c in bench.api.history if c.object["kind"] == "Pod" and is_terminating(c.object)
    )
    assert deleted == pytest.approx(unready_since(bench) + 300, abs=0.1)
    assert bench.ready() == {1: 6}
    assert "TaintManagerEviction" in bench.reasons()
    bench.run(900)
    assert [pod["metadata"]["name"] for pod in bench.pods() if is_terminating(pod)]
    bench.plane.return_node("node-1")
    bench.run(910)
    assert not [pod for pod in bench.pods() if is_terminating(pod)]
    assert is_true(bench.api.get("Node", "node-1"), "Ready")
    assert "taints" not in bench.api.get("Node", "node-1")["spec"]


def test_a_node_that_comes_back_in_time_starts_its_pods_once_more() -> None:
    bench = lost()
    bench.run(200)
    bench.plane.return_node("node-1")
    bench.run(230)
    assert bench.ready() == {1: 6}
    assert bench.plane.restarts == 2
    bench.run(600)
    assert not any(is_terminating(c.object) for c in bench.api.history)


def test_when_every_node_is_lost_nobody_is_evicted() -> None:
    bench = bench_of(3, nodes(3))
    bench.run(100)
    for node in ("node-0", "node-1", "node-2"):
        bench.plane.lose_node(node)
    bench.run(900)
    assert not any(is_terminating(pod) for pod in bench.pods())
    bench.plane.return_node("node-0")
    bench.run(1300)
    gone = {pod["spec"]["nodeName"] for pod in bench.pods() if is_terminating(pod)}
    assert gone == {"node-1", "node-2"}


def test_two_lost_nodes_are_emptied_ten_seconds_apart() -> None:
    bench = bench_of(6, nodes(6))
    bench.run(100)
    bench.plane.lose_node("node-1")
    bench.plane.lose_node("node-2")
    bench.run(600)
    times: dict[str, float] = {}
    for change in bench.api.history:
        if change.object["kind"] == "Pod" and is_terminating(change.object):
            times.setdefault(change.object["spec"]["nodeName"], change.time)
    first, second = sorted(times.values())
    assert 10.0 <= second - first <= 15.1


def test_a_rollout_goes_on_beside_a_lost_node() -> None:
    bench = lost(surge=2, unavailable=2)
    bench.release("web:2", **READY, **ASKS)
    bench.run(700)
    assert bench.ready() == {1: 0, 2: 6}
    assert places(bench)["node-1"] == sum(is_terminating(pod) for pod in bench.pods())


def test_an_eviction_beyond_the_budget_is_refused() -> None:
    bench = bench_of(3, nodes(3), also=(budget(minAvailable=2),))
    bench.run(30)
    status = bench.api.get("PodDisruptionBudget", "web")["status"]
    assert (status["disruptionsAllowed"], status["desiredHealthy"]) == (1, 2)
    first, second, _ = [pod["metadata"]["name"] for pod in bench.pods()]
    bench.plane.evict(first)
    with pytest.raises(TooManyRequests, match="needs 2 healthy pods and has 3 currently"):
        bench.plane.evict(second)
    bench.run(60)
    bench.plane.evict(second)


def test_rollouts_scaling_and_deletions_ask_no_budget() -> None:
    """Nothing may be disrupted, and all of it happens."""
    bench = bench_of(4, nodes(3), surge=0, unavailable=3, also=(budget(maxUnavailable=0),))
    bench.run(30)
    bench.release("web:2", **READY, **ASKS)
    bench.run(31)
    assert bench.sizes()[1] == 1  # Three at once.
    bench.run(90)
    assert bench.ready() == {1: 0, 2: 4}
    bench.patch({"replicas": 2})
    bench.run(120)
    assert len(bench.pods()) == 2
    name = bench.pods()[0]["metadata"]["name"]
    bench.api.delete("Pod", name)
    bench.run(150)
    assert name not in {pod["metadata"]["name"] for pod in bench.pods()}
    with pytest.raises(TooManyRequests):
        bench.plane.evict(bench.pods()[0]["metadata"]["name"])


def test_pods_of_a_lost_node_use_the_budget_up() -> None:
    bench = lost(6, 3, also=(budget(maxUnavailable=1),))
    bench.run(170)
    status = bench.api.get("PodDisruptionBudget", "web")["status"]
    assert (status["currentHealthy"], status["disruptionsAllowed"]) == (4, 0)
    serving = next(p for p in bench.pods() if p["spec"]["nodeName"] != "node-1")
    with pytest.raises(TooManyRequests):
        bench.plane.evict(serving["metadata"]["name"])


def test_a_single_pod_with_one_to_keep_blocks_a_drain_for_ever() -> None:
    bench = bench_of(1, nodes(2), also=(budget(minAvailable=1),))
    bench.run(30)
    node = bench.pods()[0]["spec"]["nodeName"]
    bench.plane.drain(node)
    bench.run(900)
    assert places(bench) == {node: 1}
    assert not is_terminating(bench.pods()[0])


def test_a_drain_empties_a_node_as_the_budget_allows() -> None:
    bench = bench_of(6, nodes(2, cores=16.0), also=(budget(maxUnavailable=1),))
    bench.run(30)
    bench.plane.drain("node-0")
    fewest = 6
    while bench.env.now < 200:
        bench.env.step()
        fewest = min(fewest, bench.ready()[1])
    assert places(bench) == {"node-1": 6}
    assert fewest == 5


def test_with_one_replica_and_no_budget_a_drain_makes_a_gap() -> None:
    bench = bench_of(1, nodes(2))
    bench.run(30)
    bench.plane.drain(bench.pods()[0]["spec"]["nodeName"])
    bench.run(30.5)
    assert bench.ready() == {1: 0}
    bench.run(60)
    assert bench.ready() == {1: 1}


def test_an_unready_pod_may_go_only_while_the_budget_is_met_unless_always_is_said() -> None:
    for policy, goes in (("IfHealthyBudget", False), ("AlwaysAllow", True)):
        rules = budget(minAvailable=2, unhealthyPodEvictionPolicy=policy)
        bench = Bench(
            deployment(2, container=READY),
            {"web:1": slow(1e9)},
            delays=EXACT,
            nodes=nodes(2),
            also=(rules,),
        )
        bench.run(30)
        name = bench.pods()[0]["metadata"]["name"]
        if goes:
            bench.plane.evict(name)
        else:
            with pytest.raises(TooManyRequests):
                bench.plane.evict(name)


def test_checks_watch_these_benches() -> None:
    assert isinstance(bench_of(1, nodes(1)).checks, Checks)
