"""How the fields of Kubernetes' own types take a strategic merge patch.

A list whose items have no key here is one value: tolerations, taints, matchExpressions, command,
metrics, a ServiceAccount's imagePullSecrets.
(kubernetes/api core/v1/types.go, apps/v1/types.go and the others: the tags patchStrategy and
patchMergeKey; kubernetes/apimachinery pkg/apis/meta/v1/types.go)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: *key* tells the items of its list apart, *united* is a list of plain values.

    A map that is to be *replaced* is taken from the patch as a whole. *fields* are the rules of
    the map's own fields, or of its items'.
    """

    key: str = ""
    united: bool = False
    replaced: bool = False
    fields: Mapping[str, Rule] = field(default_factory=dict)


Fields: TypeAlias = Mapping[str, Rule]

_BY_NAME, _BY_TYPE, _BY_IP = Rule("name"), Rule("type"), Rule("ip")
_METADATA: Fields = {"ownerReferences": Rule("uid"), "finalizers": Rule(united=True)}
_CONTAINER: Fields = {
    "env": _BY_NAME,
    # By number alone: of two ports that differ in the protocol only, the first one is patched.
    "ports": Rule("containerPort"),
    "volumeDevices": Rule("devicePath"),
    "volumeMounts": Rule("mountPath"),
}
_CONTAINERS = Rule("name", fields=_CONTAINER)
_POD: Fields = {
    "containers": _CONTAINERS,
    "ephemeralContainers": _CONTAINERS,
    "hostAliases": _BY_IP,
    "imagePullSecrets": _BY_NAME,
    "initContainers": _CONTAINERS,
    "resourceClaims": _BY_NAME,
    "schedulingGates": _BY_NAME,
    "topologySpreadConstraints": Rule("topologyKey"),
    "volumes": _BY_NAME,
}
_TEMPLATE: Fields = {
    "template": Rule(fields={"metadata": Rule(fields=_METADATA), "spec": Rule(fields=_POD)})
}
_CONDITIONS = Rule(fields={"conditions": _BY_TYPE})


def _kind(spec: Fields, status: Rule = _CONDITIONS) -> Fields:
    return {"metadata": Rule(fields=_METADATA), "spec": Rule(fields=spec), "status": status}


ANY_KIND: Fields = {"metadata": Rule(fields=_METADATA)}
KINDS: Mapping[str, Fields] = {
    "CronJob": _kind({"jobTemplate": Rule(fields={"spec": Rule(fields=_TEMPLATE)})}, Rule()),
    "DaemonSet": _kind(_TEMPLATE),
    "Deployment": _kind(_TEMPLATE),
    "HorizontalPodAutoscaler": _kind({}),
    "Job": _kind(_TEMPLATE),
    "Node": _kind(
        {"podCIDRs": Rule(united=True)},
        Rule(fields={"conditions": _BY_TYPE, "addresses": _BY_TYPE}),
    ),
    "Pod": _kind(_POD, Rule(fields={"conditions": _BY_TYPE, "hostIPs": _BY_IP, "podIPs": _BY_IP})),
    "PodDisruptionBudget": _kind({"selector": Rule(replaced=True)}),
    "ReplicaSet": _kind(_TEMPLATE),
    "Service": _kind({"ports": Rule("port")}),
    "ServiceAccount": {**ANY_KIND, "secrets": _BY_NAME},
    "StatefulSet": _kind(_TEMPLATE),
}
