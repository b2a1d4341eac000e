"""Warm-up, hanging requests and slow machines as a scenario says them."""

from __future__ import annotations

import pytest
from test_scenario_dependencies import shop as shop

from sim.errors import ScenarioError
from sim.faults.hang import Hang
from sim.faults.reading import faults_of
from sim.faults.slow_node import SlowNode
from sim.model.span import ALWAYS, Span
from sim.model.warm_up import WarmUp

FAULTS = 'faults: ["hang:new:5%", "slow-node:node-2:3x@40s..80s", "slow-node:node-1:2x"]'


def test_a_version_warms_up_and_others_are_laid_over_it(shop):
    found = shop(
        "versions: {old: {warmUp: {for: 60s, slowdown: 3x}}, v3: {warmUp: {for: 1s, slowdown: 2x}}}"
    )
    rows = {row.field: (row.value, row.origin) for row in found.assumptions}

    assert {one.name: one.behaviour.warm_up for one in found.versions} == {
        "old": WarmUp(seconds=60.0, slowdown=3.0),
        "new": WarmUp(seconds=60.0, slowdown=3.0),
        "v3": WarmUp(seconds=1.0, slowdown=2.0),
    }
    assert rows["versions.old.warmUp.for"] == ("1m", "given")
    assert rows["versions.v3.warmUp.slowdown"] == ("2x", "given")
    assert found.fingerprint() != shop("versions: {old: {}, v3: {}}").fingerprint()


def test_faults_of_pace_are_read(shop):
    assert faults_of(shop(FAULTS).faults) == (
        Hang(version="new", hang_ratio=0.05),
        SlowNode(node="node-2", factor=3.0, span=Span(start=40.0, end=80.0)),
        SlowNode(node="node-1", factor=2.0, span=ALWAYS),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("versions: {old: {warmUp: {for: 0s, slowdown: 3x}}}", "for must be longer than nothing"),
        ("versions: {old: {warmUp: {for: 9s, slowdown: 0.5x}}}", "at least 1x"),
        ("versions: {old: {warmUp: {for: 9s}}}", "slowdown"),
        ('faults: ["slow-node:node-9:3x"]', "there is no machine 'node-9'"),
        ('faults: ["hang:newer:3%"]', "no pod template will be called 'newer'"),
    ],
)
def test_each_mistake_is_told_once(shop, text, expected):
    with pytest.raises(ScenarioError) as caught:
        shop(text)

    assert len(caught.value.problems) == 1, caught.value.problems
    assert expected in caught.value.problems[0].render()
