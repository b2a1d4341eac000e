"""Ways back as people live them: who noticed, who decided, what the cluster let them do."""

from __future__ import annotations

import json

import pytest
from stories import deployment, failures, scenario

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.drill_moments import Moment
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.experiments.rollback_drill import rollback_drill
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.deed import DeedKind, first_of
from sim.model.person import Person
from sim.model.rollback_tree import Symptom
from sim.model.run import Phase, Window
from sim.monitoring.alerting import AlertRule
from sim.operators.alert_driven import AlertDriven
from sim.operators.by_command import ByCommand
from sim.operators.decision import Decision
from sim.operators.emergency_runbook import EmergencyRunbook
from sim.operators.gate_driven import GateDriven
from sim.operators.health_script import HealthScript
from sim.operators.reconciler import Reconciler
from sim.scenario.load import load
from sim.session import Session

LONG = Window(start=0.0, first_write=10.0, end=400.0)
BUG = "bug:new:20%"
RULE = (
    'sum by (version) (rate(http_requests_total{status=~"5.."}[1m])) '
    "/ sum by (version) (rate(http_requests_total[1m])) > 0.05"
)
ALERT = AlertRule(name="HighErrorRatio", expr=RULE, for_seconds=60.0)


def run_of(story, *operators, strategy="RollingUpdate", seed=1, window=LONG):
    return Session(story, strategy, seed, window=window, operators=operators).finish()


def kinds(run):
    return [deed.kind for deed in run.deeds]


def versions_at_the_end(run, seconds=30.0):
    """Which versions answer in the last *seconds* of the window."""
    counts = run.requests.within(run.window.end - seconds, run.window.end)
    return set(counts.version[counts.version >= 0].tolist())


def test_the_emergency_runbook_pauses_first_is_refused_and_reports_success(tmp_path):
    """Handbook 8.4: kubectl refuses to undo what is paused. Nothing goes back, and the script waits
    three minutes for a rollout that it froze itself, finds health checks green, and says so."""
    story = scenario(tmp_path, deployment(replicas=6), faults=(BUG,))
    run = run_of(story, EmergencyRunbook(after_seconds=8.0))

    assert [DeedKind.DECIDED, DeedKind.REFUSED, DeedKind.REPORTED] == kinds(run)
    decided, refused, reported = run.deeds
    assert "cannot rollback a paused deployment" in refused.note
    assert 180.0 == pytest.approx(reported.time - decided.time)
    assert "rolled back; health check passed" == reported.note
    assert {0, 1} == versions_at_the_end(run)  # Frozen in the middle, bad answers included.
    late = run.requests.within(run.window.end - 60, run.window.end)
    assert int(late.count[late.cause == int(Cause.APPLICATION_BUG)].sum()) > 50


def test_the_runbook_that_resumes_first_is_back_in_seconds(tmp_path):
    story = scenario(tmp_path, deployment(replicas=6), faults=(BUG,))
    run = run_of(story, EmergencyRunbook(after_seconds=8.0, resume_first=True))

    assert [DeedKind.DECIDED, DeedKind.WENT_BACK, DeedKind.REPORTED] == kinds(run)
    assert run.deeds[1].time - run.deeds[0].time < 40.0
    assert {0} == versions_at_the_end(run)


@pytest.mark.parametrize(("operators", "left"), [((Reconciler(),), {1}), ((), {0})])
def test_self_heal_reverts_a_manual_undo_within_seconds(tmp_path, operators, left):
    """Under Argo CD the way back is a commit (argoproj/argo-cd#15588)."""
    session = Session(scenario(tmp_path), "RollingUpdate", 1, window=LONG, operators=operators)
    session.advance(100.0)
    session.command(Command(verb=Verb.UNDO))
    run = session.finish()

    assert left == versions_at_the_end(run)
    reverted = [deed.time for deed in run.deeds if deed.kind is DeedKind.REVERTED]
    assert len(operators) == len(reverted)
    for moment in reverted:
        assert 5.0 == pytest.approx(moment - 100.0, abs=0.1)


def test_self_heal_reverts_every_undo_however_often_one_tries(tmp_path):
    session = Session(scenario(tmp_path), "RollingUpdate", 1, window=LONG, operators=[Reconciler()])
    for moment in (100.0, 150.0, 200.0):
        session.advance(moment)
        session.command(Command(verb=Verb.UNDO))
    run = session.finish()

    assert [DeedKind.REVERTED] * 3 == kinds(run)
    assert {1} == versions_at_the_end(run)


def test_a_reconciler_leaves_a_canary_alone_that_is_not_in_git(tmp_path):
    steps = "strategies.canary.steps=[50%,20s]"
    run = run_of(scenario(tmp_path, overrides=(steps,)), Reconciler(), strategy="Canary")

    assert (Phase.HEALTHY, ()) == (run.phase, run.deeds)


def test_undo_to_a_revision_skips_what_came_in_between(tmp_path):
    session = Session(scenario(tmp_path), "RollingUpdate", 1, window=LONG)
    template = session.scenario.release.template
    (container,) = template["spec"]["containers"]
    third = {**template, "spec": {**template["spec"], "containers": [container | {"image": "w:3"}]}}
    session.advance(100.0)
    session.command(Command(verb=Verb.RELEASE, template=third))
    session.advance(200.0)
    session.command(Command(verb=Verb.UNDO, revision=1))
    run = session.finish()

    assert {0} == versions_at_the_end(run)


def test_the_script_of_the_handbook_lets_a_bug_pass(tmp_path):
    """A health check that looks at nothing else answers 200 whatever users get (7.4)."""
    run = run_of(scenario(tmp_path, faults=("bug:new:50%",)), HealthScript())

    assert [DeedKind.KEPT] == kinds(run)
    assert {1} == versions_at_the_end(run)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        # Old pods are ready in the desired number, so a stuck rollout looks healthy (facts, 19).
        ("RollingUpdate", [DeedKind.KEPT]),
        # An empty readyReplicas is not the number that is wanted.
        (
            "Recreate",
            [DeedKind.DETECTED, DeedKind.DECIDED, DeedKind.WENT_BACK, DeedKind.REPORTED],
        ),
    ],
)
def test_the_script_sees_a_release_that_does_not_start_only_without_old_pods(
    tmp_path, strategy, expected
):
    story = scenario(tmp_path, faults=("start:new:+900s",))
    run = run_of(story, HealthScript(), strategy=strategy)

    assert expected == kinds(run)
    assert {0} == versions_at_the_end(run)


def test_an_alert_that_fires_sends_the_release_back_after_the_person_has_reacted(tmp_path):
    person = Person(pager_seconds=(30.0, 30.0), reaction_seconds=(40.0, 60.0))
    operator = AlertDriven(rule=ALERT, decision=Decision(person=person))
    story = scenario(tmp_path, faults=(BUG,))
    runs = [run_of(story, operator, strategy=name) for name in ("RollingUpdate", "BlueGreen")]

    for run in runs:
        assert [DeedKind.DETECTED, DeedKind.DECIDED, DeedKind.WENT_BACK] == kinds(run)
        detected, decided, _ = run.deeds
        assert 'version="new"' in detected.note
        assert detected.time > 10.0 + ALERT.for_seconds
        assert person.reacts_after(1) == pytest.approx(decided.time - detected.time)
        assert {0} == versions_at_the_end(run)


def test_an_alert_at_five_percent_never_fires_at_two(tmp_path):
    """And so two users in a hundred are failed for as long as nobody else looks."""
    story = scenario(tmp_path, faults=("bug:new:2%",), overrides=("traffic.rate=200/s",))
    run = run_of(story, AlertDriven(rule=ALERT))

    assert () == run.deeds
    assert failures(run)[Cause.APPLICATION_BUG] > 500


def test_a_problem_that_the_tree_calls_small_is_kept(tmp_path):
    decision = Decision(symptom=Symptom.LOOKS_WRONG)
    run = run_of(scenario(tmp_path, faults=(BUG,)), AlertDriven(rule=ALERT, decision=decision))

    assert [DeedKind.DETECTED, DeedKind.KEPT] == kinds(run)
    assert {1} == versions_at_the_end(run)


def test_who_has_to_consider_takes_the_time_twice(tmp_path):
    person = Person(pager_seconds=(10.0, 10.0), reaction_seconds=(20.0, 20.0))
    decision = Decision(person=person, symptom=Symptom.SOME_USERS)
    run = run_of(scenario(tmp_path, faults=(BUG,)), AlertDriven(rule=ALERT, decision=decision))

    assert 60.0 == pytest.approx(run.deeds[1].time - run.deeds[0].time)


def test_a_gate_finds_what_the_metrics_show_and_keeps_what_they_do_not(tmp_path):
    gate = GateDriven(expr=RULE)
    bad = run_of(scenario(tmp_path / "a", faults=(BUG,)), gate)
    blind = run_of(scenario(tmp_path / "b", faults=(BUG, "blind:pods:lost@0s..400s")), gate)

    assert [DeedKind.DETECTED, DeedKind.DECIDED, DeedKind.WENT_BACK] == kinds(bad)
    assert bad.deeds[0].time - bad.finished_at > gate.after_finish_seconds
    # A comparison with nothing is no sample, and no sample is no finding: signed off unseen.
    assert [DeedKind.KEPT] == kinds(blind)
    assert {1} == versions_at_the_end(blind)


def test_a_canary_taken_back_at_once_overloads_the_stable_that_it_shrank(tmp_path):
    """At 80 % two stable pods of ten are left. Argo goes down step by step, as pods come back."""
    overrides = (
        "traffic.rate=100/s",
        "versions.old.service.wait=95ms",
        "versions.old.concurrency=2",
        "versions.old.queueLimit=10",
        "network.proxy=istio",
        "strategies.canary.router=virtual_service",
        "strategies.canary.dynamicStableScale=true",
        "strategies.canary.steps=[20%,20s,50%,20s,80%,200s]",
    )
    lost = {}
    for name in ("gradual", "at once"):
        told = (*overrides, f"strategies.canary.abortAtOnce={str(name == 'at once').lower()}")
        story = scenario(tmp_path / name, deployment(replicas=10), overrides=told)
        run = run_of(story, ByCommand(at=150.0), strategy="Canary")
        assert Phase.DEGRADED == run.phase
        lost[name] = failures(run)

    overload = {Cause.QUEUE_FULL, Cause.TIMED_OUT_WAITING}
    assert {} == {cause: n for cause, n in lost["gradual"].items() if cause in overload}
    assert sum(n for cause, n in lost["at once"].items() if cause in overload) > 100


def test_a_policy_in_the_scenario_puts_somebody_on_duty(tmp_path):
    """And not in the arm without a release, where there is nothing to go back from."""
    told = ("rollback.by=alert", "rollback.for=30s")
    story = scenario(tmp_path, faults=(BUG,), overrides=told)
    run = Session(story, "RollingUpdate", 1, window=LONG).finish()

    assert Phase.DEGRADED == run.phase
    assert first_of(run.deeds, DeedKind.DETECTED) < first_of(run.deeds, DeedKind.WENT_BACK)
    assert () == Session(story, None, 1, window=LONG).finish().deeds


RULES = """
groups:
- name: deployment.rules
  interval: 5s
  rules:
  - alert: ManyErrors
    expr: sum(rate(http_requests_total{status=~"5.."}[30s])) > 1
    for: 20s
"""


def test_the_rule_that_sends_a_release_back_can_be_the_users_own(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "web.yaml").write_text(json.dumps(deployment()))
    files = [tmp_path / "web.yaml", tmp_path / "rules.yaml"]
    told = ["rollback.by=alert", "rollback.alert=ManyErrors"]
    story = load(files, images=["web=web:2"], faults=[BUG], overrides=told)
    run = Session(story, "RollingUpdate", 1, window=LONG).finish()

    assert [DeedKind.DETECTED, DeedKind.DECIDED, DeedKind.WENT_BACK] == kinds(run)
    (fired,) = [one for one in run.alerts if one.phase == "firing"]
    assert ("ManyErrors", run.deeds[0].time) == (fired.name, pytest.approx(fired.time, abs=0.1))


def test_a_server_that_is_away_when_it_matters_detects_nothing(tmp_path):
    story = scenario(tmp_path, faults=(BUG, "blind:server:lost@10s..390s"))

    assert () == run_of(story, AlertDriven(rule=ALERT)).deeds


@pytest.mark.parametrize(
    ("override", "words"),
    [
        (("rollback.by=alert", "rollback.alert=Nobody"), "no alert called 'Nobody'"),
        (("rollback.by=alert", "rollback.expr=rate("), "rollback.expr"),
        (("rollback.by=alert", "rollback.expr=holt_winters(a[5m],0.5,0.5)"), "rollback.expr"),
    ],
)
def test_a_question_that_nobody_can_answer_is_refused_before_the_run(tmp_path, override, words):
    with pytest.raises(ScenarioError, match=words):
        Session(scenario(tmp_path, overrides=override), "RollingUpdate", 1, window=LONG)


def test_a_misspelt_alert_is_found_by_reading_with_file_and_line_and_what_was_meant(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "web.yaml").write_text(json.dumps(deployment()))
    (tmp_path / "scenario.yaml").write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Scenario\nmetadata: {name: web}\nspec:\n"
        "  manifests: [web.yaml, rules.yaml]\n  rollback:\n    by: alert\n    alert: ManyErors\n"
    )

    with pytest.raises(ScenarioError) as caught:
        load([tmp_path / "scenario.yaml"])

    (problem,) = caught.value.problems
    assert (problem.file.endswith("scenario.yaml"), problem.line, problem.column) == (True, 8, 12)
    assert "did you mean ManyErrors?" in problem.render()


def test_who_decides_needs_somebody_who_notices(tmp_path):
    with pytest.raises(ScenarioError, match="somebody who notices"):
        scenario(tmp_path, overrides=("rollback.by=script", "rollback.repair=5m"))


def test_a_comparison_says_what_was_taken_back_and_blames_no_deadline(tmp_path):
    told = ("rollback.by=alert", "rollback.for=15s", "traffic.rate=20/s")
    found = compare(
        scenario(tmp_path, faults=(BUG,), overrides=told), ["BlueGreen"], seeds=range(2), workers=1
    )

    assert {"WentBack": 2} == found.releases[0].phases
    assert "BlueGreen is taken back in 2 of 2 runs" in found.verdict.render("en")
    assert "deadline" not in found.verdict.render("en")


def test_a_run_folder_keeps_what_people_did(tmp_path):
    told = ("rollback.by=alert", "rollback.for=15s")
    story = scenario(tmp_path, faults=(BUG,), overrides=told)
    run = Session(story, "RollingUpdate", 1, window=LONG).finish()
    write_run_folder(tmp_path / "kept", story, run)

    assert run.deeds
    kept = read_run_folder(tmp_path / "kept")
    assert (run.deeds, run.digest()) == (kept.deeds, kept.digest())


@pytest.mark.slow
def test_fresh_old_pods_are_slower_for_a_while_and_a_flip_has_warm_ones(tmp_path):
    """Cold caches: a process is five times as slow at first. Blue's never stopped."""
    told = (
        "traffic.rate=50/s",
        "versions.old.warmUp.slowdown=5x",
        "versions.old.warmUp.for=90s",
        "strategies.blueGreen.scaleDownDelaySeconds=300",
        "rollback.by=alert",
    )
    story = scenario(tmp_path, deployment(pre_stop=3), faults=(BUG,), overrides=told)
    found = rollback_drill(
        story,
        ["BlueGreen", "RollingUpdate"],
        moments=[Moment.ALERT],
        seeds=range(2),
        workers=1,
    )
    slower = {way.strategy: way.values["slower_ms_p95"] for way in found.moments[0].ways}

    assert all(abs(ms) < 20.0 for ms in slower["BlueGreen"])
    assert all(ms > 100.0 for ms in slower["RollingUpdate"])
