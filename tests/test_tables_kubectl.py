"""Tables: kubectl's words for ages, pods and events."""

from __future__ import annotations

import pytest

from sim.analysis.cluster_at import Said
from sim.analysis.kubectl_pods import pod_line
from sim.analysis.kubectl_tables import aligned, last_seen
from sim.model.age import go_duration, human_duration
from sim.model.event_type import event_type

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (119, "119s"),
        (120, "2m"),
        (125, "2m5s"),
        (599, "9m59s"),
        (600, "10m"),
        (10799, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 1200, "3h20m"),
        (8 * HOUR, "8h"),
        (47 * HOUR, "47h"),
        (2 * DAY, "2d"),
        (5 * DAY + 6 * HOUR, "5d6h"),
        (400 * DAY, "400d"),
        (731 * DAY, "2y1d"),
        (3000 * DAY, "8y"),
    ],
)
def test_an_age_is_written_shorter_the_longer_it_is(seconds, shown) -> None:
    assert human_duration(seconds) == shown


RUNNING = {"running": {"startedAt": 0.0}}
COMPLETED = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": 1.0}}


def waiting(reason: str) -> dict:
    return {"waiting": {"reason": reason}}


def box(state: dict, name: str = "c", *, ready: bool = False, restarts: int = 0, **more) -> dict:
    shown = {"name": name, "state": state, "ready": ready, "restartCount": restarts}
    return {**shown, "started": ready, "lastState": {}, **more}


def pod(apps, init=(), phase="Running", specs=None, **metadata) -> dict:
    init_specs = specs or [{"name": one["name"]} for one in init]
    return {
        "metadata": {"name": "p", **metadata},
        "spec": {
            "containers": [{"name": one["name"]} for one in apps],
            "initContainers": init_specs,
        },
        "status": {
            "phase": phase,
            "containerStatuses": apps,
            "initContainerStatuses": list(init),
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


SIDECAR = [{"name": "s", "restartPolicy": "Always"}]


@pytest.mark.parametrize(
    ("found", "ready", "status"),
    [
        (pod([box(RUNNING, ready=True)]), "1/1", "Running"),
        (pod([box(RUNNING)]), "0/1", "Running"),
        (pod([box(RUNNING, ready=True), box(RUNNING)]), "1/2", "Running"),
        (pod([box(waiting("ContainerCreating"))], phase="Pending"), "0/1", "ContainerCreating"),
        (pod([box(waiting("CrashLoopBackOff"))]), "0/1", "CrashLoopBackOff"),
        (pod([box(waiting("ImagePullBackOff"))], phase="Pending"), "0/1", "ImagePullBackOff"),
        (pod([box(COMPLETED)]), "0/1", "Completed"),
        (pod([box(COMPLETED), box(RUNNING, ready=True)]), "1/2", "Running"),
        (
            pod([box({"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": 1}})]),
            "0/1",
            "OOMKilled",
        ),
        (
            pod([box({"terminated": {"exitCode": 3, "reason": "", "finishedAt": 1}})]),
            "0/1",
            "ExitCode:3",
        ),
        (pod([box(RUNNING, ready=True)], deletionTimestamp=9.0), "1/1", "Terminating"),
        (pod([box(COMPLETED)], phase="Succeeded", deletionTimestamp=9.0), "0/1", "Completed"),
        (
            pod([box(waiting("PodInitializing"))], [box(RUNNING, "i")], "Pending"),
            "0/1",
            "Init:0/1",
        ),
        (
            pod(
                [box(waiting("PodInitializing"))],
                [box(COMPLETED, "i"), box(RUNNING, "j")],
                "Pending",
            ),
            "0/1",
            "Init:1/2",
        ),
        (
            pod([box(waiting("PodInitializing"))], [box(waiting("CrashLoopBackOff"), "i")]),
            "0/1",
            "Init:CrashLoopBackOff",
        ),
        (
            pod(
                [box(waiting("PodInitializing"))],
                [box({"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": 1}}, "i")],
            ),
            "0/1",
            "Init:Error",
        ),
        (
            pod([box(RUNNING, ready=True)], [box(RUNNING, "s", ready=True)], specs=SIDECAR),
            "2/2",
            "Running",
        ),
    ],
)
def test_a_pods_words_are_kubectls(found, ready, status) -> None:
    line = pod_line(found, 10.0)
    assert (line.ready, line.status) == (ready, status)


def test_restarts_tell_how_long_ago_the_last_one_was() -> None:
    ended = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": 69.0}}
    found = pod([box(RUNNING, ready=True, restarts=2, lastState=ended)])
    assert pod_line(found, 100.0).restarts == "2 (31s ago)"
    assert pod_line(pod([box(RUNNING)]), 100.0).restarts == "0"


@pytest.mark.parametrize(
    ("subject", "reason", "expected"),
    [
        ("Pod/a", "Started", "Normal"),
        ("Pod/a", "Unhealthy", "Warning"),
        ("Pod/a", "BackOff", "Warning"),
        ("Pod/a", "FailedScheduling", "Warning"),
        ("Pod/a", "NodeNotReady", "Warning"),
        ("Node/a", "NodeNotReady", "Normal"),
        ("ReplicaSet/a", "FailedCreate", "Warning"),
        ("Deployment/a", "ScalingReplicaSet", "Normal"),
    ],
)
def test_which_events_are_warnings(subject, reason, expected) -> None:
    assert event_type(subject, reason) == expected


def test_a_pull_that_waits_is_no_warning_and_a_restart_that_waits_is_one() -> None:
    assert event_type("Pod/a", "BackOff", 'Back-off pulling image "web:9"') == "Normal"
    assert event_type("Pod/a", "BackOff", "Back-off restarting failed container web") == "Warning"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(10, "10s"), (80, "1m20s"), (160.0, "2m40s"), (300, "5m0s"), (3600, "1h0m0s")],
)
def test_a_back_off_is_written_as_go_writes_durations(seconds, shown) -> None:
    assert go_duration(seconds) == shown


def test_an_event_that_came_again_tells_how_often() -> None:
    said = Said(first=10.0, last=88.0, count=3, subject="Pod/a", reason="BackOff", note="")
    assert last_seen(said, 100.0) == "12s (x3 over 90s)"


def test_columns_are_three_blanks_apart() -> None:
    assert aligned([("A", "LONG", "C"), ("aaa", "b", "c")]) == ["A     LONG   C", "aaa   b      c"]
