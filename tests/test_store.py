"""The store as an API server: versions, conflicts, graceful deletion, and nothing copied."""

from __future__ import annotations

import pytest
from control_bench import deployment

from sim.control.clock import Environment
from sim.control.store import Store
from sim.errors import Conflict, Expired, Invalid, NotFound, NotYet
from sim.model.objects import JsonObject
from sim.model.run import Change


def store(seed: int = 1) -> tuple[Environment, Store]:
    env = Environment(initial_time=-5.0)
    return env, Store(env, seed)


def thing(name: str, **spec) -> JsonObject:
    return {"kind": "ConfigMap", "metadata": {"name": name, "labels": {"n": name}}, "spec": spec}


def pod(name: str, node: str = "", **spec) -> JsonObject:
    where = {"nodeName": node} if node else {}
    containers = [{"name": "web", "image": "web:1"}]
    return {
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": containers, **where, **spec},
    }


def test_a_created_object_carries_what_the_server_gives_it() -> None:
    env, api = store()
    env.run(until=2.5)
    given = thing("a", x=1)
    made = api.create(given)
    metadata = made["metadata"]
    assert (metadata["resourceVersion"], metadata["generation"]) == ("1", 1)
    assert (metadata["creationTimestamp"], metadata["namespace"]) == (2.5, "default")
    assert len(metadata["uid"]) == 36
    assert given == thing("a", x=1)
    assert api.get("ConfigMap", "a") is made


def test_names_and_uids_depend_on_the_seed_and_the_number_within_the_kind_only() -> None:
    def names(seed: int, *, with_others: bool) -> list[tuple[str, str]]:
        _, api = store(seed)
        found = []
        for number in range(50):
            if with_others:
                api.create(thing(f"x{number}"))
            made = api.create({**pod(""), "metadata": {"generateName": "web-"}})
            found.append((made["metadata"]["name"], made["metadata"]["uid"]))
        return found

    assert names(1, with_others=True) == names(1, with_others=False)
    assert not set(names(1, with_others=False)) & set(names(2, with_others=False))
    assert len({name for name, _ in names(1, with_others=False)}) == 50
    assert all(len(name) == len("web-") + 5 for name, _ in names(1, with_others=False))


def test_two_objects_of_one_kind_and_namespace_need_two_names() -> None:
    _, api = store()
    api.create(thing("a"))
    with pytest.raises(Conflict, match=r'ConfigMap "a" already exists'):
        api.create(thing("a"))
    elsewhere = thing("a")
    elsewhere["metadata"]["namespace"] = "harbour"
    api.create(elsewhere)
    assert [o["metadata"]["name"] for o in api.list("ConfigMap")] == ["a"]
    assert [o["metadata"]["namespace"] for o in api.list("ConfigMap", "harbour")] == ["harbour"]


@pytest.mark.parametrize(
    "action",
    [
        lambda api: api.get("ConfigMap", "a"),
        lambda api: api.patch("ConfigMap", "a", {}),
        lambda api: api.delete("ConfigMap", "a"),
    ],
)
def test_what_is_not_there_is_not_found(action) -> None:
    _, api = store()
    with pytest.raises(NotFound, match=r'ConfigMap "a" not found'):
        action(api)


def test_generation_counts_changes_of_what_is_wanted_only() -> None:
    _, api = store()
    api.create(thing("a", x=1))
    steps = [
        (api.patch("ConfigMap", "a", {"spec": {"x": 2}}), 2),
        (api.patch("ConfigMap", "a", {"metadata": {"labels": {"b": "c"}}}), 2),
        (api.patch("ConfigMap", "a", {"status": {"y": 1}}, subresource="status"), 2),
        (api.patch("ConfigMap", "a", {"data": {"k": "v"}}), 3),
    ]
    assert [obj["metadata"]["generation"] for obj, _ in steps] == [n for _, n in steps]
    versions = [int(obj["metadata"]["resourceVersion"]) for obj, _ in steps]
    assert versions == [2, 3, 4, 5]


def test_status_and_the_rest_are_written_apart() -> None:
    _, api = store()
    api.create({**thing("a", x=1), "status": {"y": 0}})
    both = {"spec": {"x": 2}, "status": {"y": 1}}
    assert api.patch("ConfigMap", "a", both)["status"] == {"y": 0}
    api.patch("ConfigMap", "a", {"spec": {"x": 3}, "status": {"y": 2}}, subresource="status")
    found = api.get("ConfigMap", "a")
    assert (found["spec"], found["status"]) == ({"x": 2}, {"y": 2})


def test_a_patch_that_changes_nothing_writes_nothing() -> None:
    _, api = store()
    made = api.create(thing("a", x=1))
    assert api.patch("ConfigMap", "a", {"spec": {"x": 1}}) is made
    assert api.patch("ConfigMap", "a", {"status": {}}, subresource="status")["spec"] == {"x": 1}
    same = {"op": "replace", "path": "/spec", "value": {"x": 1}}
    assert api.patch("ConfigMap", "a", [same]) is api.get("ConfigMap", "a")


def test_a_client_cannot_change_what_the_server_owns() -> None:
    _, api = store()
    made = api.create(thing("a"))
    mine = {"uid": "x", "generation": 9, "creationTimestamp": 9, "name": "b", "labels": {"l": "1"}}
    found = api.patch("ConfigMap", "a", {"metadata": mine})
    for field in ("uid", "generation", "creationTimestamp", "name"):
        assert found["metadata"][field] == made["metadata"][field]
    assert found["metadata"]["labels"] == {"n": "a", "l": "1"}


def test_a_write_from_a_stale_version_conflicts() -> None:
    _, api = store()
    stale = api.create(thing("a", x=1))
    api.patch("ConfigMap", "a", {"spec": {"x": 2}})
    with pytest.raises(Conflict, match="please apply your changes to the latest version"):
        api.put({**stale, "spec": {"x": 3}})
    version = stale["metadata"]["resourceVersion"]
    with pytest.raises(Conflict):
        api.patch("ConfigMap", "a", {"metadata": {"resourceVersion": version}, "spec": {"x": 3}})
    current = api.get("ConfigMap", "a")["metadata"]["resourceVersion"]
    api.patch("ConfigMap", "a", {"metadata": {"resourceVersion": current}, "spec": {"x": 3}})
    assert api.get("ConfigMap", "a")["spec"] == {"x": 3}


def test_untouched_branches_are_the_same_objects_from_version_to_version() -> None:
    _, api = store()
    first = api.create(deployment(3))
    second = api.patch("Deployment", "web", {"spec": {"replicas": 5}})
    third = api.put_status(second, {"replicas": 5})
    assert first["spec"]["template"] is second["spec"]["template"] is third["spec"]["template"]
    assert second["spec"] is third["spec"]
    assert [change.object for change in api.history] == [first, second, third]
    assert all(c.object is o for c, o in zip(api.history, (first, second, third), strict=True))
    assert first["spec"]["replicas"] == 3


def test_list_selects_by_labels_in_creation_order() -> None:
    _, api = store()
    for name in ("c", "a", "b"):
        api.create(thing(name))
    api.patch("ConfigMap", "c", {"spec": {"late": True}})
    assert [o["metadata"]["name"] for o in api.list("ConfigMap")] == ["c", "a", "b"]
    assert [o["metadata"]["name"] for o in api.list("ConfigMap", labels={"n": "a"})] == ["a"]
    assert api.list("ConfigMap", labels={"n": "a", "x": "y"}) == ()


def test_watch_tells_changes_of_one_kind_after_a_version() -> None:
    _, api = store()
    api.create(thing("a"))
    api.create(pod("p"))
    api.patch("ConfigMap", "a", {"spec": {"x": 1}})
    api.delete("ConfigMap", "a")
    assert [verb for verb, _ in api.watch("ConfigMap")] == ["ADDED", "MODIFIED", "DELETED"]
    assert [verb for verb, _ in api.watch("ConfigMap", since=1)] == ["MODIFIED", "DELETED"]
    assert [verb for verb, _ in api.watch("ConfigMap", since=4)] == []
    assert api.watch("ConfigMap", namespace="harbour") == ()


def test_subscribers_hear_of_every_write_after_it_is_stored() -> None:
    _, api = store()
    heard: list[tuple[str, bool]] = []

    def hear(change: Change) -> None:
        found = api.find("ConfigMap", change.object["metadata"]["name"])
        heard.append((change.verb, found is change.object))

    api.subscribe("ConfigMap", hear)
    api.create(thing("a"))
    api.create(pod("p"))
    api.patch("ConfigMap", "a", {"spec": {"x": 1}})
    api.delete("ConfigMap", "a")
    assert heard == [("ADDED", True), ("MODIFIED", True), ("DELETED", False)]


def test_a_running_pod_is_only_marked_and_its_grace_can_be_shortened() -> None:
    _, api = store()
    api.create(pod("p", node="n", terminationGracePeriodSeconds=40))
    api.delete("Pod", "p")
    first = api.get("Pod", "p")["metadata"]
    assert (first["deletionTimestamp"], first["deletionGracePeriodSeconds"]) == (35.0, 40)
    api.delete("Pod", "p", grace_period_seconds=50)
    assert api.get("Pod", "p")["metadata"] is first
    api.delete("Pod", "p", grace_period_seconds=10)
    assert api.get("Pod", "p")["metadata"]["deletionTimestamp"] == 5.0
    api.delete("Pod", "p", grace_period_seconds=0)
    assert api.find("Pod", "p") is None


@pytest.mark.parametrize(
    "obj", [pod("p"), {**pod("p", node="n"), "status": {"phase": "Succeeded"}}, thing("p")]
)
def test_what_nothing_runs_is_removed_at_once(obj) -> None:
    _, api = store()
    api.create(obj)
    api.delete(obj["kind"], "p")
    assert api.list(obj["kind"]) == ()


def test_owned_objects_are_found_by_the_uid_of_their_controller() -> None:
    _, api = store()
    uid = api.create(thing("owner"))["metadata"]["uid"]
    owner = {"kind": "ConfigMap", "name": "owner", "uid": uid, "controller": True}
    for name in ("a", "b"):
        child = pod(name)
        child["metadata"]["ownerReferences"] = [owner]
        api.create(child)
    api.create(pod("c"))
    api.patch("Pod", "a", {"spec": {"x": 1}})
    assert [o["metadata"]["name"] for o in api.owned("Pod", uid)] == ["a", "b"]
    assert api.owned("Pod", uid)[0] is api.get("Pod", "a")
    api.delete("Pod", "a")
    api.patch("Pod", "b", {"metadata": {"ownerReferences": None}})
    assert api.owned("Pod", uid) == ()


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"spec": {"replicas": -1}}, "spec.replicas: Invalid value: -1: must be greater than or"),
        ({"spec": {"replicas": "3"}}, 'spec.replicas: Invalid value: "3"'),
        ({"spec": {"selector": {"matchLabels": {"a": "b"}}}}, "field is immutable"),
        (
            {"spec": {"template": {"metadata": {"labels": {"app": "other"}}}}},
            "`selector` does not match template `labels`",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}}},
            "may not be 0 when `maxSurge` is 0",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "34"}}}},
            "a valid percent string must be a numeric string followed by an ending '%'",
        ),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxUnavailable": "101%"}}}},
            "must not be greater than 100%",
        ),
        ({"spec": {"strategy": {"rollingUpdate": {"maxSurge": -1}}}}, "greater than or equal to 0"),
        (
            {"spec": {"progressDeadlineSeconds": 5, "minReadySeconds": 7}},
            "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds",
        ),
    ],
)
def test_a_patch_that_the_api_server_would_refuse_is_refused_and_nothing_is_written(
    patch, words
) -> None:
    _, api = store()
    made = api.create(deployment(3))
    with pytest.raises(Invalid) as refused:
        api.patch("Deployment", "web", patch)
    assert words in str(refused.value)
    assert api.get("Deployment", "web") is made


@pytest.mark.parametrize(
    "obj", [{"metadata": {"name": "a"}}, {"kind": "Pod"}, {"kind": "Pod", "metadata": {}}]
)
def test_an_object_needs_a_kind_and_a_name(obj) -> None:
    _, api = store()
    with pytest.raises(Invalid, match=r"needs a kind and a metadata\.name"):
        api.create(obj)


def test_a_patch_must_leave_an_object_and_know_its_subresource() -> None:
    _, api = store()
    api.create(thing("a"))
    with pytest.raises(Invalid, match="must leave an object"):
        api.patch("ConfigMap", "a", [{"op": "replace", "path": "", "value": 1}])
    with pytest.raises(Invalid, match="no subresource 'scale'"):
        api.patch("ConfigMap", "a", {}, subresource="scale")


def test_events_at_absolute_moments_are_exact_and_never_in_the_past() -> None:
    env = Environment(initial_time=-300.0)
    moments = [0.1 + 0.2, -299.9, 1e-9, 4.35]
    heard: list[float] = []
    for moment in moments:
        env.call_at(moment, lambda: heard.append(env.now))
    env.run()
    assert heard == sorted(moments)
    with pytest.raises(ValueError, match="must not lie before"):
        env.at(0.0)


def written(count: int) -> Store:
    _, api = store()
    for number in range(count):
        api.create(thing(f"x{number}"))
    return api


def test_a_watch_goes_on_from_any_version_that_is_kept() -> None:
    api = written(10)
    assert [len(api.watch("ConfigMap", since)) for since in range(11)] == list(range(10, -1, -1))
    api.compact(4)
    assert [len(api.watch("ConfigMap", since)) for since in range(6, 11)] == [4, 3, 2, 1, 0]
    assert len(api.history) == 4
    assert api.create(thing("next"))["metadata"]["resourceVersion"] == "11"
    assert [obj["metadata"]["name"] for _, obj in api.watch("ConfigMap", 9)] == ["x9", "next"]


def test_a_watch_from_a_forgotten_version_is_told_to_list_anew() -> None:
    api = written(10)
    api.compact(4)
    with pytest.raises(Expired, match=r"^too old resource version: 5 \(6\)$"):
        api.watch("ConfigMap", 5)
    with pytest.raises(Expired):
        api.watch("Secret", 1)


def test_a_watch_from_the_future_is_refused() -> None:
    api = written(3)
    assert api.watch("ConfigMap", 3) == ()
    with pytest.raises(NotYet, match=r"^Too large resource version: 4, current: 3$"):
        api.watch("ConfigMap", 4)


def test_a_watch_from_the_beginning_of_a_compacted_history_starts_with_what_there_is() -> None:
    api = written(3)
    api.delete("ConfigMap", "x0")
    api.patch("ConfigMap", "x1", {"spec": {"a": 1}})
    everything = api.watch("ConfigMap")
    assert [verb for verb, _ in everything] == ["ADDED"] * 3 + ["DELETED", "MODIFIED"]
    api.compact(0)
    assert api.watch("ConfigMap") == (
        ("ADDED", api.get("ConfigMap", "x1")),
        ("ADDED", api.get("ConfigMap", "x2")),
    )


def test_nothing_is_forgotten_that_nobody_asked_to_forget() -> None:
    api = written(10)
    api.compact(10)
    assert len(api.history) == 10 and len(api.watch("ConfigMap")) == 10
    with pytest.raises(ValueError, match="keep must not be negative"):
        api.compact(-1)


def scalable() -> Store:
    _, api = store()
    first = deployment(3)
    first["spec"]["selector"] = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["b", "a"]},
            {"key": "era", "operator": "DoesNotExist"},
        ],
    }
    first["spec"]["template"]["metadata"]["labels"]["tier"] = "a"
    made = api.create(first)
    api.put_status(made, {"replicas": 2})
    return api


def test_a_scale_says_what_is_wanted_what_is_there_and_whom_it_is_about() -> None:
    scale = scalable().get("Deployment", "web", subresource="scale")
    assert (scale["apiVersion"], scale["kind"]) == ("autoscaling/v1", "Scale")
    assert scale["spec"] == {"replicas": 3}
    assert scale["status"] == {"replicas": 2, "selector": "app=web,!era,tier in (a,b)"}
    assert scale["metadata"]["resourceVersion"] == "2"
    assert "labels" not in scale["metadata"]


@pytest.mark.parametrize(
    "patch",
    [{"spec": {"replicas": 5}}, [{"op": "replace", "path": "/spec/replicas", "value": 5}]],
)
def test_patching_the_scale_changes_the_size_only(patch) -> None:
    api = scalable()
    before = api.get("Deployment", "web")
    scale = api.patch("Deployment", "web", patch, subresource="scale")
    after = api.get("Deployment", "web")
    assert scale["spec"] == {"replicas": 5} and scale["metadata"]["resourceVersion"] == "3"
    assert after["spec"] == before["spec"] | {"replicas": 5}
    assert after["status"] == before["status"]
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1


def test_a_scale_keeps_the_rules_of_its_object() -> None:
    api = scalable()
    with pytest.raises(Invalid, match=r"spec\.replicas: Invalid value: -1: must be greater than"):
        api.patch("Deployment", "web", {"spec": {"replicas": -1}}, subresource="scale")
    stale = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 5}}
    with pytest.raises(Conflict):
        api.patch("Deployment", "web", stale, subresource="scale")
    api.create(thing("a"))
    with pytest.raises(Invalid, match="there is no subresource 'scale'"):
        api.get("ConfigMap", "a", subresource="scale")
    with pytest.raises(Invalid, match="there is no subresource 'size'"):
        api.patch("Deployment", "web", {}, subresource="size")


def test_the_status_comes_with_the_whole_object() -> None:
    api = scalable()
    whole = api.get("Deployment", "web", subresource="status")
    assert whole is api.get("Deployment", "web")
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    other = {"status": {"conditions": [{"type": "Other", "status": "True"}]}}
    for one in (ready, other):
        api.patch("Deployment", "web", one, subresource="status", patch_type="strategic")
    types = [one["type"] for one in api.get("Deployment", "web")["status"]["conditions"]]
    assert types == ["Other", "Ready"]


def test_a_long_name_is_cut_before_its_five_letters_so_that_it_stays_a_label() -> None:
    """Section 2.3: a name is at most 63 letters long (names.SimpleNameGenerator)."""
    _, api = store()
    stem = "a" * 70 + "-"
    made = api.create({**pod(""), "metadata": {"generateName": stem}})
    name = made["metadata"]["name"]
    assert (len(name), name[:58]) == (63, stem[:58])
