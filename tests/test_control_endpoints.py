"""Stories of endpoints: what the slice says, and which proxy hears of it when."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from control_bench import EXACT, READY, SERVICE, Bench, deployment, one, slow


def slice_of(bench: Bench) -> dict[str, tuple[bool, bool, bool]]:
    found = bench.api.list("EndpointSlice")[0]
    return {
        entry["targetRef"]["name"]: (
            entry["conditions"]["ready"],
            entry["conditions"]["serving"],
            entry["conditions"]["terminating"],
        )
        for entry in found["endpoints"]
    }


def test_a_terminating_pod_stays_in_the_slice_as_serving_until_it_is_gone() -> None:
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = one(slow(1.0), **READY | hook)
    bench.run(20)
    name = bench.pods()[0]["metadata"]["name"]
    assert slice_of(bench) == {name: (True, True, False)}
    bench.api.delete("Pod", name)
    bench.run(20.1)
    assert slice_of(bench)[name] == (False, True, True)
    bench.run(29.9)
    assert slice_of(bench)[name] == (False, True, True)
    bench.run(31)
    assert list(slice_of(bench)) == [bench.pods()[0]["metadata"]["name"]]


def published(bench: Bench) -> list[tuple[float, tuple[int, ...], tuple[float, ...]]]:
    """Listen to what the data plane is told."""
    told: list[tuple[float, tuple[int, ...], tuple[float, ...]]] = []
    original = bench.data.publish

    def publish(endpoints, apply_at, backend=0) -> None:
        told.append((bench.env.now, tuple(endpoints), tuple(apply_at)))
        original(endpoints, apply_at, backend)

    bench.data.publish = publish  # type: ignore[method-assign]
    return told


def test_each_proxy_hears_at_its_own_time_and_never_goes_back() -> None:
    delays = replace(EXACT, propagation=(0.1, 5.0))
    bench = Bench(deployment(6, container=READY), delays=delays, proxies=4)
    told = published(bench)
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run_until(lambda: not bench.plane.heard_by_all(), 70)
    bench.run(120)
    assert bench.plane.heard_by_all()
    assert len({times for _, _, times in told}) > 5
    assert any(len(set(times)) == 4 for _, _, times in told)
    for (_, _, before), (now, _, after) in pairwise(told):
        assert all(a >= b and a >= now + 0.1 for a, b in zip(after, before, strict=True))
    assert told[-1][1] == tuple(sorted(bench.data.pods()))


def test_without_a_ready_pod_the_terminating_ones_that_serve_are_chosen() -> None:
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = one(slow(5.0), **READY | hook)
    told = published(bench)
    bench.run(20)
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(60)
    assert [endpoints for _, endpoints, _ in told] == [(0,), (1,)]  # Never empty.


def test_a_service_that_selects_nothing_publishes_nothing() -> None:
    bench = one(**READY)
    told = published(bench)
    bench.run(20)
    selector = {"spec": {"selector": {"app": "other"}}}
    bench.api.patch("Service", SERVICE["metadata"]["name"], selector)
    bench.run(21)
    assert slice_of(bench) == {}
    assert told[-1][1] == ()
