"""The arithmetic of a graceful stop: one budget for preStop and for the process after SIGTERM.

(kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor

from sim.model.objects import JsonObject

LEAST_SECONDS = 2  # minimumGracePeriodInSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan:
    """When the signals come, in seconds after the kubelet begins to stop the container."""

    sigterm_seconds: float
    sigkill_seconds: float


def stop_plan(grace_seconds: float, pre_stop_seconds: float) -> StopPlan:
    """SIGTERM when preStop returns or the grace is over; SIGKILL when the rest is over too.

    Whole seconds spent in preStop count, and at least 2 are left. Grace 30, preStop 15: 15 and
    30. Grace 30, preStop 40: 30 and 32. Grace 10, preStop 9.4: 9.4 and 11.4. Grace 0: no preStop,
    0 and 2.
    """
    spent = min(pre_stop_seconds, grace_seconds)
    left = max(grace_seconds - floor(spent), LEAST_SECONDS)
    return StopPlan(sigterm_seconds=spent, sigkill_seconds=spent + left)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreStop:
    """A container's preStop hook: how long it takes, and whether we understood it.

    *unknown* is the command of an exec hook that is not a sleep: nothing runs here, so it is
    taken to return at once.
    """

    seconds: float = 0.0
    unknown: str = ""


def pre_stop(container: JsonObject) -> PreStop:
    """The preStop hook of a *container*: `sleep: {seconds: 5}`, or exec of `sleep 5` in a shell.

    An HTTP hook returns at once, as the process answers it.
    """
    hook = (container.get("lifecycle") or {}).get("preStop") or {}
    if built_in := hook.get("sleep"):
        return PreStop(seconds=float(built_in.get("seconds", 0)))
    if command := (hook.get("exec") or {}).get("command"):
        return _of_command([str(word) for word in command])
    return PreStop()


_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh")
_SLEEP = re.compile(r"(?:.*/)?sleep")
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([smhd]?)")


def _of_command(command: list[str]) -> PreStop:
    # `sh -c "sleep 5"`, `sh -ec '/bin/sleep 5; nginx -s quit'`: the sleeps in a row add up.
    if len(command) >= 3 and _SHELL.fullmatch(command[0]) and command[1].startswith("-"):
        script = command[2]
        parts = [part.split() for part in re.split(r"&&|;|\n", script) if part.strip()]
    else:
        script = " ".join(command)
        parts = [command]
    seconds = [_slept(words[1:] if words[0] == "exec" else words) for words in parts]
    known = [value for value in seconds if value is not None]
    unknown = script if len(known) < len(seconds) else ""
    return PreStop(seconds=sum(known), unknown=unknown)


def _slept(words: list[str]) -> float | None:
    """The seconds of one `sleep` command (GNU adds its arguments up); None for any other."""
    if len(words) < 2 or not _SLEEP.fullmatch(words[0]):
        return None
    amounts = [_AMOUNT.fullmatch(word) for word in words[1:]]
    if not all(amounts):
        return None
    return sum(float(found[1]) * _UNITS[found[2]] for found in amounts if found)
