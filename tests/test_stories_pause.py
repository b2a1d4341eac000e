"""A rollout paused in the middle: both versions serve, and requests split as the pods do."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import WINDOW, deployment, failures, scenario, session

from sim.model.command import Command, Verb
from sim.model.run import PodPhase


def test_a_paused_rollout_splits_requests_by_ready_pods(tmp_path: Path) -> None:
    """The poor man's canary: three new pods of ten get three requests of ten."""
    story = scenario(tmp_path, deployment(replicas=9, surge=1, unavailable=0, pre_stop=3))
    live = session(story)
    while count(live, version=1) < 3:
        live.advance(live.now + 0.1)
    live.command(Command(verb=Verb.PAUSE))
    run = live.finish()
    ready = [span for span in run.pods if span.phase is PodPhase.READY and span.end >= WINDOW.end]
    new = sum(span.version == 1 for span in ready) / len(ready)
    counts = run.requests.within(WINDOW.end - 60, WINDOW.end)
    answered = int(counts.count[counts.version == 1].sum()) / int(counts.count.sum())
    assert 0 < new < 1
    # 3,000 requests: the standard deviation of the share is below one per cent.
    assert answered == pytest.approx(new, abs=0.035)
    assert failures(run) == {}


def count(live, version: int) -> int:
    """How many pods of *version* are ready now."""
    pods = [one for one in live.snapshot().objects if one["kind"] == "Pod"]
    image = f"web:{version + 1}"
    return sum(
        pod["spec"]["containers"][0]["image"] == image
        and any(
            one["type"] == "Ready" and one["status"] == "True"
            for one in pod["status"].get("conditions", ())
        )
        for pod in pods
    )
