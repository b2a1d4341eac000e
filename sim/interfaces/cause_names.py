"""Causes of failed requests as headings of a table's rows."""

from __future__ import annotations

from collections.abc import Mapping

from sim.i18n import Message, message
from sim.model.causes import Cause

CAUSE_NAMES: Mapping[Cause, Message] = {
    Cause.NO_ROUTE: message("no route or subset"),
    Cause.NO_ENDPOINT: message("no endpoint"),
    Cause.REFUSED_STARTING: message("refused by a starting or restarting container"),
    Cause.REFUSED_TERMINATING: message("refused by a terminating pod"),
    Cause.GONE_AT_SIGTERM: message("process gone at SIGTERM"),
    Cause.CUT_BY_SIGKILL: message("cut off in flight by SIGKILL"),
    Cause.CUT_BY_CRASH_OR_OOM: message("cut off by crash or OOM"),
    Cause.IDLE_RESET: message("idle connection reset"),
    Cause.QUEUE_FULL: message("queue full"),
    Cause.TIMED_OUT_WAITING: message("timed out waiting"),
    Cause.TIMED_OUT_IN_SERVICE: message("timed out in service"),
    Cause.APPLICATION_BUG: message("application bug"),
    Cause.DEPENDENCY_ERROR: message("dependency failed or too slow"),
    Cause.NODE_UNREACHABLE: message("node unreachable"),
    Cause.RATE_LIMITED: message("rate-limited by a proxy"),
    Cause.POOL_OVERFLOW: message("pool overflow at a proxy"),
    Cause.ALL_EJECTED: message("all pods ejected as outliers"),
}


def cause_name(key: str, language: str) -> str:
    """What the cause with this stable *key* is called; the key itself if nobody named it yet."""
    found = CAUSE_NAMES.get(Cause[key.upper()])
    return key if found is None else found.render(language)
