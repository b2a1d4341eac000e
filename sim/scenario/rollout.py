"""An Argo `Rollout` among the manifests: a Deployment that says by itself how it is released.

Its strategy becomes the settings of BlueGreen or Canary, its pods those of a Deployment of its
name: the simulated cluster knows no Rollouts. The Rollout itself is kept as it was written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.i18n import message
from sim.model.network import READER
from sim.scenario.analysis_manifest import Analyses
from sim.scenario.api import model_of
from sim.scenario.checks import check
from sim.scenario.findings import Findings
from sim.scenario.manifest import Manifest, Manifests, is_analysis_template, is_rollout
from sim.scenario.node import Mapping, Node, Scalar, get, planted, value
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.rollout_checks import problems_of, router_of
from sim.scenario.rollout_fields import misread, without_effect
from sim.scenario.rollout_headers import headers_of
from sim.scenario.rollout_remarks import its_own_pods, remarks
from sim.scenario.rollout_steps import steps_of
from sim.scenario.strict import decode

_SHARED = ("replicas", "selector", "template", "minReadySeconds", "revisionHistoryLimit")
_ROLLING, _CANARY = "spec.strategy.rollingUpdate", "spec.strategy.canary"
# Fields that a strategy has under the same names, in Python's spelling.
_BLUE_GREEN_SETTINGS = {
    "autoPromotionEnabled": "auto_promotion_enabled",
    "autoPromotionSeconds": "auto_promotion_seconds",
    "previewReplicaCount": "preview_replica_count",
    "scaleDownDelaySeconds": "scale_down_delay_seconds",
    "abortScaleDownDelaySeconds": "abort_scale_down_delay_seconds",
}
_PROMOTIONS = {
    "prePromotionAnalysis": "pre_promotion_analysis",
    "postPromotionAnalysis": "post_promotion_analysis",
}
_SPEC_SETTINGS = {"progressDeadlineAbort": "progress_deadline_abort"}
_DEFAULTS = {"progress_deadline_abort": False}  # utils/defaults/defaults.go
_CANARY_SETTINGS = {
    "dynamicStableScale": "dynamic_stable_scale",
    "scaleDownDelaySeconds": "scale_down_delay_seconds",
    "abortScaleDownDelaySeconds": "abort_scale_down_delay_seconds",
}


def adopt(manifests: Manifests) -> None:
    """Put beside every Rollout the Deployment that stands for it here."""
    for found in [one for one in manifests.objects if is_rollout(one.kind, one.api_version)]:
        problems = list(misread(found.node, found.path)) or problems_of(found.node, found.path)
        if problems:
            manifests.errors.extend(problems)
            continue
        manifests.warnings.extend(without_effect(found.node, found.path))
        source = _workload(manifests, found)
        if source is None and get(found.node, "spec", "workloadRef") is not None:
            continue
        _stand_in(manifests, found, source)
    for one in manifests.objects:
        if is_analysis_template(one.kind, one.api_version) and not one.is_asked:
            text = message("{title} is kept: no Rollout here asks by it", title=one.title)
            manifests.warnings.append(one.node.place.problem(text))


def _stand_in(manifests: Manifests, found: Manifest, source: Manifest | None) -> None:
    node = _deployment(found, source)
    wanted = model_of("apps/v1", "Deployment")
    assert wanted is not None
    problems = decode(node, wanted, found.path) or check(node, "Deployment", found.path)
    if problems:
        manifests.errors.extend(
            replace(one, field=one.field.replace(_ROLLING, _CANARY)) for one in problems
        )
        return
    analyses = Analyses(manifests, found)
    own = _own(found, source, analyses)
    manifests.errors.extend(analyses.errors)
    manifests.warnings.extend(analyses.warnings)
    manifests.objects.append(
        replace(found, node=node, api_version="apps/v1", kind="Deployment", own=own)
    )
    manifests.warnings.extend(remarks(manifests, found, own))
    for one in manifests.of_kind("HorizontalPodAutoscaler"):
        _retarget(one, found)


def _workload(manifests: Manifests, rollout: Manifest) -> Manifest | None:
    """The Deployment that the Rollout takes its pods from, which has none of its own then."""
    reference = get(rollout.node, "spec", "workloadRef")
    if reference is None:
        return None
    name, known = value(reference, "name"), []
    for one in manifests.of_kind("Deployment"):
        if one.own is None and one.namespace == rollout.namespace:
            known.append(one.name)
            if one.name == name:
                one.lends_its_template = True
                manifests.warnings.extend(its_own_pods(rollout, one))
                return one
    place = (get(reference, "name") or reference).place
    text = message("there is no Deployment {name}", name=repr(name))
    hint = message("known: {known}", known=", ".join(known) or "-")
    manifests.errors.append(place.problem(text, "spec.workloadRef.name", hint))
    return None


def _deployment(found: Manifest, source: Manifest | None) -> Mapping:
    """The Deployment as a tree whose every part stands where it was written."""
    spec = get(found.node, "spec")
    assert isinstance(spec, Mapping)
    names = (*_SHARED, "progressDeadlineSeconds")
    entries = {name: spec.entries[name] for name in names if name in spec.entries}
    for name in ("template", "selector") if source is not None else ():
        lent = get(source.node if source else None, "spec", name)
        if lent is not None and (name == "template" or get(spec, name) is None):
            entries[name] = lent
    canary = get(spec, "strategy", "canary")
    rolling = {
        name: node
        for name in ("maxSurge", "maxUnavailable")
        if (node := get(canary, name)) is not None
    }
    if rolling:
        place = canary.place if canary is not None else spec.place
        budget = _mapping(place, rolling)
        kind = Scalar(place, "RollingUpdate", "RollingUpdate")
        entries["strategy"] = _mapping(place, {"type": kind, "rollingUpdate": budget})
    inner = Mapping(
        spec.place, entries, {name: spec.keys.get(name, _key(spec, name)) for name in entries}
    )
    head = {"apiVersion": "apps/v1", "kind": "Deployment"}
    outer: dict[str, Node] = {name: planted(text, found.node.place) for name, text in head.items()}
    outer |= {"metadata": found.node.entries["metadata"], "spec": inner}
    return Mapping(found.node.place, outer, found.node.keys)


def _mapping(place: Any, entries: dict[str, Node]) -> Mapping:
    return Mapping(place, entries, {name: Scalar(place, name, name) for name in entries})


def _key(spec: Mapping, name: str) -> Scalar:
    return Scalar(spec.place, name, name)


def _own(found: Manifest, source: Manifest | None, analyses: Analyses) -> OwnStrategy:
    spec = Findings(found.node, found.path).below("spec")
    assert spec is not None
    aborts = _given(spec, _SPEC_SETTINGS)
    lender = source.name if source is not None else ""
    blue_green = spec.below("strategy", "blueGreen")
    if blue_green is not None:
        return OwnStrategy(
            name="BlueGreen",
            settings=_given(blue_green, _BLUE_GREEN_SETTINGS)
            | _promotions(blue_green, analyses)
            | aborts,
            defaults=_DEFAULTS,
            place=blue_green.node.place,
            service=blue_green.text("activeService") or "",
            questions=tuple(analyses.questions),
            template_from=lender,
            new_service=blue_green.text("previewService") or "",
        )
    canary = spec.below("strategy", "canary")
    assert canary is not None
    router = router_of(canary)
    settings = _given(canary, _CANARY_SETTINGS) | {"steps": steps_of(canary, analyses)} | aborts
    if headers := headers_of(canary):
        settings["headers"] = headers
    beside = canary.below("analysis")
    if beside is not None and (analysis := analyses.beside_steps(beside)) is not None:
        settings["analysis"] = analysis
    return OwnStrategy(
        name="Canary",
        settings=settings if router is None else settings | {"router": router},
        defaults=_DEFAULTS,
        place=canary.node.place,
        service=canary.text("stableService") or "",
        proxy=None if router is None else READER[router],
        questions=tuple(analyses.questions),
        template_from=lender,
        new_service=canary.text("canaryService") or "",
        is_host=not canary.has("trafficRouting", "istio", "destinationRule"),
    )


def _given(found: Findings, names: dict[str, str]) -> dict[str, Any]:
    return {ours: value(found.node, theirs) for theirs, ours in names.items() if found.has(theirs)}


def _promotions(found: Findings, analyses: Analyses) -> dict[str, Any]:
    """What is asked before the promotion and after it."""
    read = {
        ours: analyses.of_promotion(node)
        for theirs, ours in _PROMOTIONS.items()
        if (node := found.below(theirs)) is not None
    }
    return {name: analysis for name, analysis in read.items() if analysis is not None}


def _retarget(autoscaler: Manifest, rollout: Manifest) -> None:
    """An autoscaler of the Rollout scales the Deployment that stands for it."""
    reference = value(autoscaler.node, "spec", "scaleTargetRef")
    if not isinstance(reference, dict):
        return  # Its own mistakes have been noted.
    wanted = ("Rollout", rollout.name, rollout.namespace)
    if (reference.get("kind"), reference.get("name"), autoscaler.namespace) != wanted:
        return
    place, target = autoscaler.node.place, {"apiVersion": "apps/v1", "kind": "Deployment"}
    spec = autoscaler.node.entries["spec"]
    assert isinstance(spec, Mapping)
    new = planted(reference | target, place)
    autoscaler.node = Mapping(
        place,
        autoscaler.node.entries
        | {"spec": Mapping(spec.place, spec.entries | {"scaleTargetRef": new}, spec.keys)},
        autoscaler.node.keys,
    )
