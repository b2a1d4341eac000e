"""Is a rollout complete, does it progress, has it taken too long: three questions on counts.

(kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go and progress.go)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from sim.model.objects import JsonObject

NO_DEADLINE = 2**31 - 1  # A deadline of the largest 32-bit value means none.


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The replica counts of a Deployment's status; a missing field is 0, as in the API."""

    replicas: int = 0
    updated: int = 0
    ready: int = 0
    available: int = 0

    @classmethod
    def of(cls, status: JsonObject) -> Counts:
        """The counts in a Deployment *status*."""
        return cls(
            replicas=status.get("replicas", 0),
            updated=status.get("updatedReplicas", 0),
            ready=status.get("readyReplicas", 0),
            available=status.get("availableReplicas", 0),
        )


def is_complete(replicas: int, counts: Counts) -> bool:
    """Whether all pods are of the new version, available, and no old one is left.

    Old pods that are only terminating are not counted and do not stand in the way.
    """
    return counts.updated == counts.replicas == counts.available == replicas


def has_progressed(before: Counts, after: Counts) -> bool:
    """Whether a status is a step forward: more updated, ready or available, or fewer old pods.

    2 to 3 updated is progress; 5 to 4 available alone is not.
    """
    old_before = before.replicas - before.updated
    old_after = after.replicas - after.updated
    return (
        after.updated > before.updated
        or old_after < old_before
        or after.ready > before.ready
        or after.available > before.available
    )


def has_deadline(deployment: JsonObject) -> bool:
    """Whether the Deployment has a progress deadline at all."""
    deadline = deployment["spec"].get("progressDeadlineSeconds")
    return deadline is not None and deadline != NO_DEADLINE


def due_at(last_update: float, deadline_seconds: int) -> float:
    """The moment after which a rollout without progress since *last_update* has timed out.

    The API keeps whole seconds of a condition's time, so the clock starts up to a second early:
    12.7 and 600 give 612, and so do 12.0 and 600.
    (kubernetes/apimachinery pkg/apis/meta/v1/time.go)
    """
    return floor(last_update) + deadline_seconds


def recheck_at(last_update: float, deadline_seconds: int) -> float:
    """When the controller looks again by itself: one second after the deadline.

    So the condition turns 0 to 1 seconds after the deadline, counted from the last progress:
    12.7 and 600 give 613. (progress.go, requeueStuckDeployment)
    """
    return due_at(last_update, deadline_seconds) + 1.0
