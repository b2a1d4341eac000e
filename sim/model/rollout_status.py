"""What `kubectl rollout status` says about a Deployment: one line, and whether it is over.

The lines are kubectl's own and are not translated.
(kubernetes/kubectl pkg/polymorphichelpers/rollout_status.go)
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.objects import JsonObject, condition, name_of
from sim.model.progress import Counts
from sim.model.revision import revision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStatus:
    """One *line*; *done* ends with exit code 0, *failed* with 1, neither goes on waiting."""

    line: str
    done: bool = False
    failed: bool = False


def rollout_status(deployment: JsonObject, revision: int = 0) -> RolloutStatus:
    """The status of *deployment*, checked in kubectl's order; *revision* pins one, 0 pins none."""
    running = revision_of(deployment)
    if revision and revision != running:
        line = (
            f"error: desired revision ({revision}) is different from the running revision"
            f" ({running})"
        )
        return RolloutStatus(line=line, failed=True)
    status = deployment.get("status") or {}
    if deployment["metadata"].get("generation", 0) > status.get("observedGeneration", 0):
        return RolloutStatus(line="Waiting for deployment spec update to be observed...")
    progressing = condition(deployment, "Progressing")
    subject = f'deployment "{name_of(deployment)}"'
    if progressing is not None and progressing.get("reason") == "ProgressDeadlineExceeded":
        return RolloutStatus(line=f"error: {subject} exceeded its progress deadline", failed=True)
    if waiting := _waiting_for(deployment, Counts.of(status)):
        return RolloutStatus(line=f"Waiting for {subject} rollout to finish: {waiting}...")
    return RolloutStatus(line=f"{subject} successfully rolled out", done=True)


def _waiting_for(deployment: JsonObject, counts: Counts) -> str:
    wanted = deployment["spec"].get("replicas", 1)
    if counts.updated < wanted:
        return f"{counts.updated} out of {wanted} new replicas have been updated"
    if counts.replicas > counts.updated:
        return f"{counts.replicas - counts.updated} old replicas are pending termination"
    if counts.available < counts.updated:
        return f"{counts.available} of {counts.updated} updated replicas are available"
    return ""
