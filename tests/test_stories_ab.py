"""A/B tests: who sees what, what users do then, what follows from it, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom
from stories import deployment, failures, scenario

from sim.analysis.cost import peak_pods
from sim.analysis.experiment import experiment
from sim.analysis.users import users_of_both
from sim.errors import ScenarioError
from sim.model.attempts import Attempts
from sim.model.conversion import Appeal, UserBehaviour
from sim.model.demand import Demand
from sim.model.routing import Attribute
from sim.model.run import AskedShare, Phase, Window
from sim.model.verdict import Side
from sim.model.visitors import Ledger
from sim.session import Session

WINDOW = Window(start=0.0, first_write=10.0, end=450.0)
MESH = ("network.proxy=istio", "traffic.rate=80/s", "users.population=10000")
BETTER = ("old.conversion=10%", "new.conversion=14%", "old.revenue=30", "old.dwell=60s")
SAME = ("old.conversion=10%", "old.bounce=20%")


def trial(place, appeals, *more, strategy="ABTest", engine="kernel", seed=1):
    said = [f"users.behaviour.versions.{one}" for one in appeals]
    manifest = deployment(replicas=4, pre_stop=3)
    story = scenario(place, manifest, overrides=(*MESH, *said, *more))
    return Session(story, strategy, seed, window=WINDOW, engine=engine).finish()


@pytest.fixture(scope="module")
def run_of(tmp_path_factory):
    """Runs that several stories look at, each once."""

    @cache
    def run(*given):
        return trial(tmp_path_factory.mktemp("ab"), *given)

    return run


def test_the_better_version_is_found_and_gets_everybody(run_of):
    run = run_of(BETTER)
    test = run.experiment

    assert Phase.HEALTHY == run.phase
    assert {} == failures(run)
    assert Side.B is test.conversion.winner
    assert run.last_answer[0] < test.end + 1.0 < run.last_answer[1]
    assert run.settled_at is not None


def test_what_is_measured_is_what_was_stated(run_of):
    """Each group's conversions, inside the interval that one honest run in a million leaves."""
    test = run_of(BETTER).experiment

    for group, ratio in ((test.a, 0.10), (test.b, 0.14)):
        low, high = binom.interval(1 - 1e-6, group.users, ratio)
        assert low <= group.conversions <= high
        assert group.dwell.mean == pytest.approx(60.0, rel=0.1)
    assert test.a.revenue.mean == pytest.approx(3.0, rel=0.25)
    assert test.b.revenue.mean == pytest.approx(4.2, rel=0.25)


def test_without_a_difference_nobody_can_tell_and_a_stays(run_of):
    run = run_of(SAME)
    test = run.experiment

    assert Phase.DEGRADED == run.phase
    assert test.conversion.winner is None
    assert "may be anything between" in test.conversion.reason.render()
    assert run.last_answer[1] < test.end + 1.0 < run.last_answer[0]
    assert test.a.left / test.a.users == pytest.approx(0.2, abs=0.03)


def test_users_stay_in_their_group_by_a_hash_and_flip_where_each_request_is_shared_out(run_of):
    """The handbook's default of 50/50 in the mesh against its own rule (5.2 and 5.3)."""
    by_user = run_of(BETTER).experiment
    by_request = run_of(BETTER, "strategies.abTest.assign=request").experiment

    assert 0 == by_user.a.flipped == by_user.b.flipped
    for group in (by_request.a, by_request.b):
        assert group.flipped > group.users * 0.5
    # Who has seen both buttons blurs what there is to see.
    gaps = [
        one.b.conversions / one.b.users - one.a.conversions / one.a.users
        for one in (by_user, by_request)
    ]
    assert gaps[1] < gaps[0]


def test_an_experiment_costs_two_sets_of_pods_for_all_its_time(tmp_path, run_of):
    run = run_of(BETTER)
    rolled = trial(tmp_path, BETTER, strategy="RollingUpdate")

    assert 8 == peak_pods(run)
    assert run.experiment.end - run.experiment.start == pytest.approx(300.0)
    assert run.settled_at - rolled.settled_at > 300.0
    assert rolled.experiment is None


def test_a_slow_version_loses_users_and_so_the_test(tmp_path):
    """The same buttons, but B's answers take 0.4 s longer and 10 % are lost for each 100 ms."""
    slow = (
        "versions.new.service.wait=445ms",
        "users.behaviour.lossPer100ms=10%",
        "versions.old.concurrency=64",
    )
    run = trial(tmp_path, SAME, *slow)

    assert run.experiment.b.latency_seconds - run.experiment.a.latency_seconds > 0.35
    assert Side.A is run.experiment.conversion.winner
    assert Phase.DEGRADED == run.phase


def test_failures_drive_users_away(tmp_path):
    story_of = ("users.behaviour.lossPerFailure=90%",)
    manifest = deployment(replicas=4, pre_stop=3)
    said = [f"users.behaviour.versions.{one}" for one in SAME]
    story = scenario(
        tmp_path, manifest, overrides=(*MESH, *said, *story_of), faults=("bug:new:30%",)
    )
    run = Session(story, "ABTest", 1, window=WINDOW).finish()

    assert run.experiment.b.failed_requests > 1000
    assert Side.A is run.experiment.conversion.winner


def test_another_salt_makes_other_groups(run_of):
    salts = [f"strategies.abTest.salt={one}" for one in ("one", "two")]
    one, two = (set(run_of(BETTER, salt).users.exposed[0].tolist()) for salt in salts)
    again = set(run_of(BETTER, salts[0], "strategies.abTest.alpha=0.01").users.exposed[0].tolist())

    assert one == again != two


def by_region(place, share):
    """Three users in ten come from the region that is to see B; somebody believes *share* do."""
    overrides = (
        *(*MESH, "users.behaviour.versions.old.conversion=10%"),
        "users.behaviour.versions.new.conversion=14%",
        *("strategies.abTest.header=x-region", "strategies.abTest.value=eu"),
        f"strategies.abTest.share={share}",
    )
    story = scenario(place, deployment(replicas=4, pre_stop=3), overrides=overrides)
    region = Attribute(name="header:x-region", values=(("eu", 0.3), ("", 0.7)))
    return Session(replace(story, attributes=(region,)), "ABTest", 1, window=WINDOW).finish()


def test_a_region_may_decide_instead_of_a_hash(tmp_path):
    test = by_region(tmp_path, "30%").experiment

    assert test.b.users / (test.a.users + test.b.users) == pytest.approx(0.3, abs=0.02)
    assert test.split_p_value > 0.001
    assert 0 == test.a.flipped == test.b.flipped


def test_a_split_that_was_not_meant_is_a_broken_experiment(tmp_path):
    run = by_region(tmp_path, "50%")

    assert run.experiment.split_p_value < 1e-6
    assert run.experiment.conversion.winner is None
    assert "the assignment is broken" in run.experiment.conversion.reason.render()
    assert Phase.DEGRADED == run.phase


def test_revenue_may_decide(tmp_path):
    """B sells as often, for half as much again."""
    worth = ("old.conversion=30%", "old.revenue=40", "new.revenue=60")
    run = trial(tmp_path, worth, "strategies.abTest.decide=revenue")

    assert run.experiment.conversion.winner is None
    assert Side.B is run.experiment.revenue.winner
    assert Phase.HEALTHY == run.phase


@pytest.mark.parametrize(
    ("router", "proxy"), [("http_route", "istio"), ("ingress_annotations", "ingress-nginx")]
)
def test_any_router_that_can_match_a_header_will_do(tmp_path, router, proxy):
    run = trial(tmp_path, BETTER, f"strategies.abTest.router={router}", f"network.proxy={proxy}")

    assert 0 == run.experiment.a.flipped == run.experiment.b.flipped
    assert Side.B is run.experiment.conversion.winner


def test_both_engines_see_the_same_experiment(tmp_path):
    short = ("strategies.abTest.seconds=60", "strategies.abTest.assign=request")
    runs = [trial(tmp_path, BETTER, *short, engine=one) for one in ("kernel", "reference")]

    assert runs[0].digest() == runs[1].digest()
    assert runs[0].experiment == runs[1].experiment


def test_the_decision_is_made_by_what_is_reported_afterwards(run_of):
    """Requests that were answered later are in neither."""
    for given in ((BETTER,), (SAME,)):
        run = run_of(*given)
        won = run.experiment.conversion.winner is Side.B
        assert won == (run.phase is Phase.HEALTHY)
    assert users_of_both(run_of(BETTER)) > 0  # A's users, once B had won.


def test_without_a_model_of_users_there_is_nothing_to_test(tmp_path):
    story = scenario(tmp_path, overrides=("network.proxy=istio",))

    with pytest.raises(ScenarioError, match="nothing to decide by"):
        Session(story, "ABTest", 1, window=WINDOW)


def ledger_of(*rows):
    """A ledger of (user, version, failed, meant, seconds), each a final attempt."""
    user, version, failed, meant, seconds = (np.array(one) for one in zip(*rows, strict=True))
    n = len(rows)
    found = Ledger()
    found.record(
        Attempts(
            request=np.arange(n),
            attempt=np.zeros(n, int),
            user=user,
            proxy=np.zeros(n, int),
            pod=version,
            version=version,
            meant=meant.astype(float),
            sent=meant.astype(float),
            answered=meant + seconds,
            cause=np.where(failed, 11, 0),
            final=np.ones(n, bool),
        ),
        lambda _: "",
        (),
    )
    return found


def test_a_user_belongs_to_the_version_that_answered_first_while_it_lasted():
    ledger = ledger_of(
        (7, 0, False, 5.0, 0.1),  # Before it began.
        (7, 1, False, 12.0, 0.1),
        (7, 0, True, 14.0, 0.3),
        (3, 0, False, 11.0, 0.2),
        (9, 1, False, 19.95, 0.1),  # Answered when it was over.
        (5, -1, True, 15.0, 1.0),  # Nobody answered.
    )
    found = ledger.visitors(10.0, 20.0)

    assert [3, 7] == found.user.tolist()
    assert [False, True] == found.first_new.tolist()
    assert [1, 1] == found.by_old.tolist()
    assert [0, 1] == found.by_new.tolist()
    assert [0, 1] == found.failed.tolist()
    assert [0.2, 0.4] == pytest.approx(found.seconds.tolist())
    assert 0 == len(Ledger().visitors(0.0, 9.0).user)


@pytest.mark.parametrize("distribution", [Demand.CONSTANT, Demand.EXPONENTIAL, Demand.LOGNORMAL])
def test_every_part_of_the_model_says_what_it_does(distribution):
    """20,000 users of each version, whose answers take 0.2 s; every other one fails once."""
    users = 20_000
    rows = [(u, u % 2, u % 4 >= 2, 1.0, 0.2) for u in range(2 * users)]
    appeals = {
        "old": Appeal(conversion=0.5, revenue=10.0, dwell_seconds=30.0, bounce=0.25),
        "new": Appeal(conversion=0.4, revenue=20.0, dwell_seconds=60.0),
    }
    model = UserBehaviour(
        appeals=appeals,
        lost_per_100_ms=0.1,
        lost_per_failure=0.4,
        distribution=distribution,
        cv=0.5,
    )
    held = AskedShare(start=0.0, end=10.0, percent=50.0)
    test = experiment(ledger_of(*rows), held, model, seed=3)

    kept = 0.9**2 * (1.0 + 0.6) / 2
    for group, one in ((test.a, appeals["old"]), (test.b, appeals["new"])):
        stay = (1.0 - one.bounce) * kept
        assert users == group.users
        assert 1.0 - group.left / users == pytest.approx(stay, abs=0.015)
        assert group.conversions / users == pytest.approx(stay * one.conversion, abs=0.015)
        worth = stay * one.conversion * one.revenue
        assert group.revenue.mean == pytest.approx(worth, rel=0.08)
        assert group.dwell.mean == pytest.approx(stay * one.dwell_seconds, rel=0.05)
