"""What would have helped: each cause of failure points at a setting, or says that none does."""

from __future__ import annotations

from collections.abc import Mapping

from sim.i18n import Message, message

_NO_HOOK = message(
    "a preStop hook that sleeps longer than the news takes to every proxy: the process serves on "
    "meanwhile, and SIGTERM comes after the last request."
)
_SHORT_HOOK = message(
    "a longer preStop sleep: this one was over before the proxy had heard that the pod is leaving."
)
_MORE_PODS = message(
    "more ready pods at that moment: maxUnavailable 0, a larger maxSurge, or more replicas."
)
_REMEDIES: Mapping[str, Message] = {
    "no_route": message(
        "the subset or backend first, and the route to it only when every proxy knows it."
    ),
    "no_endpoint": message(
        "a pod that is ready at every moment: this proxy knew of none. Recreate leaves such a gap "
        "by design, RollingUpdate and BlueGreen do not; but neither helps where every pod of the "
        "new version ends."
    ),
    "refused_starting": message(
        "a retry, which meets another pod: a container that starts again is chosen until its pod "
        "is found not ready and every proxy has heard of it."
    ),
    "cut_by_sigkill": message(
        "a longer terminationGracePeriodSeconds: more than the preStop sleep and the longest "
        "request together."
    ),
    "cut_by_crash_or_oom": message(
        "no setting of the rollout, for the process ended. A retry meets another pod; a small "
        "first step (Canary, FeatureFlags) exposes fewer users to such a version."
    ),
    "idle_reset": message(
        "a server that keeps idle connections longer than its clients do, or a client that "
        "retries on a new connection."
    ),
    "queue_full": _MORE_PODS,
    "timed_out_waiting": _MORE_PODS,
    "timed_out_in_service": message(
        "a faster answer or a longer timeout of the client: the process was still working on it."
    ),
    "application_bug": message(
        "no setting of Kubernetes, for a ready pod answered, and its answer was an error. A small "
        "first step with a judge (Canary with an analysis) exposes fewer users."
    ),
    "dependency_error": message(
        "nothing about the pods, for what they call did not answer well or in time."
    ),
    "node_unreachable": message(
        "a retry or outlier detection at the proxy: pods of a lost machine stay ready endpoints "
        "until the control plane marks the node NotReady."
    ),
    "rate_limited": message("a higher rate limit at the proxy, or fewer requests at once."),
    "pool_overflow": message("larger connection pools at the proxy, or more pods behind it."),
    "all_ejected": message(
        "a lower maxEjectionPercent of outlier detection: it had ejected every pod."
    ),
}


def remedy(cause: str, pre_stop_seconds: float) -> Message | None:
    """What would have kept a request from failing by *cause*, in pods with that preStop sleep."""
    if cause in ("refused_terminating", "gone_at_sigterm"):
        return _SHORT_HOOK if pre_stop_seconds > 0 else _NO_HOOK
    return _REMEDIES.get(cause)
