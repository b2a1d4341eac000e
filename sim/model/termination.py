"""The arithmetic of a graceful stop: one budget for preStop and for the process after SIGTERM.

(kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer)
"""

from __future__ import annotations

from math import floor

LEAST_SECONDS = 2.0  # minimumGracePeriodInSeconds


def grace_left(grace_seconds: float, spent_seconds: float) -> float:
    """What is left of a grace period after a wait: only whole seconds of it are counted.

    30 after 15 leaves 15; 10 after 9.4 leaves 1; never less than nothing.
    """
    return max(grace_seconds - floor(spent_seconds), 0.0)


def kill_after(left_seconds: float) -> float:
    """Seconds from SIGTERM to SIGKILL: what is left of the grace period, and at least 2."""
    return max(left_seconds, LEAST_SECONDS)
