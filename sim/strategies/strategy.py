"""What every strategy can be asked: to release, to go back, and what it runs with."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, TypeVar

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process

S = TypeVar("S")
ARGO = "Argo Rollouts default (utils/defaults/defaults.go)"


def asks_metrics(strategy: object) -> bool:
    """Whether one of *strategy*'s settings is an analysis, for which it asks the monitoring."""
    return bool(_analyses(strategy))


def queries_of(strategy: object) -> tuple[str, ...]:
    """What it puts to the monitoring in its own words."""
    found = _analyses(strategy).values()
    return tuple(check.query for template in found for check in template.checks if check.query)


def without_worry(strategy: S) -> S:
    """*strategy* whose analyses take as long and find nothing wrong."""
    if not asks_metrics(strategy):
        return strategy
    found: dict[str, Any] = {
        name: template.without_worry() for name, template in _analyses(strategy).items()
    }
    return replace(strategy, **found)  # type: ignore[type-var]


def _analyses(strategy: object) -> dict[str, AnalysisTemplate]:
    if not is_dataclass(strategy):
        return {}
    found = {one.name: getattr(strategy, one.name) for one in fields(strategy)}
    return {name: to for name, to in found.items() if isinstance(to, AnalysisTemplate)}


class Strategy(Protocol):
    """A way to release, as somebody would do it who knows the runbook.

    Its fields are its settings; made without any it has stated defaults. All that it must remember
    is in the cluster's objects: killed and started again, it goes on where it was.
    """

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Release *template*: Healthy when it is done, Degraded when it was given up."""
        ...

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Undo the release, as far as it has come: the pods of before get all requests again."""
        ...

    def planned_seconds(self) -> float:
        """How long it waits on purpose, whatever the pods do."""
        ...

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """What it runs with on *deployment*, and which of it the manifest as *written* says."""
        ...
