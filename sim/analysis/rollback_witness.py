"""The witness of a way back: what a bad version did to requests, to the exact moment.

A `Run` counts by the second; a way back may take less than one. So the witness is told every
attempt of a run, and keeps the few that matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from sim.model.attempts import Attempts, FloatArray
from sim.model.causes import ANSWERS, Cause
from sim.model.run import IntArray

BoolArray = npt.NDArray[np.bool_]

NEW_VERSION = 1  # `Run.versions` begins with old and new.
_ANSWERED = np.array([int(cause) for cause in ANSWERS], dtype=np.int64)
# What a process does wrong by itself, as soon as a request is in it …
_ITS_OWN = (
    Cause.APPLICATION_BUG,
    Cause.DEPENDENCY_ERROR,
    Cause.TIMED_OUT_IN_SERVICE,
    Cause.CUT_BY_CRASH_OR_OOM,
)
# … and what happens to a slow one, but also to a good one that is left with too few others.
_OVERLOAD = (Cause.TIMED_OUT_WAITING, Cause.QUEUE_FULL)


class Witness:
    """Is told every attempt of one run (a `model.attempts.Recorder`); *start* and *end* bound what
    counts: requests that users meant to send in between.
    """

    def __init__(self, start: float, end: float) -> None:
        self._start = start
        self._end = end
        self.first_failure: float | None = None  # Of a request, by what a bad process does.
        self._met: list[IntArray] = []
        self._met_at: list[FloatArray] = []
        self._failed_at: list[FloatArray] = []
        self._failed_by: list[IntArray] = []
        self._failed_there: list[BoolArray] = []  # At a pod of the bad version?

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """The next *attempts*."""
        counted = (attempts.meant >= self._start) & (attempts.meant < self._end)
        bad = counted & (attempts.version == NEW_VERSION)
        wrong = bad & np.isin(attempts.cause, [int(one) for one in (*_ITS_OWN, *_OVERLOAD)])
        self._hear_of_failures(attempts.answered[wrong])
        met = bad & np.isin(attempts.cause, _ANSWERED)
        self._met.append(attempts.request[met])
        self._met_at.append(attempts.answered[met])
        lost = counted & attempts.final & (attempts.cause != 0)
        self._failed_at.append(attempts.answered[lost])
        self._failed_by.append(attempts.cause[lost])
        self._failed_there.append(bad[lost])

    def _hear_of_failures(self, moments: FloatArray) -> None:
        # Attempts come in the order in which they ended, those of one moment in any.
        if self.first_failure is None and moments.size:
            self.first_failure = float(moments.min())

    def exposed(self, since: float = float("-inf")) -> int:
        """Requests of which the bad version answered an attempt, rightly or not, from then on."""
        if not self._met:
            return 0
        request, moment = np.concatenate(self._met), np.concatenate(self._met_at)
        return int(np.unique(request[moment >= since]).size)

    def unexplained(self, since: float) -> dict[Cause, int]:
        """Failures from *since* on that the bad version's bug does not explain, by cause.

        It explains what its process does wrong by itself. Overload at its pods it explains if
        they were overloaded before *since* too, when nobody had begun to take them away.
        """
        if not self._failed_at:
            return {}
        moment, cause = np.concatenate(self._failed_at), np.concatenate(self._failed_by)
        there = np.concatenate(self._failed_there)
        before = set(cause[there & (moment < since)].tolist())
        explained = [*_ITS_OWN, *(one for one in _OVERLOAD if one in before)]
        counted = (moment >= since) & ~(there & np.isin(cause, [int(one) for one in explained]))
        counts = np.bincount(cause[counted], minlength=len(Cause))
        return {found: int(counts[found]) for found in Cause if counts[found]}
