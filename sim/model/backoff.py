"""How long something that failed waits for its next try: a container, a pull, a controller.

(kubernetes/client-go util/flowcontrol/backoff.go, util/workqueue/default_rate_limiters.go;
kubernetes/kubernetes pkg/kubelet/kubelet.go)
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_SECONDS = 10.0
MOST_SECONDS = 300.0
FORGET_SECONDS = 2 * MOST_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """Where a container stands in the series 0, 10, 20, 40, 80, 160, 300, 300 …

    *seconds* is what the next exit will have to wait, *stepped_at* when the last restart was made.
    """

    seconds: float = 0.0
    stepped_at: float = float("-inf")

    def wait_after(self, exited_at: float) -> float:
        """Seconds from an exit at *exited_at* to the restart.

        Nothing before the first restart; nothing again when the exit comes more than 600 s after
        the last step: a container that runs ten minutes between crashes never waits.
        """
        return 0.0 if self._forgotten(exited_at) else self.seconds

    def stepped(self, exited_at: float, now: float) -> BackOff:
        """The state after a restart at *now* that followed an exit at *exited_at*."""
        fresh = self.seconds == 0.0 or self._forgotten(exited_at)
        seconds = FIRST_SECONDS if fresh else min(2 * self.seconds, MOST_SECONDS)
        return BackOff(seconds=seconds, stepped_at=now)

    def _forgotten(self, exited_at: float) -> bool:
        return exited_at - self.stepped_at > FORGET_SECONDS


def retry_seconds(failures: int) -> float:
    """How long a controller's queue holds an object back after its n-th failure in a row.

    5 ms, doubled each time, 1000 s at most.
    """
    return float(min(0.005 * 2.0 ** (min(failures, 30) - 1), 1000.0))
