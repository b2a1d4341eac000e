"""Stories of deletion: finalizers, and the three ways in which owned objects may go or stay."""

from __future__ import annotations

import pytest
from control_bench import READY, SERVICE, Bench, deployment

from sim.control.clock import Environment
from sim.control.store import Store
from sim.errors import Invalid, NotFound
from sim.model.objects import JsonObject, is_terminating, name_of
from sim.model.pod import controller_of
from sim.model.rollout_status import rollout_status

HOOK = {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}


def settled(pods: int = 3) -> Bench:
    bench = Bench(deployment(pods, container=READY | HOOK))
    bench.run(60)
    return bench


def kinds(bench: Bench) -> dict[str, int]:
    """How many objects of the Deployment's family there are."""
    wanted = ("Deployment", "ReplicaSet", "Pod")
    return {kind: len(bench.api.list(kind)) for kind in wanted}


def first_seen_gone(bench: Bench) -> dict[str, float]:
    """When the last object of each kind was gone."""
    return {c.object["kind"]: c.time for c in bench.api.history if c.verb == "DELETED"}


def test_in_the_background_the_owner_goes_first_and_the_pods_last() -> None:
    bench = settled()
    bench.api.delete("Deployment", "web", propagation_policy="Background")
    assert kinds(bench) == {"Deployment": 0, "ReplicaSet": 1, "Pod": 3}
    bench.run(62)
    assert kinds(bench) == {"Deployment": 0, "ReplicaSet": 0, "Pod": 3}
    assert all(map(is_terminating, bench.pods()))
    bench.run(120)
    assert kinds(bench) == {"Deployment": 0, "ReplicaSet": 0, "Pod": 0}


def test_in_the_foreground_the_pods_go_first_and_the_owner_last() -> None:
    bench = settled()
    bench.api.delete("Deployment", "web", propagation_policy="Foreground")
    assert bench.web()["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert is_terminating(bench.web())
    bench.run(63)
    assert kinds(bench) == {"Deployment": 1, "ReplicaSet": 1, "Pod": 3}
    assert all(map(is_terminating, bench.pods()))
    assert bench.sets()[1]["metadata"]["finalizers"] == ["foregroundDeletion"]
    bench.run(120)
    assert kinds(bench) == {"Deployment": 0, "ReplicaSet": 0, "Pod": 0}
    gone = first_seen_gone(bench)
    assert gone["Pod"] < gone["ReplicaSet"] < gone["Deployment"]
    assert bench.data.pods() == {}


def test_a_deployment_that_is_being_deleted_only_counts() -> None:
    """Section 2.1, step 1: no new set, no new size, only its status."""
    bench = settled()
    bench.api.patch("Deployment", "web", {"metadata": {"finalizers": ["example.com/wait"]}})
    bench.run(61)
    bench.api.delete("Deployment", "web")
    generation = bench.web()["metadata"]["generation"]
    bench.release("web:2", **READY)
    bench.patch({"replicas": 7})
    bench.run(120)
    assert bench.sizes() == {1: 3}
    assert bench.web()["status"]["observedGeneration"] == generation + 2
    assert rollout_status(bench.web()).done is False


def test_orphaned_sets_keep_their_pods_and_a_new_deployment_adopts_them() -> None:
    bench = settled()
    before = [name_of(pod) for pod in bench.pods()]
    bench.api.delete("Deployment", "web", propagation_policy="Orphan")
    bench.run(90)
    assert kinds(bench) == {"Deployment": 0, "ReplicaSet": 1, "Pod": 3}
    [rs] = bench.api.list("ReplicaSet")
    assert controller_of(rs) is None
    bench.api.create(deployment(3, container=READY | HOOK))
    bench.run(150)
    [rs] = bench.api.list("ReplicaSet")
    owner = controller_of(rs)
    assert owner is not None and owner["uid"] == bench.web()["metadata"]["uid"]
    assert [name_of(pod) for pod in bench.pods()] == before
    assert rollout_status(bench.web()).done
    bench.checks.verify()


def test_a_deployment_lets_a_set_go_that_it_does_not_select_any_more() -> None:
    bench = settled()
    name = bench.sets()[1]["metadata"]["name"]
    bench.api.patch("ReplicaSet", name, {"metadata": {"labels": {"app": "other"}}})
    bench.run(120)
    assert controller_of(bench.api.get("ReplicaSet", name)) is None
    mine = [rs for rs in bench.api.list("ReplicaSet") if controller_of(rs) is not None]
    assert len(mine) == 1 and name_of(mine[0]) != name
    assert bench.web()["status"]["collisionCount"] == 1  # Its name was taken.
    assert rollout_status(bench.web()).done
    assert len(bench.pods()) == 6


def test_a_set_of_another_template_is_adopted_as_an_old_one_and_scaled_down() -> None:
    bench = settled()
    [rs] = bench.api.list("ReplicaSet")
    stray = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "stray", "labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web", "who": "stray"}},
            "template": {
                "metadata": {"labels": {"app": "web", "who": "stray"}},
                "spec": rs["spec"]["template"]["spec"],
            },
        },
    }
    bench.api.create(stray)
    bench.run(120)
    adopted = bench.api.get("ReplicaSet", "stray")
    owner = controller_of(adopted)
    assert owner is not None and owner["uid"] == bench.web()["metadata"]["uid"]
    assert adopted["spec"]["replicas"] == 0
    assert rollout_status(bench.web()).done and len(bench.pods()) == 3


def test_of_two_sets_that_match_the_older_one_is_the_new_set_however_late_it_came() -> None:
    """Section 2.2: by creation time, not by when the Deployment took it."""
    first = deployment(2, container=READY)
    labels = {"app": "web", "pod-template-hash": "early"}
    early = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "early", "labels": {"app": "apart"}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {**first["spec"]["template"], "metadata": {"labels": labels}},
        },
    }
    bench = Bench(first, also=[early])
    bench.run(60)
    assert [rs["spec"]["replicas"] for rs in bench.api.list("ReplicaSet")] == [0, 2]
    bench.api.patch("ReplicaSet", "early", {"metadata": {"labels": {"app": "web"}}})
    bench.run(180)
    assert [rs["spec"]["replicas"] for rs in bench.api.list("ReplicaSet")] == [2, 0]
    assert rollout_status(bench.web()).done


def test_a_services_slices_go_before_it_in_the_foreground() -> None:
    bench = settled()
    bench.api.delete("Service", "web", propagation_policy="Foreground")
    assert len(bench.api.list("Service")) == len(bench.api.list("EndpointSlice")) == 1
    bench.run(70)
    assert bench.api.list("EndpointSlice") == bench.api.list("Service") == ()
    bench.patch({"replicas": 1})  # Pods change, and there is no slice to write.
    bench.run(90)
    assert len(bench.pods()) == 1


def thing(name: str, *owners: JsonObject, **metadata: object) -> JsonObject:
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": name_of(one), "uid": uid(one)}
        for one in owners
    ]
    meta = {"name": name, "ownerReferences": references, **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {}}


def uid(obj: JsonObject) -> str:
    found: str = obj["metadata"]["uid"]
    return found


def names(bench: Bench) -> list[str]:
    return [name_of(obj) for obj in bench.api.list("ConfigMap")]


def test_an_object_with_two_owners_stays_until_both_are_gone() -> None:
    bench = settled(1)
    one, two = (bench.api.create(thing(name)) for name in ("one", "two"))
    bench.api.create(thing("child", one, two))
    bench.api.delete("ConfigMap", "one")
    bench.run(70)
    assert names(bench) == ["two", "child"]
    [left] = bench.api.get("ConfigMap", "child")["metadata"]["ownerReferences"]
    assert left["name"] == "two"
    bench.api.delete("ConfigMap", "two")
    bench.run(80)
    assert names(bench) == []


def test_what_does_not_block_its_owner_does_not_keep_it_in_the_foreground() -> None:
    bench = settled(1)
    parent = bench.api.create(thing("parent"))
    child = thing("child", parent, finalizers=["example.com/wait"])
    bench.api.create(child)
    bench.api.delete("ConfigMap", "parent", propagation_policy="Foreground")
    bench.run(70)
    assert names(bench) == ["child"]
    assert is_terminating(bench.api.get("ConfigMap", "child"))


def test_what_blocks_its_owner_keeps_it_until_its_own_finalizer_is_gone() -> None:
    bench = settled(1)
    parent = bench.api.create(thing("parent"))
    child = thing("child", parent, finalizers=["example.com/wait"])
    child["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = True
    bench.api.create(child)
    bench.api.delete("ConfigMap", "parent", propagation_policy="Foreground")
    bench.run(70)
    assert names(bench) == ["parent", "child"]
    bench.api.patch("ConfigMap", "child", {"metadata": {"finalizers": None}})
    bench.run(80)
    assert names(bench) == []


def test_an_object_made_for_an_owner_that_is_gone_is_collected() -> None:
    bench = settled(1)
    parent = bench.api.create(thing("parent"))
    bench.api.delete("ConfigMap", "parent")
    bench.run(65)
    bench.api.create(thing("child", parent))
    bench.run(70)
    assert names(bench) == []


def test_an_owner_that_this_cluster_never_had_is_taken_to_be_there() -> None:
    """A manifest taken from a cluster names owners, such as an operator's own, that stayed there.

    Upstream would collect the object; here that would take away what the release is about.
    """
    bench = settled(1)
    stranger = {"metadata": {"name": "stranger", "uid": "0"}}
    parent = bench.api.create(thing("parent"))
    bench.api.create(thing("child", stranger))
    bench.api.create(thing("both", stranger, parent))
    bench.api.delete("ConfigMap", "parent")
    bench.run(70)
    assert names(bench) == ["child", "both"]
    [left] = bench.api.get("ConfigMap", "both")["metadata"]["ownerReferences"]
    assert left["name"] == "stranger"


def test_a_set_deleted_alone_is_made_anew_around_the_same_pods() -> None:
    bench = settled()
    before = [name_of(pod) for pod in bench.pods()]
    old = bench.sets()[1]
    bench.api.delete("ReplicaSet", name_of(old), propagation_policy="Orphan")
    bench.run(120)
    [rs] = bench.api.list("ReplicaSet")
    assert (name_of(rs), uid(rs) == uid(old)) == (name_of(old), False)
    assert [name_of(pod) for pod in bench.pods()] == before
    owners = [controller_of(pod) for pod in bench.pods()]
    assert [one and one["uid"] for one in owners] == [uid(rs)] * 3
    bench.checks.verify()


def test_a_manifest_taken_from_a_cluster_brings_no_status_along() -> None:
    """The API server clears it: what a Deployment says of itself is its controller's to write."""
    first = deployment(2, container=READY)
    done = {"replicas": 9, "readyReplicas": 9, "observedGeneration": 77, "collisionCount": 3}
    bench = Bench({**first, "status": done})
    assert "status" not in bench.web()
    bench.run(60)
    status = bench.web()["status"]
    assert (status["replicas"], status["observedGeneration"]) == (2, 1)
    assert "collisionCount" not in status


def test_a_finalizer_keeps_a_pod_that_has_ended_until_it_is_removed() -> None:
    bench = settled(1)
    name = name_of(bench.pods()[0])
    bench.api.patch("Pod", name, {"metadata": {"finalizers": ["example.com/wait"]}})
    bench.api.delete("Pod", name)
    bench.run(120)
    kept = bench.api.get("Pod", name)
    assert kept["metadata"]["deletionGracePeriodSeconds"] == 0
    assert len(bench.data.pods()) == 1 and len(bench.pods()) == 2
    bench.api.patch("Pod", name, {"metadata": {"finalizers": []}})
    assert len(bench.pods()) == 1
    bench.run(130)
    bench.checks.verify()


def store() -> Store:
    return Store(Environment(initial_time=0.0), 1)


def test_a_deletion_with_finalizers_is_only_marked_and_counts_as_a_new_generation() -> None:
    api = store()
    api.create(thing("a", finalizers=["example.com/x", "example.com/y"]))
    api.delete("ConfigMap", "a")
    marked = api.get("ConfigMap", "a")["metadata"]
    assert (marked["deletionTimestamp"], marked["deletionGracePeriodSeconds"]) == (0.0, 0)
    assert marked["generation"] == 2
    version = marked["resourceVersion"]
    api.delete("ConfigMap", "a")  # Once more: nothing new.
    assert api.get("ConfigMap", "a")["metadata"]["resourceVersion"] == version
    api.patch("ConfigMap", "a", {"metadata": {"finalizers": ["example.com/y"]}})
    api.patch("ConfigMap", "a", {"metadata": {"finalizers": []}})
    with pytest.raises(NotFound):
        api.get("ConfigMap", "a")
    assert api.history[-1].verb == "DELETED"


def test_no_finalizer_can_be_added_to_what_is_being_deleted() -> None:
    api = store()
    api.create(thing("a", finalizers=["example.com/x"]))
    api.delete("ConfigMap", "a")
    words = r'metadata.finalizers: Forbidden: no new finalizers .* \[\]string\{"example.com/z"\}'
    with pytest.raises(Invalid, match=words):
        api.patch("ConfigMap", "a", {"metadata": {"finalizers": ["example.com/z"]}})


@pytest.mark.parametrize(
    ("finalizers", "policy", "left"),
    [
        ([], None, None),
        ([], "Background", None),
        ([], "Foreground", ["foregroundDeletion"]),
        ([], "Orphan", ["orphan"]),
        (["orphan"], None, ["orphan"]),
        (["orphan"], "Background", None),
        (["orphan", "example.com/x"], "Foreground", ["example.com/x", "foregroundDeletion"]),
        (["foregroundDeletion"], "Orphan", ["orphan"]),
    ],
)
def test_a_policy_replaces_the_collectors_own_finalizers_only(finalizers, policy, left) -> None:
    api = store()
    api.create(thing("a", finalizers=finalizers))
    api.delete("ConfigMap", "a", propagation_policy=policy)
    found = api.find("ConfigMap", "a")
    assert (found and found["metadata"]["finalizers"]) == left


def test_a_policy_that_there_is_not_is_refused() -> None:
    api = store()
    api.create(SERVICE)
    with pytest.raises(Invalid, match='propagationPolicy: Unsupported value: "Sideways"'):
        api.delete("Service", "web", propagation_policy="Sideways")
