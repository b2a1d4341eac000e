"""One look of the Deployment controller at one Deployment: what it sees and what it may write.

(kubernetes/kubernetes pkg/controller/deployment/sync.go)
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.control.recorder import Recorder
from sim.control.store import Store
from sim.model.objects import JsonObject, annotations_of, name_of
from sim.model.revision import DESIRED_REPLICAS, MAX_REPLICAS
from sim.model.rollout import Fenceposts, fenceposts_of
from sim.model.template_hash import canonical


class SyncFailed(Exception):
    """This look came to nothing; the controller's queue holds it back and tries again."""


class TemplateMemo:
    """Canonical forms of pod templates, computed once for each object: every sync compares them."""

    def __init__(self) -> None:
        # The template is kept beside its form so that its id cannot be taken by another object.
        self._known: dict[int, tuple[JsonObject, JsonObject]] = {}

    def canonical(self, template: JsonObject) -> JsonObject:
        """What `template_hash.canonical` says of *template*."""
        known = self._known.get(id(template))
        if known is None:
            known = self._known[id(template)] = (template, canonical(template))
        return known[1]


class DeploymentSync:
    """A Deployment with its ReplicaSets as they are *now*; `olds` are sorted, the oldest first.

    `new` is the ReplicaSet whose template equals the Deployment's, the oldest if several do. Every
    write goes through here, so that the rest of the same sync sees its effect.
    """

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        memo: TemplateMemo,
        now: float,
        deployment: JsonObject,
    ) -> None:
        self.store = store
        self.recorder = recorder
        self.now = now
        self.deployment = deployment
        self.bounds: Fenceposts = fenceposts_of(deployment)
        wanted = memo.canonical(deployment["spec"]["template"])
        owned = store.owned("ReplicaSet", deployment["metadata"]["uid"])
        # Adoption may bring an old one late. (ReplicaSetsByCreationTimestamp)
        owned = sorted(owned, key=lambda rs: (rs["metadata"]["creationTimestamp"], name_of(rs)))
        matching = [rs for rs in owned if memo.canonical(rs["spec"]["template"]) == wanted]
        self.new: JsonObject | None = matching[0] if matching else None
        self.olds: list[JsonObject] = [rs for rs in owned if rs is not self.new]

    @property
    def all(self) -> list[JsonObject]:
        """All ReplicaSets, the new one last."""
        return self.olds if self.new is None else [*self.olds, self.new]

    def active(self, sets: Sequence[JsonObject]) -> list[JsonObject]:
        """Those of *sets* that want pods."""
        return [rs for rs in sets if size_of(rs) > 0]

    def scale(self, rs: JsonObject, size: int) -> bool:
        """Give *rs* this size and fresh size annotations; True if the size changed."""
        before = size_of(rs)
        notes = {**annotations_of(rs), **self.size_annotations()}
        if before == size and notes == annotations_of(rs):
            return False
        after = self.store.put(
            {
                **rs,
                "metadata": {**rs["metadata"], "annotations": notes},
                "spec": {**rs["spec"], "replicas": size},
            }
        )
        self.replace(after)
        if before != size:
            verb = "up" if size > before else "down"
            note = f"Scaled {verb} replica set {name_of(rs)} from {before} to {size}"
            self.recorder.emit(self.deployment, "ScalingReplicaSet", note)
        return before != size

    def size_annotations(self) -> dict[str, str]:
        """What a ReplicaSet is told about the Deployment's size."""
        return {
            DESIRED_REPLICAS: str(self.bounds.replicas),
            MAX_REPLICAS: str(self.bounds.ceiling),
        }

    def replace(self, rs: JsonObject) -> None:
        """Take note of a newer version of one of the ReplicaSets."""
        uid = rs["metadata"]["uid"]
        if self.new is not None and self.new["metadata"]["uid"] == uid:
            self.new = rs
        self.olds = [rs if old["metadata"]["uid"] == uid else old for old in self.olds]

    def write_conditions(
        self, conditions: list[JsonObject], annotations: dict[str, str] | None = None
    ) -> None:
        """Write the Deployment's conditions (and *annotations*), leaving its counts alone."""
        status = {**self.deployment.get("status", {}), "conditions": conditions}
        self.write_status(status, annotations)

    def write_status(self, status: JsonObject, annotations: dict[str, str] | None = None) -> bool:
        """Write the Deployment's whole status; False if it was like that already."""
        before = self.deployment
        self.deployment = self.store.put_status(before, status, annotations)
        return self.deployment is not before

    def conditions(self) -> list[JsonObject]:
        """The Deployment's conditions."""
        return list(self.deployment.get("status", {}).get("conditions") or ())


def size_of(rs: JsonObject) -> int:
    """The wanted size of a ReplicaSet: spec.replicas, 1 by default."""
    size: int = rs["spec"].get("replicas", 1)
    return size


def available_of(rs: JsonObject) -> int:
    """How many of its pods were available when its controller last counted."""
    count: int = rs.get("status", {}).get("availableReplicas", 0)
    return count


def replicas_of(rs: JsonObject) -> int:
    """How many pods it had when its controller last counted."""
    count: int = rs.get("status", {}).get("replicas", 0)
    return count
