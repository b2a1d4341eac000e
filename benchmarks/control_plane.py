"""What the control plane costs: a full rolling update of Deployments from 10 to 10,000 pods.

    python benchmarks/control_plane.py                 the whole table
    python benchmarks/control_plane.py --best-of 3     the least of three, on a machine with others
    python benchmarks/control_plane.py 1000            one size
    python benchmarks/control_plane.py 1000 --profile  and where its time goes, by module

Three probes a pod, ten simulated minutes from the release on, no requests. Seconds are CPU seconds
of this process; the last column compares the cost of one pod with that in the smallest Deployment
that has a hundred or more, for a cost that grows as n log n shows there as a slow rise.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import sim
from sim.model.run import Window
from sim.scenario.load import load
from sim.session import Session

SIZES = (10, 100, 1_000, 10_000)
WINDOW = Window(start=0.0, first_write=10.0, end=610.0)


def manifest(pods: int) -> dict[str, object]:
    """A Deployment of *pods* pods with a startup, a readiness and a liveness probe each."""
    probe = {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 10}
    container = {
        "name": "web",
        "image": "web:1",
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
        "startupProbe": {**probe, "periodSeconds": 1, "failureThreshold": 30},
        "readinessProbe": probe,
        "livenessProbe": probe,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": pods,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [container]},
            },
        },
    }


def release(pods: int) -> Session:
    """A session of one rolling update without requests."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "deployment.yaml"
        file.write_text(json.dumps(manifest(pods)))
        scenario = load([file], images=["web=web:2"])
    return Session(scenario, "RollingUpdate", 0, window=WINDOW, traffic=False, keep_objects=True)


def measure(pods: int) -> tuple[float, int]:
    """CPU seconds of the whole session, and how many writes the API server took."""
    session = release(pods)
    began = time.process_time()
    run = session.finish()
    return time.process_time() - began, len(run.changes)


def by_module(pods: int) -> None:
    """Print which modules the time of one session was spent in, itself and what it called in C."""
    session = release(pods)
    profile = cProfile.Profile()
    profile.runcall(session.finish)
    spent: dict[str, float] = defaultdict(float)
    root = str(Path(sim.__file__).parent.parent)
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[file.removeprefix(root).lstrip("/") if file.startswith(root) else "Python"] += own
    total = sum(spent.values())
    print(f"\n{pods} pods, shares of the time (profiled, so slower):")
    for file, seconds in sorted(spent.items(), key=lambda item: -item[1])[:15]:
        print(f"  {seconds / total:6.1%}  {file}")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pods", nargs="*", type=int, default=SIZES)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--best-of", type=int, default=1, metavar="N")
    given = parser.parse_args(arguments)
    print(f"{'pods':>7} {'writes':>8} {'CPU s':>8} {'µs/write':>9} {'ms/pod':>8} {'relative':>9}")
    reference: float | None = None
    for pods in given.pods:
        seconds, writes = min(measure(pods) for _ in range(given.best_of))
        each = seconds / pods
        if reference is None and pods >= 100:
            reference = each
        relative = "" if reference is None else f"{each / reference:.2f}x"
        print(
            f"{pods:>7} {writes:>8} {seconds:>8.2f} {seconds / writes * 1e6:>9.1f}"
            f" {each * 1e3:>8.3f} {relative:>9}",
            flush=True,
        )
    if given.profile:
        by_module(given.pods[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
