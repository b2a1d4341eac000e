"""Reasons: what each cause of failure means in a sentence, and which setting it points at."""

from __future__ import annotations

from collections.abc import Mapping

from sim.i18n import Message, message
from sim.model.objects import JsonObject

# Words that fit after "requests" in "{count} requests …".
CAUSE_PHRASES: Mapping[str, Message] = {
    "no_route": message("found no route"),
    "no_endpoint": message("found no endpoint"),
    "refused_starting": message("were refused by a starting or restarting container"),
    "refused_terminating": message("were refused by terminating pods"),
    "gone_at_sigterm": message("were lost with a process that exits at SIGTERM"),
    "cut_by_sigkill": message("were cut off by SIGKILL"),
    "cut_by_crash_or_oom": message("were cut off by a crash or OOM kill"),
    "idle_reset": message("were sent on a connection that the server had just closed"),
    "queue_full": message("met a full queue"),
    "timed_out_waiting": message("timed out waiting for a worker"),
    "timed_out_in_service": message("timed out in service"),
    "application_bug": message("met a bug of the application"),
    "rate_limited": message("were refused by a proxy's rate limit"),
    "pool_overflow": message("found a proxy with all the requests that it may have under way"),
    "all_ejected": message("found every pod ejected as an outlier"),
    "dependency_error": message("failed because a dependency did not answer well or in time"),
    "node_unreachable": message("were sent to a machine that no longer answers"),
}


def phrase(cause: str) -> Message:
    """What happened to requests that failed by *cause* (its key)."""
    return CAUSE_PHRASES.get(cause) or Message(cause)


def missing_pre_stop(template: JsonObject, cause: str) -> bool:
    """Whether *cause* is the race that a preStop hook wins, and pods of *template* have none."""
    racing = cause in ("refused_terminating", "gone_at_sigterm")
    return racing and not any(
        (container.get("lifecycle") or {}).get("preStop")
        for container in template["spec"]["containers"]
    )
