"""Copies: mirrored requests, whose answers nobody heard, and how the new version took them."""

from __future__ import annotations

from sim.model.run import Run


def answered_well(run: Run) -> int | None:
    """Copies that were answered well; None if nothing was mirrored."""
    return sum(good for good, _ in run.copies.values()) if run.copies else None


def not_answered_well(run: Run) -> int | None:
    """Copies that ended in an error, in time or not, or found no pod; None without any copies."""
    return sum(bad for _, bad in run.copies.values()) if run.copies else None
