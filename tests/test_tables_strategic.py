"""Tables: strategic merge patches, their merge keys, directives and order.

The expectations follow Kubernetes' documentation (Update API Objects in Place Using kubectl patch;
kubectl's merge table) and the tests of apimachinery's strategicpatch, in our own examples.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from control_bench import READY, Bench, deployment

from sim.errors import Invalid
from sim.model.patching import patched
from sim.model.strategic import strategic_patch

WEB = {"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}]}
LOG = {"name": "log", "image": "log:1"}


def pods(**spec: Any) -> dict[str, Any]:
    """A Deployment's pod spec inside the Deployment."""
    return {"kind": "Deployment", "spec": {"template": {"spec": spec}}}


def pod_patch(**spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


def mount(path: str, name: str) -> dict[str, str]:
    return {"mountPath": path, "name": name}


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        # A new container becomes the first, as in the documentation's example.
        ({"containers": [WEB]}, {"containers": [LOG]}, {"containers": [LOG, WEB]}),
        (
            {"containers": [WEB, LOG]},
            {"containers": [{"name": "log", "image": "log:2"}]},
            {"containers": [WEB, {"name": "log", "image": "log:2"}]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"name": "web", "env": [{"name": "B", "value": "2"}]}]},
            {"containers": [WEB | {"env": [{"name": "B", "value": "2"}, *WEB["env"]]}]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"name": "web", "env": [{"name": "A", "value": "9"}]}]},
            {"containers": [WEB | {"env": [{"name": "A", "value": "9"}]}]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"name": "web", "env": None}]},
            {"containers": [{"name": "web", "image": "web:1"}]},
        ),
        (
            {"initContainers": [WEB, LOG]},
            {"initContainers": [{"$patch": "delete", "name": "web"}]},
            {"initContainers": [LOG]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"$patch": "delete", "name": "nobody"}]},
            {"containers": [WEB]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"$patch": "replace"}, LOG]},
            {"containers": [LOG]},
        ),
        (
            {"containers": [WEB]},
            {"containers": [{"$patch": "replace", "name": "web"}]},
            {"containers": []},
        ),
        # Tolerations have no merge key: the patch's list is the list.
        (
            {"tolerations": [{"key": "a"}]},
            {"tolerations": [{"key": "b"}]},
            {"tolerations": [{"key": "b"}]},
        ),
        (
            {"volumes": [{"name": "v", "emptyDir": {}}]},
            {"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"p": 1}}]},
            {"volumes": [{"name": "v", "hostPath": {"p": 1}}]},
        ),
        (
            {"containers": [{"name": "web", "volumeMounts": [mount("/a", "x")]}]},
            {"containers": [{"name": "web", "volumeMounts": [mount("/a", "y"), mount("/b", "x")]}]},
            {"containers": [{"name": "web", "volumeMounts": [mount("/a", "y"), mount("/b", "x")]}]},
        ),
        (
            {"containers": [{"name": "web", "ports": [{"containerPort": 80}]}]},
            {"containers": [{"name": "web", "ports": [{"containerPort": 80, "name": "http"}]}]},
            {"containers": [{"name": "web", "ports": [{"containerPort": 80, "name": "http"}]}]},
        ),
        (
            {"containers": [{"name": "web", "ports": [{"containerPort": 80}]}]},
            {"containers": [{"name": "web", "ports": [{"containerPort": 81}]}]},
            {
                "containers": [
                    {"name": "web", "ports": [{"containerPort": 81}, {"containerPort": 80}]}
                ]
            },
        ),
        (
            {"containers": [{"name": "web", "command": ["a", "b"]}]},
            {"containers": [{"name": "web", "command": ["c"]}]},
            {"containers": [{"name": "web", "command": ["c"]}]},
        ),
        (
            {"hostAliases": [{"ip": "1", "hostnames": ["a"]}]},
            {"hostAliases": [{"ip": "1", "hostnames": ["b"]}]},
            {"hostAliases": [{"ip": "1", "hostnames": ["b"]}]},
        ),
        (
            {"topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1}]},
            {"topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 2}]},
            {"topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 2}]},
        ),
        (
            {"nodeSelector": {"disk": "ssd", "zone": "a"}},
            {"nodeSelector": {"$patch": "replace", "zone": "b"}},
            {"nodeSelector": {"zone": "b"}},
        ),
        (
            {"nodeSelector": {"disk": "ssd"}},
            {"nodeSelector": {"$patch": "delete"}},
            {"nodeSelector": {}},
        ),
        ({"nodeSelector": {"disk": "ssd"}}, {"nodeSelector": {"disk": None}}, {"nodeSelector": {}}),
        (
            {},
            {"securityContext": {"runAsUser": None, "fsGroup": 1}},
            {"securityContext": {"fsGroup": 1}},
        ),
        ({}, {"containers": [LOG, {"$patch": "delete", "name": "x"}]}, {"containers": [LOG]}),
        ({"dnsPolicy": "Default"}, {"dnsPolicy": {"a": 1}}, {"dnsPolicy": {"a": 1}}),
    ],
)
def test_a_pods_lists_merge_by_what_tells_their_items_apart(before, patch, after) -> None:
    target = pods(**before)
    untouched = copy.deepcopy(target)
    assert strategic_patch(target, pod_patch(**patch)) == pods(**after)
    assert target == untouched


A, B, C, D = ({"name": name} for name in "abcd")


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ([A, B, C], {"containers": [C]}, [A, B, C]),
        ([A, B, C], {"containers": [C, A]}, [B, C, A]),
        ([A, B], {"containers": [C, D]}, [C, D, A, B]),
        ([A, B], {"containers": [A, C]}, [A, C, B]),
        ([A, B, C], {"$setElementOrder/containers": [C, B, A]}, [C, B, A]),
        ([A, B, C], {"$setElementOrder/containers": [C, A]}, [B, C, A]),
        ([A, B], {"$setElementOrder/containers": [A, C, B], "containers": [C]}, [A, C, B]),
        (
            [A, B],
            {
                "$setElementOrder/containers": [B, C],
                "containers": [C, {"$patch": "delete", "name": "a"}],
            },
            [B, C],
        ),
    ],
)
def test_the_order_is_the_patchs_and_else_the_servers(before, patch, after) -> None:
    found = strategic_patch(pods(containers=before), pod_patch(**patch))
    assert found == pods(containers=after)


@pytest.mark.parametrize(
    ("kind", "before", "patch", "after"),
    [
        (
            "Service",
            {"spec": {"ports": [{"port": 80, "targetPort": 1}, {"port": 81}]}},
            {"spec": {"ports": [{"port": 80, "targetPort": 2}]}},
            {"spec": {"ports": [{"port": 80, "targetPort": 2}, {"port": 81}]}},
        ),
        (
            "Node",
            {"spec": {"taints": [{"key": "a"}]}},
            {"spec": {"taints": [{"key": "b"}]}},
            {"spec": {"taints": [{"key": "b"}]}},
        ),
        (
            "Pod",
            {"status": {"conditions": [{"type": "Ready", "status": "False"}]}},
            {"status": {"conditions": [{"type": "Gate", "status": "True"}]}},
            {
                "status": {
                    "conditions": [
                        {"type": "Gate", "status": "True"},
                        {"type": "Ready", "status": "False"},
                    ]
                }
            },
        ),
        (
            "PodDisruptionBudget",
            {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
            {"spec": {"selector": {"matchLabels": {"b": "2"}}}},
            {"spec": {"selector": {"matchLabels": {"b": "2"}}}},
        ),
        (
            "Deployment",
            {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
            {"spec": {"selector": {"matchLabels": {"b": "2"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "1", "b": "2"}}}},
        ),
        (
            "ConfigMap",
            {"metadata": {"finalizers": ["a", "b"]}},
            {"metadata": {"finalizers": ["c", "b"]}},
            {"metadata": {"finalizers": ["c", "a", "b"]}},
        ),
        (
            "ConfigMap",
            {"metadata": {"finalizers": ["a", "b", "c"]}},
            {"metadata": {"$deleteFromPrimitiveList/finalizers": ["b", "z"]}},
            {"metadata": {"finalizers": ["a", "c"]}},
        ),
        (
            "ConfigMap",
            {"metadata": {"ownerReferences": [{"uid": "1", "name": "x"}, {"uid": "2"}]}},
            {"metadata": {"ownerReferences": [{"$patch": "delete", "uid": "1"}]}},
            {"metadata": {"ownerReferences": [{"uid": "2"}]}},
        ),
        ("ConfigMap", {"data": {"a": "1"}}, {"data": {"b": "2"}}, {"data": {"a": "1", "b": "2"}}),
    ],
)
def test_each_kind_has_its_own_merge_keys(kind, before, patch, after) -> None:
    assert strategic_patch({"kind": kind, **before}, patch) == {"kind": kind, **after}


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"containers": [{"image": "web:2"}]},
            r"map: map\[image:web:2\] does not contain declared merge key: name",
        ),
        ({"containers": [{"$patch": "delete"}]}, "does not contain declared merge key: name"),
        ({"containers": [{"$patch": "merge", "name": "web"}]}, "merging lists cannot yet be"),
        ({"containers": [{"$patch": "sink", "name": "web"}]}, r"unknown patch type: sink in map: "),
        ({"nodeSelector": {"$patch": "merge"}}, "unknown patch type: merge in map"),
        ({"$retainKeys": ["containers"], "nodeSelector": {}}, "invalid patch format of retainKeys"),
        ({"$retainKeys": "containers"}, "invalid patch format of retainKeys"),
        ({"$setElementOrder/containers": "web"}, "invalid patch format of setElementOrder list"),
        (
            {"$setElementOrder/containers": [LOG], "containers": [{"name": "web"}]},
            r"The order in patch list:\n\[map\[name:web\]\]\n doesn't match \$setElementOrder list",
        ),
    ],
)
def test_a_strategic_patch_that_makes_no_sense_is_refused(patch, words) -> None:
    target = pods(containers=[WEB], nodeSelector={"a": "b"})
    with pytest.raises(Invalid, match=words):
        strategic_patch(target, pod_patch(**patch))


@pytest.mark.parametrize(
    "patch",
    [
        {},
        {"containers": [{"name": "web", "image": "web:1"}]},
        {"containers": [LOG]},
        {"$setElementOrder/containers": [WEB, LOG]},
        {"containers": [{"$patch": "delete", "name": "x"}]},
        {"affinity": None},
    ],
)
def test_a_strategic_patch_that_changes_nothing_answers_with_the_same_object(patch) -> None:
    target = pods(containers=[WEB, LOG])
    assert strategic_patch(target, pod_patch(**patch)) is target


def test_what_a_strategic_patch_does_not_touch_is_shared() -> None:
    target = pods(containers=[WEB, LOG])
    found = strategic_patch(target, pod_patch(containers=[{"name": "log", "image": "log:2"}]))
    assert found["spec"]["template"]["spec"]["containers"][0] is WEB


def test_the_type_of_a_patch_is_its_shape_unless_it_is_said() -> None:
    target = {"apiVersion": "apps/v1", **pods(containers=[WEB, LOG])}
    one = pod_patch(containers=[{"name": "web", "image": "web:2"}])
    merged = patched(target, one)["spec"]["template"]["spec"]["containers"]
    assert merged == patched(target, one, "merge")["spec"]["template"]["spec"]["containers"]
    assert merged == [{"name": "web", "image": "web:2"}]  # RFC 7396 replaces lists.
    kept = patched(target, one, "strategic")["spec"]["template"]["spec"]["containers"]
    assert kept == [WEB | {"image": "web:2"}, LOG]
    operation = [{"op": "remove", "path": "/spec"}]
    assert "spec" not in patched(target, operation) and "spec" not in patched(
        target, operation, "json"
    )


@pytest.mark.parametrize(
    ("patch", "patch_type", "words"),
    [
        ({}, "json", "a patch of type json is a list of operations"),
        ([], "strategic", "a patch of type strategic is an object"),
        ({}, "apply", "there is no patch type 'apply'; known are json, merge and strategic"),
    ],
)
def test_a_patch_that_is_not_of_its_type_is_refused(patch, patch_type, words) -> None:
    with pytest.raises(Invalid, match=words):
        patched({"kind": "ConfigMap"}, patch, patch_type)


def test_custom_resources_have_no_strategic_merge() -> None:
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    with pytest.raises(Invalid, match="accepted media types include: application/json-patch"):
        patched(rollout, {}, "strategic")


def test_setting_an_image_as_kubectl_does_rolls_out_that_container_only() -> None:
    first = deployment(2, container=READY)
    first["spec"]["template"]["spec"]["containers"].append({"name": "log", "image": "log:1"})
    bench = Bench(first)
    bench.run(60)
    order = {"$setElementOrder/containers": [{"name": "web"}, {"name": "log"}]}
    patch = pod_patch(containers=[{"name": "log", "image": "log:2"}], **order)
    bench.api.patch("Deployment", "web", patch, patch_type="strategic")
    bench.run(150)
    assert bench.sizes() == {1: 0, 2: 2}
    images = [one["image"] for one in bench.pods()[0]["spec"]["containers"]]
    assert images == ["web:1", "log:2"]
    assert bench.pods()[0]["spec"]["containers"][0]["readinessProbe"]["periodSeconds"] == 1


def test_a_change_to_recreate_must_say_that_the_budget_goes() -> None:
    """The documentation's example of `$retainKeys`."""
    bench = Bench(deployment(1))
    bench.run(30)
    wanted = {"spec": {"strategy": {"type": "Recreate"}}}
    with pytest.raises(Invalid, match=r"spec\.strategy\.rollingUpdate: Forbidden"):
        bench.api.patch("Deployment", "web", wanted, patch_type="strategic")
    wanted["spec"]["strategy"]["$retainKeys"] = ["type"]  # type: ignore[assignment]
    found = bench.api.patch("Deployment", "web", wanted, patch_type="strategic")
    assert found["spec"]["strategy"] == {"type": "Recreate"}
