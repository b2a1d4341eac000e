"""When only the final version's pods exist, and how long a cluster may take to boot."""

from __future__ import annotations

from math import inf

import pytest

from sim.model.boot import boot_seconds
from sim.model.run import PodPhase, PodSpan
from sim.model.settling import settled_at


def span(pod, version, phase, start, end):
    return PodSpan(
        pod=pod,
        version=version,
        node="n",
        phase=phase,
        start=start,
        end=end,
        cpu_cores=0.1,
        memory_bytes=1.0,
    )


READY, TERMINATING, STARTING = PodPhase.READY, PodPhase.TERMINATING, PodPhase.STARTING
OLD = [span("a", 0, READY, -60, 40), span("a", 0, TERMINATING, 40, 47)]
NEW = [span("b", 1, STARTING, 31, 39), span("b", 1, READY, 39, inf)]


@pytest.mark.parametrize(
    ("spans", "version", "since", "expected"),
    [
        (OLD + NEW, 1, 30.0, 47),  # The old pod is gone at 47, not when it begins to go.
        (OLD + NEW, 0, 30.0, 30.0),  # Until 31 the old pod is alone.
        (OLD + NEW, 0, 35.0, None),
        (OLD, 0, 30.0, 30.0),
        (NEW, 1, 30.0, 39),
        ([*OLD, span("b", 1, READY, 39, inf)], 1, 60.0, 60.0),
        ([*NEW, span("c", 1, STARTING, 50, inf)], 1, 55.0, None),
        ([], 1, 30.0, None),
    ],
)
def test_a_rollout_settles_when_only_ready_final_pods_exist(spans, version, since, expected):
    assert expected == settled_at(spans, version=version, replicas=1, since=since, end=100.0)


def test_what_happens_at_the_end_of_the_window_is_too_late():
    assert settled_at(OLD + NEW, version=1, replicas=1, since=30.0, end=47.0) is None


def probe(**fields):
    return {"httpGet": {"port": 80}, "periodSeconds": 10, **fields}


@pytest.mark.parametrize(
    ("container", "startup", "expected"),
    [
        ({}, 0.0, 60.0),
        ({}, 1.0, 120.0),
        ({"readinessProbe": probe(initialDelaySeconds=5)}, 2.0, 120.0),  # 60 + 2 + 5 + 20
        ({"readinessProbe": probe(successThreshold=6)}, 2.0, 180.0),  # 60 + 2 + 70
    ],
)
def test_boot_time_bounds_what_a_pod_needs(container, startup, expected):
    deployment = {"spec": {"template": {"spec": {"containers": [container]}}}}

    assert expected == boot_seconds(deployment, startup)
