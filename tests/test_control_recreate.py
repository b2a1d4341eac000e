"""Stories of Recreate: everything old is gone before anything new comes."""

from __future__ import annotations

import pytest
from control_bench import NEVER, READY, Bench, deployment, slow

from sim.errors import Invalid
from sim.model.objects import is_true
from sim.model.rollout_status import rollout_status

STOPS = {"lifecycle": {"preStop": {"sleep": {"seconds": 3}}}}


def recreating(pods: int) -> dict:
    found = deployment(pods, container=READY | STOPS)
    found["spec"]["strategy"] = {"type": "Recreate"}
    return found


def test_no_new_pod_comes_before_the_last_old_one_is_gone() -> None:
    bench = Bench(recreating(4))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    changes = [c for c in bench.api.history if c.object["kind"] == "Pod" and c.time > 60]
    gone = [c.time for c in changes if c.verb == "DELETED"]
    born = [c.time for c in changes if c.verb == "ADDED"]
    assert len(gone) == len(born) == 4
    created = [
        c.time
        for c in bench.api.history
        if c.object["kind"] == "ReplicaSet" and c.verb == "ADDED" and c.time > 60
    ]
    assert max(gone) < created[0] < min(born) < max(gone) + 0.2
    assert max(gone) > 63.0  # Three seconds of preStop.
    assert rollout_status(bench.web()).done
    bench.checks.verify()


def test_old_pods_go_all_at_once_and_new_ones_come_all_at_once() -> None:
    bench = Bench(recreating(4))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    assert bench.size_steps() == [{1: 4}, {1: 0}, {1: 0, 2: 4}]
    names = [rs["metadata"]["name"] for rs in bench.api.list("ReplicaSet")]
    assert bench.scaling_notes() == [
        f"Scaled up replica set {names[0]} from 0 to 4",
        f"Scaled down replica set {names[0]} from 4 to 0",
        f"Scaled up replica set {names[1]} from 0 to 4",
    ]


def test_the_deployment_is_not_available_in_the_gap() -> None:
    bench = Bench(recreating(4))
    bench.run(60)
    assert is_true(bench.web(), "Available")
    bench.release("web:2", **READY)
    bench.run(62)
    assert not is_true(bench.web(), "Available")
    bench.run(120)
    assert is_true(bench.web(), "Available")


def test_a_new_version_that_never_starts_leaves_nothing_serving() -> None:
    bench = Bench(recreating(3), {"web:2": slow(NEVER)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(900)
    assert bench.ready() == {1: 0, 2: 0}
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")


def test_undo_under_recreate_waits_for_the_bad_pods_too() -> None:
    bench = Bench(recreating(3), {"web:2": slow(NEVER)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(90)
    bench.release("web:1", **READY | STOPS)
    bench.run(150)
    assert bench.sizes() == {2: 0, 3: 3}
    assert rollout_status(bench.web()).done


def test_pausing_in_the_gap_brings_the_newest_version_back_whoever_is_still_leaving() -> None:
    """No set wants pods then, so the newest one gets the whole size (sync.go, scale)."""
    stops = {"lifecycle": {"preStop": {"sleep": {"seconds": 20}}}}
    bench = Bench(deployment(3, unavailable="100%", container=READY | stops))
    bench.run(60)
    bench.release("web:2", **READY | stops)
    bench.run(61)
    bench.patch({"strategy": {"type": "Recreate", "rollingUpdate": None}})
    bench.release("web:3", **READY)
    bench.run(62)
    assert bench.sizes() == {1: 0, 2: 0}
    bench.patch({"paused": True})
    bench.run(63)
    assert bench.sizes() == {1: 0, 2: 3}
    bench.patch({"paused": False})
    bench.run(150)
    assert bench.sizes() == {1: 0, 2: 0, 3: 3}
    assert rollout_status(bench.web()).done
    bench.checks.verify()


def test_recreate_with_rolling_update_settings_is_refused() -> None:
    bench = Bench(deployment(3))
    with pytest.raises(Invalid, match="may not be specified when strategy `type` is 'Recreate'"):
        bench.patch({"strategy": {"type": "Recreate"}})


def test_a_deleted_pod_is_replaced_at_once_even_under_recreate() -> None:
    bench = Bench(recreating(2))
    bench.run(60)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(61)
    assert len(bench.pods()) == 3


def test_scaling_two_active_sets_under_recreate_stands_still_as_upstream_does() -> None:
    """A rollout is switched to Recreate half-way and scaled: sync.go's scale() shares sizes out
    for rolling updates only, and every later sync takes it for the same scaling event."""
    bench = Bench(deployment(4, container=READY), {"web:2": slow(NEVER)})
    bench.run(30)
    bench.release("web:2", **READY)
    bench.run(60)
    assert [size > 0 for size in bench.sizes().values()] == [True, True]
    sizes = bench.sizes()
    bench.patch({"strategy": {"type": "Recreate", "rollingUpdate": None}, "replicas": 6})
    bench.run(300)
    assert bench.sizes() == sizes
    bench.patch({"replicas": 4})
    bench.run(400)
    assert bench.sizes() == {1: 0, 2: 4}


def test_going_back_to_an_old_set_under_recreate_is_not_timed() -> None:
    """Found by a random history, and so it is upstream: the last rollout's NewReplicaSetAvailable
    stands, for old pods that are still counted are no progress, and without them none is judged.

    (progress.go, syncRolloutStatus, isCompleteDeployment)
    """
    first = {**recreating(3), "spec": {**recreating(3)["spec"], "progressDeadlineSeconds": 20}}
    bench = Bench(first)
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    bench.versions.alter(0, slow(NEVER))
    bench.release("web:1", **READY | STOPS)
    bench.run(400)
    assert bench.sizes() == {2: 0, 3: 3} and bench.ready() == {2: 0, 3: 0}
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert not is_true(bench.web(), "Available")
    assert not rollout_status(bench.web()).done
