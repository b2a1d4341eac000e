"""Stories of rolling updates on the real controllers, without traffic."""

from __future__ import annotations

import pytest
from control_bench import NEVER, READY, WORKED, Bench, deployment, slow, stuck

from sim.model.behaviour import Behaviour, Reaction
from sim.model.objects import condition, is_true
from sim.model.pod import is_active
from sim.model.rollout_status import rollout_status


def test_a_version_that_is_never_ready_stops_at_13_pods_8_old_and_5_new() -> None:
    bench = stuck(**WORKED)
    assert bench.sizes() == {1: 8, 2: 5}
    status = bench.web()["status"]
    counts = [status[f"{which}Replicas"] for which in ("updated", "available", "unavailable")]
    assert (status["replicas"], counts) == (13, [5, 8, 5])
    bench.run(2000)
    assert bench.sizes() == {1: 8, 2: 5}
    assert bench.ready() == {1: 8, 2: 0}
    assert is_true(bench.web(), "Available")
    bench.checks.verify()


@pytest.mark.parametrize("seed", range(8))
def test_the_deadline_turns_the_condition_within_a_second_of_the_last_progress(seed) -> None:
    """Measured: 0.1 to 0.9 s after the deadline, counted from the last progress."""
    first = deployment(4, surge=1, unavailable=1, container=READY, progressDeadlineSeconds=30)
    bench = Bench(first, {"web:2": slow(NEVER)}, seed=seed)
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(80)
    found = condition(bench.web(), "Progressing")
    assert found is not None and found["reason"] == "ReplicaSetUpdated"
    last = found["lastUpdateTime"]
    turned = bench.run_until(lambda: bench.progressing()[0] == "False", latest=120)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")
    assert 0.0 < turned - (last + 30) < 1.1
    assert rollout_status(bench.web()).failed
    assert bench.sizes() == {1: 3, 2: 2}
    assert is_true(bench.web(), "Available")
    bench.run(300)
    assert bench.sizes() == {1: 3, 2: 2}  # Nothing is rolled back by itself.


def test_a_late_version_finishes_after_its_deadline_and_is_progressing_again() -> None:
    first = deployment(4, container=READY, progressDeadlineSeconds=20)
    bench = Bench(first, {"web:2": slow(60.0)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(100)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")
    bench.run(400)
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert bench.sizes() == {1: 0, 2: 4}


def test_a_finished_deployment_whose_pods_fail_later_never_exceeds_its_deadline() -> None:
    """Section 2.9: once the reason is NewReplicaSetAvailable nothing is timed."""
    bench = Bench(deployment(3, container=READY, progressDeadlineSeconds=20))
    bench.run(60)
    assert rollout_status(bench.web()).done
    for number in bench.data.pods():
        bench.data.set_pod(number, listening=False)
    bench.run(400)
    assert bench.ready() == {1: 0}
    assert not is_true(bench.web(), "Available")
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert not rollout_status(bench.web()).failed


def test_no_deadline_means_no_progressing_condition() -> None:
    bench = stuck(4, container=READY, progressDeadlineSeconds=2**31 - 1)
    assert condition(bench.web(), "Progressing") is None


@pytest.mark.parametrize(
    ("surge", "unavailable", "start"),
    [
        (2, 1, [{1: 10, 2: 2}, {1: 9, 2: 2}, {1: 9, 2: 3}]),
        (3, 2, [{1: 10, 2: 3}, {1: 8, 2: 3}, {1: 8, 2: 5}]),
        (1, 0, [{1: 10, 2: 1}]),
        (0, 1, [{1: 10, 2: 0}, {1: 9, 2: 0}, {1: 9, 2: 1}]),
    ],
)
def test_a_rollout_starts_with_the_sizes_seen_on_a_real_cluster(surge, unavailable, start) -> None:
    bench = stuck(10, surge=surge, unavailable=unavailable, container=READY)
    assert bench.size_steps()[1:] == start


def test_creation_and_the_first_shrinking_are_one_sync_and_the_growth_after_it_another() -> None:
    bench = stuck(**WORKED)
    times = [e.time for e in bench.plane.events if e.reason == "ScalingReplicaSet"]
    assert bench.scaling_notes()[1:] == [
        note.format(*names(bench))
        for note in (
            "Scaled up replica set {1} from 0 to 3",
            "Scaled down replica set {0} from 10 to 8",
            "Scaled up replica set {1} from 3 to 5",
        )
    ]
    assert times[1] == times[2] < times[3] < times[2] + 0.5


def names(bench: Bench) -> list[str]:
    return [rs["metadata"]["name"] for rs in bench.api.list("ReplicaSet")]


@pytest.mark.parametrize(("surge", "unavailable"), [(2, 1), ("25%", "25%"), (0, 3), (1, 0)])
def test_a_rollout_keeps_its_bounds_at_every_step(surge, unavailable) -> None:
    bench = Bench(deployment(10, surge=surge, unavailable=unavailable, container=READY))
    bench.run(60)
    posts = {(2, 1): (12, 9), ("25%", "25%"): (13, 8), (0, 3): (10, 7), (1, 0): (11, 10)}
    ceiling, minimum = posts[surge, unavailable]
    bench.release("web:2", **READY)
    least = 10

    def step() -> bool:
        nonlocal least
        ready = [pod for pod in bench.pods() if is_active(pod) and is_true(pod, "Ready")]
        least = min(least, len(ready))
        return bench.sizes() == {1: 0, 2: 10} and rollout_status(bench.web()).done

    bench.run_until(step, latest=200)
    assert least == minimum
    assert max(sum(sizes.values()) for sizes in bench.size_steps()) == ceiling
    bench.checks.verify()


def test_success_does_not_wait_for_old_pods_that_terminate() -> None:
    """Measured: replicas 4, surge 1, 12 s termination: 8 new or terminating pods at once."""
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 12}}}}
    bench = Bench(deployment(4, surge=1, unavailable=1, container=READY | hook))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run_until(lambda: rollout_status(bench.web()).done, latest=75)
    assert len(bench.pods()) == 8
    assert bench.web()["status"]["terminatingReplicas"] == 4
    bench.run(90)
    assert len(bench.pods()) == 4


def test_min_ready_seconds_delays_availability_but_not_readiness() -> None:
    """Measured: with minReadySeconds 5, available follows ready by 5.01 to 5.02 s."""
    first = deployment(1, minReadySeconds=5, container=READY)
    bench = Bench(first)
    bench.run_until(lambda: bench.ready().get(1) == 1, latest=30)
    [pod] = bench.pods()
    found = condition(pod, "Ready")
    assert found is not None
    since = found["lastTransitionTime"]
    assert bench.web()["status"].get("availableReplicas", 0) == 0
    rs_says = bench.run_until(
        lambda: bench.sets()[1]["status"].get("availableReplicas") == 1, latest=40
    )
    assert 5.0 < rs_says - since <= 5.05
    bench.run(40)
    assert rollout_status(bench.web()).done


def test_undo_in_the_middle_gives_the_old_set_a_new_number_and_removes_unready_pods_first() -> None:
    """Measured of 10, 2/1: the other set is first cut by its pods that are not ready."""
    bench = stuck(10, surge=2, unavailable=1, container=READY)
    assert bench.sizes() == {1: 9, 2: 3}
    old = names(bench)[0]
    bench.release("web:1", **READY)
    bench.run(200)
    assert bench.sizes() == {2: 0, 3: 10}
    assert bench.sets()[3]["metadata"]["name"] == old
    notes = bench.sets()[3]["metadata"]["annotations"]
    assert notes["deployment.kubernetes.io/revision-history"] == "1"
    assert bench.web()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    down = [note for note in bench.scaling_notes() if names(bench)[1] in note and "down" in note]
    assert down[0].endswith("from 3 to 0")
    assert rollout_status(bench.web()).done


def test_a_third_version_in_mid_rollout_starts_at_nothing_and_takes_unready_pods_first() -> None:
    bench = stuck(**WORKED)
    bench.release("web:3", **READY)
    steps = len(bench.size_steps())
    bench.run(300)
    after = bench.size_steps()[steps:]
    assert after[0] == {1: 8, 2: 5, 3: 0}
    assert after[1] == {1: 8, 2: 0, 3: 0}
    assert bench.sizes() == {1: 0, 2: 0, 3: 10}
    assert rollout_status(bench.web()).done


def test_of_several_old_sets_the_oldest_goes_to_nothing_before_the_next() -> None:
    """Three versions serve together for a while; nothing interleaves."""
    bench = Bench(deployment(6, surge=1, unavailable=0, container=READY), {"web:3": slow(8.0)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run_until(lambda: bench.ready().get(2) == 3, latest=120)
    steps = len(bench.size_steps())
    bench.release("web:3", **READY)
    bench.run(300)
    after = bench.size_steps()[steps:]
    assert any(all(sizes[number] > 0 for number in (1, 2, 3)) for sizes in after if 3 in sizes)
    second = after[0][2]
    assert all(sizes[2] == second for sizes in after if sizes[1] > 0)
    assert bench.sizes() == {1: 0, 2: 0, 3: 6}
    assert rollout_status(bench.web()).done


def test_annotations_travel_to_the_new_set_but_revisions_do_not() -> None:
    bench = Bench(deployment(1, container=READY))
    bench.run(30)
    cause = {"kubernetes.io/change-cause": "bigger sails"}
    bench.api.patch("Deployment", "web", {"metadata": {"annotations": cause}})
    bench.release("web:2", **READY)
    bench.run(60)
    notes = bench.sets()[2]["metadata"]["annotations"]
    assert notes["kubernetes.io/change-cause"] == "bigger sails"
    assert notes["deployment.kubernetes.io/revision"] == "2"
    assert "kubernetes.io/change-cause" not in bench.sets()[1]["metadata"]["annotations"]


def test_a_newly_available_pod_is_answered_within_a_fifth_of_a_second() -> None:
    """Measured: median 0.02 s, 5 % to 95 %: 0.006 to 0.21 s."""
    bench = Bench(deployment(1, surge=1, unavailable=0, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(100)
    [ready_at] = [
        span.start
        for span in bench.plane.pod_spans(100)
        if span.phase == "ready" and span.start > 60
    ]
    answered = [e.time for e in bench.plane.events if "from 1 to 0" in e.note]
    assert 0.006 < answered[0] - ready_at < 0.21


def test_after_ten_similar_events_the_rest_are_marked_as_combined() -> None:
    bench = Bench(deployment(12, surge=1, unavailable=0, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(200)
    marked = [note.startswith("(combined from similar events): ") for note in bench.scaling_notes()]
    assert marked[:9] == [False] * 9
    assert all(marked[9:]) and len(marked) > 15


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    def history(seed: int) -> list[tuple[float, str, str]]:
        bench = Bench(deployment(6, surge=2, unavailable=1, container=READY), seed=seed)
        bench.run(60)
        bench.release("web:2", **READY)
        bench.run(120)
        return [(c.time, c.verb, str(c.object)) for c in bench.api.history]

    assert history(1) == history(1)
    assert [row[0] for row in history(1)] != [row[0] for row in history(2)]


def test_deleting_a_deployment_takes_its_sets_and_pods_with_it() -> None:
    bench = Bench(deployment(3, container=READY))
    bench.run(60)
    bench.api.delete("Deployment", "web")
    bench.run(120)
    left = [o["kind"] for o in bench.api.objects() if o["kind"] != "Node"]
    assert left == ["Service", "EndpointSlice"]
    assert bench.data.pods() == {}


def test_a_version_that_exits_at_sigterm_rolls_out_as_well() -> None:
    exits = Behaviour(reaction=Reaction.EXIT)
    bench = Bench(deployment(3, container=READY), {"web:1": exits})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    assert rollout_status(bench.web()).done and len(bench.pods()) == 3


def test_every_step_forward_restarts_the_clock_of_the_deadline() -> None:
    """Six steps of ten seconds under a deadline of fifteen: slow, but never late."""
    first = deployment(6, surge=1, unavailable=0, container=READY, progressDeadlineSeconds=15)
    bench = Bench(first, {"web:2": slow(9.0)})
    bench.run(60)
    bench.release("web:2", **READY)
    finished = bench.run_until(lambda: rollout_status(bench.web()).done, latest=200)
    assert finished - 60 > 50
    reasons = {
        found["reason"]
        for change in bench.api.history
        if (found := condition(change.object, "Progressing")) is not None
    }
    assert "ProgressDeadlineExceeded" not in reasons


def test_a_sync_that_grows_the_new_set_leaves_the_old_ones_to_the_next() -> None:
    """Only the sync that creates the new set does both, for creation gave it its size."""
    bench = stuck(**WORKED)
    times = [e.time for e in bench.plane.events if e.reason == "ScalingReplicaSet"]
    assert times[1] == times[2]
    rolling = {"maxSurge": 5, "maxUnavailable": 4}
    bench.patch({"strategy": {"rollingUpdate": rolling}})
    bench.run(100)
    assert bench.size_steps()[-3:] == [{1: 8, 2: 7}, {1: 6, 2: 7}, {1: 6, 2: 9}]
    up, down, again = [e.time for e in bench.plane.events if e.reason == "ScalingReplicaSet"][-3:]
    assert up < down < again < up + 0.2
