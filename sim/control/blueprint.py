"""What a pod's spec says, read once for all pods of a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from math import inf

from sim.model.hook import Hook, hook_of
from sim.model.objects import JsonObject
from sim.model.pod_resources import amount_of, is_sidecar, qos_class
from sim.model.probe import Probe, probe_of
from sim.ports import ProbeKind

_FIELDS = {
    ProbeKind.STARTUP: "startupProbe",
    ProbeKind.READINESS: "readinessProbe",
    ProbeKind.LIVENESS: "livenessProbe",
}


class Role(Enum):
    """What a container is to its pod."""

    SERVING = auto()  # The first app container: its process answers the requests.
    APP = auto()
    SIDECAR = auto()  # An init container that goes on running.
    INIT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerBlueprint:
    """One container as its spec has it."""

    name: str
    image: str
    pull_policy: str
    role: Role
    pre_stop: Hook
    post_start: Hook
    probes: Mapping[ProbeKind, Probe]
    limit_cores: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PodBlueprint:
    """One pod as its spec has it; init containers in their order, the serving one first of *apps*.

    *gates* are the condition types of its readiness gates.
    """

    init: tuple[ContainerBlueprint, ...]
    apps: tuple[ContainerBlueprint, ...]
    gates: tuple[str, ...]
    qos: str


class Blueprints:
    """Blueprints by the containers of a spec, which all pods of a template share."""

    def __init__(self) -> None:
        # The containers are kept beside the blueprint so that their id stays their own.
        self._known: dict[int, tuple[JsonObject, PodBlueprint]] = {}

    def of(self, spec: JsonObject) -> PodBlueprint:
        """The blueprint of a pod with that *spec*."""
        containers = spec["containers"]
        known = self._known.get(id(containers))
        if known is None:
            known = self._known[id(containers)] = (containers, _blueprint(spec))
        return known[1]


def _blueprint(spec: JsonObject) -> PodBlueprint:
    first, *others = spec["containers"]
    return PodBlueprint(
        init=tuple(
            _container(one, Role.SIDECAR if is_sidecar(one) else Role.INIT)
            for one in spec.get("initContainers") or ()
        ),
        apps=(_container(first, Role.SERVING), *(_container(one, Role.APP) for one in others)),
        gates=tuple(one["conditionType"] for one in spec.get("readinessGates") or ()),
        qos=qos_class(spec),
    )


def _container(spec: JsonObject, role: Role) -> ContainerBlueprint:
    probes = {kind: probe_of(spec, field) for kind, field in _FIELDS.items()}
    limit = amount_of(spec, "limits", "cpu")
    return ContainerBlueprint(
        name=spec["name"],
        image=spec.get("image", ""),
        pull_policy=spec.get("imagePullPolicy", "IfNotPresent"),
        role=role,
        pre_stop=hook_of(spec, "preStop"),
        post_start=hook_of(spec, "postStart"),
        limit_cores=inf if limit is None else limit,
        probes={kind: probe for kind, probe in probes.items() if probe is not None},
    )
