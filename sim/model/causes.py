"""Why a request failed: exactly one cause each, from a closed list with stable names."""

from __future__ import annotations

from enum import IntEnum


class Cause(IntEnum):
    """The cause of a final answer. `NONE` is success; the order is part of the file format."""

    NONE = 0
    NO_ROUTE = 1
    NO_ENDPOINT = 2
    REFUSED_STARTING = 3
    REFUSED_TERMINATING = 4
    GONE_AT_SIGTERM = 5
    CUT_BY_SIGKILL = 6
    CUT_BY_CRASH_OR_OOM = 7
    IDLE_RESET = 8
    QUEUE_FULL = 9
    TIMED_OUT_WAITING = 10
    TIMED_OUT_IN_SERVICE = 11
    APPLICATION_BUG = 12
    API_INCOMPATIBLE = 13
    SCHEMA_MISMATCH = 14
    DEPENDENCY_ERROR = 15
    NODE_UNREACHABLE = 16
    PACKET_LOST = 17
    RATE_LIMITED = 18
    POOL_OVERFLOW = 19
    ALL_EJECTED = 20
    SESSION_LOST = 21

    @property
    def key(self) -> str:
        """The stable name in `--json` and in files: `refused_terminating`."""
        return self.name.lower()


# A cause without a mechanism yet is reserved and never printed.
MECHANISMS = (
    Cause.NO_ROUTE,
    Cause.NO_ENDPOINT,
    Cause.REFUSED_STARTING,
    Cause.REFUSED_TERMINATING,
    Cause.GONE_AT_SIGTERM,
    Cause.CUT_BY_SIGKILL,
    Cause.CUT_BY_CRASH_OR_OOM,
    Cause.IDLE_RESET,
    Cause.QUEUE_FULL,
    Cause.TIMED_OUT_WAITING,
    Cause.TIMED_OUT_IN_SERVICE,
    Cause.APPLICATION_BUG,
    Cause.DEPENDENCY_ERROR,
    Cause.NODE_UNREACHABLE,
    Cause.RATE_LIMITED,
    Cause.POOL_OVERFLOW,
    Cause.ALL_EJECTED,
)

# What the process itself sent, right or wrong: its version was met, its connection is still good.
ANSWERS = (Cause.NONE, Cause.APPLICATION_BUG, Cause.DEPENDENCY_ERROR)
