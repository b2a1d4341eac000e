"""The invariant checkers see what they promise to see: every test plants one bug."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from control_bench import NEVER, READY, Bench, deployment, slow

import sim.control.recreate
import sim.control.rolling
import sim.control.roster
from sim.control.store import Store
from sim.errors import InvariantError
from sim.model import endpoints as endpoints_model
from sim.model.rollout import Fenceposts, Sizes


def rolled_out(pods: int = 10, **spec) -> Bench:
    """A bench in the middle of a rollout, that runs on to its end."""
    bench = Bench(deployment(pods, surge=3, unavailable=2, container=READY, **spec))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    return bench


def test_a_sound_rollout_breaks_nothing() -> None:
    rolled_out().checks.verify()


def test_growing_beyond_the_ceiling_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(bounds: Fenceposts, size: int, total: int) -> int:
        return bounds.replicas

    monkeypatch.setattr(sim.control.rolling, "new_size", too_much)
    with pytest.raises(InvariantError, match="want 20 pods of 13"):
        rolled_out()


def test_shrinking_below_the_minimum_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_few(bounds: Fenceposts, olds: list[Sizes], new: Sizes) -> tuple[int, ...]:
        return (5,) * len(olds)

    monkeypatch.setattr(sim.control.rolling, "old_sizes", too_few)
    with pytest.raises(InvariantError, match="leaves 5 available pods of at least 8"):
        rolled_out()


def test_new_pods_beside_old_ones_under_recreate_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim.control.recreate, "_old_pods_exist", lambda sync: False)
    first = deployment(3, container=READY)
    first["spec"]["strategy"] = {"type": "Recreate"}
    bench = Bench(first)
    bench.run(60)
    bench.release("web:2", **READY)
    with pytest.raises(InvariantError, match="under Recreate"):
        bench.run(120)


def test_too_many_pods_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim.control.roster.PodRecord, "active", False)
    with pytest.raises(InvariantError, match="created more pods than it was asked for"):
        rolled_out()


def test_an_unready_pod_among_the_ready_endpoints_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints_model, "is_ready", lambda pod: True)
    with pytest.raises(InvariantError, match="not Ready became a ready endpoint"):
        rolled_out()


def changed(bench: Bench) -> None:
    bench.web()["spec"]["replicas"] = 11


def changed_deep(bench: Bench) -> None:
    bench.pods()[0]["spec"]["containers"][0]["image"] = "web:9"


@pytest.mark.parametrize("change", [changed, changed_deep])
def test_an_object_that_was_changed_in_place_is_seen(change: Callable[[Bench], None]) -> None:
    bench = Bench(deployment(3, container=READY))
    bench.run(60)
    bench.checks.verify()
    change(bench)
    with pytest.raises(InvariantError, match="changed in place"):
        bench.checks.verify()


def test_a_resource_version_that_does_not_grow_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(deployment(1, container=READY))
    bench.run(20)
    announce = Store._announce

    def forgetful(self: Store, verb: str, obj: dict) -> None:
        del self.history[-1:]
        announce(self, verb, obj)

    monkeypatch.setattr(Store, "_announce", forgetful)
    with pytest.raises(InvariantError, match="resourceVersion"):
        bench.patch({"replicas": 2})


def test_a_revision_that_two_sets_share_is_seen() -> None:
    bench = Bench(deployment(2, container=READY), {"web:2": slow(NEVER)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(80)
    name = bench.sets()[2]["metadata"]["name"]
    notes = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    with pytest.raises(InvariantError, match="revisions must be distinct"):
        bench.api.patch("ReplicaSet", name, {"metadata": notes})


def test_a_pod_outside_its_sets_selector_is_seen() -> None:
    bench = Bench(deployment(1, container=READY))
    bench.run(20)
    labels = {"metadata": {"labels": {"app": "other"}}}
    with pytest.raises(InvariantError, match="does not match the selector"):
        bench.api.patch("Pod", bench.pods()[0]["metadata"]["name"], labels)


def test_a_deployment_whose_revision_falls_is_seen() -> None:
    bench = rolled_out(3)
    notes = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    with pytest.raises(InvariantError, match="the revision of a Deployment fell"):
        bench.api.patch("Deployment", "web", {"metadata": notes})


def test_a_revision_may_fall_with_the_history_that_a_pause_cleaned_up() -> None:
    bench = Bench(deployment(0, revisionHistoryLimit=0))
    bench.run(10)
    bench.release("web:2")
    bench.run(20)
    bench.patch({"paused": True})
    bench.run(30)
    bench.release("web:3")
    bench.run(40)
    assert bench.sizes() == {}
    bench.patch({"paused": False})
    bench.run(50)
    assert bench.sizes() == {1: 0}


def test_an_old_set_scaled_by_hand_after_the_deployment_is_a_scaling_event() -> None:
    """It was last told another size, so the sync is a scaling one; nothing of that is a rollout.

    The set that was told first keeps its size, and the other one pays in the same look.
    """
    bench = Bench(deployment(8, surge=3, unavailable=2, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    bench.patch({"strategy": {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": "0%"}}})
    bench.patch({"replicas": 10})
    bench.run(120.5)  # The two pods more are not available yet: the new set is not saturated.
    name = bench.sets()[1]["metadata"]["name"]
    bench.api.patch("ReplicaSet", name, {"spec": {"replicas": 5}}, subresource="scale")
    bench.run(240)
    assert {1: 5, 2: 7} in bench.size_steps()
    assert bench.sizes() == {1: 0, 2: 10}
    bench.checks.verify()
