"""What a probe's results add up to.

A result counts once it repeats threshold times in a row, and below the threshold the earlier
verdict stays. (kubernetes/kubernetes pkg/kubelet/prober/worker.go)
"""

from __future__ import annotations

from sim.ports import ProbeKind

_BEFORE_ANY_TICK = {ProbeKind.STARTUP: None, ProbeKind.READINESS: False, ProbeKind.LIVENESS: True}


class Judgement:
    """The verdict so far, and the run of equal results that may change it."""

    def __init__(self, kind: ProbeKind) -> None:
        self.verdict = _BEFORE_ANY_TICK[kind]
        self._last: bool | None = None
        self._run = 0
        self._success = 1
        self._failure = 1

    def set_thresholds(self, success: int, failure: int) -> None:
        """How many results in a row count; verdict and run stay."""
        self._success = success
        self._failure = failure

    def note(self, result: bool, times: int = 1) -> None:
        """*times* such results came in."""
        if times > 0:
            self._run = self._run + times if result == self._last else times
            self._last = result

    def missing(self, result: bool) -> int | None:
        """How many more such results it takes to change the verdict; None if they cannot."""
        if result == self.verdict:
            return None
        threshold = self._success if result else self._failure
        run = self._run if result == self._last else 0
        return max(1, threshold - run)

    def changes_with(self, result: bool) -> bool:
        """Take in one *result*; whether the verdict changes by it."""
        changes = self.missing(result) == 1
        self.note(result)
        if changes:
            self.verdict = result
        return changes
