"""Fields that the API has and the simulator does not act on: they survive, and are listed.

The list here is of what *is* modelled; everything else in a Deployment or Service is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.manifest import Manifest
from sim.scenario.node import Place, walk

_CONTAINER = "spec.template.spec.containers[]"
_PROBES = tuple(
    f"{_CONTAINER}.{name}" for name in ("readinessProbe", "livenessProbe", "startupProbe")
)
_PROBE_FIELDS = (
    *("exec", "grpc", "httpGet", "tcpSocket"),
    *("initialDelaySeconds", "periodSeconds", "timeoutSeconds"),
    *("successThreshold", "failureThreshold"),
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
        "spec.template.spec.containers",
        *(f"{_CONTAINER}.{name}" for name in ("name", "image", "imagePullPolicy", "ports")),
        f"{_CONTAINER}.lifecycle.preStop",
        *(f"{_CONTAINER}.resources.requests.{name}" for name in ("cpu", "memory")),
        f"{_CONTAINER}.resources.limits.memory",
        *(f"{probe}.{name}" for probe in _PROBES for name in _PROBE_FIELDS),
    ]
)
_MODELLED_SERVICE = frozenset(
    ["apiVersion", "kind", "metadata", "spec.selector", "spec.ports", "spec.type"]
)
_INDEX = re.compile(r"\[\d+\]")


def warnings(manifest: Manifest) -> Iterator[Problem]:
    """One warning per unmodelled field of *manifest*, at its first place."""
    modelled = _MODELLED if manifest.kind == "Deployment" else _MODELLED_SERVICE
    steps = [path.split(".") for path in modelled]
    inner = {".".join(path[:length]) for path in steps for length in range(1, len(path))}
    found: dict[str, Place] = {}
    for path, node in walk(manifest.node):
        general = _INDEX.sub("[]", path)
        known = general == "" or general in inner or general.removesuffix("[]") in inner
        if known or any(_covers(one, general) for one in (*modelled, *found)):
            continue
        found[general] = node.place
    for path, place in found.items():
        yield place.problem(message("kept, not yet simulated"), path)


def _covers(known: str, path: str) -> bool:
    """Whether *path* is *known* or lies below it."""
    if known == "spec.template.spec.containers":
        return path in (known, known + "[]")
    return path == known or path.startswith((known + ".", known + "["))
