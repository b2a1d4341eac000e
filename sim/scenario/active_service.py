"""Of two Services, each of which selects one version: the one that users come through.

Blue-green with a preview has both: the active one, and one by which only its makers look at green
(argoproj/argo-rollouts docs/features/bluegreen.md, previewService).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.network import ProxyKind
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import value
from sim.scenario.route_warnings import leads_to
from sim.scenario.two_versions import alone

_OUTSIDE = ("LoadBalancer", "NodePort")
_PREVIEW = "preview"


def why_active(
    manifests: Manifests, old: Sequence[Manifest], new: Sequence[Manifest]
) -> Message | None:
    """What shows that users come through one of *old* and none of *new*; None if nothing does.

    Routes that lead there come first, then who can be called from outside, then the names.
    """
    led_to = {place for proxy in ProxyKind for place in leads_to(manifests, proxy)}

    def only(test: Callable[[Manifest], bool]) -> bool:
        return any(map(test, old)) and not any(map(test, new))

    if only(lambda one: (one.namespace, one.name) in led_to):
        return message("routes lead there")
    if any((one.namespace, one.name) in led_to for one in new):
        return None
    if only(lambda one: value(one.node, "spec", "type") in _OUTSIDE):
        return message("it can be called from outside")
    if any(value(one.node, "spec", "type") in _OUTSIDE for one in new):
        return None
    if any(map(_says_preview, new)) and not any(map(_says_preview, old)):
        return message("the other one is a preview by its name")
    return None


def _says_preview(service: Manifest) -> bool:
    return _PREVIEW in service.name.split("-")


def undecided(manifests: Manifests, one: Manifest, other: Manifest) -> Problem | None:
    """That each of the two has a Service, and nothing shows which one users come through."""
    services = alone(manifests, one), alone(manifests, other)
    if not all(services) or any(
        why_active(manifests, *pair) is not None for pair in (services, services[::-1])
    ):
        return None
    first, second = services[0][0], services[1][0]
    return second.node.place.problem(
        message(
            "{one} selects {old} alone and {other} {new}: nothing shows which one users come"
            " through",
            one=first.title,
            old=one.title,
            other=second.title,
            new=other.title,
        ),
        "spec.selector",
        message("or say which one is released: --deployment {name}", name=one.name),
    )
