"""Visitors: what each user met while an experiment lasted, put together from the attempts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.model.attempts import Attempts, FloatArray
from sim.model.causes import Cause
from sim.model.run import IntArray

OLD = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """One row for each user that a version answered, by user number.

    *first_new* tells who was answered by the new version first; *by_old* and *by_new* count
    requests by who was to answer them, *requests* all of them, *failed* those without a good
    answer, and *seconds* sums up how long all took. *unanswered* users met no version at all.
    """

    user: IntArray
    first_new: npt.NDArray[np.bool_]
    by_old: IntArray
    by_new: IntArray
    requests: IntArray
    failed: IntArray
    seconds: FloatArray
    unanswered: int


class Ledger:
    """Keeps of every request what matters to its user; a `Recorder`. It grows with the traffic."""

    def __init__(self) -> None:
        self._chunks: list[tuple[npt.NDArray[np.generic], ...]] = []

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """The next *attempts*; the final ones are the users' requests."""
        final = attempts.final
        columns = (
            attempts.user,
            attempts.version.astype(np.int32),
            attempts.cause != int(Cause.NONE),
            attempts.meant,
            attempts.answered,
        )
        self._chunks.append(tuple(column[final].copy() for column in columns))

    def visitors(self, start: float, end: float) -> Visitors:
        """Requests meant from *start* on and answered before *end*, by user."""
        empty = tuple(np.zeros(0, kind) for kind in (int, int, bool, float, float))
        user, version, failed, meant, answered = (
            np.concatenate(parts) for parts in zip(empty, *self._chunks, strict=True)
        )
        keep = (meant >= start) & (answered < end)
        order = np.flatnonzero(keep)[np.argsort(meant[keep], kind="stable")]
        users, place = np.unique(user[order], return_inverse=True)
        met = version[order] >= 0
        first_new = np.zeros(len(users), dtype=bool)
        # Written from the last request to the first, so that the first one stays.
        first_new[place[met][::-1]] = version[order][met][::-1] > OLD
        found = Visitors(
            user=users.astype(np.int64),
            first_new=first_new,
            by_old=np.bincount(place[version[order] == OLD], minlength=len(users)),
            by_new=np.bincount(place[version[order] > OLD], minlength=len(users)),
            requests=np.bincount(place, minlength=len(users)),
            failed=np.bincount(place[failed[order]], minlength=len(users)),
            seconds=np.asarray(
                np.bincount(place, weights=(answered - meant)[order], minlength=len(users)), float
            ),
            unanswered=0,
        )
        return _only(found, found.by_old + found.by_new > 0)


def _only(visitors: Visitors, keep: npt.NDArray[np.bool_]) -> Visitors:
    """The users to *keep*; the others are the unanswered ones."""
    return Visitors(
        unanswered=int((~keep).sum()),
        requests=visitors.requests[keep],
        user=visitors.user[keep],
        first_new=visitors.first_new[keep],
        by_old=visitors.by_old[keep],
        by_new=visitors.by_new[keep],
        failed=visitors.failed[keep],
        seconds=visitors.seconds[keep],
    )
