"""Limits on the way back: a drill under the comparison's seeds answers, or says why it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from small_manifests import DEPLOYMENT, FEW, SMALL
from stories import deployment, scenario

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.drill_moments import Moment
from sim.experiments.required import reasons, standings
from sim.experiments.requirement import figure_named, requirements
from sim.experiments.rollback_drill import BAD_RELEASE, rollback_drill
from sim.experiments.ways_back import ways_back
from sim.i18n import translate
from sim.interfaces.decision import Decision
from sim.model.run import Window
from sim.stats.estimates import Method

RATE = "traffic.rate=10/s"
SEEDS = range(4)
WINDOW = Window(start=0.0, first_write=5.0, end=40.0)


def compared(story, *strategies, seeds=SEEDS):
    """Both sides of a decision: the runs, and the ways back under the same seeds."""
    found = compare(story, strategies, seeds=seeds, window=WINDOW, workers=1)
    return found, ways_back(found, workers=1)


def judged(found, *texts):
    comparison, ways = found
    held = standings(comparison, requirements(texts, priced=False), Method.STUDENT, ways)
    return {one.strategy: one for one in held}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    place = tmp_path_factory.mktemp("ways-back")
    return scenario(place, deployment(pre_stop=3), overrides=(RATE,))


@pytest.fixture(scope="module")
def found(story):
    return compared(story, "BlueGreen", "RollingUpdate")


@pytest.mark.parametrize("name", ["rollback", "back_seconds"])
def test_a_limit_on_the_way_back_is_one_on_a_drills_clock(name):
    (one,) = requirements([f"{name}<=60s"], priced=False)

    assert ("back_seconds", 60.0, True, False) == (
        one.figure.key,
        one.limit,
        one.is_drilled,
        one.relative,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rollback<=1.3x", "no way back to be so many times as long as.*such as rollback<=60s"),
        ("rollback<=60", "is not a duration"),
        ("rolback<=60s", "did you mean rollback?"),
    ],
)
def test_a_limit_on_the_way_back_is_a_time(text, said):
    with pytest.raises(ScenarioError, match=f"(?s){said}"):
        requirements([text], priced=False)


def test_a_sweep_takes_nothing_back_and_names_who_does():
    with pytest.raises(ScenarioError, match=r"there is no figure 'rollback'.*drill-rollback"):
        figure_named("rollback", "--figure", priced=False)


def test_it_is_the_drill_at_the_finish_under_the_seeds_that_were_compared(story, found):
    _, ways = found
    names = ("BlueGreen", "RollingUpdate")
    drill = rollback_drill(story, names, moments=[Moment.FINISH], seeds=SEEDS, workers=1)

    assert (tuple(SEEDS), (BAD_RELEASE,)) == (ways.seeds, ways.faults)
    for way in drill.moments[0].ways:
        assert way.values["back_seconds"] == ways.seconds(way.strategy)
        assert None not in ways.seconds(way.strategy)


def test_the_limit_is_held_against_the_mean_and_against_single_ways_back(found):
    seconds = sorted(found[1].seconds("RollingUpdate"))
    mean, low, high = sum(seconds) / len(seconds), seconds[0] / 2, seconds[-1] * 2

    assert judged(found, f"rollback<={high}s")["RollingUpdate"].met is True
    assert judged(found, f"rollback<={low}s")["RollingUpdate"].met is False
    (between,) = judged(found, f"rollback<={mean}s")["RollingUpdate"].answers
    assert between.met is None and between.reason is None
    assert 0.5 == pytest.approx(between.mean_meets)
    assert sum(value <= mean for value in seconds) == between.releases.count
    assert mean == pytest.approx(between.value.value)


def test_a_release_keeps_all_limits_if_its_way_back_under_the_same_seed_does_too(found):
    comparison, ways = found
    failed = comparison.arms[2].values["failed_requests"]
    back = ways.seconds("RollingUpdate")
    lost, late = sorted(failed)[2], sorted(back)[1]
    all_of_them = judged(found, f"failed<={lost}", f"rollback<={late}s")["RollingUpdate"]

    together = sum(a <= lost and b <= late for a, b in zip(failed, back, strict=True))
    assert together == all_of_them.releases.count
    assert 2 == all_of_them.answers[1].releases.count


def test_a_kill_switch_has_a_way_back_too(tmp_path):
    told = ("strategies.featureFlags.steps=[100%]", "nodes.syncFrequency=20s")
    story = scenario(tmp_path, deployment(pre_stop=3), overrides=(RATE, *told))
    flags = judged(compared(story, "FeatureFlags", seeds=range(2)), "rollback<=32s")

    assert flags["FeatureFlags"].met is True


def test_a_way_back_that_never_ends_keeps_no_limit(tmp_path):
    """Git says the new version, and the undo is reverted for ever."""
    told = (RATE, "rollback.gitOps.selfHeal=5s")
    story = scenario(tmp_path, deployment(pre_stop=3), overrides=told)
    held = judged(compared(story, "BlueGreen", "RollingUpdate", seeds=range(2)), "rollback<=1h")

    (undone,) = held["RollingUpdate"].answers
    assert (False, 0.0, 0) == (undone.met, undone.mean_meets, undone.releases.count)
    assert "in 2 of 2 drills it is not back" in undone.reason.render("en")
    assert held["BlueGreen"].met is True


def test_who_is_never_finished_or_gives_up_by_himself_cannot_be_sent_back(tmp_path):
    """Neither kept nor broken, and the reason is said in every language and in JSON."""
    paused = scenario(
        tmp_path / "a",
        deployment(pre_stop=3),
        overrides=(RATE, "strategies.canary.steps=[50%,pause]"),
    )
    stuck = scenario(
        tmp_path / "b",
        deployment(progressDeadlineSeconds=20),
        faults=("start:new:+900s",),
        overrides=(RATE,),
    )
    for story, said in (
        (paused, "not finished when the window ends"),
        (stuck, "takes itself back before anybody could say so"),
    ):
        comparison, ways = compared(story, "Canary", seeds=range(2))
        (one,) = requirements(["rollback<=1h"], priced=False)
        decision = Decision.of(comparison, None, [one], Method.STUDENT, ways)
        (standing,) = decision.standings
        (answer,) = standing.answers

        assert (None, None, None) == (standing.met, answer.met, answer.mean_meets)
        assert not decision.is_met
        assert said in reasons(decision.standings)[0].render("en")
        assert [said in text for text in decision.sentences("en")].count(True) == 1
        (told,) = decision.to_json()["requirements"]
        assert said in told["requirements"][0]["reason"]
        (row,) = decision.tables("zh")[0].rows
        assert (translate("zh", "cannot tell"), "–") == row.cells[3:]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's own Deployment and nothing else."""
    place = tmp_path_factory.mktemp("shop") / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return place


@pytest.mark.parametrize(("limit", "code"), [("rollback<=1h", 0), ("rollback<10ms", 1)])
def test_the_issues_own_example_answers_with_an_exit_code(shop, tmp_path, limit, code):
    """With a report that says the same, and what was drilled."""
    words = ("--strategy", "Recreate", "--require", "downtime<=1h", "--require", "cost<=1.3x")
    words += ("--require", limit)
    shown = call("compare", str(shop), *FEW, *words, "--json", "-o", str(tmp_path / "kept"))
    said = json.loads(shown.stdout)

    assert code == shown.exit_code, shown.stderr
    (one,) = said["requirements"]
    figures = [answer["figure"] for answer in one["requirements"]]
    assert ["downtime_seconds", "core_seconds", "back_seconds"] == figures
    assert [True, True, code == 0] == [answer["met"] for answer in one["requirements"]]
    assert (code == 0) is one["met"]
    assert ("finish", said["seeds"]) == (said["waysBack"]["moment"], said["waysBack"]["seeds"])
    assert [{"back": 2}] == [one["endings"] for one in said["waysBack"]["strategies"]]
    report = json.loads((tmp_path / "kept" / "report.json").read_text())
    text = json.dumps(report["languages"]["zh"], ensure_ascii=False)
    assert limit in text and "回滚需要多久由相同的 2 个种子下的演练测得" in text


def test_without_a_number_of_runs_it_drills_those_that_it_took(shop):
    words = ("--strategy", "BlueGreen", "--max-runs", "3", "--workers", "1")
    shown = call("compare", str(shop), *SMALL, *words, "--require", "rollback<=1h", "--json")
    said = json.loads(shown.stdout)

    assert 0 == shown.exit_code, shown.stderr
    assert said["stopping"]["runs"] == len(said["seeds"]) == len(said["waysBack"]["seeds"])
    assert said["seeds"] == said["waysBack"]["seeds"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tuned",), "leave --tuned out"),
        (("--budget", "60s"), "no --budget can be kept"),
    ],
)
def test_what_no_drill_can_keep_to_is_refused_before_any_run(shop, words, said):
    shown = call("compare", str(shop), *SMALL, *words, "--require", "rollback<=60s")

    assert (2, "") == (shown.exit_code, shown.stdout)
    assert said in " ".join(shown.stderr.split())
    assert "--require rollback<=60s" in shown.stderr
