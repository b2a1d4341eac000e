"""Runs written by hand, small enough that every figure can be worked out on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import inf

import numpy as np

from sim.model.causes import Cause
from sim.model.latency import bin_of
from sim.model.run import (
    KubeEvent,
    Phase,
    PodPhase,
    PodSpan,
    RequestCounts,
    Run,
    Setting,
    Users,
    Window,
)

OK = Cause.NONE
Row = tuple[int, int, Cause, float, int]  # second, version, cause, latency in seconds, count


def counts(rows: Iterable[Row]) -> RequestCounts:
    """A table of requests from readable rows."""
    table = sorted((s, v, int(c), bin_of(seconds), n) for s, v, c, seconds, n in rows)
    columns = np.array(table, dtype=np.int64).reshape(-1, 5).T
    names = ("second", "version", "cause", "bin", "count")
    return RequestCounts(**dict(zip(names, columns, strict=True)))


def users(
    sent: Iterable[int] = (), failed: Iterable[int] = (), exposed: Iterable[int] = ()
) -> Users:
    """Who sent, who failed, and whom the new version answered."""
    sent, failed, exposed = (
        np.array(sorted(some), dtype=np.int64) for some in (sent, failed, exposed)
    )
    return Users(sent=sent, failed=failed, exposed={1: exposed})


def span(
    pod: str,
    version: int,
    phase: PodPhase,
    start: float,
    end: float,
    *,
    node: str = "node-1",
    cores: float = 0.5,
    memory: float = 2.0**30,
) -> PodSpan:
    """One stretch of a pod's life."""
    return PodSpan(
        pod=pod,
        version=version,
        node=node,
        phase=phase,
        start=start,
        end=end,
        cpu_cores=cores,
        memory_bytes=memory,
    )


def run(
    rows: Iterable[Row] = (),
    *,
    strategy: str | None = "Recreate",
    seed: int = 0,
    window: tuple[float, float, float] = (0.0, 3.0, 10.0),
    who: Users | None = None,
    pods: Iterable[PodSpan] = (),
    phase: Phase | None = Phase.HEALTHY,
    settled_at: float | None = None,
    last_answer: Mapping[int, float] | None = None,
) -> Run:
    """A run with what a test needs and nothing else."""
    start, first_write, end = window
    requests = counts(rows)
    return Run(
        scenario="by-hand",
        scenario_digest="0" * 64,
        strategy=strategy,
        seed=seed,
        window=Window(start=start, first_write=first_write, end=end),
        phase=phase,
        finished_at=settled_at,
        settled_at=settled_at,
        versions=("old", "new"),
        requests=requests,
        users=who or users(),
        last_answer=last_answer or {},
        arrived=requests.total,
        in_flight_at_end=0,
        pods=tuple(pods),
        restarts=0,
        events=(KubeEvent(time=3.0, subject="Deployment/web", reason="Scaled", note="by hand"),),
        settings=(Setting(name="replicas", value="3", source="manifest"),),
    )


def _life(pod: str, version: int, *moments: float) -> list[PodSpan]:
    """A pod that goes through every phase of a quiet life at *moments*."""
    phases = (PodPhase.PENDING, PodPhase.STARTING, PodPhase.READY, PodPhase.TERMINATING)
    bounds = pairwise(moments)
    return [
        span(pod, version, phase, start, end)
        for phase, (start, end) in zip(phases, bounds, strict=False)
        if start < end
    ]


def _old(number: int, deleted: float = inf, gone: float = inf) -> list[PodSpan]:
    return _life(f"web-5d8f-{number}old", 0, -20.0, -19.0, -17.0, deleted, gone)


def recreate(seed: int = 0) -> Run:
    """Three old pods stop at 30, three new ones serve from 48: nobody answers in between."""
    pods = [one for n in range(3) for one in _old(n, 30.0, 41.0)]
    pods += [one for n in range(3) for one in _life(f"web-7c9b-{n}new", 1, 41.0, 43.0, 48.0, inf)]
    rows: list[Row] = []
    for second in range(90):
        if second < 30:
            rows.append((second, 0, OK, 0.05, 50))
        elif second < 48:
            rows.append((second, -1, Cause.NO_ENDPOINT, 0.01, 50))
        else:
            rows.append((second, 1, OK, 0.05, 50))
    return run(
        rows,
        seed=seed,
        window=(0.0, 30.0, 90.0),
        pods=pods,
        who=users(range(100), range(60), range(100)),
        settled_at=48.0,
        last_answer={0: 30.5, 1: 89.9},
    )


def rolling_update(seed: int = 0) -> Run:
    """Pods change one after the other; each one that goes refuses a few requests."""
    pods = [one for n in range(3) for one in _old(n, 38.0 + 8 * n, 45.0 + 8 * n)]
    for n in range(3):
        born = 30.0 + 8 * n
        pods += _life(f"web-7c9b-{n}new", 1, born, born + 2, born + 8, inf)
    rows: list[Row] = []
    for second in range(90):
        new = min(max((second - 30) // 8, 0), 3)
        lost = 5 if second in (38, 46, 54) else 0
        rows += [(second, 0, OK, 0.05, (3 - new) * 16 + 2 - lost if new < 3 else 0)]
        rows += [(second, 1, OK, 0.05, new * 16 if new < 3 else 50 - lost)]
        rows += [(second, 0, Cause.REFUSED_TERMINATING, 0.01, lost)]
    return run(
        [row for row in rows if row[-1]],
        strategy="RollingUpdate",
        seed=seed,
        window=(0.0, 30.0, 90.0),
        pods=pods,
        who=users(range(100), range(12), range(100)),
        settled_at=61.0,
        last_answer={0: 54.2, 1: 89.9},
    )


def no_release(seed: int = 0) -> Run:
    """Three old pods that nobody touches."""
    return run(
        [(second, 0, OK, 0.05, 50) for second in range(90)],
        strategy=None,
        seed=seed,
        window=(0.0, 30.0, 90.0),
        pods=[one for n in range(3) for one in _old(n)],
        who=users(range(100)),
        phase=None,
        last_answer={0: 89.9},
    )
