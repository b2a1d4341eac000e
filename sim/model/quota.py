"""A ResourceQuota's arithmetic: what an object costs a namespace, and whether that is left.

Amounts are whole numbers: milli-cores for CPU, bytes for memory, pieces for everything else.
(kubernetes/kubernetes pkg/quota/v1, pkg/apis/core/validation/validation.go ValidateResourceQuota;
kubernetes/apiserver pkg/admission/plugin/resourcequota/controller.go)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.model.objects import JsonObject, is_terminating
from sim.model.pod import is_finished
from sim.model.pod_resources import amount_of, qos_class, requested
from sim.model.quantity import quantity, show_bytes

KIND = "ResourceQuota"
# The kinds that a simulated cluster holds, as `count/…` names them.
RESOURCES = {
    "Pod": "pods",
    "Service": "services",
    KIND: "resourcequotas",
    "Deployment": "deployments.apps",
    "ReplicaSet": "replicasets.apps",
    "PodDisruptionBudget": "poddisruptionbudgets.policy",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers.autoscaling",
    "EndpointSlice": "endpointslices.discovery.k8s.io",
}
SCOPES = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass")
# What a pod computes with: the quota's word, and where a container says it.
COMPUTE = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}
PIECES = frozenset(
    [
        *("pods", "resourcequotas", "services", "services.nodeports", "services.loadbalancers"),
        *("replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims"),
    ]
)
_PLAIN = ("services", "resourcequotas")  # Countable without the prefix, as pods are.
TRACKED = frozenset(["pods", *_PLAIN, *COMPUTE, *(f"count/{name}" for name in RESOURCES.values())])
_DECIMAL = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 1000))


def units(resource: str, text: str | int | float) -> int:
    """A quantity of *resource* as a whole number: 0.5 of `limits.cpu` is 500, `1Ki` is 1024."""
    return _units(resource, quantity(text))


def shown(resource: str, amount: int) -> str:
    """*amount* as Kubernetes prints a quantity: `500m`, `2`, `64Mi`, `500M`."""
    if resource.endswith("cpu"):
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    if resource.endswith("memory") and amount:
        if amount % 2**20 == 0:
            return show_bytes(amount)
        for suffix, size in _DECIMAL:
            if amount % size == 0:
                return f"{amount // size}{suffix}"
    return str(amount)


def is_piece(resource: str) -> bool:
    """Whether *resource* counts whole objects."""
    return resource in PIECES or resource.startswith("count/")


def cost(obj: JsonObject, now: float) -> dict[str, int]:
    """What *obj* takes of everything that a quota can limit.

    A finished pod still counts as an object, but neither as a pod nor with its resources. So does
    one whose grace period is long over: it hangs on a lost node, and must not stand in the way of
    its replacement. (pkg/quota/v1/evaluator/core/pods.go, QuotaV1Pod)
    """
    name = RESOURCES.get(obj["kind"])
    if name is None:
        return {}
    found = {f"count/{name}": 1}
    if name in _PLAIN:
        found[name] = 1
    if name == "pods" and not is_finished(obj) and not _is_overdue(obj, now):
        found["pods"] = 1
        for word, (which, resource) in COMPUTE.items():
            amount = requested(obj["spec"], resource, which)
            if amount is not None:
                found[word] = _units(word, amount)
    return found


def total(costs: Iterable[Mapping[str, int]], resources: Iterable[str]) -> dict[str, int]:
    """The sum of *costs* for each of *resources*, 0 where nothing was spent."""
    found = dict.fromkeys(resources, 0)
    for one in costs:
        for resource, amount in one.items():
            if resource in found:
                found[resource] += amount
    return found


def covers(quota: JsonObject, obj: JsonObject) -> bool:
    """Whether *quota* counts *obj*: a quota with scopes counts only pods, and only those in all."""
    spec = quota["spec"]
    scopes = spec.get("scopes") or ()
    rules = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    if not scopes and not rules:
        return True
    return (
        obj["kind"] == "Pod"
        and all(_in_scope(name, obj["spec"]) for name in scopes)
        and all(_holds(rule, obj["spec"]) for rule in rules)
    )


def unstated(hard: Iterable[str], spec: JsonObject) -> str:
    """What every container must say because a quota counts it, in the API server's words.

    Empty if nothing is missing: `must specify limits.cpu for: web; requests.cpu for: log,web`.
    """
    containers = [*spec["containers"], *(spec.get("initContainers") or ())]
    found = []
    for word in sorted(set(hard) & set(COMPUTE)):
        which, resource = COMPUTE[word]
        silent = {one["name"] for one in containers if amount_of(one, which, resource) is None}
        if silent:
            found.append(f"{word} for: {','.join(sorted(silent))}")
    return f"must specify {'; '.join(found)}" if found else ""


def excess(
    name: str, hard: Mapping[str, int], used: Mapping[str, int], asked: Mapping[str, int]
) -> str:
    """Why the quota called *name* refuses *asked*, in the API server's words; empty if it fits.

    `exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5`
    """
    over = sorted(
        resource
        for resource, amount in asked.items()
        if amount and resource in hard and used.get(resource, 0) + amount > hard[resource]
    )
    if not over:
        return ""
    parts = (_listed(over, asked), _listed(over, used), _listed(over, hard))
    return "exceeded quota: {}, requested: {}, used: {}, limited: {}".format(name, *parts)


def _units(resource: str, amount: float) -> int:
    return round(amount * 1000) if resource.endswith("cpu") else round(amount)


def _listed(resources: Iterable[str], amounts: Mapping[str, int]) -> str:
    return ",".join(f"{one}={shown(one, amounts.get(one, 0))}" for one in resources)


def _is_overdue(pod: JsonObject, now: float) -> bool:
    if not is_terminating(pod):
        return False
    metadata = pod["metadata"]
    # Upstream adds the grace period to a time that already lies at its end; so do we.
    late: float = metadata["deletionTimestamp"] + metadata.get("deletionGracePeriodSeconds", 0)
    return now > late


def _in_scope(scope: str, spec: JsonObject) -> bool:
    match scope:
        case "Terminating":
            return spec.get("activeDeadlineSeconds") is not None
        case "NotTerminating":
            return spec.get("activeDeadlineSeconds") is None
        case "BestEffort":
            return qos_class(spec) == "BestEffort"
        case "NotBestEffort":
            return qos_class(spec) != "BestEffort"
        case "PriorityClass":
            return bool(spec.get("priorityClassName"))
    return False


def _holds(rule: JsonObject, spec: JsonObject) -> bool:
    scope, operator = rule["scopeName"], rule.get("operator")
    if scope != "PriorityClass" or operator == "Exists":
        return _in_scope(scope, spec)
    name = spec.get("priorityClassName") or ""
    values = rule.get("values") or ()
    match operator:
        case "In":
            return name in values
        case "NotIn":
            return name not in values
    return not name  # DoesNotExist
