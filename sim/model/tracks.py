"""Tracks: a second Deployment beside the one that is released, and what tells its pods apart.

Both serve behind one Service, so the pods of the second carry one label more. Kubernetes' own
pattern for canaries (kubernetes.io, "Canary deployments": a `track` label and two Deployments);
the label's key is ours, so that it meets none of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.objects import JsonObject, labels_of, name_of, namespace_of
from sim.model.template_hash import HASH_LABEL

STABLE = "stable"  # The Deployment that every strategy starts from.
TRACK_LABEL = "seatrial/track"
NOTE = "seatrial/"  # The annotations in which a release keeps how far it has come.
CLOSED = "closed"  # A track without pods: what a Service selects that is to reach nobody.
_COPIED = ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "strategy")


def track_name(deployment: str, track: str) -> str:
    """What the Deployment of *track* is called: `web` is stable, `web-canary` its canary."""
    return deployment if track == STABLE else f"{deployment}-{track}"


def track_deployment(
    stable: JsonObject,
    track: str,
    template: JsonObject,
    replicas: int,
    notes: Mapping[str, str],
) -> JsonObject:
    """The Deployment of a new *track*: as *stable* is, with another template and its own label."""
    spec = stable["spec"]
    selector = spec["selector"]
    own = {TRACK_LABEL: track}
    return {
        "apiVersion": stable["apiVersion"],
        "kind": "Deployment",
        "metadata": {
            "name": track_name(name_of(stable), track),
            "namespace": namespace_of(stable),
            "labels": {**labels_of(stable), **own},
            "annotations": dict(notes),
        },
        "spec": {
            **{field: spec[field] for field in _COPIED if field in spec},
            "replicas": replicas,
            "selector": {**selector, "matchLabels": {**selector.get("matchLabels", {}), **own}},
            "template": with_track(template, track),
        },
    }


def with_track(template: JsonObject, track: str) -> JsonObject:
    """The pod *template* with the label of its *track*; stable's pods carry none."""
    if track == STABLE:
        return template
    metadata = template.get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), TRACK_LABEL: track}
    return {**template, "metadata": {**metadata, "labels": labels}}


def without_track(template: JsonObject) -> JsonObject:
    """The pod *template* as somebody who released it wrote it."""
    metadata = template.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if TRACK_LABEL not in labels:
        return template
    kept = {key: text for key, text in labels.items() if key != TRACK_LABEL}
    return {**template, "metadata": {**metadata, "labels": kept}}


def selecting(track: str, stable_hash: str) -> dict[str, str | None]:
    """The merge patch of a Service's selector that lets it reach the pods of *track* only.

    Stable's pods have no label of their own but the hash of their template, *stable_hash*: the
    same trick as Argo Rollouts' `rollouts-pod-template-hash`.
    """
    if track == STABLE:
        return {TRACK_LABEL: None, HASH_LABEL: stable_hash}
    return {TRACK_LABEL: track, HASH_LABEL: None}
