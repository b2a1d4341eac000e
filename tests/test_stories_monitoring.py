"""What was seen, when, and what came of it: releases whose operators look through a monitoring."""

from __future__ import annotations

import json
from math import ceil

import pytest
from stories import deployment

from sim.analysis.failures import failed_share
from sim.errors import ScenarioError
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.experiments.window import measured_window
from sim.model.analysis import AnalysisPhase
from sim.model.run import Phase, Window
from sim.scenario.load import load
from sim.session import Session, run

FIRST_WRITE = 30.0
RATIO = (
    'sum(rate(http_requests_total{{version="new",status=~"5.."}}[{window}]))'
    ' / sum(rate(http_requests_total{{version="new"}}[{window}]))'
)


def scenario(
    place, *, faults=(), rules="", scrape="5s", evaluation="5s", extra="", replicas=4, **fields
):
    """Image web:2 as the release of four pods that 50 requests a second go to."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "deployment.yaml").write_text(json.dumps(deployment(replicas=replicas, **fields)))
    (place / "alerts.yaml").write_text(rules or "groups: []\n")
    (place / "scenario.yaml").write_text(
        f"""
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {{name: story}}
spec:
  manifests: [deployment.yaml, alerts.yaml]
  release: {{image: {{web: "web:2"}}}}
  faults: {json.dumps(list(faults))}
  monitoring: {{scrapeInterval: {scrape}, evaluationInterval: {evaluation}}}
{extra}"""
    )
    return load([place])


def rule(expr, wait="0s", **annotations):
    alert = {"alert": "Bad", "expr": expr, "for": wait, "annotations": annotations}
    return json.dumps({"groups": [{"name": "all", "rules": [alert]}]})


def window(end):
    return Window(start=0.0, first_write=FIRST_WRITE, end=end)


def at(run, phase):
    return [one.time for one in run.alerts if one.phase == phase]


# Alerts.


def settings():
    """(scrape, evaluation, window, for), seconds."""
    return [(5, 5, 30, 0), (15, 15, 60, 0), (5, 15, 60, 30), (15, 5, 120, 20), (30, 30, 120, 60)]


@pytest.mark.parametrize(("scrape", "evaluation", "width", "wait"), settings())
def test_a_threshold_is_seen_after_scrape_ramp_evaluation_and_for(
    tmp_path, scrape, evaluation, width, wait
):
    """All pods begin to fail 40 % at one moment; the limit is 10 % of the requests.

    So a quarter of the window must be bad. The samples in it span up to two intervals less than
    the window, and the last is up to one interval old; then the evaluation has to come. A tenth of
    the ramp is left to chance.
    """
    begin = 150.0
    errors = f'sum(rate(http_requests_total{{status=~"5.."}}[{width}s]))'
    expr = f"{errors} / sum(rate(http_requests_total[{width}s])) > 0.1"
    story = scenario(
        tmp_path,
        rules=rule(expr, f"{wait}s"),
        scrape=f"{scrape}s",
        evaluation=f"{evaluation}s",
        # A few errors before: a series that is there already shows its whole increase.
        faults=("errors:database:0.5%", "errors:database:40%@150s"),
        extra="  dependencies: {database: {capacity: 1000}}\n"
        "  versions: {old: {calls: {database: {}}}}\n",
    )
    found = run(story, None, 3, window=window(400.0))
    (pending, *_), (firing, *_) = at(found, "pending"), at(found, "firing")
    needed = (0.1 - 0.005) / (0.4 - 0.005)
    soonest, latest = needed * (width - 2 * scrape), needed * width + scrape + evaluation

    assert 0.9 * soonest <= pending - begin <= latest + 0.1 * needed * width
    assert firing - pending == pytest.approx(ceil(wait / evaluation) * evaluation)


def test_an_alert_at_5_percent_never_fires_at_2_percent_and_users_are_hurt_all_the_same(tmp_path):
    """Section 7.4's limit, with the ratio that it means."""
    quiet, loud = (
        run(
            scenario(
                tmp_path / share,
                faults=(f"bug:new:{share}",),
                rules=rule(RATIO.format(window="1m") + " > 0.05", "10s"),
            ),
            "RollingUpdate",
            1,
            window=window(300.0),
        )
        for share in ("2%", "8%")
    )

    assert [] == at(quiet, "firing")
    assert 0.01 < failed_share(quiet, 200.0, 300.0) < 0.03
    assert 1 == len(at(loud, "firing"))


def test_the_handbook_s_rule_counts_errors_a_second_and_fires_at_2_percent(tmp_path):
    """`rate(…5xx) > 0.05` is one error in twenty seconds, of each pod: not 5 %."""
    story = scenario(
        tmp_path,
        faults=("bug:new:2%",),
        rules=rule('rate(http_requests_total{status=~"5.."}[5m]) > 0.05', "2m"),
    )
    found = run(story, "RollingUpdate", 1, window=window(400.0))

    fired = [dict(one.labels)["pod"] for one in found.alerts if one.phase == "firing"]
    assert 4 == len(fired) == len(set(fired))


def test_an_alert_is_resolved_when_the_release_has_been_undone(tmp_path):
    from sim.model.command import Command, Verb

    story = scenario(
        tmp_path,
        faults=("bug:new:20%",),
        rules=rule(
            RATIO.format(window="30s") + " > 0.05",
            summary="{{ $value | humanizePercentage }} of the requests",
        ),
    )
    session = Session(story, "RollingUpdate", 1, window=window(300.0))
    session.advance(120.0)
    session.command(Command(verb=Verb.UNDO))
    found = session.finish()

    (fired,), (resolved,) = at(found, "firing"), at(found, "resolved")
    assert FIRST_WRITE < fired < 120.0 < resolved < 200.0
    told = next(dict(one.annotations)["summary"] for one in found.alerts if one.phase == "firing")
    assert told.endswith("% of the requests")


def test_while_the_server_is_away_no_alert_fires(tmp_path):
    quiet, blind = (
        run(
            scenario(
                tmp_path / f"{len(faults)}",
                faults=("bug:new:20%", *faults),
                rules=rule(RATIO.format(window="30s") + " > 0.05"),
            ),
            "RollingUpdate",
            1,
            window=window(200.0),
        )
        for faults in ((), ("blind:server:lost@30s..150s",))
    )

    assert at(quiet, "firing")[0] < 100.0
    assert at(blind, "firing")[0] > 150.0


def test_metrics_that_are_late_fire_late(tmp_path):
    prompt, late = (
        run(
            scenario(
                tmp_path / f"{len(faults)}",
                faults=("bug:new:20%", *faults),
                rules=rule(RATIO.format(window="1m") + " > 0.05"),
            ),
            "RollingUpdate",
            1,
            window=window(200.0),
        )
        for faults in ((), ("blind:pods:20s",))
    )

    # By 20 s and up to an evaluation more or less.
    assert at(late, "firing")[0] - at(prompt, "firing")[0] == pytest.approx(20.0, abs=5.0)


def test_a_rule_that_asks_what_is_not_simulated_is_refused_before_the_run(tmp_path):
    story = scenario(tmp_path, rules=rule("topk(3, up)"))

    with pytest.raises(ScenarioError, match="topk is not supported in queries") as refused:
        run(story, None, 1, window=window(100.0))
    assert "alerts.yaml:1:" in refused.value.problems[0].place


def test_a_run_folder_keeps_what_was_told(tmp_path):
    story = scenario(
        tmp_path,
        faults=("bug:new:20%",),
        rules=rule(RATIO.format(window="1m") + " > 0.05"),
        extra=background("{name: a, judge: {errorRatio: {limit: 50%}}, interval: 20s}"),
    )
    found = run(story, "Canary", 1, window=window(200.0))
    write_run_folder(tmp_path / "run", story, found)
    back = read_run_folder(tmp_path / "run")

    assert found.alerts == back.alerts
    assert found.digest() == back.digest()
    assert found.measurements and len(found.measurements) == len(back.measurements)


# Analyses.


def background(metric, starting_step=1):
    return f"""  strategies:
    canary:
      steps: [25%, 60s, 50%, 60s]
      analysis: {{startingStep: {starting_step}, metrics: [{metric}]}}
"""


SOON = "interval: 10s, initialDelay: 20s, window: 30s"


@pytest.mark.parametrize(("share", "phase"), [("1%", Phase.HEALTHY), ("15%", Phase.DEGRADED)])
def test_a_canary_is_judged_by_what_the_monitoring_has_of_it(tmp_path, share, phase):
    extra = background(f"{{name: errors, judge: {{errorRatio: {{limit: 5%}}}}, {SOON}}}")
    story = scenario(tmp_path, faults=(f"bug:new:{share}",), extra=extra)
    found = run(story, "Canary", 1, window=measured_window(story, ["Canary"]))

    assert phase is found.phase
    assert found.measurements
    # At 25 % of 50 requests a second it was sent back before the second weight.
    hurt = len(found.users.exposed.get(1, ())) if phase is Phase.DEGRADED else None
    assert hurt is None or hurt < 50 * 0.25 * 45


def test_a_leak_shows_only_after_the_canary_was_promoted(tmp_path):
    """Two minutes are not enough to see it: each pod lives for longer than the canary was judged.

    A growth of the memory, which the same monitoring has, would have told.
    """
    leak = ("leak:new:400KiB/s",)
    errors = f"{{name: errors, judge: {{errorRatio: {{limit: 1%}}}}, {SOON}}}"
    growth = (
        '{name: memory, query: "max(deriv_of)", interval: 10s, initialDelay: 40s}'.replace(
            "max(deriv_of)",
            "max(delta(container_memory_working_set_bytes[30s])) / 30",
        )[:-1]
        + ', successCondition: "result[0] < 100000"}'
    )
    blind, seeing = (
        run(
            scenario(
                tmp_path / name,
                faults=leak,
                extra=background(metrics),
                memory="128Mi",
            ),
            "Canary",
            1,
            window=window(400.0),
        )
        for name, metrics in (("blind", errors), ("seeing", f"{errors}, {growth}"))
    )

    assert Phase.HEALTHY is blind.phase
    assert {AnalysisPhase.SUCCESSFUL} == {one.verdict.phase for one in blind.measurements}
    assert blind.finished_at is not None
    # 64 MiB at rest and 64 MiB of leak at 0.39 MiB/s: killed 164 s after its start.
    assert blind.restarts > 0
    assert failed_share(blind, blind.finished_at, 400.0) > failed_share(
        blind, 30.0, blind.finished_at
    )
    assert Phase.DEGRADED is seeing.phase
    assert 0 == seeing.restarts
    assert "memory" == seeing.measurements[-1].metric


@pytest.mark.parametrize(
    ("condition", "phase"),
    [
        # The script of section 4.4: an empty result is not above the limit.
        ("len(result) == 0 || result[0] < 0.05", Phase.HEALTHY),
        # Argo Rollouts' usual way: the first value of nothing is an error, and five end it.
        ("result[0] < 0.05", Phase.DEGRADED),
    ],
)
def test_a_metric_vanished_and_a_canary_marched_on(tmp_path, condition, phase):
    """The pods' scrapes are lost when the canary begins; one request in five fails."""
    query = json.dumps(RATIO.format(window="30s"))
    metric = f"{{name: ratio, query: {query}, successCondition: {json.dumps(condition)}, {SOON}}}"
    story = scenario(
        tmp_path,
        faults=("bug:new:20%", "blind:pods:lost@25s..400s"),
        extra=background(metric),
    )
    found = run(story, "Canary", 1, window=window(300.0))

    assert phase is found.phase
    if phase is Phase.HEALTHY:
        assert 0.15 < failed_share(found, 250.0, 300.0) < 0.25
        assert all("the result is []" in str(m.verdict.reason) for m in found.measurements)
    else:
        assert failed_share(found, 250.0, 300.0) == 0.0
        assert [AnalysisPhase.ERROR] * 5 == [m.verdict.phase for m in found.measurements]


def test_a_blue_green_release_goes_back_by_a_flip_when_its_users_meet_errors(tmp_path):
    analysis = (
        f"{{metrics: [{{name: errors, judge: {{errorRatio: {{limit: 5%}}}}, count: 3, {SOON}}}]}}"
    )
    story = scenario(
        tmp_path,
        faults=("bug:new:15%",),
        extra=f"  strategies:\n    blueGreen:\n      postPromotionAnalysis: {analysis}\n",
    )
    found = run(story, "BlueGreen", 1, window=window(200.0))

    assert Phase.DEGRADED is found.phase
    (failed,) = [m.time for m in found.measurements if m.verdict.phase is AnalysisPhase.FAILED]
    assert failed_share(found, failed + 5.0, 200.0) < 0.001
    assert failed_share(found, failed - 15.0, failed) > 0.08


def test_green_that_nobody_asks_anything_cannot_be_judged_by_its_requests(tmp_path):
    """Before its promotion it has no users: the ratio of nothing is an error, not a success."""
    analysis = (
        "{metrics: [{name: errors, judge: {errorRatio: {limit: 5%}}, count: 3, interval: 5s}]}"
    )
    story = scenario(
        tmp_path, extra=f"  strategies:\n    blueGreen:\n      prePromotionAnalysis: {analysis}\n"
    )
    found = run(story, "BlueGreen", 1, window=window(200.0))

    assert Phase.DEGRADED is found.phase
    assert {AnalysisPhase.ERROR} == {one.verdict.phase for one in found.measurements}


def test_the_window_is_as_long_as_a_release_whose_analyses_are_content(tmp_path):
    """A pilot without requests is not sent back for want of metrics."""
    metric = "{name: errors, judge: {errorRatio: {limit: 5%}}, count: 9, interval: 10s}"
    with_one = scenario(
        tmp_path / "a",
        extra=f"  strategies: {{blueGreen: {{postPromotionAnalysis: {{metrics: [{metric}]}}}}}}\n",
    )
    without = scenario(tmp_path / "b")
    longer, shorter = (measured_window(one, ["BlueGreen"]).end for one in (with_one, without))

    # 80 s of analysis instead of 30 s of blue's delay.
    assert 50.0 == pytest.approx(longer - shorter, abs=1.0)


def test_a_server_that_is_away_evaluates_nothing(tmp_path):
    """What was due meanwhile, 180 s after the warm-up began, fires once the server is back."""
    story = scenario(
        tmp_path, rules=rule("vector(1)", "180s"), faults=("blind:server:lost@0s..100s",)
    )
    (fired,) = at(run(story, None, 1, window=window(120.0)), "firing")

    assert 100.0 <= fired <= 105.0
