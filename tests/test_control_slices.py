"""Stories of EndpointSlices: whom a selector takes in, and how many endpoints a slice holds."""

from __future__ import annotations

from dataclasses import replace

from control_bench import EXACT, READY, Bench, deployment, slow

from sim.model.behaviour import Node

LARGE = tuple(Node(name=f"node-{i}", cpu_cores=32.0, memory_bytes=2.0**38) for i in range(4))


def addresses(bench: Bench) -> dict[str, bool]:
    """Who is an endpoint, over all slices, and whether ready."""
    return {
        entry["targetRef"]["name"]: entry["conditions"]["ready"]
        for one in bench.api.list("EndpointSlice")
        for entry in one["endpoints"]
    }


def names_of(bench: Bench, image: str) -> set[str]:
    """The pods that run *image*."""
    return {
        pod["metadata"]["name"]
        for pod in bench.pods()
        if pod["spec"]["containers"][0]["image"] == image
    }


def two_colours(green_starts: float = 1.0) -> Bench:
    """Blue (web) and green side by side, the Service on blue."""
    blue, green = deployment(3, container=READY), deployment(2, container=READY)
    green["metadata"] = {"name": "green"}
    green["spec"]["selector"] = {"matchLabels": {"app": "green"}}
    green["spec"]["template"]["metadata"]["labels"] = {"app": "green"}
    green["spec"]["template"]["spec"]["containers"][0]["image"] = "web:2"
    return Bench(blue, {"web:2": slow(green_starts)}, also=[green])


def test_a_changed_selector_moves_the_endpoints() -> None:
    bench = two_colours()
    bench.run(60)
    assert addresses(bench) == dict.fromkeys(names_of(bench, "web:1"), True)
    bench.api.patch("Service", "web", {"spec": {"selector": {"app": "green"}}})
    bench.run(61)
    assert addresses(bench) == dict.fromkeys(names_of(bench, "web:2"), True)
    assert len(names_of(bench, "web:2")) == 2


def test_nobody_looks_whether_the_newly_selected_pods_are_ready() -> None:
    """The Service is switched to a colour that is not up yet, and has no endpoint to offer."""
    bench = two_colours(green_starts=100.0)
    bench.run(60)
    bench.api.patch("Service", "web", {"spec": {"selector": {"app": "green"}}})
    bench.run(70)
    assert addresses(bench) == dict.fromkeys(names_of(bench, "web:2"), False)
    bench.run(180)
    assert addresses(bench) == dict.fromkeys(names_of(bench, "web:2"), True)


def test_a_selector_that_only_names_common_labels_takes_both_versions_in() -> None:
    bench = Bench(deployment(4, surge=1, unavailable=0, minReadySeconds=20, container=READY))
    bench.run(90)
    bench.release("web:2", **READY)
    bench.run(105)
    old, new = names_of(bench, "web:1"), names_of(bench, "web:2")
    assert len(old) == 4 and len(new) == 1
    assert addresses(bench) == dict.fromkeys(old | new, True)


def test_pods_of_another_namespace_are_not_selected() -> None:
    bench = Bench(deployment(1, container=READY))
    other = deployment(2, container=READY)
    other["metadata"] = {"name": "web", "namespace": "elsewhere"}
    bench.api.create(other)
    bench.run(60)
    assert len(bench.api.list("Pod", "elsewhere")) == 2
    assert len(addresses(bench)) == 1


def test_a_finished_pod_and_one_without_an_address_are_left_out() -> None:
    """A finalizer keeps the object of a pod that has ended; its replacement has no address yet."""
    bench = Bench(deployment(2, container=READY), delays=replace(EXACT, sandbox=(20.0, 20.0)))
    bench.run(60)
    name, kept = sorted(addresses(bench))
    bench.api.patch("Pod", name, {"metadata": {"finalizers": ["example.com/wait"]}})
    bench.api.delete("Pod", name)
    bench.run(65)
    assert bench.api.get("Pod", name)["status"]["phase"] == "Succeeded"
    assert len(bench.pods()) == 3
    assert addresses(bench) == {kept: True}


def test_a_slice_holds_a_hundred_endpoints() -> None:
    bench = Bench(deployment(250, container=READY), delays=EXACT, nodes=LARGE)
    bench.run(60)
    sizes = [len(one["endpoints"]) for one in bench.api.list("EndpointSlice")]
    assert sizes == [100, 100, 50]
    assert len(addresses(bench)) == 250
    bench.patch({"replicas": 60})
    bench.run(120)
    sizes = [len(one["endpoints"]) for one in bench.api.list("EndpointSlice")]
    assert sum(sizes) == len(addresses(bench)) == 60
