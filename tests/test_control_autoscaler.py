"""Stories of the autoscaler, with real requests on real pods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stories import WINDOW, deployment

from sim.model.command import Command, Verb
from sim.model.objects import JsonObject, condition
from sim.model.run import Run, Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import Session

LONG = Window(start=0.0, first_write=30.0, end=420.0)


def autoscaler(**spec: Any) -> JsonObject:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 10,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 50},
                    },
                }
            ],
            **spec,
        },
    }


def story(
    place: Path,
    hpa: JsonObject,
    *,
    rate: str = "60/s",
    strategy: str | None = None,
    window: Window = LONG,
    request: str | None = "100m",
) -> Run:
    """60 requests a second of 5 ms CPU each: 0.3 cores in all, 100 m asked by each pod."""
    scenario = story_of(place, hpa, rate=rate, request=request)
    session = Session(scenario, strategy, 1, window=window, keep_objects=True, checked=True)
    return session.finish()


def story_of(
    place: Path, hpa: JsonObject, *, rate: str = "60/s", request: str | None = "100m"
) -> Scenario:
    """The same, before it runs."""
    manifest = deployment(replicas=3)
    if request is not None:
        container = manifest["spec"]["template"]["spec"]["containers"][0]
        container["resources"] = {"requests": {"cpu": request}}
    file = place / "shop.yaml"
    file.write_text("\n---\n".join(json.dumps(one) for one in (manifest, hpa)))
    return load([file], images=["web=web:2"], overrides=[f"traffic.rate={rate}"])


def latest(run: Run, kind: str) -> JsonObject:
    return [c.object for c in run.changes if c.object["kind"] == kind][-1]


def reason(hpa: JsonObject, kind: str) -> str:
    found = condition(hpa, kind)
    assert found is not None
    return str(found["reason"])


def sizes(run: Run) -> list[tuple[float, int]]:
    found: list[tuple[float, int]] = []
    for change in run.changes:
        if change.object["kind"] == "Deployment":
            size = change.object["spec"]["replicas"]
            if not found or found[-1][1] != size:
                found.append((change.time, size))
    return found


def test_it_brings_the_average_to_its_target(tmp_path: Path) -> None:
    """0.3 cores at 50 % of 100 m each are six pods."""
    run = story(tmp_path, autoscaler())
    assert sizes(run)[-1][1] == pytest.approx(6, abs=1)
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "ValidMetricFound"
    [metric] = hpa["status"]["currentMetrics"]
    assert metric["resource"]["current"]["averageUtilization"] == pytest.approx(50, abs=15)
    notes = [e.note for e in run.events if e.reason == "SuccessfulRescale"]
    assert "reason: cpu resource utilization (percentage of request) above target" in notes[0]


def test_it_takes_pods_away_only_after_five_minutes(tmp_path: Path) -> None:
    run = story(
        tmp_path, autoscaler(), rate="5/s", window=Window(start=0.0, first_write=30, end=500)
    )
    assert sizes(run)[-1][1] == 2
    told = [c for c in run.changes if c.object["kind"] == "HorizontalPodAutoscaler"]
    created = told[0].time
    assert sizes(run)[-1][0] > created + 300
    waiting = next(c.object for c in reversed(told) if c.time < created + 250)
    assert reason(waiting, "AbleToScale") == "ScaleDownStabilized"
    assert reason(told[-1].object, "ScalingLimited") == "TooFewReplicas"


def test_it_acts_in_the_middle_of_a_rollout(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(), rate="120/s", strategy="RollingUpdate")
    assert run.phase == "Healthy"
    assert sizes(run)[-1][1] == 10
    assert reason(latest(run, "HorizontalPodAutoscaler"), "ScalingLimited") == "TooManyReplicas"


def test_without_a_request_it_says_so_and_does_nothing(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(), request=None, window=WINDOW)
    assert [size for _, size in sizes(run)] == [3]
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "FailedGetResourceMetric"


def test_bounds_hold_whatever_the_metrics_say(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(minReplicas=5), rate="1/s", window=WINDOW)
    assert sizes(run)[-1][1] == 5


def test_metrics_of_other_systems_are_not_there(tmp_path: Path) -> None:
    pods = {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    run = story(tmp_path, autoscaler(metrics=[{"type": "Pods", "pods": pods}]), window=WINDOW)
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "FailedGetPodsMetric"
    assert [size for _, size in sizes(run)] == [3]


def test_a_size_that_somebody_writes_is_fought_for_by_the_autoscaler(tmp_path: Path) -> None:
    """Six pods are wanted; a manifest with replicas 2 is applied, and the next loops undo it."""
    shop = story_of(tmp_path, autoscaler())
    session = Session(shop, None, 1, window=LONG, keep_objects=True, checked=True)
    session.advance(200.0)
    session.command(Command(verb=Verb.SCALE, replicas=2))
    run = session.finish()
    after = [size for time, size in sizes(run) if time >= 200.0]
    assert after[0] == 2
    assert after[-1] == pytest.approx(6, abs=1)


def test_a_target_of_no_replicas_is_left_alone(tmp_path: Path) -> None:
    session = Session(story_of(tmp_path, autoscaler()), None, 1, window=LONG, keep_objects=True)
    session.advance(60.0)
    session.command(Command(verb=Verb.SCALE, replicas=0))
    run = session.finish()
    assert sizes(run)[-1][1] == 0
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "ScalingDisabled"


@pytest.mark.parametrize(
    ("rate", "expected"), [("60/s", [3, 6]), ("5/s", [3])], ids=["may grow", "may not shrink"]
)
def test_a_metric_that_fails_lets_the_others_grow_but_not_shrink(tmp_path, rate, expected) -> None:
    [cpu] = autoscaler()["spec"]["metrics"]
    pods = {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    hpa = autoscaler(metrics=[cpu, {"type": "Pods", "pods": pods}])
    run = story(tmp_path, hpa, rate=rate, window=Window(start=0.0, first_write=30, end=420))
    assert len(sizes(run)) >= len(expected)
    assert sizes(run)[-1][1] == pytest.approx(expected[-1], abs=1 if len(expected) > 1 else 0)


def test_of_several_metrics_the_largest_wish_wins(tmp_path: Path) -> None:
    [cpu] = autoscaler()["spec"]["metrics"]
    memory = {"name": "memory", "target": {"type": "AverageValue", "averageValue": "16Mi"}}
    hpa = autoscaler(metrics=[cpu, {"type": "Resource", "resource": memory}])
    run = story(tmp_path, hpa, rate="5/s")
    # 64 MiB each at a target of 16: four times as many, up to the most.
    assert sizes(run)[-1][1] == 10
