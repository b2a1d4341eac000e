"""Defaults and validation hold for every write, not only for the manifest (sections 17, 18)."""

from __future__ import annotations

from typing import Any

import pytest
from control_bench import SERVICE, Bench, deployment

from sim.control.clock import Environment
from sim.control.store import Store
from sim.errors import Invalid
from sim.model.defaults import defaulted
from sim.model.objects import JsonObject


def stored(obj: JsonObject) -> Store:
    api = Store(Environment(initial_time=0.0), 1)
    api.create(obj)
    return api


def spec_after(patch: Any, patch_type: str = "") -> JsonObject:
    """The Deployment's spec after a patch."""
    api = stored(deployment(3))
    found: JsonObject = api.patch("Deployment", "web", patch, patch_type=patch_type)["spec"]
    return found


def one_container(found: JsonObject) -> JsonObject:
    [container] = found["template"]["spec"]["containers"]
    assert isinstance(container, dict)
    return container


def pod_patch(**container: Any) -> JsonObject:
    containers = [{"name": "web", **container}]
    return {"spec": {"template": {"spec": {"containers": containers}}}}


def test_a_field_that_a_patch_takes_away_gets_its_default_again() -> None:
    gone = {"replicas": None, "revisionHistoryLimit": None, "progressDeadlineSeconds": None}
    found = spec_after({"spec": gone})
    assert [found[name] for name in gone] == [1, 10, 600]


def test_a_strategy_without_its_numbers_gets_a_quarter_each() -> None:
    api = stored(deployment(3))
    both = {"strategy": {"type": "Recreate", "rollingUpdate": None}}
    api.patch("Deployment", "web", {"spec": both})
    back = api.patch("Deployment", "web", {"spec": {"strategy": {"type": "RollingUpdate"}}})
    quarter = {"maxSurge": "25%", "maxUnavailable": "25%"}
    assert back["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": quarter}


def test_a_container_that_a_patch_brings_is_completed() -> None:
    probe = {"httpGet": {"port": 80}}
    found = one_container(spec_after(pod_patch(image="web", readinessProbe=probe)))
    assert found["imagePullPolicy"] == "Always"  # No tag is `latest`.
    assert found["readinessProbe"]["periodSeconds"] == 10
    assert found["readinessProbe"]["httpGet"] == {"port": 80, "path": "/", "scheme": "HTTP"}
    assert found["terminationMessagePolicy"] == "File"


def test_a_pull_policy_stays_what_it_was_when_only_the_image_changes() -> None:
    found = one_container(spec_after(pod_patch(image="web:latest"), "strategic"))
    assert (found["image"], found["imagePullPolicy"]) == ("web:latest", "IfNotPresent")


def test_what_a_patch_limits_it_requests() -> None:
    limits = {"limits": {"cpu": 1, "memory": "1Gi"}}
    found = one_container(spec_after(pod_patch(resources=limits), "strategic"))
    assert found["resources"]["requests"] == limits["limits"]


def test_a_port_that_a_patch_adds_to_a_service_leads_to_the_same_number() -> None:
    api = stored(SERVICE)
    found = api.patch("Service", "web", {"spec": {"ports": [{"port": 8081}]}})
    assert found["spec"]["ports"] == [{"port": 8081, "protocol": "TCP", "targetPort": 8081}]


def test_a_patch_that_writes_a_default_out_or_takes_it_away_changes_nothing() -> None:
    api = stored(deployment(1))
    before = api.get("Deployment", "web")
    assert api.patch("Deployment", "web", {"spec": {"paused": False}}) is before
    assert api.patch("Deployment", "web", {"spec": {"paused": None, "replicas": None}}) is before


def test_a_null_that_a_json_patch_writes_means_the_same_as_nothing() -> None:
    api = stored(deployment(3))
    operations = [
        {"op": "add", "path": "/spec/minReadySeconds", "value": None},
        {"op": "add", "path": "/metadata/annotations", "value": None},
    ]
    found = api.patch("Deployment", "web", operations)
    assert found["spec"]["minReadySeconds"] == 0
    assert "annotations" not in found["metadata"]
    replicas = {"op": "replace", "path": "/spec/replicas", "value": None}
    found = api.patch("Deployment", "web", [*operations, replicas])
    assert (found["spec"]["replicas"], found["metadata"]["generation"]) == (1, 2)


def test_defaults_come_before_validation() -> None:
    """A surge of 0 alone is fine: unavailable is a quarter then."""
    zero = {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": None}}}
    assert spec_after({"spec": zero})["strategy"]["rollingUpdate"]["maxUnavailable"] == "25%"
    with pytest.raises(Invalid, match="must be greater than minReadySeconds"):
        spec_after({"spec": {"progressDeadlineSeconds": None, "minReadySeconds": 700}})


def test_an_object_with_its_defaults_is_answered_as_it_is() -> None:
    probe = {"readinessProbe": {"httpGet": {"port": 80}}, "lifecycle": {"preStop": {}}}
    for obj in (deployment(3, container=probe), SERVICE):
        once = defaulted(obj)
        assert once is not obj and defaulted(once) is once


def test_a_pod_and_a_set_made_by_hand_have_their_defaults_too() -> None:
    bench = Bench(deployment(1))
    bare = {"containers": [{"name": "one", "image": "web:1"}]}
    made = bench.api.create({"kind": "Pod", "metadata": {"name": "hand"}, "spec": bare})
    assert made["spec"]["terminationGracePeriodSeconds"] == 30
    labels = {"app": "hand"}
    template = {"metadata": {"labels": labels}, "spec": bare}
    rs = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "hand"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    assert bench.api.create(rs)["spec"]["replicas"] == 1
    bench.run(30)
    [pod] = bench.api.list("Pod", labels=labels)
    assert pod["spec"]["dnsPolicy"] == "ClusterFirst"


def template_patch(**spec: Any) -> JsonObject:
    return {"spec": {"template": {"spec": spec}}}


TCP = {"tcpSocket": {"port": 80}}


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (template_patch(containers=[]), r"spec\.template\.spec\.containers: Required value"),
        (template_patch(containers=None), r"spec\.template\.spec\.containers: Required value"),
        (pod_patch(), r"spec\.template\.spec\.containers\[0\]\.image: Required value"),
        (
            template_patch(containers=[{"image": "web:2"}]),
            r"containers\[0\]\.name: Required value",
        ),
        (
            template_patch(initContainers=[{"name": "web", "image": "web:2"}]),
            r'containers\[0\]\.name: Duplicate value: "web"',
        ),
        (
            template_patch(restartPolicy="Never"),
            r'restartPolicy: Unsupported value: "Never": supported values: "Always"',
        ),
        (
            template_patch(terminationGracePeriodSeconds=-1),
            "terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            pod_patch(image="web:2", readinessProbe={"periodSeconds": 3}),
            "readinessProbe: Required value: must specify a handler type",
        ),
        (
            pod_patch(image="web:2", readinessProbe={**TCP, "exec": {}}),
            "Forbidden: may not specify more than 1 handler type",
        ),
        (
            pod_patch(image="web:2", livenessProbe={**TCP, "successThreshold": 2}),
            r"livenessProbe\.successThreshold: Invalid value: 2: must be 1",
        ),
        (
            pod_patch(
                image="web:2",
                resources={"limits": {"memory": "100Mi"}, "requests": {"memory": "192Mi"}},
            ),
            'requests: Invalid value: "192Mi": must be less than or equal to memory limit of 100Mi',
        ),
        (
            pod_patch(image="web:2", resources={"limits": {"memory": "384Mbi"}}),
            "quantities must match the regular expression",
        ),
        ({"spec": {"strategy": {"type": "Blue"}}}, 'spec.strategy.type: Unsupported value: "Blue"'),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "34"}}}},
            'maxSurge: Invalid value: "34": a valid percent string must be a numeric string',
        ),
        ({"spec": {"revisionHistoryLimit": -1}}, "must be greater than or equal to 0"),
        ({"spec": {"minReadySeconds": "5"}}, "must be greater than or equal to 0"),
        ({"spec": {"template": None}}, "`selector` does not match template `labels`"),
    ],
)
def test_a_patch_that_the_api_server_would_refuse_changes_nothing(patch: Any, words: str) -> None:
    """Section 21.1 has most of the answers, measured."""
    api = stored(deployment(3))
    before = api.get("Deployment", "web")
    with pytest.raises(Invalid, match=words):
        api.patch("Deployment", "web", patch)
    assert api.get("Deployment", "web") is before
