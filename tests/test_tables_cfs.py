"""Tables of section 12: how long a burst takes under a CPU quota, and who gets which cores."""

from __future__ import annotations

import pytest

from sim.model.cfs import burst_seconds, fair_shares


@pytest.mark.parametrize(
    ("limit", "cpu", "seconds"),
    [
        (0.5, 0.080, 0.130),  # The sheet's example: 50 ms run, 50 ms wait, 30 ms run.
        (0.5, 0.050, 0.050),  # The whole quota and not a moment more.
        (0.5, 0.051, 0.101),
        (0.5, 0.100, 0.150),
        (0.5, 0.500, 0.950),
        (0.1, 0.080, 0.710),  # 10 ms of every 100.
        (0.1, 0.010, 0.010),
        (0.25, 2.0, 7.925),  # A start of two CPU seconds under a quarter of a core.
        (0.2, 1.0, 4.920),
        (0.9, 0.080, 0.080),
        (0.9, 0.180, 0.190),
        (0.75, 0.150, 0.175),
        (1.0, 5.0, 5.0),  # One thread never uses more than a core.
        (2.0, 5.0, 5.0),
        (float("inf"), 1.5, 1.5),
        (0.5, 0.0, 0.0),
    ],
)
def test_a_burst_of_one_thread_under_a_limit(limit, cpu, seconds) -> None:
    assert burst_seconds(cpu, limit) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    ("cores", "threads", "weights", "shares"),
    [
        (4, [1, 1], [1, 1], [1, 1]),
        (1, [1, 1], [1, 1], [0.5, 0.5]),
        (1, [1, 1], [1, 3], [0.25, 0.75]),
        (4, [1, 4, 4], [1, 1, 1], [1, 1.5, 1.5]),
        (4, [1, 4, 4], [1, 1, 2], [1, 1, 2]),
        (4, [8, 8], [0.1, 0.3], [1, 3]),
        (4, [8, 1], [0.1, 0.3], [3, 1]),  # One thread cannot use three cores.
        (2, [0, 5], [9, 1], [0, 2]),  # Who computes nothing takes nothing.
        (3, [2, 2, 2], [100, 1, 1], [2, 0.5, 0.5]),
        (8, [2, 2, 2], [100, 1, 1], [2, 2, 2]),
        (4, [], [], []),
    ],
)
def test_cores_are_shared_by_weight_where_they_are_scarce(cores, threads, weights, shares) -> None:
    assert fair_shares(cores, threads, weights) == pytest.approx(shares)
