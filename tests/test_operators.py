"""Who is on duty beside a strategy: the way back by command, in any moment of any strategy."""

from __future__ import annotations

import pytest
from stories import deployment, scenario

from sim.errors import RolloutError
from sim.model.command import Command, Verb
from sim.model.deed import DeedKind, first_of
from sim.model.run import Phase, PodPhase, Window
from sim.operators.by_command import ByCommand
from sim.session import Session
from sim.strategies import STRATEGIES

LONG = Window(start=0.0, first_write=10.0, end=360.0)
SHORTER = (
    "strategies.canary.steps=[20%,10s,50%,10s]",
    "strategies.canaryThenRolling.steps=[20%,10s,50%,10s]",
    "strategies.blueGreen.scaleDownDelaySeconds=10",
    "strategies.maintenanceWindow.updateSeconds=10",
    "strategies.maintenanceWindow.verifySeconds=30",
    "strategies.maintenanceWindow.restoreSeconds=40",
    "strategies.featureFlags.steps=[20%,10s]",
    "strategies.featureFlags.propagationSeconds=10",
    "strategies.blueGreenBehindFlag.steps=[20%,10s]",
    "strategies.blueGreenBehindFlag.propagationSeconds=10",
    "strategies.blueGreenBehindFlag.scaleDownDelaySeconds=10",
    "strategies.shadow.mirrorSeconds=10",
    "strategies.abTest.seconds=20",
)
# What a strategy needs beside its settings.
NEEDS = {
    "Shadow": ("network.proxy=istio",),
    "ABTest": ("network.proxy=istio", "users.behaviour.versions.old.conversion=10%"),
}
KILL_SWITCHES = ("FeatureFlags", "BlueGreenBehindFlag")  # They leave the new pods, dark.
MOMENTS = {
    "in the middle": ByCommand(at=14.0),
    "at the finish": ByCommand(after_finish_seconds=0.0),
    "later": ByCommand(after_finish_seconds=60.0),
}


def left(run):
    """How many ready pods of each version there are when the window ends."""
    ready = [s for s in run.pods if s.phase is PodPhase.READY and s.end >= run.window.end]
    return {version: sum(s.version == version for s in ready) for version in {0, 1}}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_strategy_can_be_sent_back_at_any_moment(tmp_path, name, moment):
    overrides = (*SHORTER, *NEEDS.get(name, ()))
    story = scenario(tmp_path, deployment(replicas=4, pre_stop=2), overrides=overrides)
    session = Session(
        story, name, 1, window=LONG, traffic=False, checked=True, operators=[MOMENTS[moment]]
    )
    run = session.finish()

    assert Phase.DEGRADED == run.phase
    dark = name in KILL_SWITCHES and moment != "in the middle"
    assert ({0: 0, 1: 4} if dark else {0: 4, 1: 0}) == left(run)
    assert [DeedKind.DECIDED, DeedKind.WENT_BACK] == [deed.kind for deed in run.deeds]
    decided = first_of(run.deeds, DeedKind.DECIDED)
    if moment == "in the middle":
        assert (14.0, None) == (decided, run.finished_at)
    else:
        waited = decided - run.finished_at
        assert MOMENTS[moment].after_finish_seconds <= waited <= 60.1


def test_a_command_sends_a_release_back_and_a_replay_repeats_it(tmp_path):
    story = scenario(tmp_path)
    session = Session(story, "Canary", 3, window=LONG)
    session.advance(40.0)
    session.command(Command(verb=Verb.GO_BACK))
    session.advance(90.0)
    again = Session.replay(story, "Canary", 3, window=LONG, log=session.log)
    again.advance(90.0)

    assert session.snapshot().digest() == again.snapshot().digest()
    assert 40.0 == session.releaser.left_at < session.releaser.back_at


def test_without_a_release_there_is_no_way_back(tmp_path):
    session = Session(scenario(tmp_path), None, 1, window=LONG)
    session.advance(40.0)

    with pytest.raises(RolloutError, match="nothing to go back from"):
        session.command(Command(verb=Verb.GO_BACK))


def test_a_release_that_does_not_end_is_never_sent_back_after_its_finish(tmp_path):
    story = scenario(tmp_path, faults=("start:new:+900s",))
    operators = [ByCommand(after_finish_seconds=0.0)]
    session = Session(story, "RollingUpdate", 1, window=LONG, traffic=False, operators=operators)

    assert () == session.finish().deeds
