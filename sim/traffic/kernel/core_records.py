"""The kernel's records of cores and who computes on them; see `records` for all others."""

from __future__ import annotations

import numpy as np

Meter = np.dtype(
    [
        ("limit_cores", "f8"),
        ("weight", "f8"),
        ("quota", "f8"),
        ("origin", "f8"),
        ("period_end", "f8"),
        ("used", "f8"),
        ("work", "f8"),
        ("rate", "f8"),
        ("since", "f8"),
        ("throttled_seconds", "f8"),
        ("share", "f8"),
        ("jobs", "i4"),
        ("head", "i4"),
        ("next", "i4"),  # Neighbours among those that their node follows.
        ("previous", "i4"),
        ("turn", "i1"),
        ("throttled", "i1"),
        ("stale", "i1"),
        ("hungry", "i1"),
    ],
    align=True,
)
Node = np.dtype(
    [("cores", "f8"), ("head", "i4"), ("tail", "i4"), ("followed", "i4"), ("alone", "i4")],
    align=True,
)
Thread = np.dtype([("computed", "f8"), ("slot", "i4")], align=True)
