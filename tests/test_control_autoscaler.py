"""Stories of the autoscaler, with real requests on real pods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stories import WINDOW, deployment

from sim.model.objects import JsonObject, condition
from sim.model.run import Run, Window
from sim.scenario.load import load
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
    manifest = deployment(replicas=3)
    if request is not None:
        container = manifest["spec"]["template"]["spec"]["containers"][0]
        container["resources"] = {"requests": {"cpu": request}}
    file = place / "shop.yaml"
    file.write_text("\n---\n".join(json.dumps(one) for one in (manifest, hpa)))
    scenario = load([file], images=["web=web:2"], overrides=[f"traffic.rate={rate}"])
    session = Session(scenario, strategy, 1, window=window, keep_objects=True, checked=True)
    return session.finish()


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


@pytest.mark.fact("10.1a", "10.1c")
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


@pytest.mark.fact("10.3b")
def test_it_takes_pods_away_only_after_five_minutes(tmp_path: Path) -> None:
    run = story(
        tmp_path, autoscaler(), rate="5/s", window=Window(start=0.0, first_write=30, end=500)
    )
    assert sizes(run)[-1][1] == 2
    created = next(c.time for c in run.changes if c.object["kind"] == "HorizontalPodAutoscaler")
    assert sizes(run)[-1][0] > created + 300


@pytest.mark.fact("10.2d")
def test_it_acts_in_the_middle_of_a_rollout(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(), rate="120/s", strategy="RollingUpdate")
    assert run.phase == "Healthy"
    assert sizes(run)[-1][1] == 10
    assert reason(latest(run, "HorizontalPodAutoscaler"), "ScalingLimited") == "TooManyReplicas"


@pytest.mark.fact("10.2e")
def test_without_a_request_it_says_so_and_does_nothing(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(), request=None, window=WINDOW)
    assert [size for _, size in sizes(run)] == [3]
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "FailedGetResourceMetric"


@pytest.mark.fact("10.3d")
def test_bounds_hold_whatever_the_metrics_say(tmp_path: Path) -> None:
    run = story(tmp_path, autoscaler(minReplicas=5), rate="1/s", window=WINDOW)
    assert sizes(run)[-1][1] == 5


@pytest.mark.fact("10.2f")
def test_metrics_of_other_systems_are_not_there(tmp_path: Path) -> None:
    pods = {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    run = story(tmp_path, autoscaler(metrics=[{"type": "Pods", "pods": pods}]), window=WINDOW)
    hpa = latest(run, "HorizontalPodAutoscaler")
    assert reason(hpa, "ScalingActive") == "FailedGetPodsMetric"
    assert [size for _, size in sizes(run)] == [3]
