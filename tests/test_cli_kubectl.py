"""`seatrial get`, `describe`, `events` and `rollout` on the folder of a real run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from ruamel.yaml import YAML


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run whose new version crashes two seconds after each start."""
    place = tmp_path_factory.mktemp("kubectl") / "run"
    words = ("--fault", "crash:new:2s", "--set", "window.length=90s", "--rps", "1")
    done = call("run", "web-app", "--out", str(place), *words)
    assert done.exit_code == 0, done.stderr
    return str(place)


def lines(*words: str) -> list[str]:
    found = call(*words)
    assert found.exit_code == 0, found.stderr
    return found.stdout.rstrip("\n").split("\n")


def test_pods_are_listed_in_kubectls_columns_as_they_were(run: str) -> None:
    before = lines("get", "pods", "--at", "29s", run)
    assert before[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [row.split()[1:4] for row in before[1:]] == [["1/1", "Running", "0"]] * 6
    after = lines("get", "po", "--at", "100s", run)
    assert sum("CrashLoopBackOff" in row for row in after) == 3
    assert any(" ago)" in row for row in after)


def test_the_wide_table_tells_address_and_node(run: str) -> None:
    head, first, *_ = lines("get", "pods", "-o", "wide", "--at", "29s", run)
    assert head.endswith("IP         NODE     NOMINATED NODE   READINESS GATES")
    assert first.split()[5].startswith("10.0.0.")


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("deployments", ["web-app", "6/6", "6", "6"]),
        ("deploy/web-app", ["web-app", "6/6", "6", "6"]),
        ("rs", ["web-app-768859ffd5", "6", "6", "6"]),
        ("svc", ["web-app", "ClusterIP", "10.96.0.1", "<none>", "80/TCP"]),
        ("nodes", ["node-1", "Ready", "<none>"]),
    ],
)
def test_other_kinds_have_their_own_columns(run: str, kind: str, cells: list[str]) -> None:
    row = lines("get", kind, "--at", "29s", run)[1]
    assert row.split()[: len(cells)] == cells


def test_an_object_is_shown_whole_as_json_or_yaml(run: str) -> None:
    as_json = json.loads(call("get", "deploy", "web-app", "-o", "json", run).stdout)
    as_yaml = YAML(typ="safe").load(call("get", "deploy", "web-app", "-o", "yaml", run).stdout)
    assert as_json["spec"]["replicas"] == 6
    assert as_yaml == as_json
    assert lines("get", "deploy", "-o", "name", run) == ["deployment.apps/web-app"]


def test_a_selector_chooses(run: str) -> None:
    assert len(lines("get", "pods", "-l", "app=web-app", "--at", "29s", run)) == 7
    nothing = call("get", "pods", "-l", "app=other", run)
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "No resources found in default namespace.\n"


def test_describe_ends_with_the_events(run: str) -> None:
    [name] = lines("get", "pods", "-o", "name", "--at", "100s", run)[-1:]
    shown = "\n".join(lines("describe", name, "--at", "100s", run))
    assert "Controlled By:          ReplicaSet/web-app-7dc8b7c5cb" in shown
    assert "Reason:                 CrashLoopBackOff" in shown
    assert "Back-off restarting failed container web" in shown.partition("Events:")[2]
    for kind in ("deployment", "rs", "node"):
        assert lines("describe", kind, run)
    sets = "\n".join(lines("describe", "rs", "--at", "29s", run))
    assert "Pods Status:            6 Running / 0 Waiting / 0 Succeeded / 0 Failed" in sets


def test_rollout_status_and_history_speak_as_kubectl(run: str) -> None:
    waiting = lines("rollout", "status", "--at", "60s", run)
    assert waiting == [
        'Waiting for deployment "web-app" rollout to finish:'
        " 3 out of 6 new replicas have been updated..."
    ]
    history = call("rollout", "history", run).stdout
    expected = (
        "deployment.apps/web-app \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>"
    )
    assert history == expected + "\n\n"
    template = lines("rollout", "history", "--revision", "2", run)
    assert template[0] == "deployment.apps/web-app with revision #2"
    assert any("nginx:1.21" in row for row in template)


def test_events_are_listed_up_to_the_moment(run: str) -> None:
    head, *rows = lines("events", "--at", "60s", run)
    assert head.split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert any("BackOff" in row and "Warning" in row for row in rows)
    assert any("Deployment/web-app " in row for row in rows)
    assert any("deployment/web-app " in row for row in lines("get", "events", run))
    assert len(lines("events", "--at", "32s", run)) < len(rows)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("get", "podz"), 2, "a run has no resource 'podz'"),
        (("get", "pods", "nobody"), 1, 'Error from server (NotFound): pods "nobody" not found'),
        (("get", "rs", "x"), 1, 'Error from server (NotFound): replicasets.apps "x" not found'),
        (("get", "pods", "-o", "table"), 2, "no output format 'table'"),
        (("get", "pods", "--at", "soon"), 2, "'soon' is not a duration"),
        (("get", "pods", "-l", "app"), 2, "'app' is not a selector"),
        (("describe", "svc"), 2, "Service cannot be described"),
        (("rollout", "undo"), 2, "wanted status or history"),
        (("rollout", "history", "--revision", "9"), 1, "unable to find the specified revision"),
    ],
)
def test_what_is_not_there_is_told_with_kubectls_exit_code(run, words, code, said) -> None:
    found = call(*words, run)
    assert (found.exit_code, said in found.stderr) == (code, True), found.stderr


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    found = call("get", "pods", str(tmp_path))
    assert found.exit_code != 0
    assert "is not a run folder" in found.stderr
