"""What the API server fills in: a new object with every default that the simulator relies on.

Sources: kubernetes/kubernetes:pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

from typing import Any

from sim.model.objects import JsonObject


def _pruned(data: Any) -> Any:
    """*data* without explicit nulls, which mean the same as leaving the field out."""
    if isinstance(data, dict):
        return {key: _pruned(child) for key, child in data.items() if child is not None}
    if isinstance(data, list):
        return [_pruned(child) for child in data]
    return data


def _merged(defaults: JsonObject, given: JsonObject) -> JsonObject:
    return given | {key: value for key, value in defaults.items() if key not in given}


def deployment(given: JsonObject) -> JsonObject:
    """The Deployment as the API server would store it."""
    obj = _object(given)
    spec = obj.get("spec") or {}
    strategy = _merged({"type": "RollingUpdate"}, spec.get("strategy") or {})
    if strategy["type"] == "RollingUpdate":
        rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
        strategy["rollingUpdate"] = _merged(rolling, strategy.get("rollingUpdate") or {})
    defaults = {
        "replicas": 1,
        "minReadySeconds": 0,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "paused": False,
    }
    parts = {"strategy": strategy, "template": pod_template(spec.get("template") or {})}
    obj["spec"] = _merged(defaults, spec) | parts
    return obj


def _object(given: JsonObject) -> JsonObject:
    obj: JsonObject = _pruned(given)
    obj["metadata"] = _merged({"namespace": "default"}, obj.get("metadata") or {})
    return obj


def pod_template(given: JsonObject) -> JsonObject:
    """The pod template with every default of its pod and its containers."""
    template: JsonObject = _pruned(given)
    spec = template.get("spec") or {}
    defaults: JsonObject = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "enableServiceLinks": True,
        "securityContext": {},
    }
    parts: JsonObject = {"containers": [container(one) for one in spec.get("containers") or []]}
    if spec.get("initContainers"):
        parts["initContainers"] = [container(one) for one in spec["initContainers"]]
    template["metadata"] = template.get("metadata") or {}
    template["spec"] = _merged(defaults, spec) | parts
    return template


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
    resources = obj.get("resources") or {}
    if resources.get("limits"):
        requests = _merged(resources["limits"], resources.get("requests") or {})
        resources = resources | {"requests": requests}
    obj["resources"] = resources
    if obj.get("ports"):
        obj["ports"] = [_merged({"protocol": "TCP"}, port) for port in obj["ports"]]
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        if obj.get(name):
            obj[name] = probe(obj[name])
    lifecycle = obj.get("lifecycle") or {}
    if lifecycle:
        obj["lifecycle"] = {name: _handler(hook) for name, hook in lifecycle.items()}
    return obj


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
    set_ones = {key: value for key, value in given.items() if key not in defaults or value != 0}
    return _handler(_merged(defaults | {"initialDelaySeconds": 0}, set_ones))


def _handler(given: JsonObject) -> JsonObject:
    if "httpGet" in given:
        http = _merged({"path": "/", "scheme": "HTTP"}, given["httpGet"])
        return given | {"httpGet": http}
    return given


def service(given: JsonObject) -> JsonObject:
    """The Service as the API server would store it."""
    obj = _object(given)
    spec = obj.get("spec") or {}
    defaults: JsonObject = {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
    }
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        defaults["externalTrafficPolicy"] = "Cluster"
    if spec.get("sessionAffinity") == "ClientIP" and not spec.get("sessionAffinityConfig"):
        defaults["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    ports = [
        _merged({"protocol": "TCP", "targetPort": port.get("port")}, port)
        for port in spec.get("ports") or []
    ]
    obj["spec"] = _merged(defaults, spec) | ({"ports": ports} if ports else {})
    return obj


def applied(given: JsonObject) -> JsonObject:
    """An object beside the Deployment as the API server would store it."""
    if given["kind"] == "Service":
        return service(given)
    obj = _object(given)
    if given["kind"] == "PodDisruptionBudget":
        usual = {"unhealthyPodEvictionPolicy": "IfHealthyBudget"}
        obj["spec"] = _merged(usual, obj.get("spec") or {})
    if given["kind"] == "HorizontalPodAutoscaler":
        target = {"type": "Utilization", "averageUtilization": 80}
        cpu = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
        obj["spec"] = _merged({"minReplicas": 1, "metrics": [cpu]}, obj.get("spec") or {})
    return obj


def service_for(owner: JsonObject) -> JsonObject:
    """The Service that a Deployment without one is given: its own name, selector and first port."""
    metadata = owner["metadata"]
    template = owner["spec"]["template"]
    ports = [port for one in template["spec"]["containers"] for port in one.get("ports") or []]
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
