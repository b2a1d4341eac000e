"""Whether the pods of a rollout fit on the nodes."""

from __future__ import annotations

import math

from sim.errors import Problem
from sim.i18n import message
from sim.model.objects import JsonObject
from sim.scenario import resources
from sim.scenario.manifest import Manifest
from sim.scenario.node import get
from sim.scenario.release import Release
from sim.scenario.spec import Spec

MOST_PODS_PER_NODE = 110  # The kubelet's default, maxPods.


def pods_at_once(deployment: JsonObject) -> int:
    """The most pods that a rolling update wants at one time: replicas and surge, rounded up."""
    spec = deployment["spec"]
    replicas: int = spec["replicas"]
    surge = (spec["strategy"].get("rollingUpdate") or {}).get("maxSurge", 0)
    if isinstance(surge, str):
        return replicas + math.ceil(replicas * int(surge.removesuffix("%")) / 100)
    return replicas + min(int(surge), replicas)


def pods_per_node(spec: Spec, template: JsonObject) -> int:
    """How many pods of *template* one node holds, by their requests."""
    cores, size = resources.requested(template)
    cores = spec.nodes.default_requests.cpu if cores is None else cores
    size = spec.nodes.default_requests.memory if size is None else size
    by_cores = math.floor(spec.nodes.cpu / cores + 1e-9) if cores else MOST_PODS_PER_NODE
    by_size = math.floor(spec.nodes.memory / size + 1e-9) if size else MOST_PODS_PER_NODE
    return min(by_cores, by_size, MOST_PODS_PER_NODE)


def nodes_needed(spec: Spec, deployment: JsonObject, template: JsonObject) -> int:
    """How many nodes hold all pods of a rolling update; 0 if not even one pod fits on a node."""
    each = min(pods_per_node(spec, template), pods_per_node(spec, deployment["spec"]["template"]))
    return math.ceil(pods_at_once(deployment) / each) if each else 0


def nodes_with_leeway(spec: Spec, deployment: JsonObject, template: JsonObject) -> int:
    """How many nodes hold them beside as many pods that are still winding up, replicas at most."""
    each = min(pods_per_node(spec, template), pods_per_node(spec, deployment["spec"]["template"]))
    leaving: int = deployment["spec"]["replicas"]
    return math.ceil((pods_at_once(deployment) + leaving) / each) if each else 0


def warnings(
    spec: Spec, deployment: JsonObject, release: Release, owner: Manifest
) -> list[Problem]:
    """A warning if pods will wait for a node for ever."""
    node = get(owner.node, "spec", "replicas") or owner.node
    old = deployment["spec"]["template"]
    each = min(pods_per_node(spec, release.template), pods_per_node(spec, old))
    if each == 0:
        return [
            node.place.problem(
                message("a pod requests more than a whole node has: it will stay Pending"),
                "spec.template.spec.containers",
                message("give larger nodes: nodes.cpu, nodes.memory"),
            )
        ]
    needed = nodes_needed(spec, deployment, release.template)
    if needed > spec.nodes.count:
        return [
            node.place.problem(
                message(
                    "replicas and surge need {needed} nodes, there are {count}: pods will wait",
                    needed=needed,
                    count=spec.nodes.count,
                ),
                "spec.replicas",
                message("give more nodes: nodes.count"),
            )
        ]
    return []
