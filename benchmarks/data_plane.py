"""What a request costs: the compiled kernel beside the reference and other people's simulators.

    python benchmarks/data_plane.py               everything, some minutes
    python benchmarks/data_plane.py peers sizes   some of: peers reference proxies sizes
                                                  everything length endurance more empty

CPU seconds of one core. Ratios are of one run on one machine, on the same work; a shared machine
makes single figures uncertain by a fifth or more, so the best of three is shown.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

import numba
import numpy as np
from peers import MEAN, PEERS, PODS, RHO, WORKERS

from sim.model.behaviour import Behaviour, Clients, CpuShare, Demand, RateCurve, Workload
from sim.model.dependency import Call, Dependency
from sim.model.endpoint_class import ClassBehaviour, EndpointClass
from sim.model.network import Connections, ProxyKind
from sim.model.protection import OutlierDetection, Protection
from sim.model.retry import RetryOn
from sim.ports import DataPlane, ProbeKind
from sim.traffic.kernel.plane import KernelPlane
from sim.traffic.reference import ReferencePlane

ENGINES = {"kernel": KernelPlane, "reference": ReferencePlane}
PATIENT = Clients(attempt_timeout_seconds=5.0, deadline_seconds=10.0)
HASTY = Clients(attempt_timeout_seconds=0.3, deadline_seconds=5.0, attempts=3)
# All that proxies, clients and requests can be at once, without what makes further attempts many.
CAREFUL = Clients(
    attempt_timeout_seconds=5.0,
    deadline_seconds=10.0,
    attempts=3,
    retry_on=(RetryOn.CONNECT_FAILURE, RetryOn.SERVER_ERROR),
    retry_budget=0.2,
)
EVERYTHING = {
    "connections": Connections(
        proxy=ProxyKind.INGRESS_NGINX,
        keep_alive_seconds=60.0,
        requests_each=10_000,
        lifetime_seconds=3600.0,
        tries=3,
        connect_timeout_seconds=5.0,
        idempotent_share=0.5,
    ),
    "protection": Protection(
        outliers=OutlierDetection(), most_in_flight=10**6, per_second=1e9, burst=10**6
    ),
    "classes": (
        EndpointClass(name="checkout", share=0.1, idempotent=False),
        EndpointClass(name="search", share=0.3, idempotent=True),
        EndpointClass(name="static", share=0.6),
    ),
}
SLOWER_ONES = (
    ClassBehaviour(name="checkout", service_time_factor=2.0),
    ClassBehaviour(name="search", service_time_factor=1.5),
    ClassBehaviour(name="static", service_time_factor=7 / 12),  # The mean of all is as it was.
)


def plane_of(
    engine: str,
    requests: float,
    *,
    pods: int = PODS,
    rho: float = RHO,
    balancer: str = "random",
    clients: Clients = PATIENT,
    proxies: int = 1,
    cores: float = float("inf"),
    limit: float = float("inf"),
    probes: bool = False,
    calls: bool = False,
    everything: bool = False,
    **row: object,
) -> tuple[DataPlane, float]:
    """Pods of eight workers that listen, and when the last of about so many *requests* comes."""
    rate = rho * pods * WORKERS / MEAN
    end = requests / rate
    workload = Workload(
        arrivals=RateCurve(times=(0.0,), rates=(rate,), end=end),
        clients=clients,
        population=100_000,
        proxies=proxies,
        balancer=balancer,
        window_start=0.0,
        window_end=end,
        dependencies=(Dependency(name="database", capacity=2 * pods * WORKERS),) if calls else (),
        **(EVERYTHING if everything else {}),
    )
    plane: DataPlane = ENGINES[engine](workload, 1, start=0.0)
    fields = {"cpu_seconds": 0.0, "wait_seconds": MEAN, "concurrency": WORKERS} | row
    if everything:
        fields |= {"demand": Demand.LOGNORMAL, "classes": SLOWER_ONES}
        fields |= {"error_ratio": 0.001, "leak_bytes_per_request": 100.0}
    if calls:
        fields["calls"] = (Call(dependency=0),)
    plane.set_behaviour(0, Behaviour(**fields))
    plane.set_node("node", cores=cores)
    share = CpuShare(limit_cores=limit)
    numbers = [plane.add_pod(0, 1e12, "node", share) for _ in range(pods)]
    for number in numbers:
        plane.set_pod(number, listening=True)
        if probes:
            for kind in (ProbeKind.READINESS, ProbeKind.LIVENESS):
                plane.probe(number, kind, number / pods, 10.0, 1, 3, 1.0, True)
    plane.publish(numbers, [0.0] * proxies)
    return plane, end


def attempts_of(plane: DataPlane) -> int:
    """How many attempts have ended at pods so far."""
    return sum(pod.answered + pod.failed for pod in plane.pods().values())


def run_to(plane: DataPlane, until: float) -> None:
    """Past all signals; a probe's first verdict is one."""
    while plane.advance(until) is not None:
        pass


def nanoseconds(engine: str, requests: float, times: int = 3, **setup: object) -> float:
    """CPU time of one attempt, the best of so many *times*; the first fiftieth warms up."""
    best = float("inf")
    for _ in range(times):
        plane, end = plane_of(engine, requests, **setup)
        run_to(plane, end / 50)
        before, began = attempts_of(plane), time.process_time()
        run_to(plane, end + 20.0)
        seconds = time.process_time() - began
        best = min(best, seconds / (attempts_of(plane) - before))
    return best * 1e9


def show(name: str, cost: float, note: str = "") -> None:
    """One row."""
    print(f"{name:44}{cost:10.0f} ns{1e3 / cost:9.2f} M/s  {note}", flush=True)


def peers() -> None:
    """6 x M/M/8 at rho 0.7 and everybody's cost of a request."""
    ours = nanoseconds("kernel", 4e6)
    show("Seatrial's kernel", ours, "timeouts, counters, histograms, users and all")
    for name, (model, requests) in PEERS.items():
        found = model(requests)
        if found is None:
            print(f"{name:44}  not installed")
        else:
            served, seconds, wait = found
            cost = seconds / served * 1e9
            show(name, cost, f"x {cost / ours:.1f}; mean wait {wait * 1e3:.2f} ms")


def reference() -> None:
    """The kernel and the plane that it equals."""
    for name, setup in {
        "calm": {},
        "overload 1.1, three attempts": {"rho": 1.1, "clients": HASTY},
    }.items():
        fast, slow = nanoseconds("kernel", 2e6, **setup), nanoseconds("reference", 4e4, 2, **setup)
        show(f"{name}, kernel", fast)
        show(f"{name}, reference", slow, f"x {slow / fast:.0f}")


def proxies() -> None:
    """A thousand pods, and what happens on the way to them."""
    for name, setup in {
        "power of two, 16 proxies' own counts": {"proxies": 16, "balancer": "least_request"},
        "least connections of all, 16 proxies": {"proxies": 16, "balancer": "least_connections"},
        "random, one dependency, rho 0.6": {"calls": True, "rho": 0.6},
        "random, overload 1.1, three attempts": {"rho": 1.1, "clients": HASTY},
    }.items():
        requests = 2e5 if "least connections" in name else 2e6
        show(name, nanoseconds("kernel", requests, pods=1_000, **setup))


def sizes() -> None:
    """From 6 to 10,000 pods."""
    for pods in (6, 100, 1_000, 10_000):
        for balancer in ("random", "round_robin"):
            name = f"{pods:,} pods, {balancer.replace('_', ' ')}"
            show(name, nanoseconds("kernel", 3e6, pods=pods, balancer=balancer))


def everything() -> None:
    """16 proxies with kept connections, outliers, limits, retry budgets; classes, leaks, probes."""
    for pods in (6, 100, 1_000):
        for balancer in ("random", "round_robin"):
            setup = {"pods": pods, "balancer": balancer, "clients": CAREFUL, "proxies": 16}
            cost = nanoseconds("kernel", 1e6, probes=True, everything=True, **setup)
            show(f"{pods:,} pods, {balancer.replace('_', ' ')}, all on", cost)


def length() -> None:
    """From 10**5 to 10**8 requests."""
    for exponent in (5, 6, 7, 8):
        times = 3 if exponent < 8 else 1
        cost = nanoseconds("kernel", 10.0**exponent, times, pods=100)
        show(f"10**{exponent} requests, 100 pods", cost)


def endurance() -> None:
    """10**9 requests, some minutes; only if asked for."""
    show("10**9 requests, 100 pods", nanoseconds("kernel", 1e9, 1, pods=100))


def more() -> None:
    """What further mechanisms cost."""
    for name, setup in {
        "16 proxies": {"proxies": 16},
        "lognormal service": {"demand": Demand.LOGNORMAL},
        "probes that ask, each 10 s": {"probes": True},
        "computing a tenth, cores not counted": {"cpu_seconds": 0.005, "wait_seconds": 0.045},
        "the same, 64 cores counted": {"cpu_seconds": 0.005, "wait_seconds": 0.045, "cores": 64.0},
        "the same, 4 cores for 3.4 busy": {
            "cpu_seconds": 0.005,
            "wait_seconds": 0.045,
            "cores": 4.0,
        },
        "the same, a limit of one core a pod": {
            "cpu_seconds": 0.005,
            "wait_seconds": 0.045,
            "limit": 1.0,
        },
    }.items():
        show(name, nanoseconds("kernel", 1e6, **setup))


def empty() -> None:
    """A call that finds nothing to do, and what it takes to begin."""
    plane, _ = plane_of("kernel", 0.001, rho=1e-9)
    began, calls = time.process_time(), 100_000
    for n in range(calls):
        plane.advance(n * 1e-6)
    print(f"{'an advance without events':44}{(time.process_time() - began) / calls * 1e6:10.2f} us")
    with tempfile.TemporaryDirectory() as place:
        for name in ("compiling once", "loading what was compiled"):
            script = (
                "import time; from sim.traffic.kernel.warm_up import compile_all;"
                "began = time.process_time(); compile_all(); print(time.process_time() - began)"
            )
            done = subprocess.run(
                [sys.executable, "-c", script],
                env=os.environ | {"NUMBA_CACHE_DIR": place},
                capture_output=True,
                text=True,
                check=True,
            )
            print(f"{name:44}{float(done.stdout):10.2f} s")


PARTS = {
    "peers": peers,
    "reference": reference,
    "proxies": proxies,
    "sizes": sizes,
    "everything": everything,
    "length": length,
    "endurance": endurance,
    "more": more,
    "empty": empty,
}


def main() -> None:
    """The parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    asked = parser.parse_args().parts or [name for name in PARTS if name != "endurance"]
    plane_of("kernel", 10)[0].advance(1.0)  # Compiled, or loaded.
    programs = f"Python {platform.python_version()}, NumPy {np.__version__}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {programs}, Numba {numba.__version__}")
    for name in asked:
        print(f"\n{(PARTS[name].__doc__ or '').strip()}")
        PARTS[name]()


if __name__ == "__main__":
    main()
