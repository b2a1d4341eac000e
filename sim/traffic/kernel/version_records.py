"""The kernel's record of how a version behaves; see `records` for all others."""

from __future__ import annotations

import numpy as np

Version = np.dtype(
    [
        ("mean", "f8"),
        ("cpu_share", "f8"),
        ("error_ratio", "f8"),
        ("sigma", "f8"),
        ("half_variance", "f8"),
        ("probe_seconds", "f8"),
        ("base_bytes", "f8"),
        ("leak", "f8"),
        ("last_answer", "f8"),
        ("concurrency", "i8"),
        ("queue_limit", "i8"),
        ("keep_alive", "f8"),
        ("copies_good", "i8"),  # Mirrored copies that it answered well, and not.
        ("copies_bad", "i8"),
        ("calls", "i4"),  # Where its calls begin in `call`, and where they end.
        ("calls_end", "i4"),
        ("table", "i8"),  # Where its quantiles begin, if they are in one.
        ("warm_up", "f8"),
        ("slowdown", "f8"),
        ("hang_ratio", "f8"),
        ("weight", "i8"),
        ("leak_each", "f8"),  # By request.
        ("crash_ratio", "f8"),
        ("demand", "i1"),
        ("has_answered", "i1"),
        ("uneven", "i1"),  # It warms up or hangs.
        ("harmed", "i1"),  # By requests, which leak or end the process.
    ],
    align=True,
)
