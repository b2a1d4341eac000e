"""Stories of a cluster under traffic: cascades, slow starts, lost machines, held-up drains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stories import deployment, failures, rehearse, scenario, session

from sim.errors import ScenarioError
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.objects import is_terminating
from sim.model.quantity import quantity
from sim.model.run import Run, Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import Session

LIVENESS = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 2, "failureThreshold": 2}
SLOWER = ("versions.old.concurrency=2", "versions.old.service.wait=195ms")


def reasons(run: Run) -> list[str]:
    return [event.reason for event in run.events]


@pytest.mark.parametrize(("probes", "cascades"), [("shared", True), ("own", False)])
def test_liveness_probes_that_wait_behind_a_full_queue_start_a_restart_cascade(
    tmp_path: Path, probes: str, cascades: bool
) -> None:
    """Three pods serve 30 requests a second; 40 come for a minute.

    The queues fill, probes wait in them and time out, restarts take capacity away, and what is
    left is hit harder. A health check with a thread of its own keeps every pod alive: the service
    is slow, and stands."""
    busy = deployment(replicas=3, liveness=LIVENESS)
    del busy["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    burst = ("traffic.kind=burst", "traffic.rate=20/s", "traffic.factor=2x", "traffic.at=30s")
    story = scenario(
        tmp_path,
        busy,
        overrides=(*SLOWER, *burst, "traffic.length=60s", f"versions.old.probes={probes}"),
    )
    run = rehearse(story, strategy=None)
    assert (run.restarts >= 3) == cascades
    cut = failures(run).get(Cause.CUT_BY_SIGKILL, 0) + failures(run).get(Cause.REFUSED_STARTING, 0)
    assert (cut > 100) == cascades


def test_a_slow_starter_is_killed_by_its_liveness_probe_again_and_again(tmp_path: Path) -> None:
    slow = deployment(replicas=3, surge=1, unavailable=0, liveness=LIVENESS)
    story = scenario(tmp_path, slow, overrides=("versions.new.startup=20s",))
    run = rehearse(story)
    assert run.phase is None  # It never finishes, and never goes back by itself.
    assert run.restarts >= 3
    assert "BackOff" in reasons(run)
    assert failures(run) == {}  # The old pods serve on.


def test_a_startup_probe_saves_the_slow_starter(tmp_path: Path) -> None:
    slow = deployment(replicas=3, surge=1, unavailable=0, liveness=LIVENESS)
    container = slow["spec"]["template"]["spec"]["containers"][0]
    container["startupProbe"] = {**LIVENESS, "failureThreshold": 30}
    story = scenario(tmp_path, slow, overrides=("versions.new.startup=20s",))
    assert rehearse(story).phase == "Healthy"


@pytest.mark.parametrize(("limit", "phase"), [("250m", None), ("1", "Healthy")])
def test_a_tight_cpu_limit_stretches_the_start_into_the_arms_of_the_liveness_probe(
    tmp_path: Path, limit: str, phase: str | None
) -> None:
    """Two CPU seconds of a start take eight under a quarter of a core (section 12)."""
    release = deployment(replicas=3, surge=1, unavailable=0, liveness=LIVENESS)
    container = release["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"limits": {"cpu": limit}, "requests": {"cpu": "100m"}}
    starts = ("versions.new.startup=2s", "versions.new.startupCpu=2s")
    run = rehearse(scenario(tmp_path, release, overrides=starts))
    assert run.phase == phase
    assert (run.restarts > 0) == (phase is None)


def test_a_limit_throttles_a_service_and_its_pods_never_compute_more(tmp_path: Path) -> None:
    """Forty milliseconds of computing a request: 100 m of quota serve two and a half a second."""
    throttled = {}
    for limit in ("100m", "2"):
        plain = deployment(replicas=3)
        container = plain["spec"]["template"]["spec"]["containers"][0]
        container["resources"] = {"limits": {"cpu": limit}, "requests": {"cpu": "100m"}}
        story = scenario(
            tmp_path / limit,
            plain,
            overrides=("traffic.rate=6/s", "versions.old.service.cpu=40ms"),
        )
        live = session(story, None)
        live.advance(100.0)
        pods = live._backend.data_plane.pods().values()
        throttled[limit] = max(one.throttled_seconds for one in pods)
        seconds = 130.0  # Since the start of the warm-up.
        assert all(one.cpu_seconds <= float(quantity(limit)) * seconds for one in pods)
    assert throttled["100m"] > 10.0
    assert throttled["2"] == 0.0


def test_a_node_lost_in_mid_rollout_costs_its_share_until_it_is_noticed(tmp_path: Path) -> None:
    """One of three machines stops at 40 s: a third of the requests hang until the cluster knows,
    and nobody is hurt after that, though the rollout has yet to finish without it."""
    story = scenario(
        tmp_path,
        deployment(replicas=6, surge=2, unavailable=1, pre_stop=5),
        faults=("node:node-2:40s",),
        overrides=("clients.attemptTimeout=2s", "nodes.count=3"),
    )
    window = Window(start=0.0, first_write=30.0, end=240.0)
    run = Session(story, "RollingUpdate", 1, window=window, checked=True).finish()
    hurt = run.requests.within(0, 240)
    lost = hurt.cause == int(Cause.NODE_UNREACHABLE)
    seconds = hurt.second[lost]
    assert set(failures(run)) == {Cause.NODE_UNREACHABLE}
    assert int(seconds.min()) >= 37  # In flight, or sent since; timed out 2 s later.
    assert 80 <= int(seconds.max()) <= 100  # A lease, 50 s of grace, and the next look.
    rate = hurt.count[lost].sum() / (seconds.max() - seconds.min())
    assert rate == pytest.approx(50 / 3, rel=0.5)
    assert run.phase == "Healthy"


def disruption_story(place: Path, budget: dict[str, Any]) -> Scenario:
    manifest = deployment(replicas=2)
    pdb = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **budget},
    }
    file = place / "web.yaml"
    file.write_text("\n---\n".join(json.dumps(one) for one in (manifest, pdb)))
    return load([file], images=["web=web:2"], overrides=["versions.old.startup=10s"])


def test_a_drain_held_up_by_a_budget_never_takes_the_second_pod_before_its_time(
    tmp_path: Path,
) -> None:
    story = disruption_story(tmp_path, {"maxUnavailable": 1})
    window = Window(start=0.0, first_write=30.0, end=120.0)
    session = Session(story, None, 1, window=window, keep_objects=True, checked=True)
    session.advance(30.0)
    nodes = {one["spec"]["nodeName"] for one in session.snapshot().objects if one["kind"] == "Pod"}
    for node in sorted(nodes):
        session.command(Command(verb=Verb.DRAIN, name=node))
    run = session.finish()
    deleted: dict[str, float] = {}
    for change in run.changes:
        if change.object["kind"] == "Pod" and is_terminating(change.object):
            deleted.setdefault(change.object["metadata"]["name"], change.time)
    first, second = sorted(deleted.values())
    assert second - first >= 10.0  # The replacement had to become ready first,
    assert (second - 30.0) % 5.0 == pytest.approx(0.0, abs=1e-6)  # and a drain asks every 5 s.


def test_a_node_that_there_is_not_cannot_be_lost(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no machine 'node-9'"):
        scenario(tmp_path, faults=("node:node-9:40s",))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("image:new:missing", "Failed"), ("crash:new:2s", "BackOff")],
)
def test_a_release_that_cannot_start_leaves_the_old_version_serving(
    tmp_path: Path, fault: str, reason: str
) -> None:
    run = rehearse(scenario(tmp_path, faults=(fault,)))
    assert run.phase is None
    assert reason in reasons(run)
    assert all(span.version == 0 for span in run.pods if span.phase == "ready" and span.end > 149)
