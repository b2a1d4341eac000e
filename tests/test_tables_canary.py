"""Argo Rollouts' replica arithmetic, row by row.

The rows are those of argoproj/argo-rollouts utils/replicaset/canary_test.go.
"""

from __future__ import annotations

from itertools import product

import pytest

from sim.model.canary_replicas import Split, by_ratio, next_split, routed, routed_dynamically
from sim.model.rollout import Sizes, fenceposts

# replicas, surge: (weight, canary, stable) …
NEAREST = {
    (0, 0): [(0, 0, 0), (50, 0, 0), (100, 0, 0)],
    (0, 1): [(0, 0, 0), (50, 0, 0), (100, 0, 0)],
    (1, 0): [(0, 0, 1), (1, 0, 1), (49, 0, 1), (50, 1, 0), (99, 1, 0), (100, 1, 0)],
    (1, 1): [(0, 0, 1), (1, 1, 1), (49, 1, 1), (50, 1, 1), (99, 1, 1), (100, 1, 0)],
    (2, 0): [(0, 0, 2), (1, 1, 1), (50, 1, 1), (99, 1, 1), (100, 2, 0)],
    (2, 1): [(0, 0, 2), (1, 1, 2), (50, 1, 1), (99, 2, 1), (100, 2, 0)],
    (3, 0): [(10, 1, 2), (25, 1, 2), (33, 1, 2), (34, 1, 2), (49, 1, 2), (50, 2, 1)],
    (3, 1): [(10, 1, 3), (25, 1, 3), (33, 1, 2), (34, 1, 2), (49, 2, 2), (50, 2, 2)],
    (10, 0): [(1, 1, 9), (14, 1, 9), (15, 2, 8), (16, 2, 8), (99, 9, 1)],
    (10, 1): [
        *[(0, 0, 10), (1, 1, 10), (18, 2, 9), (19, 2, 9), (20, 2, 8), (23, 2, 8), (24, 3, 8)],
        *[(25, 3, 8), (99, 10, 1), (100, 10, 0)],
    ],
}


@pytest.mark.parametrize(
    ("replicas", "surge", "weight", "canary", "stable"),
    [(*key, *row) for key, rows in NEAREST.items() for row in rows],
)
def test_the_nearest_split_is_taken_and_neither_side_is_empty(
    replicas, surge, weight, canary, stable
):
    assert Split(canary=canary, stable=stable) == by_ratio(replicas, weight, surge=bool(surge))


@pytest.mark.parametrize(
    ("replicas", "weight", "surge", "unavailable", "canary", "stable", "expected"),
    [
        # replicas, weight, surge, unavailable, canary and stable (size, available): new sizes
        (10, 100, 3, 0, (6, 3), (7, 8), (6, 7)),  # A stable that is being scaled down already.
        (10, 20, 2, 0, (0, 0), (10, 10), (2, 10)),
        (10, 20, "20%", 0, (0, 0), (10, 10), (2, 10)),
        (10, 20, "20%", 0, (2, 2), (10, 10), (2, 8)),
        (10, 30, 2, 0, (0, 0), (10, 10), (2, 10)),  # Not past the surge.
        (10, 20, 0, 2, (0, 0), (10, 10), (0, 8)),
        (10, 20, 0, "20%", (0, 0), (10, 10), (0, 8)),
        (10, 30, 0, 2, (0, 0), (10, 10), (0, 8)),  # Not past the unavailable.
        (10, 50, 2, 1, (0, 0), (10, 10), (2, 9)),
        (10, 0, 1, 1, (1, 1), (10, 10), (0, 10)),
        (10, 100, 1, 1, (10, 10), (1, 1), (10, 0)),
        (1, 20, 1, 0, (0, 0), (1, 1), (1, 1)),
        (1, 90, 1, 0, (0, 0), (1, 1), (1, 1)),
        (1, 49, 0, 1, (0, 0), (1, 1), (0, 1)),
        (1, 51, 0, 1, (0, 0), (1, 1), (0, 0)),
        (1, 51, 0, 1, (0, 0), (0, 0), (1, 0)),
        (10, 30, 0, 3, (4, 4), (8, 5), (3, 7)),
        (10, 100, 1, 0, (10, 8), (10, 2), (9, 2)),
        (10, 5, 0, 1, (0, 0), (10, 10), (0, 9)),
        (10, 5, 0, 1, (0, 0), (9, 9), (1, 9)),
        (10, 10, "0%", "0%", (0, 0), (10, 10), (0, 9)),  # Both zero: one may be unavailable.
        (4, 100, 1, 0, (0, 0), (4, 1), (1, 4)),
        (3, 99, 0, 2, (0, 0), (3, 3), (0, 1)),
        (3, 99, 0, 2, (0, 0), (1, 1), (2, 1)),
        (4, 100, 1, 0, (1, 1), (4, 1), (1, 3)),
        (4, 0, 1, 0, (4, 4), (0, 0), (4, 1)),  # Going back: stable first.
        (4, 0, 1, 0, (4, 4), (1, 0), (4, 1)),
        (4, 0, 1, 0, (4, 4), (1, 1), (3, 1)),
        (4, 100, 4, 4, (0, 0), (4, 4), (4, 0)),
        (4, 100, 3, 0, (0, 0), (4, 4), (3, 4)),
    ],
)
def test_one_step_keeps_within_surge_and_unavailable(
    replicas, weight, surge, unavailable, canary, stable, expected
):
    bounds = fenceposts(replicas, surge, unavailable)
    wanted = by_ratio(replicas, weight, surge=bounds.surge > 0)
    now = [Sizes(size=size, available=available) for size, available in (canary, stable)]

    assert Split(canary=expected[0], stable=expected[1]) == next_split(bounds, wanted, *now)


@pytest.mark.parametrize(
    ("replicas", "weight", "canary"),
    [(10, 5, 1), (10, 10, 1), (10, 11, 2), (10, 0, 0), (1, 100, 1), (4, 200, 8), (3, 34, 2)],
)
def test_with_routes_stable_stays_whole(replicas, weight, canary):
    assert Split(canary=canary, stable=replicas) == routed(replicas, weight)


@pytest.mark.parametrize(
    ("wanted", "actual", "canary", "stable"),
    [
        (0, 0, 0, 10),
        (20, 0, 2, 10),  # The canary comes up; stable has all requests still.
        (20, 20, 2, 8),
        (60, 20, 6, 8),
        (40, 60, 4, 6),  # Going back: stable grows before its requests come.
        (100, 100, 10, 0),
    ],
)
def test_a_dynamic_stable_keeps_what_either_weight_needs(wanted, actual, canary, stable):
    assert Split(canary=canary, stable=stable) == routed_dynamically(10, wanted, actual)


def test_every_step_leads_on_to_the_wanted_split_and_never_breaks_its_bounds():
    """All pods of a step become available before the next one; every weight, from none and all."""
    for replicas, weight, surge, unavailable in product((1, 3, 10), range(0, 101, 7), (0, 2), (1,)):
        bounds = fenceposts(replicas, surge, unavailable)
        wanted = by_ratio(replicas, weight, surge=bounds.surge > 0)
        for now in (Split(canary=0, stable=replicas), Split(canary=replicas, stable=0)):
            for _ in range(4 * replicas):
                sides = [Sizes(size=n, available=n) for n in (now.canary, now.stable)]
                now = next_split(bounds, wanted, *sides)
                assert bounds.minimum <= now.canary + now.stable <= bounds.ceiling
            assert wanted == now
