"""The rollback drill on a small service: one protocol, paired arms, clocks that were reached."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from stories import deployment, scenario

from sim.analysis.picture import save_png
from sim.analysis.rollback_figures import DRILL_FIGURES
from sim.errors import ScenarioError
from sim.experiments import drill_trial
from sim.experiments.drill_moments import Moment
from sim.experiments.drill_picture import picture_of
from sim.experiments.drill_trial import jobs_of
from sim.experiments.drill_verdict import drill_verdict
from sim.experiments.rollback_drill import BAD_RELEASE, rollback_drill
from sim.interfaces.app.exposure_words import exposure_sentence
from sim.interfaces.drill_tables import clocks_table
from sim.session import run
from sim.stats import mean_interval

STRATEGIES = ("BlueGreen", "RollingUpdate")
RATE = ("traffic.rate=20/s",)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return scenario(tmp_path_factory.mktemp("drill"), deployment(pre_stop=3), overrides=RATE)


@pytest.fixture(scope="module")
def drill(story):
    return rollback_drill(story, STRATEGIES, seeds=range(3), workers=1)


def ways(drill, moment):
    (found,) = [one for one in drill.moments if one.moment is moment]
    return {way.strategy: way.values for way in found.ways}


def test_a_scenario_without_a_fault_gets_a_bad_release_and_says_so(story, drill):
    assert () == story.faults
    assert [BAD_RELEASE] == [fault.text for fault in drill.scenario.faults]
    assert story.digest != drill.scenario.digest


def test_a_drill_does_not_add_to_what_is_wrong_already(tmp_path):
    slow = scenario(tmp_path, faults=("slow:new:3x",), overrides=RATE)
    found = rollback_drill(
        slow,
        STRATEGIES,
        moments=[Moment.FINISH],
        seeds=range(2),
        workers=1,
    )

    assert slow.digest == found.scenario.digest
    # Slow is not wrong: nobody was failed, so there never was a first effect, and that is said.
    assert {None} == set(ways(found, Moment.FINISH)["RollingUpdate"]["first_effect_seconds"])


def test_clocks_run_in_their_order_and_end_when_both_have(drill):
    for found in drill.moments:
        for way in found.ways:
            for last, full, back in zip(
                way.values["last_bad_answer_seconds"],
                way.values["full_capacity_seconds"],
                way.values["back_seconds"],
                strict=True,
            ):
                assert None not in (last, full, back), (found.moment, way.strategy)
                assert max(last, full) == back


def test_blue_green_flips_before_its_delay_is_over_and_starts_again_after_it(drill):
    """Ten minutes later its old pods are gone; the switch alone never takes that long."""
    later = ways(drill, Moment.LATER)["BlueGreen"]
    middle = ways(drill, Moment.MID_ROLLOUT)["BlueGreen"]

    assert max(middle["back_seconds"]) < 2.0 < min(later["back_seconds"])
    assert {0.0} == set(middle["exposed_requests"])


def test_whoever_decides_later_has_exposed_more_and_is_no_faster_back(drill):
    for name in STRATEGIES:
        finish, later = ways(drill, Moment.FINISH)[name], ways(drill, Moment.LATER)[name]

        assert min(later["exposed_requests"]) > max(finish["exposed_requests"]) + 10_000
        for first, then in zip(finish["decided_seconds"], later["decided_seconds"], strict=True):
            assert 600.0 == pytest.approx(then - first, abs=0.1)


def test_a_rolling_way_back_ends_its_exposure_later_than_a_switch(drill):
    found = ways(drill, Moment.LATER)

    for rolling, switched in zip(
        found["RollingUpdate"]["exposed_after_decision"],
        found["BlueGreen"]["exposed_after_decision"],
        strict=True,
    ):
        assert rolling > 0 < switched


def test_the_verdict_names_the_fastest_with_its_interval_or_cannot_tell(drill):
    for found in drill.moments:
        text = found.verdict.render("en")
        (gap,) = found.gaps
        clear = gap.estimates["back_seconds"].clear
        assert ("cannot tell" in text) != clear
        assert "3 pairs" in text


def test_a_release_that_never_comes_up_is_not_back_in_the_window(tmp_path):
    """At the finish: there is none, so nobody decides, and no clock after that is made up."""
    story = scenario(
        tmp_path,
        deployment(progressDeadlineSeconds=30),
        faults=("start:new:+900s",),
        overrides=RATE,
    )
    found = rollback_drill(
        story,
        ["RollingUpdate"],
        moments=[Moment.MID_ROLLOUT],
        seeds=range(2),
        workers=1,
    )
    values = ways(found, Moment.MID_ROLLOUT)["RollingUpdate"]

    for key, figure in DRILL_FIGURES.items():
        if figure.is_clock:
            assert {None} == set(values[key]), key
    assert "no way back always came to its end" in found.moments[0].verdict.render("en")
    json.dumps(found.to_json(), allow_nan=False)


def test_a_fastest_of_three_is_picked_by_intervals_that_hold_together(drill):
    """3 ± 0.9 s apart is clear for one pair of strategies, and not for the nearest of many."""
    (one, other) = drill.moments[0].ways
    nearer = {**other.values, "back_seconds": (3.0, 3.4, 3.8)}
    ways = [
        replace(
            one,
            strategy=name,
            values={**nearer, "back_seconds": seconds},
            estimates={**one.estimates, "back_seconds": mean_interval(seconds)},
        )
        for name, seconds in (
            ("A", (1.0, 1.0, 1.0)),
            ("B", (1.5, 2.0, 2.5)),
            ("C", (5.0, 5.1, 5.2)),
        )
    ]

    alone = drill_verdict([ways[0], ways[2]]).render("en")
    assert "A is back after exactly 1 s where C takes" in alone
    assert "95 % interval" in alone
    assert "cannot tell whether A" in drill_verdict(ways[:2]).render("en")
    three = drill_verdict(ways).render("en")
    assert "97.5 % interval" in three
    assert "C takes 5.1" in three


def test_a_clock_that_never_began_is_not_said_to_have_missed_the_window(drill):
    """Sent back in mid-rollout nobody met blue-green's new version: nothing to count from."""
    (middle,) = [one for one in drill.moments if one.moment is Moment.MID_ROLLOUT]
    table = clocks_table(middle, "en")
    row = next(row.cells for row in table.rows if row.cells[0] == "BlueGreen")

    assert ("no effect", "no effect") == row[1:3]
    assert "not in the window" not in row


def test_exposure_is_compared_pair_by_pair(drill):
    """Seeds differ by thousands and pairs by ten: the means overlap, and the sentence is clear."""
    (one, other) = drill.moments[0].ways
    least = replace(one, values={**one.values, "exposed_requests": (100.0, 2000.0, 9000.0)})
    more = replace(other, values={**other.values, "exposed_requests": (110.0, 2009.0, 9011.0)})
    said = exposure_sentence(replace(drill.moments[0], ways=(more, least)))

    assert said is not None
    assert f"fewest requests with {least.strategy}: 10.0 more with" in said.render("en")
    assert exposure_sentence(replace(drill.moments[0], ways=(least,))) is None
    unsure = replace(more, values={**more.values, "exposed_requests": (90.0, 2009.0, 9031.0)})
    said = exposure_sentence(replace(drill.moments[0], ways=(unsure, least)))
    assert said is not None and "cannot tell from" in said.render("en")


def test_workers_do_not_change_a_byte(story, drill):
    again = rollback_drill(
        story,
        STRATEGIES,
        moments=[Moment.FINISH],
        seeds=range(3),
        workers=2,
        engine="reference",
    )
    (first,) = [one for one in drill.moments if one.moment is Moment.FINISH]

    assert [way.digests for way in first.ways] == [way.digests for way in again.moments[0].ways]
    assert [way.values for way in first.ways] == [way.values for way in again.moments[0].ways]


def test_json_has_stable_names_and_no_number_where_there_is_none(drill):
    found = json.loads(json.dumps(drill.to_json(), allow_nan=False))

    assert ("RollbackDrill", [*Moment]) == (found["kind"], [m["moment"] for m in found["moments"]])
    way = found["moments"][-1]["strategies"][0]["figures"]["detected_seconds"]
    assert {"estimate": None, "values": [None] * 3, "notReached": 3} == way


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_has_a_panel_for_each_moment_and_a_bar_for_each_way(drill, tmp_path, language):
    figure = picture_of(drill, language)
    names = [[label.get_text() for label in axis.get_yticklabels()] for axis in figure.get_axes()]
    save_png(figure, tmp_path / "drill.png")

    assert [list(STRATEGIES)] * len(Moment) == names
    assert (tmp_path / "drill.png").stat().st_size > 10_000


def test_moments_must_be_given_once(story):
    with pytest.raises(ScenarioError, match="each of them once"):
        rollback_drill(story, STRATEGIES, moments=[Moment.FINISH] * 2)


def test_the_same_detector_and_the_same_person_for_all(drill):
    """Every strategy is paged as long after its own alert: the person's draws are the seed's."""
    found = ways(drill, Moment.ALERT)
    reacted = [
        [
            decided - detected
            for detected, decided in zip(
                found[name]["detected_seconds"], found[name]["decided_seconds"], strict=True
            )
        ]
        for name in STRATEGIES
    ]

    assert reacted[0] == pytest.approx(reacted[1])
    assert len({round(seconds, 6) for seconds in reacted[0]}) == 3
    for name in STRATEGIES:
        # A rule that must hold for a minute, on a window of a minute that fills at first.
        assert all(60.0 < seconds < 200.0 for seconds in found[name]["detected_seconds"])


def test_the_policy_of_the_scenario_is_the_one_that_is_drilled(tmp_path):
    told = ("rollback.by=alert", "rollback.for=15s")
    story = scenario(tmp_path, deployment(pre_stop=3), overrides=(*RATE, *told))
    found = rollback_drill(
        story, ["RollingUpdate"], moments=[Moment.ALERT], seeds=range(2), workers=1
    )
    values = ways(found, Moment.ALERT)["RollingUpdate"]

    assert values["detected_seconds"] == values["decided_seconds"]  # Nobody is waited for.
    assert all(15.0 < seconds < 100.0 for seconds in values["detected_seconds"])


def test_under_self_heal_an_undo_never_ends_and_a_flip_of_tracks_does(tmp_path):
    """Git says the new version: what writes the released Deployment's template is reverted."""
    told = (*RATE, "rollback.gitOps.selfHeal=5s")
    story = scenario(tmp_path, deployment(pre_stop=3), overrides=told)
    found = rollback_drill(story, STRATEGIES, moments=[Moment.FINISH], seeds=range(2), workers=1)
    values = ways(found, Moment.FINISH)

    assert {None} == set(values["RollingUpdate"]["back_seconds"])
    assert None not in values["BlueGreen"]["back_seconds"]
    assert "RollingUpdate is not back" in found.moments[0].verdict.render("en")


def test_a_kill_switch_is_back_when_the_last_pod_has_heard_of_it(tmp_path):
    """No old pod comes back, and none has to: nobody meets the new code any more."""
    told = [
        f"strategies.{name}.{one}"
        for name in ("featureFlags", "blueGreenBehindFlag")
        for one in ("steps=[100%]", "propagationSeconds=31")
    ]
    story = scenario(
        tmp_path, deployment(pre_stop=3), overrides=(*RATE, "nodes.syncFrequency=20s", *told)
    )
    flags = ("FeatureFlags", "BlueGreenBehindFlag")
    drill = rollback_drill(
        story, flags, moments=[Moment.MID_ROLLOUT, Moment.FINISH], seeds=range(2), workers=1
    )

    for name in flags:
        finish, middle = ways(drill, Moment.FINISH)[name], ways(drill, Moment.MID_ROLLOUT)[name]
        for last, full, back in zip(
            finish["last_bad_answer_seconds"],
            finish["full_capacity_seconds"],
            finish["back_seconds"],
            strict=True,
        ):
            # The new code answers until the last pod has heard.
            assert 5.0 < full <= 31.0
            assert full - 3.0 < last < full + 1.0
            assert max(last, full) == back
        assert min(finish["exposed_after_decision"]) > 20
        assert None not in finish["slower_ms_p95"]
        # Half of the pods are new, and dark: the bad version has not answered anybody yet, and
        # whoever undoes a rolling update waits for at most the pods that are under way.
        assert {0.0} == {*middle["exposed_requests"], *middle["last_bad_answer_seconds"]}
        assert max(middle["back_seconds"]) < 5.0
    assert "not back" not in drill.moments[1].verdict.render("en")


def test_progress_tells_of_every_way_back(story):
    """With three seeds a bar that counts seeds stands still for a third of the time."""
    heard: list[tuple[int, int]] = []
    rollback_drill(
        story,
        STRATEGIES,
        moments=[Moment.MID_ROLLOUT],
        seeds=range(2),
        workers=1,
        progress=lambda done, total: heard.append((done, total)),
    )

    assert [(done, 4) for done in range(5)] == heard


def test_seeds_go_side_by_side_so_that_a_process_stays_with_its_own():
    """Two processes in turn: each has one seed, and so one run without a release to carry out."""
    jobs = jobs_of(2, ("A", "B"), (7, 8, 9), 2)

    assert 2 * 2 * 3 == len(set(jobs)) == len(jobs)
    assert {7} == {job.seed for job in jobs[0:8:2]}
    assert {8} == {job.seed for job in jobs[1:8:2]}
    assert {9} == {job.seed for job in jobs[8:]}


def test_runs_without_a_release_are_carried_out_once_for_all_strategies(story, monkeypatch):
    """Six ways back of three strategies from one moment, and one no-release run a seed."""
    ran: list[str | None] = []

    def counted(scenario, strategy, *args, **more):
        ran.append(strategy)
        return run(scenario, strategy, *args, **more)

    monkeypatch.setattr(drill_trial, "run", counted)
    rollback_drill(
        story, (*STRATEGIES, "Recreate"), moments=[Moment.MID_ROLLOUT], seeds=range(2), workers=1
    )

    assert (2, 6) == (ran.count(None), len(ran) - ran.count(None))
