"""Custom resources that come up around rollouts: which fields their own definitions require."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.node import Mapping, get, join

# From the definitions of Istio (networking), Argo Rollouts, Flagger and the Prometheus operator.
_REQUIRED = {
    "VirtualService": (("spec", "hosts"),),
    "DestinationRule": (("spec", "host"),),
    "Gateway": (("spec",),),
    "AnalysisTemplate": (("spec", "metrics"),),
    "Canary": (("spec", "targetRef"), ("spec", "analysis")),
    "HTTPRoute": (("spec",),),
    "PrometheusRule": (("spec", "groups"),),
    "ServiceMonitor": (("spec", "selector"), ("spec", "endpoints")),
}


def missing_fields(node: Mapping, kind: str, title: str) -> Iterator[Problem]:
    """One warning for each field that a custom resource needs and *node* has not."""
    for steps in _REQUIRED.get(kind, ()):
        if get(node, *steps) is None:
            near = next(
                found
                for size in range(len(steps) - 1, -1, -1)
                if (found := get(node, *steps[:size])) is not None
            )
            path = ""
            for step in steps:
                path = join(path, step)
            yield near.place.problem(
                message("{title} lacks a required field", title=title),
                path,
                message("its controller would refuse or ignore it"),
            )
