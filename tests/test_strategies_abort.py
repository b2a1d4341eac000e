"""Who is asked first when a release is taken back: requests leave new pods before the pods go."""

from __future__ import annotations

import pytest
from tiny_cluster import BOOT_SECONDS, NEW, TinyCluster, VirtualClock, drive

from sim.model.canary_steps import Pause, SetHeaderRoute, SetWeight
from sim.model.run import Phase
from sim.strategies import strategy_named

BETA = SetHeaderRoute("x-beta", "yes")
ROUTERS = ["virtual_service", "http_route", "ingress_annotations"]


class Asked(TinyCluster):
    """Notes, whenever the canary's Deployment shrinks or goes, who was still being sent there."""

    def __init__(self, clock, router, **settings):
        self.router = router
        self.sent: list[tuple[float, tuple[str, ...]]] = []
        super().__init__(clock, **settings)

    def _store(self, obj):
        key = obj["kind"], obj["metadata"]["name"]
        before = self.objects.get(key)
        if key == ("Deployment", "web-canary") and before is not None:
            self._look(before["spec"]["replicas"] - obj["spec"]["replicas"])
        return super()._store(obj)

    def _look(self, gone):
        if gone > 0:
            self.note()

    def note(self):
        strategy = strategy_named("Canary", {"router": self.router})
        router = strategy._traffic()._router(self.cluster())
        self.sent.append((router.weight(), tuple(one.name for one in router.matched())))


def driven_until_paused(strategy, tiny, clock):
    """A release that stands in a pause which only a person ends."""
    process, answer = strategy.roll_out(tiny.cluster(), NEW), None
    while True:
        wait = process.send(answer)
        if tiny.cluster().is_paused:
            process.close()
            return
        if wait.condition is None:
            clock.rest(wait.deadline)
            answer = True
            continue
        while not (answer := wait.condition()):
            clock.rest(clock.now() + 0.25)


@pytest.mark.parametrize("router", ROUTERS)
def test_nobody_is_sent_by_a_header_to_a_canary_that_goes(router):
    """Managed routes go when the weight does (Argo rollout/trafficrouting.go, on abort)."""
    clock = VirtualClock()
    tiny = Asked(clock, router, replicas=10)
    strategy = strategy_named("Canary", {"steps": (BETA, SetWeight(20), Pause()), "router": router})
    driven_until_paused(strategy, tiny, clock)

    assert Phase.DEGRADED == drive(strategy.go_back(tiny.cluster()), clock)

    assert [(0.0, ())] == tiny.sent
    assert {"web:1": 10} == tiny.running()


def test_a_canary_that_stays_after_an_abort_is_met_by_no_header_either():
    clock = VirtualClock()
    tiny = Asked(clock, "virtual_service")
    settings = {"router": "virtual_service", "abort_scale_down_delay_seconds": 0.0}
    strategy = strategy_named("Canary", {"steps": (BETA, SetWeight(50), Pause()), **settings})
    driven_until_paused(strategy, tiny, clock)

    drive(strategy.go_back(tiny.cluster()), clock)
    tiny.note()

    assert [(0.0, ())] == tiny.sent


@pytest.mark.parametrize("dynamic", [False, True])
def test_a_stable_that_cannot_be_whole_again_has_all_requests_before_the_canary_goes(dynamic):
    """Some of its pods never come back: there is nobody else to ask, and its size is its own."""
    clock = VirtualClock()
    tiny = Asked(clock, "virtual_service", replicas=10)
    settings = {"router": "virtual_service", "dynamic_stable_scale": dynamic}
    strategy = strategy_named("Canary", {"steps": (SetWeight(60), Pause()), **settings})
    driven_until_paused(strategy, tiny, clock)
    tiny._pods["web"][0] = (tiny._pods["web"][0][0], float("inf"))
    tiny._bad = ("web:1",)

    assert Phase.DEGRADED == drive(strategy.go_back(tiny.cluster()), clock)

    assert {(0.0, ())} == set(tiny.sent)
    assert 10 == tiny.objects["Deployment", "web"]["spec"]["replicas"]


@pytest.mark.parametrize("blue_has_gone", [False, True])
def test_the_flip_back_to_blue_waits_for_none_of_its_pods_while_it_has_not_gone(blue_has_gone):
    """One blue pod of four is not available, and users suffer on green (Argo's abort waits not)."""
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    strategy = strategy_named("BlueGreen")
    process = strategy.roll_out(tiny.cluster(), NEW)
    if blue_has_gone:
        drive(process, clock)
    else:
        process.send(None)
        clock.rest(clock.now() + BOOT_SECONDS)
        process.send(True)
        process.send(True)
        process.close()
        tiny._pods["web"][0] = (tiny._pods["web"][0][0], float("inf"))
    assert {"web:2": 4} == tiny.reached()

    strategy.go_back(tiny.cluster()).send(None)

    assert ({"web:2": 4} if blue_has_gone else {"web:1": 3}) == tiny.reached()


STOPPED = (SetWeight(50), Pause())
ENVIRONMENT = {"steps": STOPPED, "delivery": "environment"}


@pytest.mark.parametrize(
    ("name", "settings", "left"),
    [
        ("Canary", {"steps": STOPPED}, "web:1"),
        ("CanaryThenRolling", {"steps": STOPPED}, "web:1"),
        ("BlueGreen", {"auto_promotion_enabled": False}, "web:1"),
        ("FeatureFlags", {"steps": STOPPED}, "web:2"),
        ("FeatureFlags", ENVIRONMENT, "web:1"),
        ("BlueGreenBehindFlag", {"steps": STOPPED}, "web:2"),
    ],
)
def test_a_release_taken_back_in_a_pause_leaves_no_paused_deployment(name, settings, left):
    """Or whoever waits for the old template would wait without end, and so would the next one."""
    clock = VirtualClock()
    tiny = TinyCluster(clock)
    strategy = strategy_named(name, settings)
    driven_until_paused(strategy, tiny, clock)

    assert Phase.DEGRADED == drive(strategy.go_back(tiny.cluster()), clock)

    assert not tiny.cluster().is_paused
    assert {left: 4} == tiny.running()
