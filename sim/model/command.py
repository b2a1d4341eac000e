"""What a person or a script does to a running session: a value, so that a log of them replays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.model.objects import JsonObject


class Verb(StrEnum):
    """What can be done, in kubectl's words where it has one."""

    RELEASE = "release"  # A new pod template, as `kubectl apply` or `set image` would write it.
    GO_BACK = "go back"  # The released strategy's own way back, in place of what it is doing.
    UNDO = "undo"
    PAUSE = "pause"
    RESUME = "resume"
    SCALE = "scale"
    PATCH = "patch"
    DELETE = "delete"
    RESTART = "restart"
    DRAIN = "drain"  # Cordon a node and evict its pods, as far as disruption budgets allow.
    CORDON = "cordon"
    UNCORDON = "uncordon"
    LOSE_NODE = "lose_node"  # The machine stops: nobody's command, but a drill needs it.
    RETURN_NODE = "return_node"  # It boots again.
    INJECT = "inject"  # A fault, written as `kind:version:amount`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; which fields count depends on the *verb*.

    *name* is an object's name (the released Deployment if it is not given; a node's for the verbs
    about nodes), *kind* its kind for PATCH and DELETE; *template* goes with RELEASE, *revision*
    with UNDO, *replicas* with SCALE, *patch* and *patch_type* (`json`, `merge`, `strategic`) with
    PATCH, *propagation_policy* (`Background`, `Foreground`, `Orphan`) with DELETE and *fault* with
    INJECT.
    """

    verb: Verb
    kind: str = "Deployment"
    name: str | None = None
    template: JsonObject | None = None
    revision: int | None = None
    replicas: int | None = None
    patch: JsonObject | Sequence[JsonObject] | None = None
    patch_type: str = ""
    propagation_policy: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """A command and the simulated moment at which it was given."""

    time: float
    command: Command
