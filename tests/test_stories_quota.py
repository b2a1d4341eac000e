"""A ResourceQuota in the user's own manifest: what it does to a release, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from stories import deployment, failures

from sim.errors import ScenarioError
from sim.model.objects import condition
from sim.model.run import Run, Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import Session


def quota(hard: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "team"},
        "spec": {"hard": hard, **spec},
    }


def story(place: Path, hard: dict[str, Any], **manifest: Any) -> Scenario:
    file = place / "web.yaml"
    objects = (deployment(**manifest), quota(hard))
    file.write_text("\n---\n".join(json.dumps(one) for one in objects))
    return load([file], images=["web=web:2"])


def rehearsed(scenario: Scenario) -> Run:
    window = Window(start=0.0, first_write=30.0, end=150.0)
    session = Session(scenario, "RollingUpdate", 1, window=window, keep_objects=True, checked=True)
    return session.finish()


def test_a_rollout_without_room_for_its_surge_stands_still_until_the_deadline_and_says_why(
    tmp_path: Path,
) -> None:
    """Sections 2.8, 2.9, 3.2: nobody is hurt, nothing is released, and the reason is written."""
    scenario = story(tmp_path, {"pods": "3"}, progressDeadlineSeconds=60)
    [warning] = scenario.warnings
    assert "and stands still" in warning.render()
    run = rehearsed(scenario)
    assert run.phase == "Degraded"
    assert run.finished_at is not None and 30 + 60 <= run.finished_at <= 30 + 65
    assert failures(run) == {}
    assert {span.version for span in run.pods} == {0}
    web = [change.object for change in run.changes if change.object["kind"] == "Deployment"][-1]
    failure = condition(web, "ReplicaFailure")
    assert failure is not None
    said = "exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3"
    assert failure["message"].endswith(f" is forbidden: {said}")
    refused = [event for event in run.events if event.reason == "FailedCreate"]
    assert refused and all(said in event.note for event in refused)


def test_with_room_for_one_more_pod_the_same_release_passes(tmp_path: Path) -> None:
    run = rehearsed(story(tmp_path, {"pods": "4"}, pre_stop=5))
    assert run.phase == "Healthy"
    assert failures(run) == {}


def read(hard: dict[str, Any], **spec: Any) -> list[str]:
    """What is noteworthy about a quota in a manifest, or wrong with it."""
    text = "\n---\n".join(json.dumps(one, indent=1) for one in (deployment(), quota(hard, **spec)))
    try:
        found = load(["-"], stdin=io.BytesIO(text.encode())).warnings
    except ScenarioError as error:
        return [problem.render() for problem in error.problems]
    return [problem.render() for problem in found]


@pytest.mark.parametrize(
    ("hard", "spec", "expected"),
    [
        ({"pods": 5, "count/deployments.apps": 3}, {}, []),
        ({"pods": -1}, {}, ["spec.hard.pods: -1: must be greater than or equal to 0"]),
        ({"pods": "1500m"}, {}, ['spec.hard.pods: "1500m": must be an integer']),
        ({"count/pods": 1.5}, {}, ["spec.hard[count/pods]: 1.5: must be an integer"]),
        ({"cpu": "1500m"}, {}, ["spec.hard: ResourceQuota/team lets no pod in: must specify cpu"]),
        ({"cores": 5}, {}, ["spec.hard.cores: must be a standard resource for quota"]),
        ({"limits.cpu": "lots"}, {}, ["spec.hard[limits.cpu]: 'lots' is not a quantity"]),
        ({"configmaps": 5}, {}, ["spec.hard.configmaps: kept, not yet simulated"]),
        ({"count/jobs.batch": 5}, {}, ["spec.hard[count/jobs.batch]: kept, not yet simulated"]),
        ({"pods": 5}, {"scopes": ["BestEffort", "NotTerminating"]}, []),
        ({"pods": 5}, {"scopes": ["Best"]}, ['spec.scopes[0]: "Best": unsupported value']),
        (
            {"pods": 5},
            {"scopes": ["Terminating", "NotTerminating"]},
            ["spec.scopes: conflicting scopes"],
        ),
        (
            {"pods": 5, "cpu": 1},
            {"scopes": ["BestEffort"]},
            ["spec.hard.cpu: unsupported scope applied to resource"],
        ),
        (
            {"pods": 5},
            {"scopes": ["CrossNamespacePodAffinity"]},
            ["spec.scopes[0]: kept, not yet simulated"],
        ),
        ({"pods": 5}, {"scope": []}, ['spec.scope: unknown field "scope"']),
    ],
)
def test_a_quota_is_validated_and_what_nobody_reaches_is_said(
    hard: dict[str, Any], spec: dict[str, Any], expected: list[str]
) -> None:
    found = read(hard, **spec)
    assert len(found) == len(expected)
    for said, wanted in zip(found, expected, strict=True):
        place, _, rest = said.partition(": ")
        file, line, column = place.rsplit(":", 2)
        assert rest.startswith(wanted)
        assert file and int(line) > 40 and int(column) > 0


@pytest.mark.parametrize(
    ("hard", "manifest", "expected"),
    [
        ({"pods": 4}, {}, ""),
        ({"pods": 3}, {}, "ResourceQuota/team has room for 3 pods; without maxUnavailable"),
        ({"pods": 3}, {"unavailable": 1}, ""),
        ({"pods": 2}, {"unavailable": 1}, "ResourceQuota/team has room for 2 pods; the Deployment"),
        ({"limits.memory": "400Mi"}, {"memory": "100Mi"}, ""),
        ({"limits.memory": "399Mi"}, {"memory": "100Mi"}, "ResourceQuota/team has room for 3 pods"),
        ({"requests.cpu": "1"}, {}, "lets no pod in: must specify requests.cpu for: web"),
        ({"services": 0}, {}, ""),
    ],
)
def test_a_quota_in_the_way_of_the_release_is_said_before_any_run(
    tmp_path: Path, hard: dict[str, Any], manifest: dict[str, Any], expected: str
) -> None:
    found = [one.render() for one in story(tmp_path, hard, **manifest).warnings]
    assert len(found) == bool(expected)
    assert all(expected in one for one in found)


def test_a_quota_of_another_namespace_or_of_other_pods_is_in_nobodys_way(tmp_path: Path) -> None:
    elsewhere = quota({"pods": 1})
    elsewhere["metadata"]["namespace"] = "harbour"
    other = quota({"pods": 1}, scopes=["Terminating"])
    file = tmp_path / "web.yaml"
    file.write_text("\n---\n".join(json.dumps(one) for one in (deployment(), elsewhere, other)))
    assert load([file], images=["web=web:2"]).warnings == ()
