"""The tracks of one service: what their Deployments are called, and what tells their pods apart.

As a rule the second track is a Deployment that the release makes, told by a label of ours. Where
somebody has two Deployments already (kubernetes.io, "Canary deployments", and blue-green with a
selector), the second is theirs, with its own name and the labels that it carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.objects import JsonObject, labels_of, name_of
from sim.model.template_hash import HASH_LABEL
from sim.model.tracks import (
    STABLE,
    TRACK_LABEL,
    selecting,
    track_deployment,
    track_name,
    with_track,
    without_track,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Somebody's own second *deployment*, with every default filled in.

    Its pods carry *labels* where those of the first carry *stable_labels*; *label* is the key of
    one by which each Deployment knows its pods, and *selected_by* are those that the Service
    selects one side by. One that *stands* is there from the start and stays; any other is created
    by the release. *service* selects its pods alone, and *stable_service* those of the first, where
    routes lead to two Services.
    """

    deployment: JsonObject
    labels: Mapping[str, str]
    stable_labels: Mapping[str, str]
    label: str
    selected_by: tuple[str, ...] = ()
    stands: bool = False
    service: str = ""
    stable_service: str = ""

    @property
    def replicas(self) -> int:
        """How many pods its author gave it."""
        return int(self.deployment["spec"]["replicas"])

    def moved(self, template: JsonObject, *, to_stable: bool) -> JsonObject:
        """*template* with the labels of one side in place of the other's."""
        now, then = self.labels, self.stable_labels
        now, then = (now, then) if to_stable else (then, now)
        metadata = template.get("metadata") or {}
        labels = metadata.get("labels") or {}
        if not now.items() <= labels.items():
            return template
        kept = {key: text for key, text in labels.items() if key not in now}
        return {**template, "metadata": {**metadata, "labels": {**kept, **then}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """The stable track, which is *deployment*, and the one beside it: *second*, or made when due.

    A template is passed about as stable's pods carry it, and `labelled` where another track's do.
    """

    deployment: str
    second: Second | None = None

    def name(self, track: str) -> str:
        """What the Deployment of *track* is called."""
        if self.second is None or track == STABLE:
            return track_name(self.deployment, track)
        return name_of(self.second.deployment)

    def whole(self, track: str, replicas: int) -> int:
        """How many pods *track* has when it serves all; *replicas* are those of the service."""
        if self.second is None or track == STABLE or not self.second.stands:
            return replicas
        return self.second.replicas or replicas

    def is_kept(self, track: str) -> bool:
        """Whether the Deployment of *track* was there before the release, and so outlives it."""
        return track == STABLE or (self.second is not None and self.second.stands)

    def labelled(self, template: JsonObject, track: str) -> JsonObject:
        """*template* as the pods of *track* carry it."""
        if self.second is None or track == STABLE:
            return with_track(template, track)
        return self.second.moved(template, to_stable=False)

    def plain(self, template: JsonObject) -> JsonObject:
        """*template* as stable's pods carry it, whichever track it is of."""
        if self.second is not None:
            template = self.second.moved(template, to_stable=True)
        return without_track(template)

    def made(
        self, stable: JsonObject, track: str, template: JsonObject, replicas: int
    ) -> JsonObject:
        """The Deployment of *track* as it is created, with so many *replicas* of *template*."""
        if self.second is None:
            return track_deployment(stable, track, template, replicas, {})
        made = self.second.deployment
        spec = {"replicas": replicas, "template": self.labelled(template, track)}
        return {**made, "spec": {**made["spec"], **spec}}

    def own_label(self, track: str, stable_hash: str) -> tuple[str, str]:
        """The label that only the pods of *track* carry; stable's are those of *stable_hash*."""
        if self.second is not None:
            side = self.second.stable_labels if track == STABLE else self.second.labels
            return self.second.label, side[self.second.label]
        return (HASH_LABEL, stable_hash) if track == STABLE else (TRACK_LABEL, track)

    def selecting(self, track: str, stable_hash: str) -> dict[str, str | None]:
        """The merge patch of the Service's selector that lets it reach the pods of *track* only."""
        if self.second is None:
            return selecting(track, stable_hash)
        side = self.second.stable_labels if track == STABLE else self.second.labels
        return {key: side[key] for key in self.second.selected_by}

    def opened(self) -> dict[str, str | None]:
        """The merge patch that lets the Service reach what it did before any switch."""
        if self.second is None:
            return dict.fromkeys(selecting(STABLE, ""))
        return self.selecting(STABLE, "")


def differing(stable: JsonObject, second: JsonObject) -> tuple[dict[str, str], dict[str, str]]:
    """The labels in which the pods of two Deployments differ: the first's, and the second's."""
    one, other = (labels_of(found["spec"]["template"]) for found in (stable, second))
    return (
        {key: text for key, text in one.items() if other.get(key) != text},
        {key: text for key, text in other.items() if one.get(key) != text},
    )
