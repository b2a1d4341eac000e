"""What users feel of blue-green, canary and a maintenance window, and what it costs."""

from __future__ import annotations

from math import sqrt

import pytest
from stories import deployment, failures, scenario

from sim.analysis.cost import peak_pods
from sim.analysis.share_obtained import shares_obtained
from sim.errors import ScenarioError
from sim.model.causes import Cause
from sim.model.run import Phase, Window
from sim.operators.by_command import ByCommand
from sim.ports import Wait
from sim.session import Session
from sim.strategies import STRATEGIES, strategy_named

LONG = Window(start=0.0, first_write=10.0, end=330.0)
Z = 3.3  # One in a thousand runs of the truth lies outside.
EXACT = ("network.watch=0s..0s", "traffic.rate=100/s")


def rehearse(story, strategy, seed=1, window=LONG):
    return Session(story, strategy, seed, window=window).finish()


def test_blue_green_loses_nobody_where_a_rolling_update_without_a_hook_does(tmp_path):
    story = scenario(tmp_path)

    assert {} == failures(rehearse(story, "BlueGreen"))
    assert {Cause.REFUSED_TERMINATING} == failures(rehearse(story, "RollingUpdate")).keys()


def test_blue_taken_away_before_proxies_have_heard_loses_rate_times_overlap(tmp_path):
    """100 requests a second for the 2 s in which every proxy still believes in blue."""
    runs, lag = 12, 2
    overrides = (
        *EXACT,
        f"network.propagation={lag}s..{lag}s",
        "strategies.blueGreen.scaleDownDelaySeconds=0",
    )
    story = scenario(tmp_path, overrides=overrides)
    found = [failures(rehearse(story, "BlueGreen", seed)) for seed in range(runs)]

    assert {Cause.REFUSED_TERMINATING} == set().union(*found)
    expected = 100 * lag * runs
    assert expected == pytest.approx(sum(sum(one.values()) for one in found), abs=Z * expected**0.5)


def test_the_scale_down_delay_outlasts_what_proxies_believe(tmp_path):
    story = scenario(tmp_path, overrides=(*EXACT, "network.propagation=8s..8s"))

    assert {} == failures(rehearse(story, "BlueGreen"))


def test_blue_green_costs_a_second_set_of_pods_for_its_delay(tmp_path):
    run = rehearse(scenario(tmp_path, deployment(replicas=5)), "BlueGreen")

    assert 10 == peak_pods(run)
    assert run.settled_at is not None and run.settled_at > run.finished_at
    last = {span.pod for span in run.pods if span.end > run.window.end}
    assert 5 == len(last) and all("green" in pod for pod in last)


def test_without_room_for_two_sets_blue_green_does_not_finish_and_hurts_nobody(tmp_path):
    """The story in which it is the worst choice: a rolling update needs one pod more, not four."""
    manifest = deployment(replicas=4, pre_stop=5, progressDeadlineSeconds=60)
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    container["resources"] = {"requests": {"cpu": "100m"}}
    story = scenario(tmp_path, manifest, overrides=("nodes.count=1", "nodes.cpu=500m"))

    stuck, rolled = (rehearse(story, name) for name in ("BlueGreen", "RollingUpdate"))

    assert (Phase.DEGRADED, Phase.HEALTHY) == (stuck.phase, rolled.phase)
    assert {} == failures(stuck)
    assert 1 not in stuck.last_answer


def test_kept_connections_stay_on_blue_after_the_switch(tmp_path):
    """Blue is ready until its pods go; only who opens a new connection finds green."""
    switch = ("strategies.blueGreen.scaleDownDelaySeconds=60", "network.propagation=0s..0s")
    kept = (*switch, "network.keepAlive=300s", "users.population=20")
    last = {}
    for name, overrides in (("new ones", switch), ("kept", kept)):
        run = rehearse(scenario(tmp_path / name, overrides=(*EXACT, *overrides)), "BlueGreen")
        last[name] = run.last_answer[0] - (run.finished_at - 60.0)

    assert last["new ones"] < 1.0
    assert 59.0 < last["kept"] < 62.0


@pytest.mark.parametrize(("percent", "canary"), [(10, 1), (30, 3), (50, 5)])
def test_a_canary_by_pods_obtains_the_share_of_its_pods(tmp_path, percent, canary):
    """Ten pods, of which so many are the canary's, for a minute at 100 requests a second."""
    steps = f"strategies.canary.steps=[{percent}%,60s]"
    run = rehearse(scenario(tmp_path, deployment(replicas=10), overrides=(*EXACT, steps)), "Canary")

    (held,) = shares_obtained(run)
    assert percent == held.asked == 10 * canary
    # Proxies hear of the last pod up to a second after the share was reached.
    slack = 100.0 * 1.0 / 60.0
    spread = 100 * Z * sqrt(percent / 100 * (1 - percent / 100) / held.answers)
    assert held.answers > 5000
    assert percent == pytest.approx(held.obtained, abs=spread + slack)


ROUTERS = {
    "ingress_annotations": "ingress-nginx",
    "virtual_service": "istio",
    "http_route": "istio",
}
STEPS = "strategies.canary.steps=[5%,40s,20%,40s,50%,40s]"


def routed(place, router, *more, **fields):
    """Six pods, and a canary whose share a *router* asks for."""
    told = (f"network.proxy={ROUTERS[router]}", f"strategies.canary.router={router}")
    overrides = ("traffic.rate=100/s", STEPS, *told, *more)
    return scenario(place, deployment(replicas=6), overrides=overrides, **fields)


@pytest.mark.parametrize("router", ROUTERS)
def test_a_router_gives_the_share_that_is_asked_for_whatever_the_number_of_pods(tmp_path, router):
    run = rehearse(routed(tmp_path, router), "Canary")

    assert Phase.HEALTHY == run.phase
    assert {} == failures(run)
    held = shares_obtained(run)
    assert [5, 20, 50] == [one.asked for one in held]
    for one in held:
        share = one.asked / 100
        spread = 100 * Z * sqrt(share * (1 - share) / one.answers)
        assert one.answers > 3000
        assert one.asked == pytest.approx(one.obtained, abs=spread)
    assert run.last_answer[0] < run.last_answer[1]


def test_users_flip_between_versions_while_a_lot_is_drawn_for_each_request(tmp_path):
    run = rehearse(routed(tmp_path, "virtual_service", "users.population=200"), "Canary")

    both = set(run.users.exposed[0].tolist()) & set(run.users.exposed[1].tolist())
    assert len(both) > 190


def test_a_dynamic_stable_costs_fewer_pods_and_loses_nobody_either(tmp_path):
    dynamic = "strategies.canary.dynamicStableScale=true"
    whole = rehearse(routed(tmp_path, "virtual_service"), "Canary")
    shrunken = rehearse(routed(tmp_path, "virtual_service", dynamic), "Canary")

    assert {} == failures(whole) == failures(shrunken)
    assert 12 == peak_pods(whole)
    assert 7 <= peak_pods(shrunken) <= 9


def test_a_canary_by_router_that_fails_to_start_is_met_by_nobody(tmp_path):
    story = routed(tmp_path, "virtual_service", faults=("start:new:+900s",))
    run = rehearse(story, "Canary", window=Window(start=0.0, first_write=10.0, end=800.0))

    assert Phase.DEGRADED == run.phase
    assert {} == failures(run)
    assert {0} == set(run.last_answer)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("strategies.canary.router=virtual_service", "network.proxy: istio"),
        ("strategies.canary.router=service_selector", "known: ingress_annotations"),
        ("strategies.canary.dynamicStableScale=true", "needs a router"),
    ],
)
def test_a_router_that_nobody_reads_is_refused(tmp_path, override, words):
    with pytest.raises(ScenarioError, match=words):
        scenario(tmp_path, overrides=[override])


def test_a_dynamic_stable_has_no_delay_of_its_own(tmp_path):
    """As Argo Rollouts refuses it (pkg/apis/rollouts/validation/validation.go)."""
    canary = ("router=virtual_service", "dynamicStableScale=true", "scaleDownDelaySeconds=5")
    told = ["network.proxy=istio", *(f"strategies.canary.{one}" for one in canary)]

    with pytest.raises(ScenarioError, match="cannot be used with scaleDownDelaySeconds"):
        scenario(tmp_path, overrides=told)


def test_six_pods_cannot_give_five_percent(tmp_path):
    """A canary of one pod beside six is a seventh of all."""
    steps = "strategies.canary.steps=[5%,60s]"
    run = rehearse(scenario(tmp_path, deployment(replicas=6), overrides=(*EXACT, steps)), "Canary")

    (held,) = shares_obtained(run)
    assert 5 == held.asked
    assert 100 / 7 == pytest.approx(held.obtained, abs=3.0)


def test_a_canary_that_never_comes_up_is_given_up_before_anybody_meets_it(tmp_path):
    manifest = deployment(progressDeadlineSeconds=30)
    run = rehearse(scenario(tmp_path, manifest, faults=("start:new:+900s",)), "Canary")

    assert Phase.DEGRADED == run.phase
    assert run.settled_at is not None
    assert {} == failures(run)
    assert {0} == set(run.last_answer)
    assert run.given_up is not None
    seen = (run.given_up.deployment, run.given_up.available, run.given_up.seconds)
    assert ("web-canary", 0, 30) == seen


def test_a_maintenance_window_is_as_long_as_it_was_said_to_be(tmp_path):
    """Closed from the stop to the restore, however soon the new pods are there."""
    times = {"updateSeconds": 10, "verifySeconds": 40, "restoreSeconds": 60}
    overrides = [f"strategies.maintenanceWindow.{name}={value}" for name, value in times.items()]
    story = scenario(tmp_path, overrides=(*EXACT, *overrides, "network.propagation=0s..0s"))

    run = rehearse(story, "MaintenanceWindow")

    lost = failures(run)
    assert {Cause.NO_ENDPOINT} == lost.keys()
    assert 60 * 100 == pytest.approx(sum(lost.values()), abs=Z * 6000**0.5 + 100)
    assert 70.0 == run.finished_at
    assert run.settled_at < 40.0


def test_a_rolling_update_can_stop_for_a_look_and_go_on(tmp_path):
    pause = ("pauseAtPods=2", "pauseSeconds=50")
    overrides = [f"strategies.rollingUpdate.{one}" for one in pause]
    manifest = deployment(replicas=6, pre_stop=3)

    plain = rehearse(scenario(tmp_path / "a", manifest), "RollingUpdate")
    paused = rehearse(scenario(tmp_path / "b", manifest, overrides=overrides), "RollingUpdate")

    assert Phase.HEALTHY == plain.phase == paused.phase
    assert 50.0 == pytest.approx(paused.finished_at - plain.finished_at, abs=8.0)


def mortal(process, clock, dies_at):
    """What an operator does who is gone from that moment on: nothing."""
    answer = None
    while True:
        try:
            wait = process.send(answer)
        except StopIteration as stop:
            return stop.value
        answer = yield wait
        if clock.now() > dies_at:
            return None


def ending(story, name, dies_at):
    """The objects that a strategy leaves, its operator replaced by another one at that moment."""
    session = Session(story, None, 1, window=LONG, traffic=False, checked=True)
    backend, template = session._backend, story.release.template
    phases = {}

    def first():
        yield Wait(10.0)
        process = strategy_named(name, story.strategies.get(name)).roll_out(
            backend.cluster, template
        )
        phases["first"] = yield from mortal(process, backend.clock, dies_at)

    def second():
        yield Wait(dies_at)
        strategy = strategy_named(name, story.strategies.get(name))
        phases["second"] = yield from strategy.roll_out(backend.cluster, template)

    backend.drive(first())
    if dies_at < LONG.end:
        backend.drive(second())
    session.finish()
    objects = {}
    for kind in ("Deployment", "Service", "ConfigMap"):
        for obj in backend.control_plane.store.list(kind):
            notes = obj["metadata"].get("annotations") or {}
            kept = {k for k in notes if k.startswith("seatrial/")}
            status = obj.get("status", {}).get("availableReplicas")
            whole = obj.get("spec", obj.get("data"))
            spec = {k: v for k, v in whole.items() if k not in ("clusterIP", "clusterIPs")}
            objects[kind, obj["metadata"]["name"]] = (spec, kept, status)
    # The dead one may be told of the end later than its successor, who read it for itself.
    return phases["second" if "second" in phases else "first"], objects


MESHED = ("ABTest", "Shadow")  # Their routers write objects that nobody else reads.
APPEAL = "users.behaviour.versions.old.conversion=5%"
MOMENTS = [
    pytest.param(8, id="8"),
    pytest.param(100, id="100", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize("name", list(STRATEGIES))
def test_an_operator_replaced_at_any_moment_leaves_the_same_objects(tmp_path, name, moments):
    """In the simulated cluster, with its delays, under the invariant checkers."""
    shorter = (
        "strategies.canary.steps=[20%,10s,50%,10s]",
        "strategies.canaryThenRolling.steps=[20%,10s,50%,10s]",
        "strategies.featureFlags.steps=[50%,10s]",
        "strategies.blueGreenBehindFlag.steps=[50%,10s]",
        "strategies.blueGreenBehindFlag.scaleDownDelaySeconds=10",
        "strategies.shadow.mirrorSeconds=10",
        "strategies.abTest.seconds=10",
        "nodes.syncFrequency=10s",
        "strategies.blueGreen.scaleDownDelaySeconds=10",
        "strategies.maintenanceWindow.updateSeconds=10",
        "strategies.maintenanceWindow.verifySeconds=30",
        "strategies.maintenanceWindow.restoreSeconds=40",
    )
    proxy = ("network.proxy=istio", APPEAL) if name in MESHED else ()
    story = scenario(tmp_path, deployment(replicas=4), overrides=(*shorter, *proxy))
    expected = ending(story, name, LONG.end + 1)
    # Nobody sends, so an experiment cannot tell and leaves what was there.
    assert (Phase.DEGRADED if name == "ABTest" else Phase.HEALTHY) == expected[0]

    for part in range(moments):
        dies_at = 10.01 + 50.0 * part / moments
        assert expected == ending(story, name, dies_at), f"replaced at {dies_at}"


@pytest.mark.parametrize(("after", "least", "most"), [(5.0, 0.0, 1.2), (60.0, 3.0, 20.0)])
def test_going_back_to_blue_is_a_flip_inside_the_delay_and_a_cold_start_after_it(
    tmp_path, after, least, most
):
    """From the decision to the last answer of the new version."""
    story = scenario(tmp_path, overrides=EXACT)
    session = Session(story, "BlueGreen", 1, window=LONG)
    cluster = session._backend.cluster
    decided = []

    def rollback():
        yield cluster._clock.until(lambda: cluster.noted("switched"))
        yield cluster.sleep_since("switched", after)
        decided.append(session.now)
        yield from strategy_named("BlueGreen").go_back(cluster)

    session._backend.drive(rollback())
    run = session.finish()

    assert least <= run.last_answer[1] - decided[0] <= most


def test_going_back_right_after_blue_was_taken_away_does_not_trust_pods_that_leave(tmp_path):
    """Blue's status still counts its old pods then; to switch to them is to switch to nobody."""
    story = scenario(tmp_path, deployment(replicas=6), overrides=("traffic.rate=50/s",))
    for seed in range(4):
        operators = [ByCommand(after_finish_seconds=0.0)]
        run = Session(story, "BlueGreen", seed, window=LONG, operators=operators).finish()

        assert Phase.DEGRADED == run.phase
        assert {} == failures(run)
