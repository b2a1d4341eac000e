"""A canary's steps as a scenario says them: every form, and what is wrong with others."""

from __future__ import annotations

import json

import pytest
from stories import deployment

from sim.errors import ScenarioError
from sim.model.canary_steps import Analyse, Pause, SetCanaryScale, SetHeaderRoute, SetWeight, shown
from sim.scenario.load import load

SCENARIO = """\
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {{name: steps}}
spec:
  manifests: [deployment.yaml]
  network: {{proxy: istio}}
  strategies:
    {strategy}:
      {router}
      steps: {steps}
"""
ROUTER = "router: virtual_service"


def steps_of(place, steps, *, strategy="canary", router=ROUTER):
    (place / "deployment.yaml").write_text(json.dumps(deployment()), "utf-8")
    text = SCENARIO.format(strategy=strategy, router=router, steps=steps)
    (place / "scenario.yaml").write_text(text, "utf-8")
    return load([place]).strategies["Canary"]["steps"]


@pytest.mark.parametrize(
    ("text", "step", "words"),
    [
        ("{setWeight: 20}", SetWeight(20), "20%"),
        ("20%", SetWeight(20), "20%"),
        ("{pause: {duration: 30s}}", Pause(30.0), "pause 30s"),
        ("30s", Pause(30.0), "pause 30s"),
        ("{pause: {}}", Pause(None), "pause"),
        ("pause", Pause(None), "pause"),
        ("{setCanaryScale: {replicas: 3}}", SetCanaryScale(3), "scale 3"),
        ("scale 3", SetCanaryScale(3), "scale 3"),
        ("{setCanaryScale: {weight: 25}}", SetCanaryScale(percent=25), "scale 25%"),
        ("scale 25%", SetCanaryScale(percent=25), "scale 25%"),
        ("{setCanaryScale: {matchTrafficWeight: true}}", SetCanaryScale(), "scale by weight"),
        ("scale by weight", SetCanaryScale(), "scale by weight"),
        ("{setHeaderRoute: {header: x-beta, value: a}}", SetHeaderRoute("x-beta", "a"), "x-beta=a"),
        ("{setHeaderRoute: {}}", SetHeaderRoute("", ""), "no header route"),
    ],
)
def test_a_step_is_read_in_full_and_in_short(tmp_path, text, step, words):
    assert (step,) == steps_of(tmp_path, f"[{text}]")
    assert words == shown([step])


def test_a_step_may_ask_metrics(tmp_path):
    asked = "{analysis: {metrics: [{name: errors, judge: {errorRatio: {limit: 2%}}}]}}"
    (step,) = steps_of(tmp_path, f"[{asked}]")

    assert isinstance(step, Analyse)
    assert [("errors", "error_ratio")] == [(c.metric.name, c.judge) for c in step.analysis.checks]
    assert "analysis of errors" == shown([step])


def test_a_flag_s_steps_are_not_judged(tmp_path):
    asked = "{analysis: {metrics: [{name: errors, query: up}]}}"
    with pytest.raises(ScenarioError, match="a flag is turned on without an analysis"):
        steps_of(tmp_path, f"[{asked}]", strategy="featureFlags", router="flag: a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{analysis: {templates: []}}", 'unknown field "templates" (known here: metrics)'),
        ("{analysis: {metrics: [{name: a, query: up, interval: 5s}]}}", "measured without end"),
        ("{experiment: {}}", "experiment is not supported: nobody starts further versions"),
        ("{setMirrorRoute: {name: a}}", "setMirrorRoute is not supported"),
        ("{setCanaryScale: {replicas: 3, weight: 5}}", "setCanaryScale has exactly one size"),
        ("{setCanaryScale: {}}", "setCanaryScale has exactly one size"),
        ("{setCanaryScale: {replica: 3}}", "did you mean replicas?"),
        ("{setCanaryScale: {weight: 300}}", "at most 100"),
        ("scale up", "'up' is no size for a canary"),
        ("{setHeaderRoute: {header: x-beta}}", "a header and a value"),
        ("{setWeight: 5, pause: {}}", "a step has exactly one instruction"),
    ],
)
def test_a_step_that_nobody_can_take_is_refused_by_name(tmp_path, text, words):
    with pytest.raises(ScenarioError) as caught:
        steps_of(tmp_path, f"[{text}]")

    assert words in str(caught.value)
    assert "strategies.canary.steps[0]" in str(caught.value)


@pytest.mark.parametrize("strategy", ["canary", "canaryThenRolling"])
@pytest.mark.parametrize(
    ("text", "field"),
    [("scale 3", "setCanaryScale"), ("{setHeaderRoute: {header: a, value: b}}", "setHeaderRoute")],
)
def test_what_only_a_router_can_follow_is_refused_where_pods_are_the_shares(
    tmp_path, strategy, text, field
):
    with pytest.raises(ScenarioError, match=f"{field} needs a router"):
        steps_of(tmp_path, f"[5%, {text}]", strategy=strategy, router="")
