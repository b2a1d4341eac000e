"""What an Argo `Rollout` adds to blue-green and canary, on the trivial second cluster."""

from __future__ import annotations

import json

import pytest
from tiny_cluster import BOOT_SECONDS, NEW, TinyCluster, VirtualClock, drive

from sim.model.canary_steps import Pause, SetCanaryScale, SetHeaderRoute, SetWeight
from sim.model.run import Phase
from sim.strategies import strategy_named
from sim.strategies.giving_up import give_up, is_given_up

ROUTED = {"router": "virtual_service"}
DEADLINE_SECONDS = 20  # Of the tiny cluster's Deployment.


class Seen(TinyCluster):
    """Notes how many pods the canary or green is asked for, whenever that changes."""

    def __init__(self, clock, **settings):
        self.asked: list[tuple[float, int]] = []
        super().__init__(clock, **settings)

    def _store(self, obj):
        name = obj["metadata"]["name"]
        if obj["kind"] == "Deployment" and name in ("web-canary", "web-green"):
            size = obj["spec"]["replicas"]
            if not self.asked or self.asked[-1][1] != size:
                self.asked.append((self._clock.now() - 1000.0, size))
        return super()._store(obj)


def released(name, settings, **cluster):
    clock = VirtualClock()
    tiny = Seen(clock, **cluster)
    phase = drive(strategy_named(name, settings).roll_out(tiny.cluster(), NEW), clock)
    return tiny, phase, clock.now() - 1000.0


@pytest.mark.parametrize(
    ("steps", "sizes"),
    [
        # A size before any weight: pods that nobody is sent to.
        ((SetCanaryScale(3), SetHeaderRoute("x-beta", "yes"), Pause(5.0)), [0, 3, 10]),
        ((SetCanaryScale(percent=25), SetWeight(50)), [0, 3, 10]),
        ((SetWeight(50), SetCanaryScale(7), SetWeight(60)), [0, 5, 7, 10]),
        ((SetCanaryScale(7), SetWeight(50), SetCanaryScale(), SetWeight(60)), [0, 7, 5, 6, 10]),
        ((SetCanaryScale(12), SetWeight(50)), [0, 12, 10]),
        # A weight of nothing on the way takes the canary's pods too.
        ((SetWeight(20), Pause(5.0), SetWeight(0), Pause(5.0), SetWeight(50)), [0, 2, 0, 5, 10]),
    ],
)
def test_a_canary_has_the_pods_of_its_last_size_until_the_steps_are_over(steps, sizes):
    tiny, phase, _ = released("Canary", {"steps": steps, **ROUTED}, replicas=10)

    assert Phase.HEALTHY == phase
    assert sizes == [size for _, size in tiny.asked]


def test_green_shows_its_preview_count_first_and_all_its_pods_before_the_switch():
    settings = {"preview_replica_count": 1, "auto_promotion_seconds": 50.0}
    tiny, phase, _ = released("BlueGreen", settings)

    assert Phase.HEALTHY == phase
    assert {"web:2": 4} == tiny.reached()
    [(first, one), (second, all_of_them)] = tiny.asked
    assert (1, 4) == (one, all_of_them)
    assert first + BOOT_SECONDS + 50.0 == pytest.approx(second)


@pytest.mark.parametrize("delay", [0.0, 30.0])
@pytest.mark.parametrize(
    ("name", "settings", "track"),
    [
        ("BlueGreen", {}, "web-green"),
        ("Canary", {"steps": (SetWeight(50), Pause(None)), **ROUTED}, "web-canary"),
    ],
)
def test_an_abort_delay_of_nothing_keeps_the_new_pods_for_good(name, settings, track, delay):
    """(argoproj/argo-rollouts docs/features/scaledown-aborted-rs.md)"""
    clock = VirtualClock()
    tiny = Seen(clock)
    strategy = strategy_named(name, {**settings, "abort_scale_down_delay_seconds": delay})
    process = strategy.roll_out(tiny.cluster(), NEW)
    wait = process.send(None)  # Waits for the new pods; then somebody goes back.
    clock.rest(clock.now() + BOOT_SECONDS)
    process.close()
    assert wait.condition is not None

    assert Phase.DEGRADED == drive(strategy.go_back(tiny.cluster()), clock)

    assert (("Deployment", track) in tiny.objects) == (delay == 0.0)
    assert {"web:1": 4} == tiny.reached() or name == "Canary"


@pytest.mark.parametrize(
    ("name", "settings", "late"),
    [
        ("BlueGreen", {}, "web-green"),
        ("Canary", {"steps": (SetWeight(50),)}, "web-canary"),
        ("Canary", {"steps": (SetWeight(50),), **ROUTED}, "web-canary"),
        ("MaintenanceWindow", {}, "web"),
        ("CanaryThenRolling", {"steps": (SetWeight(50),)}, "web-canary"),
    ],
)
def test_a_release_that_was_given_up_says_which_pods_were_missing(name, settings, late):
    tiny, phase, _ = released(name, settings, bad=("web:2",))

    assert Phase.DEGRADED == phase
    notes = tiny.objects["Deployment", "web"]["metadata"]["annotations"]
    seen = json.loads(notes["seatrial/given-up"])
    assert ("deadline", late, 0) == (seen["why"], seen["deployment"], seen["available"])
    assert seen["wanted"] > 0
    assert seen["seconds"] == (60.0 if name == "MaintenanceWindow" else DEADLINE_SECONDS)


@pytest.mark.parametrize("name", ["BlueGreen", "Canary", "MaintenanceWindow"])
def test_a_release_that_somebody_takes_back_says_so_and_keeps_the_first_reason(name):
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    drive(strategy_named(name).roll_out(tiny.cluster(), NEW), clock)
    drive(strategy_named(name).go_back(tiny.cluster()), clock)
    notes = tiny.objects["Deployment", "web"]["metadata"]["annotations"]

    assert "command" == json.loads(notes["seatrial/given-up"])["why"]

    give_up(tiny.cluster(), "green", 4, 20.0)
    again = tiny.objects["Deployment", "web"]["metadata"]["annotations"]
    assert notes["seatrial/given-up"] == again["seatrial/given-up"]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("BlueGreen", {}),
        ("Canary", {"steps": (SetWeight(50),)}),
        ("Canary", {"steps": (SetWeight(50),), **ROUTED}),
    ],
)
def test_without_an_abort_at_the_deadline_nothing_is_given_up(name, settings):
    """Argo Rollouts' default: Degraded is a word in the status, and the pods are waited for."""
    clock = VirtualClock()
    tiny = TinyCluster(clock, bad=("web:2",))
    strategy = strategy_named(name, {**settings, "progress_deadline_abort": False})

    with pytest.raises(AssertionError, match="waits without end"):
        drive(strategy.roll_out(tiny.cluster(), NEW), clock, patience_seconds=500.0)

    assert clock.now() - 1000.0 > 10 * DEADLINE_SECONDS
    assert {"web:1"} == tiny.reached().keys()
    assert not is_given_up(tiny.cluster())


def test_header_routes_stay_side_by_side_until_the_step_that_ends_one_of_them():
    """By their managed names (argoproj/argo-rollouts docs/features/traffic-management)."""
    routes = (
        SetHeaderRoute("x-a", "1", "a"),
        SetHeaderRoute("x-b", "1", "b"),
        SetHeaderRoute("", "", "a"),
    )
    seen = []
    for number in range(1, len(routes) + 1):
        clock = VirtualClock()
        tiny = TinyCluster(clock)
        steps = (SetCanaryScale(1), *routes[:number], Pause(None))
        process = strategy_named("Canary", {"steps": steps, **ROUTED}).roll_out(tiny.cluster(), NEW)
        answer = None
        while not tiny.cluster().is_paused:
            wait = process.send(answer)
            clock.rest(wait.deadline if wait.condition is None else clock.now() + BOOT_SECONDS)
            answer = True
        first, *_ = tiny.objects["VirtualService", "web"]["spec"]["http"]
        seen.append([*(name for block in first["match"] for name in block["headers"])])

    assert [["x-a"], ["x-a", "x-b"], ["x-b"]] == seen


def test_a_dynamic_stable_has_gone_with_its_last_request_and_a_whole_one_stays_for_its_delay():
    """(argoproj/argo-rollouts rollout/canary.go, scaleDownOldReplicaSetsForCanary)"""
    steps = {"steps": (SetWeight(50),), **ROUTED}
    lengths = {}
    for dynamic in (False, True):
        settings = {**steps, "dynamic_stable_scale": dynamic}
        tiny, phase, lengths[dynamic] = released("Canary", settings)
        assert Phase.HEALTHY == phase
        assert {"web:2": 4} == tiny.running()

    assert lengths[False] - 30.0 == pytest.approx(lengths[True])
