"""An analysis inside a release: asked again and again, and noted in the objects.

Whoever is started again goes on with the counts that are noted. What is inconclusive is looked at
by a person and then asked anew. (argoproj/argo-rollouts rollout/analysis.go)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.cluster import Cluster
from sim.judges.checking import verdict_of
from sim.model.analysis import AnalysisPhase, MetricState, assess, measured, next_at
from sim.model.analysis_note import read_note, written_note
from sim.model.analysis_template import LATEST_HASH, STABLE_HASH, AnalysisTemplate, Check
from sim.model.measurement import Measurement
from sim.model.objects import labels_of
from sim.model.revision import owned_by, present_set
from sim.model.template_hash import HASH_LABEL
from sim.ports import Wait

_MARK = "analysis-"


class AnalysisRun:
    """One analysis called *name*: *canary* is judged beside *baseline*, both tracks of *cluster*.

    Its note holds when it began and the counts of each metric, and in the end only what it came to.
    """

    def __init__(
        self, cluster: Cluster, name: str, template: AnalysisTemplate, *, baseline: str, canary: str
    ) -> None:
        self._cluster = cluster
        self._name = name
        self._template = template
        self._tracks = baseline, canary
        self._metrics = {check.metric.name: check.metric for check in template.checks}

    @property
    def phase(self) -> AnalysisPhase:
        """What it has come to by now."""
        noted = read_note(self._cluster.noted(_MARK + self._name))
        if isinstance(noted, AnalysisPhase):
            return noted
        return AnalysisPhase.PENDING if noted is None else assess(self._metrics, noted[1])

    def begin(self) -> None:
        """Let it begin now, unless it has begun already."""
        if not self._cluster.noted(_MARK + self._name):
            self.renew()

    def renew(self) -> None:
        """Forget what it came to: it begins now."""
        self._write(self._cluster.now, dict.fromkeys(self._metrics, MetricState()))

    def due(self) -> float | None:
        """When the next measurement is to be taken; None when there is no more."""
        if self.phase.completed:
            return None
        began, states = self._read()
        moments = [next_at(metric, states[name], began) for name, metric in self._metrics.items()]
        return min(moment for moment in moments if moment is not None)

    def measure(self) -> AnalysisPhase:
        """Take every measurement that is due now, and note what it came to."""
        now, (began, noted) = self._cluster.now, self._read()
        states = dict(noted)
        for check in self._template.checks:
            metric = check.metric
            due = next_at(metric, states[metric.name], began)
            if due is not None and due <= now:
                verdict = verdict_of(
                    self._filled(check), self._cluster.metrics, self._cluster.requests, self._tracks
                )
                states[metric.name] = measured(metric, states[metric.name], verdict.phase, now)
                taken = Measurement(
                    time=now, analysis=self._name, metric=metric.name, verdict=verdict
                )
                self._cluster.journal.append(taken)
        found = assess(self._metrics, states)
        # One that is inconclusive keeps its counts: a person looks at them.
        if found.completed and found is not AnalysisPhase.INCONCLUSIVE:
            self._cluster.note(_MARK + self._name, found.value)
        else:
            self._write(began, states)
        return found

    def stop(self) -> AnalysisPhase:
        """No more is asked: what has not failed by now has succeeded."""
        found = self.phase
        if found is AnalysisPhase.PENDING:
            return AnalysisPhase.SUCCESSFUL  # Its step never came.
        if not found.completed:
            found = assess(self._metrics, self._read()[1], terminated=True)
            self._cluster.note(_MARK + self._name, found.value)
        return found

    def until_resumed(self) -> Wait:
        """It is inconclusive: a person must look at it, and say to go on."""
        return self._cluster.until_resumed(f"{_MARK}{self._name}-from-{self._read()[0]:.3f}")

    def _filled(self, check: Check) -> Check:
        """*check* whose query names the pods of both tracks, where it asks for them by hash."""
        baseline, canary = self._tracks
        query = check.query
        if STABLE_HASH in query:
            query = query.replace(STABLE_HASH, self._cluster.own_label(baseline)[1])
        if LATEST_HASH in query:
            query = query.replace(LATEST_HASH, self._hash_of(canary))
        return check if query == check.query else replace(check, query=query)

    def _hash_of(self, track: str) -> str:
        deployment, api = self._cluster.deployment(track), self._cluster.api
        sets = owned_by(deployment, api.list("ReplicaSet", self._cluster.namespace))
        found = present_set(deployment, sets)
        return "" if found is None else labels_of(found).get(HASH_LABEL, "")

    def _read(self) -> tuple[float, Mapping[str, MetricState]]:
        noted = read_note(self._cluster.noted(_MARK + self._name))
        assert isinstance(noted, tuple), "it has begun, and is not over"
        return noted

    def _write(self, began: float, states: Mapping[str, MetricState]) -> None:
        self._cluster.note(_MARK + self._name, written_note(began, states))
