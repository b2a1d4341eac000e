"""How a fault of each kind is asked for: whom it is about, how large it is, and when."""

from __future__ import annotations

from collections.abc import Sequence

from sim.faults import FAULTS
from sim.i18n import Message, message
from sim.model.monitoring import SERVER, TARGETS
from sim.model.objects import JsonObject
from sim.scenario.fault_checks import OF_A_DEPENDENCY, OF_A_MACHINE, OF_THE_MONITORING

NAMES: dict[str, Message] = {
    "bug": message("answers with errors"),
    "slow": message("takes longer for a request"),
    "leak": message("leaks memory"),
    "start": message("starts later"),
    "crash": message("processes end by themselves"),
    "image": message("its image cannot be pulled"),
    "hang": message("never answers some requests"),
    "slow-node": message("a node becomes slow"),
    "node": message("a node is lost"),
    "outage": message("a dependency is away"),
    "lock": message("a dependency is locked"),
    "latency": message("a dependency becomes slow"),
    "errors": message("a dependency answers with errors"),
    "blind": message("the monitoring is blind"),
}
_ONLY_A_MOMENT = ("node", "outage", "lock")


def targets_of(kind: str, facts: JsonObject) -> Sequence[str]:
    """Whom a fault of *kind* may be about, in the scenario that *facts* are of."""
    if kind in OF_A_MACHINE:
        return tuple(facts.get("machines", ()))
    if kind in OF_A_DEPENDENCY:
        return tuple(facts.get("dependencies", ()))
    if kind in OF_THE_MONITORING:
        return (*TARGETS, SERVER)
    return ("new", "old")


def usual_size(kind: str) -> str:
    """The size of the kind's own example; empty if it has none."""
    amount = str(FAULTS[kind].example).split(":", 2)[2]
    return "" if kind in _ONLY_A_MOMENT else amount.partition("@")[0]


def usual_moment(kind: str) -> tuple[str, str]:
    """From when to when, in its own example; empty where it holds all the time."""
    amount = str(FAULTS[kind].example).split(":", 2)[2]
    when = amount if kind in _ONLY_A_MOMENT else amount.partition("@")[2]
    start, _, end = when.partition("..")
    return start, end


def has_an_end(kind: str) -> bool:
    """Whether it may end again: a node that is lost stays so."""
    return kind != "node"


def fault_text(kind: str, target: str, size: str, start: str, end: str) -> str:
    """The fault as a scenario writes it: `bug:new:5%@60s..90s`."""
    when = f"{start}..{end}" if start and end else start or (f"0s..{end}" if end else "")
    if not size:
        return f"{kind}:{target}:{when}"
    return f"{kind}:{target}:{size}@{when}" if when else f"{kind}:{target}:{size}"
