"""The kernel's record of a probe. See `sim.traffic.probing` and `sim.traffic.asking`."""

from __future__ import annotations

import numpy as np

Probe = np.dtype(
    [
        ("first", "f8"),
        ("period", "f8"),
        ("answer_seconds", "f8"),
        ("timeout", "f8"),
        ("ticks", "i8"),  # Asking: how many have been. Quiet: the first not taken in.
        ("run", "i8"),
        ("success", "i8"),
        ("failure", "i8"),
        ("turns_at", "i8"),  # Quiet: the tick that changes the verdict.
        ("tick", "i4"),  # Slots of its own events.
        ("make_up", "i4"),
        ("asked", "i4"),  # The slot of the request that is out.
        ("pod", "i4"),
        ("kind", "i1"),
        ("sort", "i1"),  # NO_PROBE, QUIET or ASKING.
        ("ticking", "i1"),
        ("missed", "i1"),
        ("verdict", "i1"),
        ("last", "i1"),
        ("in_time", "i1"),
        ("void", "i1"),  # The pending make-up belongs to a probe that is no more.
    ],
    align=True,
)
