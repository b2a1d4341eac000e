"""What Argo Rollouts refuses in a Rollout whose fields are all there, and what no run could follow.

(argoproj/argo-rollouts pkg/apis/rollouts/validation/validation.go)
"""

from __future__ import annotations

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.checks import MOST_PODS
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping, get, value
from sim.scenario.rollout_fields import GATEWAY_PLUGIN
from sim.scenario.rollout_headers import check_headers
from sim.scenario.rollout_steps import MOST_SECONDS, between, check_analysis, check_steps

# Who shares requests out, by the field of trafficRouting that asks for it.
ROUTERS = {
    "nginx": "ingress_annotations",
    "istio": "virtual_service",
    "plugins": "http_route",
}
WORKLOAD = ("apps/v1", "Deployment")
_DELAYS = ("scaleDownDelaySeconds", "abortScaleDownDelaySeconds")
SCALE_DOWNS = ("never", "onsuccess", "progressively")


def problems_of(node: Mapping, path: str) -> list[Problem]:
    """Everything wrong with a Rollout whose fields exist and have the right types."""
    found = Findings(node, path)
    spec = found.below("spec")
    if spec is None:
        found.note(("spec",), message("required value"))
        return found.problems
    _pods(spec)
    if value(spec.node, "paused"):
        hint = message("take it out: a run begins when the release does")
        spec.note(("paused",), message("a paused Rollout releases nothing"), hint)
    given = [name for name in ("blueGreen", "canary") if spec.has("strategy", name)]
    if len(given) != 1:
        text = message("a Rollout has exactly one strategy")
        spec.note(
            ("strategy", *given[1:]), text, message("known: {known}", known="blueGreen, canary")
        )
    elif (blue_green := spec.below("strategy", "blueGreen")) is not None:
        _blue_green(blue_green)
    elif (canary := spec.below("strategy", "canary")) is not None:
        _canary(canary)
    return found.problems


def _pods(spec: Findings) -> None:
    """Its pods are its own, or those of a Deployment."""
    workload = spec.below("workloadRef")
    if workload is None:
        for field in ("selector", "template"):
            if not spec.has(field):
                hint = message("or name a Deployment: workloadRef")
                spec.note((field,), message("required value"), hint)
        return
    if spec.has("template"):
        hint = message("keep template or workloadRef")
        spec.note(("template",), message("the pods come from workloadRef"), hint)
    for field, wanted in zip(("apiVersion", "kind"), WORKLOAD, strict=True):
        if workload.text(field) != wanted:
            known = message("known here: {known}", known=" ".join(WORKLOAD))
            workload.invalid((field,), message("its pods are not known"), known)
    if workload.text("name") is None:
        workload.note(("name",), message("required value"))
    workload.one_of("scaleDown", *SCALE_DOWNS)


def _blue_green(found: Findings) -> None:
    active = found.text("activeService")
    if not active:
        found.note(("activeService",), message("required value"))
    elif active == found.text("previewService"):
        hint = message("two different Services are required")
        found.invalid(("previewService",), message("it is the active one"), hint)
    _bounded(found, MOST_SECONDS, "autoPromotionSeconds", *_DELAYS)
    _bounded(found, MOST_PODS, "previewReplicaCount")
    for field in ("prePromotionAnalysis", "postPromotionAnalysis"):
        _analysis(found, field)


def _bounded(found: Findings, most: int, *names: str) -> None:
    for name in names:
        number = found.integer(name)
        if number is not None and not 0 <= number <= most:
            found.invalid((name,), between(0, most))


def _analysis(found: Findings, field: str) -> None:
    analysis = found.below(field)
    if analysis is not None:
        check_analysis(analysis)


def _canary(found: Findings) -> None:
    stable, canary = found.text("stableService"), found.text("canaryService")
    if canary and stable == canary:
        hint = message("two different Services are required")
        found.invalid(("canaryService",), message("it is the stable one"), hint)
    _bounded(found, MOST_SECONDS, *_DELAYS)
    _analysis(found, "analysis")
    router = router_of(found)
    if found.has("trafficRouting"):
        _routed(found, router, bool(stable and canary))
    else:
        for field in ("scaleDownDelaySeconds", "dynamicStableScale"):
            if found.has(field) and value(found.node, field) is not False:
                text = message(
                    "{field} needs a router: without one pods are the shares", field=field
                )
                found.note((field,), text, message("add spec.strategy.canary.trafficRouting"))
    check_headers(found)
    check_steps(found, router)


def _routed(found: Findings, router: str | None, both_services: bool) -> None:
    given = [name for name in ROUTERS if found.has("trafficRouting", name)]
    if len(given) != 1:
        known = message("known here: {known}", known=", ".join(ROUTERS))
        found.note(("trafficRouting",), message("exactly one proxy shares requests out"), known)
    if found.has("trafficRouting", "nginx") and not found.text(
        "trafficRouting", "nginx", "stableIngress"
    ):
        found.note(("trafficRouting", "nginx", "stableIngress"), message("required value"))
    by_subset = found.has("trafficRouting", "istio", "destinationRule")
    if not both_services and not by_subset and router != "http_route":
        text = message("canaryService and stableService must be set to use trafficRouting")
        found.note(("trafficRouting",), text)
    if router == "http_route" and not found.has("trafficRouting", "plugins", GATEWAY_PLUGIN):
        hint = message("known here: {known}", known=GATEWAY_PLUGIN)
        found.note(("trafficRouting", "plugins"), message("there is no plugin"), hint)
    if value(found.node, "dynamicStableScale") and found.has("scaleDownDelaySeconds"):
        text = message("dynamicStableScale cannot be used with scaleDownDelaySeconds")
        found.note(("dynamicStableScale",), text, message("keep one of the two"))


def router_of(canary: Findings) -> str | None:
    """Who shares requests out; None if nobody does."""
    routing = get(canary.node, "trafficRouting")
    return next((ROUTERS[name] for name in ROUTERS if get(routing, name) is not None), None)
