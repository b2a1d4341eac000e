"""Fields that the API has and the simulator does not act on: they survive, and are listed.

The list here is of what *is* modelled; everything else in a Deployment or Service is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.quota import TRACKED
from sim.scenario.manifest import Manifest
from sim.scenario.node import Mapping, Node, Scalar, Sequence, get, join, walk
from sim.scenario.quota_checks import UNSEEN_SCOPES

_CONTAINER = "spec.template.spec.containers[]"
_LISTS = ("spec.template.spec.containers", "spec.template.spec.initContainers")
_EACH = tuple(f"{one}[]" for one in _LISTS)
_PROBES = tuple(
    f"{one}.{name}" for one in _EACH for name in ("readinessProbe", "livenessProbe", "startupProbe")
)
_PROBE_FIELDS = (
    *("exec", "grpc", "httpGet", "tcpSocket"),
    *("initialDelaySeconds", "periodSeconds", "timeoutSeconds"),
    *("successThreshold", "failureThreshold", "terminationGracePeriodSeconds"),
)
_MODELLED = frozenset(
    [
        *("apiVersion", "kind", "metadata"),
        *("spec.replicas", "spec.selector", "spec.minReadySeconds", "spec.revisionHistoryLimit"),
        *("spec.progressDeadlineSeconds", "spec.paused"),
        *("spec.strategy.type", "spec.strategy.rollingUpdate"),
        "spec.template.metadata",
        "spec.template.spec.terminationGracePeriodSeconds",
        "spec.template.spec.restartPolicy",
        *(f"spec.template.spec.{name}" for name in ("readinessGates", "tolerations")),
        *(f"spec.template.spec.{name}" for name in ("nodeSelector", "overhead")),
        *_LISTS,
        *(f"{one}.{name}" for one in _EACH for name in ("name", "image", "ports")),
        *(f"{one}.imagePullPolicy" for one in _EACH),
        "spec.template.spec.initContainers[].restartPolicy",
        *(f"{one}.lifecycle.{hook}" for one in _EACH for hook in ("preStop", "postStart")),
        *(f"{one}.resources.requests.{name}" for one in _EACH for name in ("cpu", "memory")),
        f"{_CONTAINER}.resources.limits.memory",
        f"{_CONTAINER}.resources.limits.cpu",
        *(f"{probe}.{name}" for probe in _PROBES for name in _PROBE_FIELDS),
    ]
)
_MODELLED_SERVICE = frozenset(
    [
        *("apiVersion", "kind", "metadata", "spec.selector", "spec.ports", "spec.type"),
        *("spec.sessionAffinity", "spec.sessionAffinityConfig"),
        "spec.publishNotReadyAddresses",
    ]
)
# What a user must know, because a release in the cluster goes another way than ours.
_POD = "spec.template.spec"
_ANY_NODE = message("pods go to any node here; in a cluster they may have to wait for one")
_CONSEQUENCES = {
    f"{_POD}.topologySpreadConstraints": _ANY_NODE,
    f"{_POD}.affinity": _ANY_NODE,
    f"{_POD}.hostNetwork": _ANY_NODE,
}
_INDEX = re.compile(r"\[\d+\]")


def warnings(manifest: Manifest) -> Iterator[Problem]:
    """One warning per unmodelled field of *manifest*, at its first place."""
    modelled = _MODELLED if manifest.kind == "Deployment" else _MODELLED_SERVICE
    steps = [path.split(".") for path in modelled]
    inner = {".".join(path[:length]) for path in steps for length in range(1, len(path))}
    found: dict[str, Node] = {}
    for path, node in walk(manifest.node):
        general = _INDEX.sub("[]", path)
        known = general == "" or general in inner or general.removesuffix("[]") in inner
        if known or any(_covers(one, general) for one in (*modelled, *found)):
            continue
        found[general] = node
    for path, node in found.items():
        hint = None if _is_nothing(node) else _CONSEQUENCES.get(path)
        yield node.place.problem(message("kept, not yet simulated"), path, hint)


def quota_warnings(manifest: Manifest) -> Iterator[Problem]:
    """One warning per limit or scope of a ResourceQuota that nothing simulated ever meets."""
    hard = get(manifest.node, "spec", "hard")
    for name, node in hard.entries.items() if isinstance(hard, Mapping) else ():
        if name not in TRACKED:
            yield node.place.problem(message("kept, not yet simulated"), join("spec.hard", name))
    scopes = get(manifest.node, "spec", "scopes")
    for index, node in enumerate(scopes.items if isinstance(scopes, Sequence) else ()):
        if isinstance(node, Scalar) and node.value in UNSEEN_SCOPES:
            yield node.place.problem(message("kept, not yet simulated"), f"spec.scopes[{index}]")


def _is_nothing(node: Node) -> bool:
    """Whether the field says what its absence would say: an empty map, a list, `None`."""
    if isinstance(node, Scalar):
        return node.value is None or node.value is False or node.value == "None"
    return node.size == 1


def _covers(known: str, path: str) -> bool:
    """Whether *path* is *known* or lies below it."""
    if known in _LISTS:
        return path in (known, known + "[]")
    return path == known or path.startswith((known + ".", known + "["))
