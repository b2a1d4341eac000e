"""Somebody deletes what is being released: the run goes on, and says what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import WINDOW, failures, scenario, session

from sim.model.causes import Cause
from sim.model.command import Command, Verb


@pytest.mark.parametrize("policy", [None, "Background", "Foreground", "Orphan"])
def test_a_deployment_deleted_in_mid_rollout_ends_the_rollout_as_a_failure(
    tmp_path: Path, policy: str | None
) -> None:
    """Section 13.1: `rollout status` exits 1 when the object is deleted."""
    one = session(scenario(tmp_path))
    one.advance(31.0)
    one.command(Command(verb=Verb.DELETE, propagation_policy=policy))
    run = one.finish()
    assert run.phase == "Degraded"
    assert run.finished_at is not None and 31.0 <= run.finished_at < 70.0
    left = {obj["kind"] for obj in one.snapshot().objects}
    if policy == "Orphan":
        assert {"ReplicaSet", "Pod"} <= left and failures(run) == {}
    else:
        assert not {"Deployment", "ReplicaSet", "Pod"} & left
        assert failures(run)[Cause.NO_ENDPOINT] > 0


def test_a_deployment_deleted_without_any_release_is_no_error(tmp_path: Path) -> None:
    one = session(scenario(tmp_path), None)
    one.advance(31.0)
    one.command(Command(verb=Verb.DELETE))
    run = one.finish()
    assert (run.phase, run.settled_at) == (None, None)
    assert {span.end < WINDOW.end for span in run.pods} == {True}
