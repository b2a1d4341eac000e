"""The kernel's records of what workers call; see `records` for all others."""

from __future__ import annotations

import numpy as np

Dependency = np.dtype(
    [
        ("mean", "f8"),
        ("sigma", "f8"),
        ("half_variance", "f8"),
        ("error_ratio", "f8"),
        ("busy_seconds", "f8"),
        ("busy_until", "f8"),
        ("capacity", "i8"),
        ("table", "i8"),  # Where its quantiles begin, if they are in one.
        ("in_use", "i4"),
        ("waiting", "i4"),
        ("first", "i4"),  # Of those that wait.
        ("last", "i4"),
        ("demand", "i1"),
        ("up", "i1"),
    ],
    align=True,
)
Call = np.dtype([("share", "f8"), ("timeout", "f8"), ("dependency", "i4")], align=True)
# What belongs to a slot only where workers call: the phase that its worker is in, by the kind of
# the event at its end, and, in a call, where it is.
Caller = np.dtype(
    [
        ("answered_at", "f8"),
        ("patient_until", "f8"),
        ("next_call", "i4"),  # To be made, by its place in `call`; `calls_end` if there is none.
        ("calls_end", "i4"),
        ("calling", "i4"),
        ("ahead", "i4"),  # Neighbours in the line before a dependency.
        ("behind", "i4"),
        ("phase", "i1"),
        ("served", "i1"),  # It has a slot of the dependency.
    ],
    align=True,
)
