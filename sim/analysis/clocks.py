"""Rollout clocks: how long a release takes, from its first write. Not finishing is no number."""

from __future__ import annotations

from math import isinf

from sim.model.run import Run

OLD_VERSION = 0  # `Run.versions` begins with old and new.


def old_version_gone_seconds(run: Run) -> float | None:
    """First write to the last answer, of any kind, that the old version gave.

    None without a release, while a pod of the old version is left when the window ends, and if
    it never answered anything. 0 if it had given its last answer before the release began.
    """
    last = run.last_answer.get(OLD_VERSION)
    if run.strategy is None or last is None or _old_version_is_left(run):
        return None
    return max(0.0, last - run.window.first_write)


def _old_version_is_left(run: Run) -> bool:
    ends = [span.end for span in run.pods if span.version == OLD_VERSION]
    return any(isinf(end) or end > run.window.end for end in ends)


def settled_seconds(run: Run) -> float | None:
    """First write until only the final version's pods exist, all ready and none terminating.

    None without a release, and if that did not come within the window.
    """
    if run.strategy is None or not is_settled(run):
        return None
    assert run.settled_at is not None
    return run.settled_at - run.window.first_write


def is_settled(run: Run) -> bool:
    """Whether only the final pods were left before the window ended."""
    return run.settled_at is not None and run.settled_at <= run.window.end
