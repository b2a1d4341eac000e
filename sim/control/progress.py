"""The status of a Deployment: its counts, its conditions, and the progress deadline.

(kubernetes/kubernetes pkg/controller/deployment/progress.go and sync.go, calculateStatus)
"""

from __future__ import annotations

from sim.control.sync import DeploymentSync, available_of, replicas_of, size_of
from sim.model.conditions import found, new_condition, refreshed, with_condition, without
from sim.model.objects import JsonObject, condition, name_of
from sim.model.progress import (
    Counts,
    due_at,
    has_deadline,
    has_progressed,
    is_complete,
    recheck_at,
)

PROGRESSING = "Progressing"
FINISHED = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"
PAUSED = "DeploymentPaused"
FAILURE = "ReplicaFailure"


def is_complete_now(sync: DeploymentSync) -> bool:
    """Whether the status as last written says that the rollout is complete."""
    status = sync.deployment.get("status", {})
    return _is_complete(sync, status)


def note_pause(sync: DeploymentSync) -> None:
    """Write down that the Deployment was paused or resumed, so that the pause counts no time.

    Lack of progress, once reported, is not overwritten. (progress.go, checkPausedConditions)
    """
    if not has_deadline(sync.deployment):
        return
    conditions = sync.conditions()
    current = found(conditions, PROGRESSING)
    reason = current["reason"] if current is not None else ""
    paused = bool(sync.deployment["spec"].get("paused"))
    if reason == TIMED_OUT or paused == (reason == PAUSED):
        return
    after = (PAUSED, "Deployment is paused") if paused else _RESUMED
    verdict = new_condition(PROGRESSING, "Unknown", *after, sync.now)
    sync.write_conditions(with_condition(conditions, verdict))


_RESUMED = ("DeploymentResumed", "Deployment is resumed")


def write_status(sync: DeploymentSync) -> None:
    """Counts and availability only: what a paused or scaling Deployment gets."""
    sync.write_status(_counted(sync))


def write_rollout_status(sync: DeploymentSync) -> float | None:
    """The whole status; the moment at which to check the deadline again, if nothing changed."""
    status = _counted(sync)
    status["conditions"] = _with_failure(sync, _judged(sync, status))
    if sync.write_status(status):
        return None  # Our own write brings us back.
    return _recheck(sync)


def _counted(sync: DeploymentSync) -> JsonObject:
    before = sync.deployment.get("status", {})
    available = sum(map(available_of, sync.all))
    enough = available >= sync.bounds.minimum
    verdict = new_condition(
        "Available",
        "True" if enough else "False",
        "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        "Deployment has minimum availability."
        if enough
        else "Deployment does not have minimum availability.",
        sync.now,
    )
    status: JsonObject = {
        "observedGeneration": sync.deployment["metadata"]["generation"],
        "replicas": sum(map(replicas_of, sync.all)),
        "updatedReplicas": 0 if sync.new is None else replicas_of(sync.new),
        "readyReplicas": sum(rs.get("status", {}).get("readyReplicas", 0) for rs in sync.all),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(map(size_of, sync.all)) - available),
        "terminatingReplicas": sum(
            rs.get("status", {}).get("terminatingReplicas", 0) for rs in sync.all
        ),
        "conditions": with_condition(sync.conditions(), verdict),
    }
    if "collisionCount" in before:
        status["collisionCount"] = before["collisionCount"]
    return status


def _judged(sync: DeploymentSync, status: JsonObject) -> list[JsonObject]:
    """The conditions with the verdict on progress. (progress.go, syncRolloutStatus)"""
    conditions: list[JsonObject] = status["conditions"]
    if not has_deadline(sync.deployment):
        return without(conditions, PROGRESSING)
    current = found(conditions, PROGRESSING)
    counts = Counts.of(status)
    finished = current is not None and current["reason"] == FINISHED
    if finished and counts.replicas == counts.updated:
        return conditions
    subject = _subject(sync)
    if _is_complete(sync, status):
        note = f"{subject} has successfully progressed."
        done = new_condition(PROGRESSING, "True", FINISHED, note, sync.now)
        return with_condition(conditions, done)
    if has_progressed(Counts.of(sync.deployment.get("status", {})), counts):
        note = f"{subject} is progressing."
        going = new_condition(PROGRESSING, "True", "ReplicaSetUpdated", note, sync.now)
        return refreshed(conditions, going)
    if _is_timed_out(sync, current):
        note = f"{subject} has timed out progressing."
        late = new_condition(PROGRESSING, "False", TIMED_OUT, note, sync.now)
        return with_condition(conditions, late)
    return conditions


def _with_failure(sync: DeploymentSync, conditions: list[JsonObject]) -> list[JsonObject]:
    """The conditions with what keeps a ReplicaSet from its pods; the new set's word comes first.

    (sync.go, getReplicaFailures)
    """
    for rs in ([sync.new] if sync.new is not None else []) + sync.olds:
        said = condition(rs, FAILURE)
        if said is not None:
            return with_condition(
                conditions, {**said, "lastUpdateTime": said["lastTransitionTime"]}
            )
    return without(conditions, FAILURE)


def _subject(sync: DeploymentSync) -> str:
    if sync.new is None:
        return f'Deployment "{name_of(sync.deployment)}"'
    return f'ReplicaSet "{name_of(sync.new)}"'


def _is_complete(sync: DeploymentSync, status: JsonObject) -> bool:
    observed = status.get("observedGeneration", 0) >= sync.deployment["metadata"]["generation"]
    return observed and is_complete(sync.bounds.replicas, Counts.of(status))


def _is_timed_out(sync: DeploymentSync, current: JsonObject | None) -> bool:
    """Whether the deadline has passed since *current* was last updated; a finished one has none."""
    if current is None or current["reason"] == FINISHED:
        return False
    if current["reason"] == TIMED_OUT:
        return True
    deadline = sync.deployment["spec"]["progressDeadlineSeconds"]
    return due_at(current["lastUpdateTime"], deadline) < sync.now


def _recheck(sync: DeploymentSync) -> float | None:
    """When to look again by itself. (progress.go, requeueStuckDeployment)"""
    current = found(sync.conditions(), PROGRESSING)
    if current is None or current["reason"] in (FINISHED, TIMED_OUT) or is_complete_now(sync):
        return None
    deadline = sync.deployment["spec"]["progressDeadlineSeconds"]
    return recheck_at(current["lastUpdateTime"], deadline)
