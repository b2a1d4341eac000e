"""The HorizontalPodAutoscaler: every 15 s it sizes its target by what the pods use.

Resource metrics (CPU, memory) are simulated; Pods, Object and External metrics come from systems
that are not here, so an autoscaler that needs one says that it cannot get it.
(kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from sim.control.clock import Environment
from sim.control.recorder import Recorder
from sim.control.resource_metrics import ResourceMetrics
from sim.control.store import Key, Store
from sim.model.autoscaling import SYNC_SECONDS, Target, grouped, wanted_replicas
from sim.model.conditions import with_condition
from sim.model.objects import JsonObject, labels_of, name_of, namespace_of
from sim.model.pod_resources import requested
from sim.model.quantity import quantity
from sim.model.run import Change
from sim.model.scaling_behaviour import Step, limited, stabilised
from sim.model.selector import selects

KIND = "HorizontalPodAutoscaler"


@dataclass(slots=True)
class _Past:
    """What an autoscaler remembers: what it wanted, and what it did."""

    wanted: list[tuple[float, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one metric comes to: a size, or why there is none; *shown* as the status has it."""

    size: int | None
    name: str
    shown: JsonObject | None = None
    reason: str = ""
    note: str = ""


class Autoscaler:
    """All autoscalers of the cluster, each on its own 15 s beat from its creation on."""

    def __init__(
        self, env: Environment, store: Store, recorder: Recorder, metrics: ResourceMetrics
    ) -> None:
        self._env = env
        self._store = store
        self._recorder = recorder
        self._metrics = metrics
        self._past: dict[Key, _Past] = {}
        store.subscribe(KIND, self._on_change)

    def _on_change(self, change: Change) -> None:
        key = (namespace_of(change.object), name_of(change.object))
        if change.verb == "ADDED":
            self._past[key] = _Past()
            self._metrics.begin()
            self._env.call_at(self._env.now, lambda: self._sync(key))

    def _sync(self, key: Key) -> None:
        hpa = self._store.find(KIND, key[1], key[0])
        if hpa is None:
            return
        self._env.call_at(self._env.now + SYNC_SECONDS, lambda: self._sync(key))
        target = hpa["spec"]["scaleTargetRef"]
        found = self._store.find(target["kind"], target["name"], key[0])
        if found is None:
            note = f'{target["kind"].lower()}s.apps "{target["name"]}" not found'
            self._say(hpa, {}, ("AbleToScale", "False", "FailedGetScale", note))
            return
        current = found["spec"].get("replicas", 1)
        facts = {"currentReplicas": found.get("status", {}).get("replicas", 0)}
        if current == 0:
            note = "scaling is disabled since the replica count of the target is zero"
            self._say(hpa, facts, _READY, ("ScalingActive", "False", "ScalingDisabled", note))
            return
        self._scale(hpa, found, current, facts)

    def _scale(self, hpa: JsonObject, target: JsonObject, current: int, facts: JsonObject) -> None:
        spec, now = hpa["spec"], self._env.now
        past = self._past[namespace_of(hpa), name_of(hpa)]
        least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
        active: _Told | None = None
        able = _READY
        if current > most or current < least:
            size = most if current > most else least
            past.wanted.append((now, size))
            limit = "TooManyReplicas" if current > most else "TooFewReplicas"
            why = f"Current number of replicas {'above' if current > most else 'below'} Spec."
            why += "MaxReplicas" if current > most else "MinReplicas"
        else:
            wishes = self._wishes(hpa, target, current)
            facts["currentMetrics"] = [wish.shown for wish in wishes if wish.shown]
            best, active = _largest(wishes, current)
            if best is None:
                self._say(hpa, facts, active)
                return
            if not past.wanted:
                past.wanted.append((now, current))
            held = stabilised(best.size or 0, current, past.wanted, spec, now)
            able = _able(best.size or 0, held)
            past.wanted = [one for one in past.wanted if one[0] > now - 3600.0]
            past.wanted.append((now, best.size or 0))
            size, limit = limited(held, current, past.steps, spec, now)
            why = f"{best.name} above target" if size > current else "All metrics below target"
        if size != current:
            self._resize(hpa, target, size, why)
            past.steps = [one for one in past.steps if one.time > now - 3600.0]
            past.steps.append(Step(now, size - current))
            note = f"the HPA controller was able to update the target scale to {size}"
            able = ("AbleToScale", "True", "SucceededRescale", note)
        why = limit or "DesiredWithinRange"
        limits = ("ScalingLimited", "True" if limit else "False", why, _LIMITS[why])
        facts["desiredReplicas"] = size
        self._say(hpa, facts, able, *([active] if active else []), limits)

    def _resize(self, hpa: JsonObject, target: JsonObject, size: int, why: str) -> None:
        patch = {"spec": {"replicas": size}}
        self._store.patch(target["kind"], name_of(target), patch, namespace_of(target))
        self._recorder.emit(hpa, "SuccessfulRescale", f"New size: {size}; reason: {why}")

    def _wishes(self, hpa: JsonObject, target: JsonObject, current: int) -> list[_Wish]:
        pods = [
            pod
            for pod in self._store.list("Pod", namespace_of(hpa))
            if selects(target["spec"].get("selector"), labels_of(pod))
        ]
        return [self._wish(metric, pods, current) for metric in hpa["spec"].get("metrics") or ()]

    def _wish(self, metric: JsonObject, pods: list[JsonObject], current: int) -> _Wish:
        kind: str = metric["type"]
        if kind != "Resource":
            note = f"the HPA was unable to compute the replica count: no {kind} metrics here"
            return _Wish(None, kind, reason=f"FailedGet{kind}Metric", note=note)
        wanted, resource = metric["resource"]["target"], metric["resource"]["name"]
        utilization = wanted.get("averageUtilization")
        name = f"{resource} resource" + (
            " utilization (percentage of request)" if utilization is not None else ""
        )
        requests: dict[str, float] = {}
        for pod in pods:
            amount = requested(pod["spec"], resource)
            if amount is None and utilization is not None:
                note = f"missing request for {resource} in container of Pod {name_of(pod)}"
                return _Wish(None, name, reason="FailedGetResourceMetric", note=note)
            requests[name_of(pod)] = amount or 0.0
        samples = {
            name_of(pod): sample
            for pod in pods
            if (sample := self._metrics.sample(pod["metadata"]["uid"], resource)) is not None
        }
        groups = grouped(pods, samples, cpu=resource == "cpu", now=self._env.now)
        value = 0.0 if utilization is not None else quantity(wanted["averageValue"])
        target = Target(utilization=utilization, value=value)
        size = wanted_replicas(groups, samples, requests, target, current)
        if size is None:
            note = "did not receive metrics for targeted pods (pods might be unready)"
            return _Wish(None, name, reason="FailedGetResourceMetric", note=note)
        used = [samples[pod].used for pod in groups.ready]
        shown: JsonObject = {"averageValue": f"{round(sum(used) / len(used) * 1000)}m"}
        if utilization is not None:
            asked = sum(requests[pod] for pod in groups.ready)
            shown["averageUtilization"] = int(100.0 * sum(used) / asked + 1e-9)
        state = {"type": "Resource", "resource": {"name": resource, "current": shown}}
        return _Wish(size, name, shown=state)

    def _say(self, hpa: JsonObject, facts: JsonObject, *said: _Told) -> None:
        hpa = self._store.get(KIND, name_of(hpa), namespace_of(hpa))
        conditions: list[JsonObject] = list((hpa.get("status") or {}).get("conditions") or ())
        for kind, status, reason, note in said:
            new = {
                "type": kind,
                "status": status,
                "reason": reason,
                "message": note,
                "lastTransitionTime": self._env.now,
            }
            conditions = with_condition(conditions, new)
        self._store.put_status(
            hpa, {**(hpa.get("status") or {}), **facts, "conditions": conditions}
        )


_Told: TypeAlias = tuple[str, str, str, str]  # A condition: type, status, reason, message.
_READY: _Told = ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
_LIMITS = {
    "DesiredWithinRange": "the desired count is within the acceptable range",
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
}


def _able(wanted: int, held: int) -> _Told:
    """What the condition says if *wanted* was held back by what was wanted before."""
    if held == wanted:
        return _READY
    way, than, most = ("Down", "higher", "highest") if held > wanted else ("Up", "lower", "lowest")
    note = f"recent recommendations were {than} than current one, applying the {most} recent"
    return ("AbleToScale", "True", f"Scale{way}Stabilized", f"{note} recommendation")


def _largest(wishes: list[_Wish], current: int) -> tuple[_Wish | None, _Told]:
    """The metric that wants most, and the ScalingActive condition.

    If one fails, the others may still let it grow, but not shrink: None then.
    """
    known = [wish for wish in wishes if wish.size is not None]
    failed = [wish for wish in wishes if wish.size is None]
    best = max(known, key=lambda wish: wish.size or 0, default=None)
    if best is None or (failed and (best.size or 0) < current):
        first = failed[0] if failed else _Wish(None, "", reason="InvalidMetricSourceType")
        return None, ("ScalingActive", "False", first.reason, first.note)
    note = f"the HPA was able to successfully calculate a replica count from {best.name}"
    return best, ("ScalingActive", "True", "ValidMetricFound", note)
