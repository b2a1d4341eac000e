"""Stories of scaling while a rollout is under way: who gets which share, and what is remembered."""

from __future__ import annotations

import pytest
from control_bench import READY, WORKED, Bench, deployment, stuck

from sim.model.objects import annotations_of, name_of
from sim.model.revision import DESIRED_REPLICAS, MAX_REPLICAS


def remembered(bench: Bench) -> set[tuple[str, str]]:
    """What the sets were told of the Deployment's size and ceiling."""
    notes = [annotations_of(rs) for rs in bench.sets().values()]
    return {(note[DESIRED_REPLICAS], note[MAX_REPLICAS]) for note in notes}


def test_with_no_active_set_the_new_one_gets_the_whole_size() -> None:
    bench = Bench(deployment(3, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    bench.patch({"replicas": 0})
    bench.run(150)
    assert bench.sizes() == {1: 0, 2: 0}
    bench.patch({"paused": True, "replicas": 4})
    bench.run(180)
    assert bench.sizes() == {1: 0, 2: 4}


def test_a_saturated_new_set_sends_all_others_to_nothing() -> None:
    """Paused, so that nothing but scaling can do it."""
    bench = Bench(deployment(4, container=READY))
    for at, image in ((60, "web:2"), (120, "web:3")):
        bench.run(at)
        bench.release(image, **READY)
    bench.run(180)
    bench.patch({"paused": True})
    for number, size in ((1, 3), (2, 2)):
        name = name_of(bench.sets()[number])
        bench.api.patch("ReplicaSet", name, {"spec": {"replicas": size}}, subresource="scale")
    bench.run(240)
    assert bench.sizes() == {1: 0, 2: 0, 3: 4}


def test_a_new_set_that_is_not_all_available_is_not_saturated() -> None:
    """The same with a pod of the new set unready: the others get their share, and stay."""
    bench = Bench(deployment(4, surge=0, unavailable=1, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    bench.data.set_pod(max(bench.data.pods()), listening=False)
    bench.run(130)
    assert bench.ready()[2] == 3
    bench.patch({"paused": True})
    name = name_of(bench.sets()[1])
    bench.api.patch("ReplicaSet", name, {"spec": {"replicas": 2}}, subresource="scale")
    bench.run(150)
    assert bench.sizes()[1] > 0


def test_percentages_follow_the_size_at_the_moment_of_the_sync() -> None:
    """A quarter of 10 is 3 and 2, of 20 it is 5 and 5, though the rollout stands half-way."""
    bench = stuck(10, container=READY)
    assert bench.sizes() == {1: 8, 2: 5}
    assert remembered(bench) == {("10", "13")}
    bench.patch({"replicas": 20})
    bench.run(100)
    assert remembered(bench) == {("20", "25")}
    # 8 x 25 / 13 = 15.4 and 5 x 25 / 13 = 9.6; the budget of 20 - 5 then takes nothing more.
    assert bench.sizes() == {1: 15, 2: 10}
    bench.run(120)
    assert bench.sizes() == {1: 15, 2: 10}


def test_a_set_whose_size_stays_is_told_the_new_size_all_the_same() -> None:
    bench = stuck(10, surge=0, unavailable=1, container=READY)
    assert bench.sizes() == {1: 9, 2: 1}
    bench.patch({"replicas": 11})
    bench.run(91)
    assert bench.sizes() == {1: 10, 2: 1}
    assert remembered(bench) == {("11", "11")}


@pytest.mark.parametrize(("replicas", "expected"), [(0, {1: 0, 2: 0}), (3, {1: 4, 2: 2})])
def test_scaling_down_in_a_stuck_rollout_shares_what_is_left(replicas, expected) -> None:
    """8 x 6 / 13 = 3.7 and 5 x 6 / 13 = 2.3; only afterwards the rollout takes its next step."""
    bench = stuck(**WORKED)
    steps = len(bench.size_steps())
    bench.patch({"replicas": replicas})
    bench.run(91)
    assert bench.size_steps()[steps + 1] == expected
