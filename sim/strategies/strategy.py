"""What every strategy can be asked: to release, to go back, and what it runs with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, TypeVar

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.canary_steps import Analyse
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process

S = TypeVar("S")
ARGO = "Argo Rollouts default (utils/defaults/defaults.go)"


def asks_metrics(strategy: object) -> bool:
    """Whether one of *strategy*'s settings is an analysis, for which it asks the monitoring."""
    return any(True for _ in _analyses(strategy))


def queries_of(strategy: object) -> tuple[str, ...]:
    """What it puts to the monitoring in its own words."""
    checks = (check for template in _analyses(strategy) for check in template.checks)
    return tuple(check.query for check in checks if check.query)


def without_worry(strategy: S) -> S:
    """*strategy* whose analyses take as long and find nothing wrong."""
    if not asks_metrics(strategy):
        return strategy
    found: dict[str, Any] = {
        name: _calm(value)
        for name, value in _settings_of(strategy).items()
        if isinstance(value, tuple | AnalysisTemplate)
    }
    return replace(strategy, **found)  # type: ignore[type-var]


def _calm(value: Any) -> Any:
    """A setting without worry: an analysis, or the steps in which there may be some."""
    if isinstance(value, AnalysisTemplate):
        return value.without_worry()
    return tuple(
        Analyse(one.analysis.without_worry()) if isinstance(one, Analyse) else one for one in value
    )


def _analyses(strategy: object) -> Iterator[AnalysisTemplate]:
    """Its own settings that are analyses, and those in its steps."""
    for value in _settings_of(strategy).values():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Analyse):
                yield one.analysis
            elif isinstance(one, AnalysisTemplate):
                yield one


def _settings_of(strategy: object) -> dict[str, Any]:
    if not is_dataclass(strategy):
        return {}
    return {one.name: getattr(strategy, one.name) for one in fields(strategy)}


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
