"""Tables: what a pod asks for, whom a taint keeps away, budgets, and when a node is given up."""

from __future__ import annotations

from math import inf

import pytest

from sim.model.disruption import Budget, budget_of, may_evict
from sim.model.node_failure import declared_unknown_at, evictions_per_second
from sim.model.pod_resources import qos_class, requested
from sim.model.taints import (
    NOT_READY,
    UNREACHABLE,
    seconds_tolerated,
    tolerates,
    untolerated,
    with_default_tolerations,
)


def box(cpu: str | None = None, *, limit: str | None = None, sidecar: bool = False):
    resources: dict[str, dict[str, str]] = {}
    if cpu is not None:
        resources["requests"] = {"cpu": cpu}
    if limit is not None:
        resources["limits"] = {"cpu": limit, "memory": "1Gi"}
    container = {"name": "c", "resources": resources}
    return {**container, "restartPolicy": "Always"} if sidecar else container


@pytest.mark.parametrize(
    ("apps", "init", "overhead", "expected"),
    [
        ([box()], [], None, None),
        ([box("1")], [], None, 1.0),
        ([box("1"), box("500m")], [], None, 1.5),
        ([box("1"), box()], [], None, 1.0),
        ([box("1")], [box("3")], None, 3.0),  # One large init step decides.
        ([box("1"), box("1")], [box("1500m")], None, 2.0),
        ([box("1")], [box("250m", sidecar=True)], None, 1.25),
        ([box("1")], [box("250m", sidecar=True), box("2")], None, 2.25),  # Beside the sidecar.
        ([box("1")], [box("2"), box("250m", sidecar=True)], None, 2.0),  # Before it.
        ([box()], [box("100m")], None, 0.1),
        ([box("1")], [], {"cpu": "100m"}, 1.1),
    ],
)
def test_what_a_pod_requests(apps, init, overhead, expected) -> None:
    spec = {"containers": apps, "initContainers": init, "overhead": overhead}
    assert requested(spec, "cpu") == expected


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([{}], "BestEffort"),
        ([{"limits": {"cpu": "1", "memory": "1Gi"}}], "Guaranteed"),
        (
            [{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m"}}],
            "Guaranteed",
        ),
        ([{"limits": {"cpu": "1"}}], "Burstable"),
        ([{"requests": {"cpu": "1"}}], "Burstable"),
        (
            [{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}],
            "Burstable",
        ),
        ([{"limits": {"cpu": "1", "memory": "1Gi"}}, {}], "Burstable"),
        ([{"requests": {"cpu": "0"}}], "BestEffort"),
    ],
)
def test_the_quality_of_service(containers, expected) -> None:
    spec = {"containers": [{"name": "c", "resources": one} for one in containers]}
    assert qos_class(spec) == expected


TAINT = {"key": "a", "value": "1", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"key": "a", "value": "1", "effect": "NoSchedule"}, True),
        ({"key": "a", "operator": "Equal", "value": "1"}, True),  # Every effect.
        ({"key": "a", "operator": "Exists"}, True),
        ({"operator": "Exists"}, True),  # Every taint.
        ({"key": "a", "value": "2"}, False),
        ({"key": "a"}, False),  # Equal to the empty value.
        ({"key": "b", "operator": "Exists"}, False),
        ({"key": "a", "operator": "Exists", "effect": "NoExecute"}, False),
    ],
)
def test_a_toleration_tolerates_a_taint(toleration, expected) -> None:
    assert tolerates(toleration, TAINT) == expected


def test_a_preference_keeps_nobody_away() -> None:
    prefer = {**TAINT, "effect": "PreferNoSchedule"}
    assert untolerated([prefer], []) is None
    assert untolerated([prefer, TAINT], []) == TAINT


def gone(*seconds: float | None):
    return [
        {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": s}
        for s in seconds
    ]


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], 0.0),
        (gone(300), 300.0),
        (gone(300, 60), 60.0),
        (gone(None), inf),
        (gone(None, 60), 60.0),
        (gone(0), 0.0),
        (gone(-5), 0.0),
        ([{"key": "b", "operator": "Exists"}], 0.0),
    ],
)
def test_how_long_a_running_pod_may_stay(tolerations, expected) -> None:
    assert seconds_tolerated([{"key": "a", "effect": "NoExecute"}], tolerations) == expected
    assert seconds_tolerated([TAINT], tolerations) == inf


def test_admission_adds_the_default_tolerations_unless_there_are_some() -> None:
    added = with_default_tolerations({})["tolerations"]
    assert [(t["key"], t["tolerationSeconds"]) for t in added] == [
        (NOT_READY, 300),
        (UNREACHABLE, 300),
    ]
    own = {"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 5}
    kept = with_default_tolerations({"tolerations": [own]})["tolerations"]
    assert [t["key"] for t in kept] == [UNREACHABLE, NOT_READY]
    everything = {"tolerations": [{"operator": "Exists"}]}
    assert with_default_tolerations(everything) is everything


@pytest.mark.parametrize(
    ("unhealthy", "of", "expected"),
    [
        (1, 3, 0.1),
        (2, 3, 0.1),  # Up to two are no disruption of a zone.
        (3, 5, 0.0),
        (54, 100, 0.1),
        (55, 100, 0.01),
        (28, 50, 0.0),
        (3, 3, 0.0),
        (100, 100, 0.0),
        (1, 1, 0.0),
    ],
)
def test_how_fast_nodes_are_emptied(unhealthy, of, expected) -> None:
    assert evictions_per_second(unhealthy, of) == expected


@pytest.mark.parametrize(
    ("lost", "lease", "look", "expected"),
    [
        (100.0, 0.0, 0.0, 155.0),  # Renewed at 100, silent for more than 50 s first at 155.
        (109.9, 0.0, 0.0, 155.0),
        (110.0, 0.0, 0.0, 165.0),
        (100.0, 3.0, 0.0, 145.0),  # Renewed at 93: 143 is over at the look of 145.
        (100.0, 3.0, 2.5, 147.5),
    ],
)
def test_when_a_silent_node_is_called_unknown(lost, lease, look, expected) -> None:
    assert declared_unknown_at(lost, lease, look) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("spec", "expected", "pods", "healthy", "desired", "allowed"),
    [
        ({"minAvailable": 2}, 3, 3, 3, 2, 1),
        ({"minAvailable": "50%"}, 7, 7, 7, 4, 3),  # Rounds up.
        ({"maxUnavailable": "30%"}, 7, 7, 7, 4, 3),  # Rounds up as well: 3 may be missing.
        ({"maxUnavailable": 1}, 3, 3, 3, 2, 1),
        ({"maxUnavailable": 1}, 3, 3, 2, 2, 0),
        ({"maxUnavailable": 1}, 3, 3, 1, 2, 0),  # Never below nothing.
        ({"maxUnavailable": "100%"}, 3, 3, 3, 0, 3),
        ({"maxUnavailable": 0}, 3, 3, 3, 3, 0),
        ({"minAvailable": 1}, 1, 1, 1, 1, 0),
        ({"minAvailable": 0}, 3, 3, 3, 0, 3),
        ({"minAvailable": 5}, 3, 3, 3, 5, 0),
        ({"minAvailable": "100%"}, 4, 4, 4, 4, 0),
        ({"minAvailable": 1}, 0, 0, 0, 1, 0),
    ],
)
def test_what_a_budget_allows(spec, expected, pods, healthy, desired, allowed) -> None:
    found = budget_of(spec, expected=expected, pods=pods, healthy=healthy)
    assert (found.desired, found.allowed) == (desired, allowed)


@pytest.mark.parametrize(
    ("ready", "left", "healthy", "desired", "always", "expected"),
    [
        (True, 1, 3, 2, False, (True, True)),
        (True, 0, 2, 2, False, (False, True)),
        (False, 0, 2, 2, False, (True, False)),  # Unready while the budget is met: free.
        (False, 0, 1, 2, False, (False, True)),
        (False, 0, 1, 2, True, (True, False)),
        (False, 0, 0, 0, False, (False, True)),
        (True, 0, 1, 2, True, (False, True)),  # Always is for unready ones only.
    ],
)
def test_whether_a_running_pod_may_be_evicted(
    ready, left, healthy, desired, always, expected
) -> None:
    budget = Budget(expected=3, healthy=healthy, desired=desired)
    assert may_evict(ready=ready, left=left, budget=budget, always=always) == expected
