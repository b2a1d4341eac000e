"""The steps of a canary as data, in Argo Rollouts' words.

(argoproj/argo-rollouts docs/features/canary)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sim.model.analysis_template import AnalysisTemplate
from sim.model.canary_replicas import share
from sim.model.duration import show_duration
from sim.model.sent import Sent


@dataclass(frozen=True, slots=True)
class SetWeight:
    """Send *percent* of the requests to the canary."""

    percent: int

    def __str__(self) -> str:
        return f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class Pause:
    """Stay there for *seconds*; without a number, until somebody says to go on."""

    seconds: float | None = None

    def __str__(self) -> str:
        return "pause" if self.seconds is None else f"pause {show_duration(self.seconds)}"


@dataclass(frozen=True, slots=True)
class SetCanaryScale:
    """So many *replicas* for the canary, or *percent* of the whole; else those of its weight again.

    Only where requests are sent by weight: where pods are the shares they are the weight.
    """

    replicas: int | None = None
    percent: int | None = None

    def __str__(self) -> str:
        if self.replicas is not None:
            return f"scale {self.replicas}"
        return "scale by weight" if self.percent is None else f"scale {self.percent}%"


@dataclass(frozen=True, slots=True)
class SetHeaderRoute:
    """Requests whose header *name* is *value* go to the canary; without a value, none do.

    Each *route* by its name stays until a later step with the same name.
    """

    name: str
    value: str = ""
    route: str = ""

    def __str__(self) -> str:
        return f"{self.name}={self.value}" if self.name else "no header route"


@dataclass(frozen=True, slots=True)
class SetMatch:
    """Requests that carry any one of *sent* go to the canary, whatever the weight."""

    sent: tuple[Sent, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.sent))


@dataclass(frozen=True, slots=True)
class Analyse:
    """Stay there until the *analysis* is over, and go on if it has succeeded."""

    analysis: AnalysisTemplate

    def __str__(self) -> str:
        return f"analysis of {self.analysis}"


Step: TypeAlias = SetWeight | Pause | SetCanaryScale | SetHeaderRoute | SetMatch | Analyse


def canary_size(steps: Sequence[Step], number: int, weight: int, replicas: int) -> int:
    """The canary's pods in step *number*: those of the last SetCanaryScale, else of its *weight*.

    (UseSetCanaryScale in argoproj/argo-rollouts utils/replicaset/canary.go)
    """
    for step in reversed(steps[: number + 1]):
        if isinstance(step, SetCanaryScale):
            if step.replicas is not None:
                return step.replicas
            return share(replicas, weight if step.percent is None else step.percent)
    return share(replicas, weight)


def weight_in(steps: Sequence[Step], number: int) -> int:
    """The weight of the last SetWeight at or before step *number*; 0 before any."""
    for step in reversed(steps[: number + 1]):
        if isinstance(step, SetWeight):
            return step.percent
    return 0


def headers_in(steps: Sequence[Step], number: int) -> tuple[tuple[str, str], ...]:
    """Names and values of the headers that send a request to the canary in step *number*.

    (argoproj/argo-rollouts docs/features/traffic-management, managed routes)
    """
    routes: dict[str, tuple[str, str]] = {}
    for step in steps[: number + 1]:
        if isinstance(step, SetHeaderRoute):
            routes[step.route] = step.name, step.value
    return tuple((name, value) for name, value in routes.values() if value)


def planned_seconds(steps: Sequence[Step]) -> float:
    """How long they hold the release on purpose: pauses with an end, and analyses that go well."""
    pauses = sum(step.seconds or 0.0 for step in steps if isinstance(step, Pause))
    analyses = (step.analysis.planned_seconds for step in steps if isinstance(step, Analyse))
    return pauses + sum(analyses)


def shown(steps: Sequence[Step]) -> str:
    """The steps on one line: `5%, pause 30s, 20%, pause 30s, 50%`."""
    return ", ".join(str(step) for step in steps)
