"""What a scenario says of its analyses and its monitoring, and what is wrong with it."""

from __future__ import annotations

import json

import pytest
from stories import deployment

from sim.errors import ScenarioError
from sim.model.analysis import AnalysisMetric
from sim.model.analysis_template import AnalysisTemplate, Check
from sim.model.condition import Condition
from sim.model.monitoring import Monitoring
from sim.scenario.load import load

HEAD = """
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {name: judged}
spec:
  manifests: [deployment.yaml]
"""


def read(place, body):
    (place / "deployment.yaml").write_text(json.dumps(deployment()))
    (place / "scenario.yaml").write_text(HEAD + body)
    return load([place])


def canary(metric):
    return f"  strategies:\n    canary:\n      analysis:\n        metrics: [{metric}]\n"


def test_all_that_an_analysis_can_say(tmp_path):
    found = read(
        tmp_path,
        canary(
            "{name: a, judge: {errorRatio: {limit: 5%}}, window: 2m, interval: 30s, count: 3,"
            " initialDelay: 10s, failureLimit: 1, inconclusiveLimit: 2, consecutiveErrorLimit: 0,"
            " consecutiveSuccessLimit: 4, dryRun: true},"
            ' {name: b, query: "up", successCondition: "result[0] == 1",'
            ' failureCondition: "result[0] == 0"},'
            " {name: c, judge: {latency: {limit: 500ms, share: 99%}}, interval: 1m}"
        )
        + "        startingStep: 2\n",
    )

    first, second, third = found.strategies["Canary"]["analysis"].checks
    assert first == Check(
        metric=AnalysisMetric(
            name="a",
            interval_seconds=30.0,
            count=3,
            initial_delay_seconds=10.0,
            failure_limit=1,
            inconclusive_limit=2,
            consecutive_error_limit=0,
            consecutive_success_limit=4,
            dry_run=True,
        ),
        judge="error_ratio",
        limits=(("limit", 0.05),),
        window_seconds=120.0,
    )
    assert second == Check(
        metric=AnalysisMetric(name="b"),
        query="up",
        success=Condition("result[0] == 1"),
        failure=Condition("result[0] == 0"),
    )
    assert (("limit_seconds", 0.5), ("share", 0.99)) == tuple(sorted(third.limits))
    assert 2 == found.strategies["Canary"]["analysis"].starting_step


def test_blue_green_has_one_before_its_promotion_and_one_after(tmp_path):
    metric = "{metrics: [{name: a, judge: {sequential: {}}, interval: 10s, count: 4}]}"
    body = (
        f"  strategies:\n    blueGreen:\n      prePromotionAnalysis: {metric}\n"
        f"      postPromotionAnalysis: {metric}\n"
    )
    template = AnalysisTemplate(
        checks=(
            Check(
                metric=AnalysisMetric(name="a", interval_seconds=10.0, count=4), judge="sequential"
            ),
        )
    )

    found = read(tmp_path, body).strategies["BlueGreen"]
    assert {"pre_promotion_analysis": template, "post_promotion_analysis": template} == found
    assert 30.0 == template.planned_seconds


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        ("{name: a}", "exactly one of judge and query"),
        ("{name: a, query: up, judge: {sequential: {}}}", "exactly one of judge and query"),
        ("{name: a, judge: {}}", "exactly one judge"),
        ("{name: a, judge: {sequential: {}, latency: {}}}", "exactly one judge"),
        ("{name: a, judge: {latenzy: {}}}", "latenzy"),
        ("{name: a, judge: {errorRatio: {limit: 5}}}", "a percentage"),
        ("{name: a, query: up, successCondition: result0}", "result0 is not understood"),
        ("{name: a, judge: {latency: {}}, successCondition: 'result < 1'}", "needs a query"),
        ("{name: a, query: up, count: 3}", "interval must be given"),
        ("{name: a, query: up, interval: 0s}", "interval is too short"),
        ("{name: a, query: up, interval: 1s, count: 0}", "at least 1"),
        ("{name: a, judge: {latency: {}}, window: 0s}", "window must be longer"),
        ("{name: a, query: up}, {name: a, query: up}", "two metrics are called 'a'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(tmp_path, metric, why):
    with pytest.raises(ScenarioError, match=why) as refused:
        read(tmp_path, canary(metric))
    assert all("scenario.yaml:" in one.place for one in refused.value.problems)


def test_an_analysis_that_is_waited_for_must_come_to_an_end(tmp_path):
    body = (
        "  strategies:\n    blueGreen:\n      prePromotionAnalysis:\n"
        "        metrics: [{name: a, query: up, interval: 10s}]\n"
    )
    with pytest.raises(ScenarioError, match="'a' is measured without end"):
        read(tmp_path, body)


def test_who_looks_how_often(tmp_path):
    assert Monitoring() == read(tmp_path, "").monitoring
    given = read(tmp_path, "  monitoring: {scrapeInterval: 1m, evaluationInterval: 30s}\n")

    assert (
        Monitoring(scrape_interval_seconds=60.0, evaluation_interval_seconds=30.0)
        == given.monitoring
    )
    assert given.digest != read(tmp_path, "").digest


def test_an_interval_of_nothing_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="scrapeInterval is too short"):
        read(tmp_path, "  monitoring: {scrapeInterval: 0s}\n")
