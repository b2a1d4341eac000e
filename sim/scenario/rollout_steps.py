"""The steps of a Rollout's canary, as the strategy takes them, or what is wrong with them.

(argoproj/argo-rollouts pkg/apis/rollouts/validation/validation.go, ValidateRolloutStrategyCanary)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.canary_replicas import FULL
from sim.model.canary_steps import Analyse, Pause, SetCanaryScale, SetHeaderRoute, SetWeight, Step
from sim.model.unreadable import Unreadable
from sim.scenario.analysis_manifest import Analyses
from sim.scenario.checks import MOST_PODS
from sim.scenario.findings import Findings
from sim.scenario.node import get, value
from sim.scenario.rollout_fields import STEP, Refused

MOST_SECONDS = 10_000_000
_INSTRUCTIONS = tuple(STEP)
_FOLLOWED = tuple(name for name, form in STEP.items() if not isinstance(form, Refused))
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def between(least: int, most: int) -> Message:
    """The rule for a number in bounds."""
    return message("must be between {least} and {most}", least=least, most=most)


def check_steps(canary: Findings, router: str | None) -> None:
    """Note everything that Argo Rollouts would refuse, or this simulator cannot follow."""
    routes = {one.text("name") for one in canary.each("trafficRouting", "managedRoutes")}
    for step in canary.each("steps"):
        given = [name for name in _INSTRUCTIONS if step.has(name)]
        if len(given) != 1:
            known = message("known: {known}", known=", ".join(_FOLLOWED))
            step.note((), message("a step has exactly one instruction"), known)
            continue
        if given == ["setWeight"]:
            _percent(step, "setWeight")
        elif given == ["pause"]:
            _pause(step)
        elif given == ["setCanaryScale"]:
            _scale(step, router)
        elif given == ["setHeaderRoute"]:
            _header_route(step, router, routes)
        elif given == ["analysis"] and (analysis := step.below("analysis")) is not None:
            check_analysis(analysis)


def check_analysis(analysis: Findings) -> None:
    """Somebody judges by templates that have names."""
    if not list(analysis.each("templates")):
        analysis.note(("templates",), message("required value"))
    for one in analysis.each("templates"):
        if not one.text("templateName"):
            one.note(("templateName",), message("required value"))
    for one in analysis.each("args"):
        if not one.text("name"):
            one.note(("name",), message("required value"))


def _percent(step: Findings, *steps: str) -> None:
    weight = step.integer(*steps)
    if weight is not None and not 0 <= weight <= FULL:
        step.invalid(steps, between(0, FULL))


def _pause(step: Findings) -> None:
    try:
        seconds = _seconds(value(step.node, "pause", "duration"))
    except Unreadable as error:
        step.invalid(("pause", "duration"), error.message, error.hint)
        return
    if seconds is not None and not 0 <= seconds <= MOST_SECONDS:
        step.invalid(("pause", "duration"), between(0, MOST_SECONDS))


def _seconds(written: Any) -> float | None:
    """A number is seconds, with quotes too; a text else has its unit."""
    if written is None:
        return None
    if isinstance(written, int) or _NUMBER.fullmatch(written):
        return float(written)
    return words.duration(written)


def _scale(step: Findings, router: str | None) -> None:
    field = "setCanaryScale"
    if router is None:
        text = message("{field} needs a router: without one pods are the shares", field=field)
        step.note((field,), text, message("add spec.strategy.canary.trafficRouting"))
        return
    given = [name for name in ("replicas", "weight") if step.has(field, name)]
    if value(step.node, field, "matchTrafficWeight"):
        given.append("matchTrafficWeight")
    if len(given) != 1:
        known = message("known: {known}", known="replicas, weight, matchTrafficWeight: true")
        step.note((field,), message("setCanaryScale has exactly one size"), known)
    _percent(step, field, "weight")
    replicas = step.integer(field, "replicas")
    if replicas is not None and not 0 <= replicas <= MOST_PODS:
        step.invalid((field, "replicas"), between(0, MOST_PODS))


def _header_route(step: Findings, router: str | None, routes: set[str | None]) -> None:
    field = "setHeaderRoute"
    if router in (None, "ingress_annotations"):
        text = message("{field} needs a proxy that Argo Rollouts can tell it to", field=field)
        step.note((field,), text, message("trafficRouting.istio or trafficRouting.plugins"))
        return
    name = step.text(field, "name")
    if name not in routes:
        known = ", ".join(sorted(filter(None, routes))) or "-"
        text = message("there is no managed route {name}", name=repr(name or ""))
        hint = message("trafficRouting.managedRoutes has: {known}", known=known)
        step.note((field, "name"), text, hint)
    blocks = list(step.each(field, "match"))
    if len(blocks) > 1:
        text = message("one header decides here, not {count}", count=len(blocks))
        step.note((field, "match", 1), text)
    for block in blocks:
        for needed in (("headerName",), ("headerValue", "exact")):
            if not block.text(*needed):
                block.note(needed, message("required value"))


def steps_of(canary: Findings, analyses: Analyses) -> tuple[Step, ...]:
    """The steps that were found in order; what *analyses* cannot read is noted there."""
    return tuple(_steps(canary, analyses))


def _steps(canary: Findings, analyses: Analyses) -> Iterator[Step]:
    for step in canary.each("steps"):
        item = step.node
        if (asked := step.below("analysis")) is not None:
            if (analysis := analyses.in_step(asked)) is not None:
                yield Analyse(analysis)
        elif (weight := value(item, "setWeight")) is not None:
            yield SetWeight(weight)
        elif get(item, "pause") is not None:
            yield Pause(_seconds(value(item, "pause", "duration")))
        elif (scale := value(item, "setCanaryScale")) is not None:
            yield SetCanaryScale(scale.get("replicas"), scale.get("weight"))
        else:
            route = value(item, "setHeaderRoute", "name") or ""
            blocks = value(item, "setHeaderRoute", "match") or ()
            for block in blocks:
                yield SetHeaderRoute(block["headerName"], block["headerValue"]["exact"], route)
            if not blocks:
                yield SetHeaderRoute("", "", route)
