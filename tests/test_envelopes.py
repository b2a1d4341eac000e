"""Envelopes: what was measured on a real control plane (section 21), over several seeds.

A real API server, controllers and scheduler (v1.32.13) with an imitated kubelet, 28 rollouts. Such
a cluster is not deterministic, and this one differs from seed to seed: bounds, end states,
durations and the order of a start are compared, not sequences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

import pytest
from control_bench import NEVER, READY, Bench, deployment, slow

from sim.errors import RolloutError
from sim.model.behaviour import Delays
from sim.model.objects import annotations_of, condition, is_true, name_of
from sim.model.pod import is_active, is_ready
from sim.model.revision import REVISION, undo_patch
from sim.model.rollout import fenceposts_of
from sim.model.rollout_status import rollout_status

SEEDS = range(4)
START = 60.0  # When the release is written; the first version has long been up.


def imitated(low: float, high: float) -> Delays:
    """A kubelet that makes a pod Ready so many seconds after it heard of it, and no data plane."""
    return replace(Delays(), sandbox=(low, high), pull=(0.0, 0.0), relist=0.0)


def released(pods: int, seed: int, *, ready: tuple[float, float] = (3.1, 3.5), **spec) -> Bench:
    """A bench at second 60 with image web:2 just written, on an imitated kubelet."""
    behaviours = spec.pop("behaviours", {})
    bench = Bench(deployment(pods, **spec), behaviours, delays=imitated(*ready), seed=seed)
    bench.run(START)
    bench.release("web:2", **spec.get("container", {}))
    return bench


def finished(bench: Bench, latest: float = 300.0) -> float:
    """When `rollout status` says so; seconds since the release."""
    return bench.run_until(lambda: rollout_status(bench.web()).done, latest) - START


def stuck_after(seed: int, pods: int, surge: int, unavailable: int, **spec) -> Bench:
    """Thirty seconds into a release that never gets ready."""
    never = {"web:2": slow(NEVER)}
    bounds = {"surge": surge, "unavailable": unavailable, "container": READY}
    bench = released(pods, seed, behaviours=never, **bounds, **spec)
    bench.run(START + 30)
    return bench


def undo(bench: Bench, revision: int | None = None) -> None:
    """What `kubectl rollout undo` writes."""
    patch = undo_patch(bench.web(), list(bench.sets().values()), revision)
    bench.api.patch("Deployment", "web", patch)


def rows(bench: Bench) -> Iterator[tuple[int, int]]:
    """After every write since the release: the sum of wanted sizes, and the ready active pods."""
    sizes: dict[str, int] = {}
    ready: set[str] = set()
    for change in bench.api.history:
        name = name_of(change.object)
        if change.object["kind"] == "ReplicaSet":
            sizes[name] = change.object["spec"]["replicas"]
        elif change.object["kind"] == "Pod":
            gone = change.verb == "DELETED" or not is_active(change.object)
            (ready.discard if gone or not is_ready(change.object) else ready.add)(name)
        if change.time > START:
            yield sum(sizes.values()), len(ready)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("pods", "surge", "unavailable", "resolved"),
    [
        (10, "25%", "25%", (3, 2)),
        (1, "25%", "25%", (1, 0)),
        (7, "30%", "30%", (3, 2)),
        (10, 2, 1, (2, 1)),
        (4, 1, 1, (1, 1)),
        (10, 0, 3, (0, 3)),
    ],
)
def test_bounds_hold_at_every_row_of_every_rollout(
    pods, surge, unavailable, resolved, seed
) -> None:
    bench = released(pods, seed, surge=surge, unavailable=unavailable)
    finished(bench)
    posts = fenceposts_of(bench.web())
    assert (posts.surge, posts.unavailable) == resolved
    wanted, ready = zip(*rows(bench), strict=True)
    assert max(wanted) == pods + resolved[0]  # Reached, and never passed.
    assert min(ready) == pods - resolved[1]
    bench.checks.verify()


@pytest.mark.parametrize("seed", SEEDS)
def test_success_comes_while_old_pods_wind_up_and_more_processes_run_than_the_ceiling(seed) -> None:
    """4 pods, surge 1, 12 s of termination: done after about 5.6 s, the last old pod gone at 17.6,
    and 8 pods there at once."""
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 12}}}}
    bounds = {"surge": 1, "unavailable": 1, "container": hook}
    bench = released(4, seed, ready=(2.6, 2.6), **bounds)
    done = finished(bench)
    assert done == pytest.approx(5.6, abs=0.3)
    most = len(bench.pods())
    gone = bench.run_until(lambda: len(bench.pods()) == 4, latest=120) - START
    assert most == 8
    assert gone == pytest.approx(17.6, abs=0.4)


@pytest.mark.parametrize("seed", range(8))
def test_a_start_creates_at_the_surge_then_shrinks_then_grows(seed) -> None:
    """1:10 -> 2:2 -> 1:9 -> 2:3, all within some tenths of a second."""
    bench = released(10, seed, surge=2, unavailable=1)
    bench.run(START + 2)
    assert bench.size_steps()[1:] == [{1: 10, 2: 2}, {1: 9, 2: 2}, {1: 9, 2: 3}]
    times = [e.time for e in bench.plane.events if e.reason == "ScalingReplicaSet"][1:]
    assert times[0] - START < 0.2
    assert times[-1] - times[0] < 0.3


def test_durations_stay_in_the_envelope_and_the_sizes_between_differ() -> None:
    """Surge 2, unavailable 1 of 10: 13.4 to 14.1 s and 16 to 19 distinct size pairs, of four."""
    durations, pairs, paths = [], [], set()
    for seed in SEEDS:
        bench = released(10, seed, surge=2, unavailable=1)
        durations.append(finished(bench))
        path = tuple((step[1], step[2]) for step in bench.size_steps()[1:])
        pairs.append(len(set(path)))
        paths.add(path)
        assert bench.sizes() == {1: 0, 2: 10}
    assert 13.2 < min(durations) and max(durations) < 14.3
    assert 14 <= min(pairs) and max(pairs) <= 20
    assert len(paths) > 1


def test_a_newly_available_pod_is_answered_by_the_next_scale_in_hundredths_of_a_second() -> None:
    """Median 0.02 s, 5 % to 95 %: 0.006 to 0.21 s, of 236 cases."""
    answers = []
    for seed in range(12):
        bench = released(10, seed, surge=1, unavailable=0)
        finished(bench)
        scales = [e.time for e in bench.plane.events if e.reason == "ScalingReplicaSet"]
        ready = [
            span.start
            for span in bench.plane.pod_spans(bench.env.now)
            if span.phase == "ready" and span.start > START
        ]
        answers += [min(t for t in scales if t > since) - since for since in sorted(ready)]
    assert len(answers) == 120
    answers.sort()
    assert 0.006 <= answers[6] and answers[-7] <= 0.21
    assert 0.01 <= median(answers) <= 0.1


@pytest.mark.parametrize("seed", range(8))
def test_available_follows_ready_by_min_ready_seconds_and_little_more(seed) -> None:
    """minReadySeconds 5: 5.01 to 5.02 s, as far as status updates tell."""
    bench = released(3, seed, surge=1, unavailable=0, minReadySeconds=5)
    finished(bench)
    delays = []
    for before, after in pairwise(
        change
        for change in bench.api.history
        if change.object["kind"] == "ReplicaSet"
        and change.time > START
        and annotations_of(change.object)[REVISION] == "2"
    ):
        was = before.object["status"].get("availableReplicas", 0)
        now = after.object["status"].get("availableReplicas", 0)
        if now > was:
            delays.append(after.time)
    ready = sorted(
        span.start
        for span in bench.plane.pod_spans(bench.env.now)
        if span.phase == "ready" and span.start > START
    )
    found = [told - since for told, since in zip(delays, ready, strict=True)]
    assert 5.0 < min(found) and max(found) < 5.05


@pytest.mark.parametrize("seed", range(8))
def test_a_version_that_is_never_ready_stands_and_is_told_of_after_its_deadline(seed) -> None:
    """4 pods, 1/1: 1:3, 2:2; 0.1 to 0.9 s after the deadline, counted from the last progress."""
    bench = stuck_after(seed, 4, 1, 1, progressDeadlineSeconds=60)
    assert bench.sizes() == {1: 3, 2: 2}
    progress = [
        condition(change.object, "Progressing")
        for change in bench.api.history
        if change.object["kind"] == "Deployment"
    ]
    last = max(one["lastUpdateTime"] for one in progress if one is not None)
    late = bench.run_until(lambda: bench.progressing()[0] == "False", 200) - (last + 60)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")
    # The recheck waits a second after a time that the API cuts to whole seconds: 0 to 1 s late.
    assert 0.0 <= late <= 1.1
    assert rollout_status(bench.web()).failed
    assert is_true(bench.web(), "Available")
    bench.run(bench.env.now + 300)
    assert bench.sizes() == {1: 3, 2: 2}


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_of_a_stuck_rollout_empties_the_bad_set_at_once(seed) -> None:
    bench = stuck_after(seed, 4, 1, 1)
    old = name_of(bench.sets()[1])
    steps = len(bench.size_steps())
    undo(bench)
    bench.run(bench.env.now + 0.5)
    assert bench.sizes() == {2: 0, 3: 4}
    assert name_of(bench.sets()[3]) == old
    # Both not-ready pods go in one step, and nothing else does.
    assert {1: 3, 2: 0} in bench.size_steps()[steps:] or {1: 4, 2: 0} in bench.size_steps()[steps:]
    bench.run(bench.env.now + 30)
    assert rollout_status(bench.web()).done


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_in_the_middle_first_cuts_what_is_not_ready_and_then_rolls_back(seed) -> None:
    """10 pods, 2/1, undone at 1:3, 2:9 with three of the nine not ready: 9 -> 6 first."""
    bench = released(10, seed, surge=2, unavailable=1)

    def in_the_middle() -> bool:
        counted = [rs["status"]["replicas"] for rs in bench.api.list("ReplicaSet")]
        return counted == [3, 9] and bench.ready() == {1: 3, 2: 6}

    bench.run_until(in_the_middle, START + 30)
    steps = len(bench.size_steps())
    undo(bench)
    bench.run(bench.env.now + 1.0)
    cuts = [step[2] for step in bench.size_steps()[steps:]]
    assert next(size for size in cuts if size != 9) == 6
    bench.run_until(lambda: rollout_status(bench.web()).done, START + 120)
    assert bench.sizes() == {2: 0, 3: 10}
    assert annotations_of(bench.web())[REVISION] == "3"
    wanted, ready = zip(*rows(bench), strict=True)
    assert max(wanted) <= 12 and min(ready) >= 9


def test_an_undo_in_the_moment_of_a_scale_step_may_dip_below_the_minimum_as_upstream_does() -> None:
    """1 was cut to 3 and still counts 4 available: upstream spends the one that is going.

    (rolling.go, reconcileOldReplicaSets: newRS.Status.AvailableReplicas, whatever its size)
    """
    bench = released(10, 0, surge=2, unavailable=1)
    bench.run_until(lambda: bench.sizes() == {1: 3, 2: 9}, START + 30)
    told = bench.sets()[1]["status"]["availableReplicas"]
    assert told == 4 and bench.ready()[2] == 6
    undo(bench)
    bench.run_until(lambda: rollout_status(bench.web()).done, START + 120)
    assert min(ready for _, ready in rows(bench)) == 8
    bench.checks.verify()


@pytest.mark.parametrize("seed", SEEDS)
def test_recreate_makes_its_new_set_only_when_the_last_old_pod_is_gone(seed) -> None:
    """With 3 s of termination 3.5 s without a set, and without availability."""
    first = deployment(4, container={"lifecycle": {"preStop": {"sleep": {"seconds": 3}}}})
    first["spec"]["strategy"] = {"type": "Recreate"}
    bench = Bench(first, delays=imitated(2.0, 2.5), seed=seed)
    bench.run(START)
    bench.release("web:2")
    emptied = bench.run_until(lambda: bench.sizes() == {1: 0}, START + 1)
    assert emptied - START < 0.2  # All at once.
    made = bench.run_until(lambda: 2 in bench.sets(), START + 10)
    assert made - START == pytest.approx(3.3, abs=0.4)
    gone = [c.time for c in bench.api.history if c.verb == "DELETED" and c.object["kind"] == "Pod"]
    assert len(gone) == 4 and max(gone) <= made
    assert not is_true(bench.web(), "Available")
    bench.run(START + 30)
    assert is_true(bench.web(), "Available") and rollout_status(bench.web()).done


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pause_freezes_sizes_at_once_and_a_resume_takes_a_large_step(seed) -> None:
    """10 pods, surge 1 and 4: pods under way get ready meanwhile, so resuming has much to do."""
    bench = released(10, seed, surge=3, unavailable=2, ready=(5.0, 6.0))
    bench.run(START + 2)
    assert bench.sizes() == {1: 8, 2: 5} and bench.ready()[2] == 0
    bench.patch({"paused": True})
    bench.run(START + 2.5)
    assert bench.progressing() == ("Unknown", "DeploymentPaused")
    bench.run(START + 60)
    assert bench.sizes() == {1: 8, 2: 5} and bench.ready() == {1: 8, 2: 5}
    steps = len(bench.size_steps())
    bench.patch({"paused": False})
    bench.run_until(lambda: bench.progressing()[1] == "DeploymentResumed", START + 61)
    bench.run(START + 61)
    assert bench.size_steps()[steps : steps + 2] == [{1: 3, 2: 5}, {1: 3, 2: 10}]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_image_changes_while_paused_make_one_new_revision(seed) -> None:
    bench = Bench(deployment(4), delays=imitated(2.0, 2.5), seed=seed)
    bench.run(START)
    bench.patch({"paused": True})
    for image in ("web:2", "web:3"):
        bench.run(bench.env.now + 1)
        bench.release(image)
    bench.patch({"paused": False})
    bench.run(START + 60)
    assert bench.sizes() == {1: 0, 2: 4}
    assert {pod["spec"]["containers"][0]["image"] for pod in bench.pods()} == {"web:3"}


@pytest.mark.parametrize("seed", SEEDS)
def test_scaling_a_stuck_rollout_is_proportional(seed) -> None:
    """10 -> 15 at 1:8, 2:5 of 3/2 gives 1:11, 2:7."""
    bench = stuck_after(seed, 10, 3, 2)
    assert bench.sizes() == {1: 8, 2: 5}
    bench.patch({"replicas": 15})
    bench.run(bench.env.now + 1)
    assert bench.sizes() == {1: 11, 2: 7}


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_to_a_revision_moves_its_number_and_a_missing_one_is_refused(seed) -> None:
    bench = Bench(deployment(2, revisionHistoryLimit=2), delays=imitated(1.0, 1.5), seed=seed)
    for number in (2, 3, 4):
        bench.run(bench.env.now + START)
        bench.release(f"web:{number}")
    bench.run(bench.env.now + START)
    assert sorted(bench.sets()) == [2, 3, 4]  # Two old sets beside the present one.
    undo(bench, 3)
    bench.run(bench.env.now + START)
    assert sorted(bench.sets()) == [2, 4, 5]
    assert bench.pods()[0]["spec"]["containers"][0]["image"] == "web:3"
    with pytest.raises(RolloutError) as refused:
        undo(bench, 1)
    assert str(refused.value) == "unable to find specified revision 1 in history"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_terminating_pod_serves_in_its_slice_and_ready_ones_stay_enough(seed) -> None:
    """ready=false, serving=true, terminating=true until it is gone; never under the minimum."""
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 6}}}}
    bench = released(10, seed, surge=2, unavailable=1, container=hook)
    finished(bench)
    bench.run(START + 40)
    terminating = set()
    for change in bench.api.history:
        if change.object["kind"] == "EndpointSlice" and change.time > START:
            told = [tuple(one["conditions"].values()) for one in change.object["endpoints"]]
            assert sum(ready for ready, _, _ in told) >= 9
            terminating |= {one for one in told if one[2]}
    assert (False, True, True) in terminating
    # Only the kubelet's last word, between the end of the process and the object's, is not ready.
    assert terminating <= {(False, True, True), (False, False, True)}


@pytest.mark.parametrize("seed", SEEDS)
def test_after_about_ten_events_the_wording_changes(seed) -> None:
    bench = released(12, seed, surge=1, unavailable=0, ready=(1.0, 1.2))
    finished(bench)
    marked = [note.startswith("(combined from similar events): ") for note in bench.scaling_notes()]
    assert marked == sorted(marked)
    assert 8 <= marked.index(True) <= 11 and len(marked) > 15
