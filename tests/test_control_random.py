"""Many random histories of one Deployment under the checkers; and then, left alone, it finishes.

A failing example prints its arguments; `rehearse(**arguments)` replays it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from control_bench import NEVER, Bench, deployment, slow
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import Invalid, RolloutError
from sim.model.behaviour import Behaviour, Reaction
from sim.model.pod import is_active
from sim.model.revision import undo_patch
from sim.model.rollout import is_rolling
from sim.model.rollout_status import rollout_status

PROBE = {"httpGet": {"port": 8080}, "periodSeconds": 2}
BEHAVIOURS = {
    "web:1": Behaviour(startup_seconds=1.0),
    "web:2": slow(4.0, reaction=Reaction.EXIT),
    "web:3": slow(NEVER),
    "web:4": slow(2.0, reaction=Reaction.IGNORE),
    "web:5": slow(3.0, base_memory_bytes=1.0, leak_bytes_per_second=1e7),  # Dies every 10 s.
}

amount = st.integers(0, 4) | st.sampled_from(["0%", "1%", "25%", "50%", "100%"])
deed = st.one_of(
    st.tuples(st.just("release"), st.sampled_from(sorted(BEHAVIOURS))),
    st.tuples(st.just("scale"), st.integers(0, 12)),
    st.tuples(st.just("pause"), st.booleans()),
    st.tuples(st.just("budget"), st.tuples(amount, amount)),
    st.tuples(st.just("recreate"), st.just(None)),
    st.tuples(st.just("delete pods"), st.integers(1, 4)),
    st.tuples(st.just("kill pods"), st.integers(1, 4)),
    st.tuples(st.just("min ready"), st.sampled_from([0, 2, 8])),
    st.tuples(st.just("break"), st.integers(0, 4)),
    st.tuples(st.just("lose node"), st.integers(0, 2)),
    st.tuples(st.just("return node"), st.integers(0, 2)),
    st.tuples(st.just("drain"), st.integers(0, 2)),
    st.tuples(st.just("uncordon"), st.integers(0, 2)),
    st.tuples(st.just("undo"), st.just(None)),
    st.tuples(st.just("restart"), st.integers(0, 9)),
    st.tuples(st.just("scale a set"), st.tuples(st.integers(0, 3), st.integers(0, 12))),
    st.tuples(st.just("quota"), st.none() | st.integers(0, 14)),
    st.tuples(st.just("remake"), st.sampled_from(["Background", "Orphan"])),
)


def do(bench: Bench, what: str, value: Any) -> None:
    """One deed of a person, or a fault."""
    match what:
        case "release":
            bench.release(value, **CONTAINER)
        case "scale":
            bench.patch({"replicas": value})
        case "pause":
            bench.patch({"paused": value})
        case "budget":
            rolling = {"maxSurge": value[0], "maxUnavailable": value[1]}
            bench.patch({"strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}})
        case "recreate":
            bench.patch({"strategy": {"type": "Recreate", "rollingUpdate": None}})
        case "min ready":
            bench.patch({"minReadySeconds": value})
        case "lose node":
            bench.plane.lose_node(f"node-{value}")
        case "return node":
            bench.plane.return_node(f"node-{value}")
        case "drain":
            bench.plane.drain(f"node-{value}")
        case "uncordon":
            bench.plane.cordon(f"node-{value}", unschedulable=False)
        case "undo":
            if patch := undo_patch(bench.web(), list(bench.sets().values()), None):
                bench.api.patch("Deployment", "web", patch)
        case "restart":
            note = {"kubectl.kubernetes.io/restartedAt": str(value)}
            bench.patch({"template": {"metadata": {"annotations": note}}})
        case "scale a set":
            if sets := bench.api.list("ReplicaSet"):
                name = sets[value[0] % len(sets)]["metadata"]["name"]
                size = {"spec": {"replicas": value[1]}}
                bench.api.patch("ReplicaSet", name, size, subresource="scale")
        case "quota":
            allow(bench, value)
        case "remake":
            spec = bench.web()["spec"]
            bench.api.delete("Deployment", "web", propagation_policy=value)
            bench.run(bench.env.now + 5.0)
            bench.api.create({**deployment(1), "spec": spec})
            bench.run(bench.env.now + 5.0)
        case "break":
            for number in list(bench.data.pods())[:value]:
                bench.data.set_pod(number, listening=False)  # A fault: readiness will notice.
        case _:
            grace = 0 if what == "kill pods" else None
            for pod in bench.pods()[:value]:
                name = pod["metadata"]["name"]
                bench.api.delete("Pod", name, grace_period_seconds=grace)


def allow(bench: Bench, pods: int | None) -> None:
    """Let the namespace have so many pods; None: as many as it likes."""
    if bench.api.find("ResourceQuota", "team") is not None:
        bench.api.delete("ResourceQuota", "team")
    if pods is not None:
        spec = {"hard": {"pods": pods}}
        bench.api.create({"kind": "ResourceQuota", "metadata": {"name": "team"}, "spec": spec})


CONTAINER = {
    "readinessProbe": PROBE,
    "livenessProbe": {**PROBE, "initialDelaySeconds": 6, "failureThreshold": 3},
    "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
}


def rehearse(
    pods: int,
    budget: tuple[Any, Any],
    deeds: list[tuple[float, tuple[str, Any]]],
    seed: int,
    *,
    heal: bool = True,
) -> Bench:
    """One random history; afterwards nobody disturbs it any more.

    Nodes are back and quotas lifted, it is resumed, and with *heal* a version that is known to work
    is released. A set that a quota refused may be held back for as long as that lasted, at most ten
    minutes here, and then a version that never gets ready has ten more of its deadline.
    """
    grace = {"terminationGracePeriodSeconds": 4}
    surge, unavailable = budget if budget != (0, 0) else (1, 0)
    try:
        first = deployment(pods, surge=surge, unavailable=unavailable)
        first["spec"]["template"]["spec"] |= grace
        bench = Bench(first, BEHAVIOURS, seed=seed, memory_limit=1e8)
    except Invalid:  # Both literally zero: the API server does not take it.
        first = deployment(pods)
        bench = Bench(first, BEHAVIOURS, seed=seed, memory_limit=1e8)
    bench.run(10.0)
    for pause, (what, value) in deeds:
        bench.run(bench.env.now + pause)
        try:
            do(bench, what, value)
        except (Invalid, RolloutError):
            continue
    bench.run(bench.env.now + 1.0)
    allow(bench, None)
    for node in ("node-0", "node-1", "node-2"):
        bench.plane.return_node(node)
        bench.plane.cordon(node, unschedulable=False)
    if not is_rolling(bench.web()) and sum(size > 0 for size in bench.sizes().values()) > 1:
        # Scaled now, two sets under Recreate would stand for ever, as upstream's do.
        do(bench, "budget", ("25%", "25%"))
    bench.patch({"paused": False})
    if heal:
        bench.patch({"minReadySeconds": 0})
        bench.release("web:1", **CONTAINER)
    bench.run(bench.env.now + (1200.0 if heal else 1800.0))
    return bench


HISTORIES = {
    "pods": st.integers(0, 10),
    "budget": st.tuples(amount, amount),
    "deeds": st.lists(st.tuples(st.floats(0.005, 20.0) | st.just(70.0), deed), max_size=8),
    "seed": st.integers(0, 2**40),
}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(**HISTORIES)
def test_whatever_is_done_no_bound_breaks_and_in_the_end_the_rollout_finishes(**history) -> None:
    verify(rehearse(**history))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(**HISTORIES)
def test_left_alone_every_rollout_completes_or_says_why(**history) -> None:
    assert verdict(rehearse(**history, heal=False))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_five_hundred_more_histories(part: int) -> None:
    """The command for ten thousand is `python benchmarks/random_histories.py 10000`."""
    report = histories(range(1000 + 125 * part, 1000 + 125 * (part + 1)))
    assert report == []


def histories(numbers: Iterable[int]) -> list[str]:
    """Rehearse the histories with those numbers; what went wrong, one line each."""
    wrong = []
    for number in numbers:
        history = drawn(number)
        try:
            verify(rehearse(**history))
            assert verdict(rehearse(**history, heal=False)), "neither complete nor said why"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for.
            wrong.append(f"{number}: {type(error).__name__}: {error}; rehearse(**{history!r})")
    return wrong


def drawn(number: int) -> dict[str, Any]:
    """History *number*: the same arguments whenever it is asked for."""
    dice = random.Random(number)

    def some_amount() -> int | str:
        return dice.choice([0, 1, 2, 3, 4, "0%", "1%", "25%", "50%", "100%"])

    kinds: dict[str, list[Any]] = {
        "release": sorted(BEHAVIOURS),
        "scale": list(range(13)),
        "pause": [True, False],
        "recreate": [None],
        "delete pods": [1, 2, 3, 4],
        "kill pods": [1, 2, 3, 4],
        "min ready": [0, 2, 8],
        "break": [0, 1, 2, 3, 4],
        "lose node": [0, 1, 2],
        "return node": [0, 1, 2],
        "drain": [0, 1, 2],
        "uncordon": [0, 1, 2],
        "undo": [None],
        "restart": list(range(10)),
        "budget": [None],
        "scale a set": [(which, size) for which in range(3) for size in (0, 1, 5, 12)],
        "quota": [None, 0, 3, 8, 12],
        "remake": ["Background", "Orphan"],
    }

    def some_deed() -> tuple[str, Any]:
        what = dice.choice(sorted(kinds))
        if what == "budget":
            return what, (some_amount(), some_amount())
        return what, dice.choice(kinds[what])

    def some_pause() -> float:
        return dice.choice([dice.uniform(0.005, 2.0), dice.uniform(0.005, 20.0), 70.0])

    return {
        "pods": dice.randint(0, 10),
        "budget": (some_amount(), some_amount()),
        "deeds": [(some_pause(), some_deed()) for _ in range(dice.randint(0, 10))],
        "seed": number,
    }


def verdict(bench: Bench) -> str:
    """How the rollout stands: complete, too late, or what keeps its pods from starting; or ''."""
    status = rollout_status(bench.web())
    if status.done or status.failed:
        return status.line
    # What was complete once, and now has all its pods and no readiness, has no deadline any more.
    wanted, counts = bench.web()["spec"]["replicas"], bench.web()["status"]
    whole = counts["replicas"] == counts["updatedReplicas"] == wanted
    if whole and bench.progressing()[1] == "NewReplicaSetAvailable":
        return status.line
    # A version that gets ready before it dies makes progress each time, as upstream counts it.
    ends = [
        one["lastState"]["terminated"]["reason"]
        for pod in bench.pods()
        for one in pod["status"].get("containerStatuses", ())
        if one["restartCount"] > 3 and "terminated" in one["lastState"]
    ]
    return next((reason for reason in ends if reason == "OOMKilled"), "")


def verify(bench: Bench) -> None:
    """After all was healed everything is as it was asked for."""
    web = bench.web()
    assert rollout_status(web).done, rollout_status(web).line
    wanted = web["spec"]["replicas"]
    images = [pod["spec"]["containers"][0]["image"] for pod in bench.pods()]
    assert images == ["web:1"] * wanted
    assert all(map(is_active, bench.pods()))
    assert len(bench.data.pods()) == wanted
    published = bench.api.list("EndpointSlice")[0]["endpoints"]
    assert sum(entry["conditions"]["ready"] for entry in published) == wanted
    assert bench.plane.heard_by_all()
    bench.checks.verify()
