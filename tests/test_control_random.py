"""Many random histories of one Deployment under the checkers; and then, left alone, it finishes.

A failing example prints its arguments; `rehearse(**arguments)` replays it.
"""

from __future__ import annotations

from typing import Any

from control_bench import NEVER, Bench, deployment, slow
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import Invalid
from sim.model.behaviour import Behaviour, Reaction
from sim.model.pod import is_active
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
        case "break":
            for number in list(bench.data.pods())[:value]:
                bench.data.set_pod(number, listening=False)  # A fault: readiness will notice.
        case _:
            grace = 0 if what == "kill pods" else None
            for pod in bench.pods()[:value]:
                name = pod["metadata"]["name"]
                bench.api.delete("Pod", name, grace_period_seconds=grace)


CONTAINER = {
    "readinessProbe": PROBE,
    "livenessProbe": {**PROBE, "initialDelaySeconds": 6, "failureThreshold": 3},
    "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
}


def rehearse(
    pods: int, budget: tuple[Any, Any], deeds: list[tuple[float, tuple[str, Any]]], seed: int
) -> Bench:
    """One random history; afterwards all is healed, and the rollout has ten minutes to finish."""
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
        except Invalid:
            continue
    bench.run(bench.env.now + 1.0)
    bench.patch({"paused": False, "minReadySeconds": 0})
    bench.release("web:1", **CONTAINER)
    bench.run(bench.env.now + 600.0)
    return bench


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    pods=st.integers(0, 10),
    budget=st.tuples(amount, amount),
    deeds=st.lists(st.tuples(st.floats(0.005, 20.0), deed), max_size=8),
    seed=st.integers(0, 2**40),
)
def test_whatever_is_done_no_bound_breaks_and_in_the_end_the_rollout_finishes(
    pods, budget, deeds, seed
) -> None:
    bench = rehearse(pods, budget, deeds, seed)
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
