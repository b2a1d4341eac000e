"""What a lifecycle hook takes: a sleep is waited for, a request is answered by the own process.

Nothing that a manifest names is ever run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One hook of a container: how long it takes, and whether we understood it.

    *unknown* is the command of an exec hook that is not a sleep: it is taken to return at once.
    One that is *asked* is a request to the container's own process, and fails if that does not
    listen.
    """

    seconds: float = 0.0
    unknown: str = ""
    asked: bool = False
    exists: bool = False


def hook_of(container: JsonObject, name: str) -> Hook:
    """The hook *name* (`preStop`, `postStart`) of a *container*.

    `sleep: {seconds: 5}`, or exec of `sleep 5`, also in a shell; an HTTP hook asks the process.
    """
    hook = (container.get("lifecycle") or {}).get(name) or {}
    if built_in := hook.get("sleep"):
        return Hook(seconds=float(built_in.get("seconds", 0)), exists=True)
    if command := (hook.get("exec") or {}).get("command"):
        return _of_command([str(word) for word in command])
    return Hook(asked="httpGet" in hook, exists=bool(hook))


_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh")
_SLEEP = re.compile(r"(?:.*/)?sleep")
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([smhd]?)")


def _of_command(command: list[str]) -> Hook:
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
    return Hook(seconds=sum(known), unknown=unknown, exists=True)


def _slept(words: list[str]) -> float | None:
    """The seconds of one `sleep` command (GNU adds its arguments up); None for any other."""
    if len(words) < 2 or not _SLEEP.fullmatch(words[0]):
        return None
    amounts = [_AMOUNT.fullmatch(word) for word in words[1:]]
    if not all(amounts):
        return None
    return sum(float(found[1]) * _UNITS[found[2]] for found in amounts if found)
