"""A ResourceQuota's arithmetic (section 3.2: the typical refusal), as tables."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.quota import cost, covers, excess, shown, total, units, unstated


def container(name: str = "web", **resources: Any) -> dict[str, Any]:
    return {"name": name, "resources": resources}


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {}, "spec": {"containers": list(containers), **spec}}


SIZED = container(requests={"cpu": "250m", "memory": "64Mi"}, limits={"cpu": 1, "memory": "1Gi"})


@pytest.mark.parametrize(
    ("resource", "text", "amount", "printed"),
    [
        ("cpu", "0.5", 500, "500m"),
        ("requests.cpu", 2, 2000, "2"),
        ("limits.cpu", "2500m", 2500, "2500m"),
        ("memory", "1.5Gi", 1536 * 2**20, "1536Mi"),
        ("limits.memory", "500M", 5 * 10**8, "500M"),
        ("requests.memory", "128974848", 128974848, "123Mi"),
        ("memory", 0, 0, "0"),
        ("memory", "1234567", 1234567, "1234567"),
        ("pods", "10", 10, "10"),
        ("count/pods", "1k", 1000, "1000"),
    ],
)
def test_quantities_are_whole_numbers_and_print_as_the_api_server_does(
    resource: str, text: str, amount: int, printed: str
) -> None:
    assert (units(resource, text), shown(resource, amount)) == (amount, printed)


ONE = {"count/pods": 1, "pods": 1}
WHOLE = ONE | {
    **dict.fromkeys(("cpu", "requests.cpu"), 250),
    **dict.fromkeys(("memory", "requests.memory"), 2**26),
    "limits.cpu": 1000,
    "limits.memory": 2**30,
}


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (pod(container()), ONE),
        (pod(SIZED), WHOLE),
        (pod(SIZED, SIZED), ONE | {k: 2 * v for k, v in WHOLE.items() if k not in ONE}),
        (
            pod(container(requests={"cpu": "0.1"}), container(), container()),
            ONE | {"cpu": 100, "requests.cpu": 100},
        ),
        (
            pod(container(requests={"cpu": 1}), initContainers=[container(requests={"cpu": 3})]),
            ONE | {"cpu": 3000, "requests.cpu": 3000},
        ),
        (pod(SIZED) | {"status": {"phase": "Succeeded"}}, {"count/pods": 1}),
        (pod(SIZED) | {"status": {"phase": "Failed"}}, {"count/pods": 1}),
        (pod(SIZED) | {"status": {"phase": "Unknown"}}, WHOLE),
        ({"kind": "ReplicaSet"}, {"count/replicasets.apps": 1}),
        ({"kind": "Service"}, {"count/services": 1, "services": 1}),
        ({"kind": "Lease"}, {}),
    ],
)
def test_an_object_costs_what_a_quota_can_name(
    obj: dict[str, Any], expected: dict[str, int]
) -> None:
    assert cost(obj, 0.0) == expected


@pytest.mark.parametrize(("now", "counted"), [(130.0, True), (160.0, True), (160.1, False)])
def test_a_pod_that_hangs_in_its_termination_stops_counting_a_grace_period_late(
    now: float, counted: bool
) -> None:
    """Asked to go at 100 with 30 s: its deletion time is 130, and upstream adds 30 once more."""
    hung = pod(container())
    hung["metadata"] = {"deletionTimestamp": 130.0, "deletionGracePeriodSeconds": 30}
    assert ("pods" in cost(hung, now)) is counted
    assert cost(hung, now)["count/pods"] == 1


HARD = {"pods": 5, "requests.cpu": 2000, "limits.memory": 2**30}


@pytest.mark.parametrize(
    ("used", "asked", "expected"),
    [
        ({"pods": 4}, {"pods": 1, "cpu": 9}, ""),
        (
            {"pods": 5},
            {"pods": 1},
            "exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5",
        ),
        (
            {"pods": 5, "requests.cpu": 1900, "limits.memory": 0},
            {"pods": 1, "requests.cpu": 250, "limits.memory": 2**29},
            "exceeded quota: team, requested: pods=1,requests.cpu=250m,"
            " used: pods=5,requests.cpu=1900m, limited: pods=5,requests.cpu=2",
        ),
        ({"pods": 9}, {"pods": 0, "requests.cpu": 100}, ""),
        ({"requests.cpu": 1750}, {"requests.cpu": 250}, ""),
        (
            {"limits.memory": 2**29},
            {"limits.memory": 3 * 2**28},
            "exceeded quota: team, requested: limits.memory=768Mi,"
            " used: limits.memory=512Mi, limited: limits.memory=1Gi",
        ),
    ],
)
def test_a_refusal_names_what_is_too_much_and_nothing_else(
    used: dict[str, int], asked: dict[str, int], expected: str
) -> None:
    assert excess("team", HARD, used, asked) == expected


@pytest.mark.parametrize(
    ("hard", "containers", "expected"),
    [
        (("pods",), [container()], ""),
        (("requests.cpu",), [container()], "must specify requests.cpu for: web"),
        (
            ("limits.memory", "requests.cpu", "pods"),
            [container(), container("log", requests={"cpu": 1})],
            "must specify limits.memory for: log,web; requests.cpu for: web",
        ),
        (("cpu", "memory", "limits.cpu", "limits.memory"), [SIZED], ""),
        (("memory",), [container(requests={"memory": 0})], ""),
    ],
)
def test_a_quota_of_cpu_or_memory_makes_every_container_state_it(
    hard: tuple[str, ...], containers: list[dict[str, Any]], expected: str
) -> None:
    assert unstated(hard, {"containers": containers}) == expected


EFFORT = {"scopes": ["BestEffort"]}


def priority(operator: str, *values: str) -> dict[str, Any]:
    rule = {"scopeName": "PriorityClass", "operator": operator, "values": list(values)}
    return {"scopeSelector": {"matchExpressions": [rule]}}


@pytest.mark.parametrize(
    ("spec", "obj", "expected"),
    [
        ({}, {"kind": "Service"}, True),
        ({"scopes": ["NotTerminating"]}, {"kind": "Service"}, False),
        (EFFORT, pod(container()), True),
        (EFFORT, pod(SIZED), False),
        ({"scopes": ["NotBestEffort"]}, pod(SIZED), True),
        ({"scopes": ["NotBestEffort", "Terminating"]}, pod(SIZED), False),
        ({"scopes": ["Terminating"]}, pod(SIZED, activeDeadlineSeconds=9), True),
        ({"scopes": ["NotTerminating"]}, pod(SIZED, activeDeadlineSeconds=9), False),
        (priority("In", "high"), pod(SIZED, priorityClassName="high"), True),
        (priority("In", "high"), pod(SIZED), False),
        (priority("NotIn", "high"), pod(SIZED), True),
        (priority("Exists"), pod(SIZED, priorityClassName="low"), True),
        (priority("DoesNotExist"), pod(SIZED, priorityClassName="low"), False),
    ],
)
def test_scopes_choose_the_pods_that_a_quota_counts(
    spec: dict[str, Any], obj: dict[str, Any], expected: bool
) -> None:
    assert covers({"spec": spec}, obj) is expected


def test_a_sum_of_costs_is_exact_and_zero_where_nothing_was_spent() -> None:
    tenth = cost(pod(container(requests={"cpu": "0.1"})), 0.0)
    assert total([tenth] * 3, ["requests.cpu", "limits.cpu"]) == {
        "requests.cpu": 300,
        "limits.cpu": 0,
    }
