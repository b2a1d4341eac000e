"""Tables: what happens to a pod, row by row: deletion order, back-off, grace, probes, endpoints."""

from __future__ import annotations

import pytest

from sim.model.backoff import BackOff, retry_seconds
from sim.model.deletion import Candidate, age_power, deletion_order
from sim.model.endpoints import chosen, endpoint_conditions
from sim.model.hook import Hook, hook_of
from sim.model.pod import deletion_cost, is_available
from sim.model.probe import first_tick, next_beat, probe_of
from sim.model.termination import grace_left, kill_after

HOUR = 3600.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"assigned": False}, {}),
        ({"phase": "Pending", "ready": False}, {}),
        ({"phase": "Pending", "ready": False}, {"phase": "Unknown", "ready": False}),
        ({"phase": "Unknown", "ready": False}, {}),
        ({"ready": False}, {}),
        ({"cost": -1}, {}),
        ({"cost": 5}, {"cost": 10}),
        ({"crowd": 2}, {"crowd": 1}),
        ({"ready_since": None}, {}),
        ({"ready_since": 8 * HOUR}, {"ready_since": 5 * HOUR}),  # 2 h against 5 h ready.
        ({"restarts": 3}, {"restarts": 1}),
        ({"created": 8 * HOUR}, {"created": 0.0}),
        # An earlier rule beats all later ones.
        ({"assigned": False, "cost": 100}, {"phase": "Pending", "ready": False}),
        ({"ready": False, "cost": 100}, {"cost": -100}),
        ({"cost": -1, "crowd": 1}, {"cost": 0, "crowd": 9}),
        ({"crowd": 2, "ready_since": 0.0}, {"crowd": 1, "ready_since": 9 * HOUR}),
    ],
)
def test_the_first_difference_decides_who_is_deleted(first, second) -> None:
    """The UIDs are such that a tie would decide the other way."""
    ages = {"ready_since": 0.0, "created": 0.0}
    a = Candidate(name="a", uid="z", **{**ages, **first})
    b = Candidate(name="b", uid="a", **{**ages, **second})
    found = [pod.name for pod in deletion_order([b, a], now=10 * HOUR)]
    assert found == ["a", "b"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ready_since": 5 * HOUR}, {"ready_since": 2 * HOUR}),  # 5 h and 8 h: one power of two.
        # Ages that differ within a power are decided by UID at once: restarts are never looked at.
        ({"ready_since": 5 * HOUR, "restarts": 9}, {"ready_since": 2 * HOUR}),
        ({"created": 5 * HOUR}, {"created": 2 * HOUR}),
        ({}, {}),
    ],
)
def test_ages_within_one_power_of_two_are_decided_by_uid(one, other) -> None:
    ages = {"ready_since": 1.0, "created": 1.0}
    low = Candidate(name="low", uid="a", **{**ages, **one})
    high = Candidate(name="high", uid="b", **{**ages, **other})
    assert [p.name for p in deletion_order([high, low], now=10 * HOUR)] == ["low", "high"]
    swapped = Candidate(name="low", uid="a", **{**ages, **other})
    against = Candidate(name="high", uid="b", **{**ages, **one})
    assert [p.name for p in deletion_order([against, swapped], now=10 * HOUR)] == ["low", "high"]


@pytest.mark.parametrize(
    ("age", "power"),
    [(0.0, -1), (-1.0, -1), (1e-9, 0), (1.0, 29), (2.0, 30), (2 * HOUR, 42), (5 * HOUR, 44)],
)
def test_age_is_compared_by_its_power_of_two_in_nanoseconds(age, power) -> None:
    assert age_power(100.0, 100.0 + age) == power


@pytest.mark.parametrize(
    ("text", "cost"), [("5", 5), ("-5", -5), ("+5", 5), ("", 0), ("five", 0), ("1.5", 0)]
)
def test_a_deletion_cost_is_a_whole_number_or_nothing(text, cost) -> None:
    key = "controller.kubernetes.io/pod-deletion-cost"
    assert deletion_cost({"metadata": {"annotations": {key: text}}}) == cost


@pytest.mark.parametrize(
    ("restart", "wait"), [(1, 0), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 300), (8, 300)]
)
def test_a_container_that_crashes_at_once_waits_twice_as_long_each_time(restart, wait) -> None:
    back_off, now, found = BackOff(), 0.0, -1.0
    for _ in range(restart):
        found = back_off.wait_after(now)
        restarted = now + found
        back_off = back_off.stepped(now, restarted)
        now = restarted + 1.0  # It runs a second and crashes again.
    assert found == wait


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.005), (2, 0.01), (3, 0.02), (18, 655.36), (19, 1000), (99, 1000)],
)
def test_a_controllers_queue_holds_back_from_5_ms_to_1000_s(failures, seconds) -> None:
    assert retry_seconds(failures) == pytest.approx(seconds)


@pytest.mark.parametrize(("ran", "wait"), [(599.0, 20), (600.0, 20), (600.5, 0), (5000.0, 0)])
def test_ten_minutes_without_a_crash_forgive_everything(ran, wait) -> None:
    back_off = BackOff(seconds=20.0, stepped_at=100.0)
    assert back_off.wait_after(100.0 + ran) == wait


def test_the_series_starts_again_after_it_was_forgiven() -> None:
    back_off = BackOff(seconds=160.0, stepped_at=0.0).stepped(601.0, 601.0)
    assert back_off == BackOff(seconds=10.0, stepped_at=601.0)


@pytest.mark.parametrize(
    ("grace", "hook", "sigterm", "sigkill"),
    [
        (30, 0, 0, 30),
        (30, 15, 15, 30),
        (30, 40, 30, 32),
        (10, 9.4, 9.4, 11.4),
        (10, 8, 8, 10),
        (10, 8.9, 8.9, 10.9),
        (0, 5, 0, 2),
        (1, 0, 0, 2),
        (2, 1, 1, 3),
        (60, 30.5, 30.5, 60.5),
    ],
)
def test_pre_stop_spends_from_the_grace_period_and_two_seconds_stay(
    grace, hook, sigterm, sigkill
) -> None:
    spent = min(grace, hook)
    assert spent == sigterm
    assert spent + kill_after(grace_left(grace, spent)) == pytest.approx(sigkill)


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        (None, Hook()),
        ({"sleep": {"seconds": 5}}, Hook(exists=True, seconds=5.0)),
        ({"exec": {"command": ["sleep", "10"]}}, Hook(exists=True, seconds=10.0)),
        ({"exec": {"command": ["/bin/sleep", "1.5"]}}, Hook(exists=True, seconds=1.5)),
        ({"exec": {"command": ["sh", "-c", "sleep 15"]}}, Hook(exists=True, seconds=15.0)),
        ({"exec": {"command": ["/bin/bash", "-ec", "sleep 1m"]}}, Hook(exists=True, seconds=60.0)),
        ({"exec": {"command": ["sh", "-c", "sleep 5; sleep 2s"]}}, Hook(exists=True, seconds=7.0)),
        ({"exec": {"command": ["sh", "-c", "exec sleep 3"]}}, Hook(exists=True, seconds=3.0)),
        (
            {"exec": {"command": ["sh", "-c", "sleep 5 && nginx -s quit"]}},
            Hook(exists=True, seconds=5.0, unknown="sleep 5 && nginx -s quit"),
        ),
        (
            {"exec": {"command": ["nginx", "-s", "quit"]}},
            Hook(exists=True, unknown="nginx -s quit"),
        ),
        ({"exec": {"command": ["sleep", "soon"]}}, Hook(exists=True, unknown="sleep soon")),
        ({"httpGet": {"path": "/stop", "port": 80}}, Hook(asked=True, exists=True)),
    ],
)
def test_pre_stop_is_read_as_the_sleep_it_is(hook, expected) -> None:
    container = {"name": "web"} if hook is None else {"name": "web", "lifecycle": {"preStop": hook}}
    assert hook_of(container, "preStop") == expected


@pytest.mark.parametrize(
    ("start", "period", "earliest", "expected"),
    [
        (0.5, 10, 0.2, 0.5),
        (0.5, 10, 3.0, 10.5),
        (0.5, 10, 10.5, 10.5),
        (0.5, 10, 10.6, 20.5),
        (-7.3, 1, 0.0, 0.7),
        (0.1, 3, 0.1, 0.1),
    ],
)
def test_a_probe_falls_on_its_workers_tick(start, period, earliest, expected) -> None:
    assert first_tick(start, period, earliest) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("phase", "now", "expected"), [(0.3, 2.0, 2.3), (0.3, 2.3, 3.3), (0.3, -5.0, -4.7)]
)
def test_a_beat_comes_strictly_after_now(phase, now, expected) -> None:
    assert next_beat(phase, 1.0, now) == pytest.approx(expected)


def test_a_probe_has_kubernetes_defaults_and_zero_means_unset() -> None:
    probe = probe_of({"livenessProbe": {"periodSeconds": 0, "httpGet": {}}}, "livenessProbe")
    assert probe is not None
    found = (
        probe.initial_delay_seconds,
        probe.period_seconds,
        probe.timeout_seconds,
        probe.success_threshold,
        probe.failure_threshold,
    )
    assert found == (0, 10, 1, 1, 3)


def pod(ready: bool, deleted: bool, since: float = 10.0) -> dict:
    metadata = {"name": "p", "deletionTimestamp": 50.0} if deleted else {"name": "p"}
    ready_condition = {
        "type": "Ready",
        "status": "True" if ready else "False",
        "lastTransitionTime": since,
    }
    return {"metadata": metadata, "status": {"conditions": [ready_condition]}}


@pytest.mark.parametrize(
    ("ready", "deleted", "expected"),
    [
        (True, False, (True, True, False)),
        (False, False, (False, False, False)),
        (True, True, (False, True, True)),
        (False, True, (False, False, True)),
    ],
)
def test_endpoint_conditions_follow_readiness_and_deletion(ready, deleted, expected) -> None:
    found = endpoint_conditions(pod(ready, deleted))
    assert (found["ready"], found["serving"], found["terminating"]) == expected


def test_published_unready_addresses_are_always_ready() -> None:
    found = endpoint_conditions(pod(False, True), publish_not_ready=True)
    assert found == {"ready": True, "serving": False, "terminating": True}


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ([(True, False), (True, True)], [0]),
        ([(True, True), (False, True)], [0]),  # Nobody ready: those that still serve.
        ([(False, False), (False, True)], []),
        ([], []),
    ],
)
def test_a_proxy_chooses_ready_endpoints_else_terminating_ones_that_serve(pods, expected) -> None:
    entries = [{"n": n, "conditions": endpoint_conditions(pod(*p))} for n, p in enumerate(pods)]
    assert [entry["n"] for entry in chosen(entries)] == expected


@pytest.mark.parametrize(
    ("seconds", "now", "expected"),
    [(0, 10.0, True), (5, 14.9, False), (5, 15.0, False), (5, 15.000001, True)],
)
def test_availability_comes_strictly_after_min_ready_seconds(seconds, now, expected) -> None:
    assert is_available(pod(True, False), seconds, now) is expected


def test_a_pod_that_is_not_ready_is_never_available() -> None:
    assert is_available(pod(False, False), 0, 1e9) is False
