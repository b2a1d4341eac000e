"""What a person must know who reads the result of a Rollout's run: warnings, each at its field."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.canary_steps import Pause
from sim.scenario.findings import Findings
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import get, value
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.rollout_fields import GATEWAY_PLUGIN

# What a proxy's part of trafficRouting names, and where.
_ROUTES = (
    ("Ingress", "nginx", "stableIngress"),
    ("VirtualService", "istio", "virtualService", "name"),
    ("HTTPRoute", "plugins", GATEWAY_PLUGIN, "httpRoute"),
)


def its_own_pods(rollout: Manifest, workload: Manifest) -> Iterator[Problem]:
    """In a cluster a Deployment that is not scaled down goes on beside the Rollout."""
    scaled_down = value(rollout.node, "spec", "workloadRef", "scaleDown") not in (None, "never")
    replicas = value(workload.node, "spec", "replicas")
    if not scaled_down and replicas != 0:
        text = message(
            "{workload} keeps pods of its own beside those of {rollout}: they are not simulated",
            workload=workload.title,
            rollout=rollout.title,
        )
        place = (get(workload.node, "spec", "replicas") or workload.node).place
        hint = message("replicas: 0, or scaleDown: onsuccess in workloadRef")
        yield place.problem(text, "spec.replicas", hint)


def remarks(manifests: Manifests, found: Manifest, own: OwnStrategy) -> Iterator[Problem]:
    """What a person must know who reads the result of its run."""
    spec = Findings(found.node, found.path).below("spec", "strategy")
    assert spec is not None
    part = "blueGreen" if own.name == "BlueGreen" else "canary"
    by_hand = message("nobody goes on by hand in a run: the release does not finish")
    if own.settings.get("auto_promotion_enabled") is False:
        node = get(spec.node, part, "autoPromotionEnabled")
        assert node is not None
        hint = message("autoPromotionSeconds for a look of so many seconds")
        yield node.place.problem(by_hand, spec.at(part, "autoPromotionEnabled"), hint)
    for index, step in enumerate(own.settings.get("steps", ())):
        if step == Pause(None):
            node = get(spec.node, part, "steps", index)
            assert node is not None
            hint = message("pause: {example}", example="{duration: 5m}")
            yield node.place.problem(by_hand, spec.at(part, "steps", index, "pause"), hint)
    yield from _missing_services(manifests, found, spec.below(part))
    yield from _missing_route(manifests, found, spec.below(part, "trafficRouting"))


def _missing_services(
    manifests: Manifests, found: Manifest, part: Findings | None
) -> Iterator[Problem]:
    known = {one.name for one in manifests.of_kind("Service") if one.namespace == found.namespace}
    for field in ("activeService", "previewService", "stableService", "canaryService"):
        name = part.text(field) if part is not None else None
        if part is not None and name and name not in known:
            node = get(part.node, field)
            assert node is not None
            text = message("there is no Service {name}", name=repr(name))
            hint = message("known: {known}", known=", ".join(sorted(known)) or "-")
            yield node.place.problem(text, part.at(field), hint)


def _missing_route(
    manifests: Manifests, found: Manifest, routing: Findings | None
) -> Iterator[Problem]:
    """The object whose weights it would move; without it one is made here, and Argo waits."""
    for kind, *steps in _ROUTES:
        name = routing.text(*steps) if routing is not None else None
        known = {one.name for one in manifests.of_kind(kind) if one.namespace == found.namespace}
        if routing is not None and name and name not in known:
            node = get(routing.node, *steps)
            assert node is not None
            text = message(
                "there is no {kind} {name}: Argo Rollouts would wait for it, here one is made",
                kind=kind,
                name=repr(name),
            )
            hint = message("known: {known}", known=", ".join(sorted(known)) or "-")
            yield node.place.problem(text, routing.at(*steps), hint)
