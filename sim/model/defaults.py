"""What the API server fills in: an object with every default that the simulator relies on.

What has its defaults already is answered as it is, and untouched parts are shared, so that every
write may ask.
Sources: kubernetes/kubernetes:pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.model.objects import JsonObject


def _pruned(data: Any) -> Any:
    """*data* without explicit nulls, which mean the same as leaving the field out."""
    if not _has_nulls(data):
        return data
    if isinstance(data, dict):
        return {key: _pruned(child) for key, child in data.items() if child is not None}
    return [_pruned(child) for child in data]


def _has_nulls(data: Any) -> bool:
    if isinstance(data, dict):
        for child in data.values():
            if child is None or (isinstance(child, dict | list) and _has_nulls(child)):
                return True
    elif isinstance(data, list):
        return any(map(_has_nulls, data))
    return False


def _is(one: object, other: object) -> bool:
    return one is other


def _merged(defaults: JsonObject, given: JsonObject) -> JsonObject:
    missing = {key: value for key, value in defaults.items() if key not in given}
    return given | missing if missing else given


def _with(given: JsonObject, **parts: Any) -> JsonObject:
    """*given* with these fields; itself if it has the very same ones."""
    if all(key in given and given[key] is value for key, value in parts.items()):
        return given
    return given | parts


def _each(rule: Callable[[JsonObject], JsonObject], items: list[JsonObject]) -> list[JsonObject]:
    found = [rule(one) for one in items]
    return items if all(map(_is, found, items)) else found


def defaulted(obj: JsonObject) -> JsonObject:
    """*obj* as the API server stores it, whatever its kind.

    A pod that a controller made has the defaults of its template.
    """
    rule = _RULES.get(obj["kind"])
    if rule is None or (obj["kind"] == "Pod" and obj["metadata"].get("ownerReferences")):
        return obj
    return rule(obj)


def unclaimed(obj: JsonObject) -> JsonObject:
    """*obj* as it is when it is new: without a status that only its controller may write.

    (PrepareForCreate in kubernetes/kubernetes pkg/registry/apps/deployment/strategy.go and others)
    """
    if "status" not in obj or obj["kind"] not in _CONTROLLED:
        return obj
    return {key: value for key, value in obj.items() if key != "status"}


_CONTROLLED = frozenset(
    [
        *("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ResourceQuota"),
        "Service",
    ]
)


def deployment(given: JsonObject) -> JsonObject:
    """The Deployment as the API server would store it."""
    obj = _object(given)
    spec = obj.get("spec", {})
    strategy = _merged({"type": "RollingUpdate"}, spec.get("strategy", {}))
    if strategy["type"] == "RollingUpdate":
        rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
        rolling = _merged(rolling, strategy.get("rollingUpdate", {}))
        strategy = _with(strategy, rollingUpdate=rolling)
    defaults = {
        "replicas": 1,
        "minReadySeconds": 0,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "paused": False,
    }
    template = pod_template(spec.get("template", {}))
    spec = _with(_merged(defaults, spec), strategy=strategy, template=template)
    return _with(obj, spec=spec)


def replica_set(given: JsonObject) -> JsonObject:
    """The ReplicaSet as the API server would store it."""
    obj = _object(given)
    spec = obj.get("spec", {})
    template = pod_template(spec.get("template", {}))
    return _with(
        obj, spec=_with(_merged({"replicas": 1, "minReadySeconds": 0}, spec), template=template)
    )


def pod(given: JsonObject) -> JsonObject:
    """The pod as the API server would store it."""
    obj = _object(given)
    return _with(obj, spec=pod_spec(obj.get("spec", {})))


def _object(given: JsonObject) -> JsonObject:
    obj: JsonObject = _pruned(given)
    return _with(obj, metadata=_merged({"namespace": "default"}, obj.get("metadata", {})))


def pod_template(given: JsonObject) -> JsonObject:
    """The pod template with every default of its pod and its containers."""
    template: JsonObject = _pruned(given)
    spec = pod_spec(template.get("spec", {}))
    return _with(template, metadata=template.get("metadata", {}), spec=spec)


def pod_spec(spec: JsonObject) -> JsonObject:
    """The pod's spec with every default of its own and of its containers."""
    defaults: JsonObject = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "enableServiceLinks": True,
        "securityContext": {},
    }
    parts: JsonObject = {"containers": _each(container, spec.get("containers", []))}
    if spec.get("initContainers"):
        parts["initContainers"] = _each(container, spec["initContainers"])
    return _with(_merged(defaults, spec), **parts)


def container(given: JsonObject) -> JsonObject:
    """One container with its defaults."""
    obj = _merged(
        {
            "imagePullPolicy": _pull_policy(str(given.get("image", ""))),
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
        },
        given,
    )
    parts: JsonObject = {"resources": _resources(obj.get("resources", {}))}
    if obj.get("ports"):
        parts["ports"] = _each(_port, obj["ports"])
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        if obj.get(name):
            parts[name] = probe(obj[name])
    if lifecycle := obj.get("lifecycle", {}):
        hooks = {name: _handler(hook) for name, hook in lifecycle.items()}
        parts["lifecycle"] = _with(lifecycle, **hooks)
    return _with(obj, **parts)


def _resources(given: JsonObject) -> JsonObject:
    """What is limited is requested, unless another amount is."""
    if not given.get("limits"):
        return given
    return _with(given, requests=_merged(given["limits"], given.get("requests", {})))


def _port(given: JsonObject) -> JsonObject:
    return _merged({"protocol": "TCP"}, given)


def _pull_policy(image: str) -> str:
    """Always for `latest` or no tag, IfNotPresent for a tag or a digest."""
    last = image.rpartition("/")[2]
    if "@" in last:
        return "IfNotPresent"
    tag = last.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def probe(given: JsonObject) -> JsonObject:
    """A probe with its defaults; an explicit 0 means unset where 0 is no allowed value."""
    defaults = {
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    set_ones = given
    if any(given.get(key) == 0 for key in defaults):
        set_ones = {key: value for key, value in given.items() if key not in defaults or value != 0}
    return _handler(_merged(defaults | {"initialDelaySeconds": 0}, set_ones))


def _handler(given: JsonObject) -> JsonObject:
    if "httpGet" in given:
        http = _merged({"path": "/", "scheme": "HTTP"}, given["httpGet"])
        return _with(given, httpGet=http)
    return given


def service(given: JsonObject) -> JsonObject:
    """The Service as the API server would store it."""
    obj = _object(given)
    spec = obj.get("spec", {})
    defaults: JsonObject = {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
    }
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        defaults["externalTrafficPolicy"] = "Cluster"
    if spec.get("sessionAffinity") == "ClientIP":
        config = spec.get("sessionAffinityConfig") or {}
        if (config.get("clientIP") or {}).get("timeoutSeconds") is None:
            spec = _with(spec, sessionAffinityConfig={"clientIP": {"timeoutSeconds": 10800}})
    spec = _merged(defaults, spec)
    if spec.get("ports"):
        spec = _with(spec, ports=_each(_service_port, spec["ports"]))
    return _with(obj, spec=spec)


def _service_port(given: JsonObject) -> JsonObject:
    return _merged({"protocol": "TCP", "targetPort": given.get("port")}, given)


def disruption_budget(given: JsonObject) -> JsonObject:
    """The PodDisruptionBudget as the API server would store it."""
    obj = _object(given)
    usual = {"unhealthyPodEvictionPolicy": "IfHealthyBudget"}
    return _with(obj, spec=_merged(usual, obj.get("spec", {})))


def autoscaler(given: JsonObject) -> JsonObject:
    """The HorizontalPodAutoscaler as the API server would store it."""
    obj = _object(given)
    target = {"type": "Utilization", "averageUtilization": 80}
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    return _with(obj, spec=_merged({"minReplicas": 1, "metrics": [cpu]}, obj.get("spec", {})))


_RULES: dict[str, Callable[[JsonObject], JsonObject]] = {
    "Deployment": deployment,
    "HorizontalPodAutoscaler": autoscaler,
    "Pod": pod,
    "PodDisruptionBudget": disruption_budget,
    "ReplicaSet": replica_set,
    "ResourceQuota": _object,
    "Service": service,
}


def service_for(owner: JsonObject) -> JsonObject:
    """The Service that a Deployment without one is given: its own name, selector and first port."""
    metadata = owner["metadata"]
    template = owner["spec"]["template"]
    ports = [port for one in template["spec"]["containers"] for port in one.get("ports", [])]
    port = ports[0]["containerPort"] if ports else 80
    return service(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
            "spec": {
                "selector": dict(owner["spec"]["selector"].get("matchLabels") or {})
                or dict(template["metadata"].get("labels") or {}),
                "ports": [{"port": 80, "targetPort": port}],
            },
        }
    )
