"""What makes a canary's share another one than it was asked for, though every object is right.

(kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md, affinity-canary-
behavior; argoproj/argo-rollouts docs/features/hpa-support.md; facts 8.2)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model import ingress_routes as nginx
from sim.model.network import ProxyKind
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import get, join, plain, value

_NOTES = ("metadata", "annotations")
_AFFINITY = f"{nginx.PREFIX}affinity"
_BEHAVIOUR = f"{nginx.PREFIX}affinity-canary-behavior"
_BY_PODS = ("Canary", "CanaryThenRolling")

Settings = Mapping[str, Mapping[str, Any]]


def warnings(
    manifests: Manifests, owner: Manifest, strategies: Settings, proxy: ProxyKind
) -> Iterator[Problem]:
    """One warning for each object that would disturb a canary with these settings."""
    if proxy is ProxyKind.INGRESS_NGINX:
        for found in manifests.of_kind("Ingress"):
            if nginx.is_for_nginx(plain(found.node)):
                yield from _affinity(manifests, found, strategies)
    by_pods = [name for name in _BY_PODS if name in strategies and not _router(strategies, name)]
    if by_pods:
        text = message(
            "{title} changes the number of pods while {strategy} moves them: the canary's share"
            " is another one after it",
            strategy=by_pods[0],
        )
        hint = message("hold it for the release (minReplicas = maxReplicas), or name a router")
        yield from _autoscaler(manifests, owner, text, hint)
    elif owner.own is not None and owner.own.second is None:
        text = message(
            "{title} scales the pods that were there: nobody here scales the new ones, and in a"
            " cluster it scales both through the Rollout"
        )
        yield from _autoscaler(manifests, owner, text, None)


def _router(strategies: Settings, name: str) -> object:
    return strategies.get(name, {}).get("router")


def _affinity(manifests: Manifests, found: Manifest, strategies: Settings) -> Iterator[Problem]:
    """A session stays with the side that answered it first, unless it is told otherwise."""
    kind = value(found.node, *_NOTES, _AFFINITY)
    behaviour = value(found.node, *_NOTES, _BEHAVIOUR)
    if kind != "cookie" or behaviour == "legacy" or not _has_canary(manifests, found, strategies):
        return
    node = get(found.node, *_NOTES, _AFFINITY) or found.node
    yield node.place.problem(
        message(
            "with this affinity a canary's weight decides about new sessions only; here it decides"
            " about every request"
        ),
        join(".".join(_NOTES), _AFFINITY),
        message("affinity-canary-behavior: legacy is what is simulated"),
    )


def _has_canary(manifests: Manifests, found: Manifest, strategies: Settings) -> bool:
    """Whether a strategy or somebody's own Ingress shares its requests out."""
    if _router(strategies, "Canary") == "ingress_annotations":
        return True
    own = {rule.entrance for rule in nginx.rules_of(plain(found.node))}
    others = [plain(one.node) for one in manifests.of_kind("Ingress") if one is not found]
    return any(
        nginx.is_canary(one) and rule.entrance in own
        for one in others
        for rule in nginx.rules_of(one)
    )


def _autoscaler(
    manifests: Manifests, owner: Manifest, text: Message, hint: Message | None
) -> Iterator[Problem]:
    """One problem for each autoscaler of the Deployment that is released, whose title is said."""
    wanted = ("Deployment", owner.name)
    for found in manifests.of_kind("HorizontalPodAutoscaler"):
        target = value(found.node, "spec", "scaleTargetRef") or {}
        if found.namespace != owner.namespace or (target.get("kind"), target.get("name")) != wanted:
            continue
        node = get(found.node, "spec", "scaleTargetRef") or found.node
        said = Message(text.text, {**text.values, "title": found.title})
        yield node.place.problem(said, "spec.scaleTargetRef", hint)
