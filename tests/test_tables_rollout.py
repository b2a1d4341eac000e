"""Tables: the arithmetic of rollouts, row by row, as Kubernetes' own sources and runs have it."""

from __future__ import annotations

import pytest

from sim.errors import Invalid
from sim.model.int_or_percent import scaled
from sim.model.progress import Counts, due_at, has_progressed, is_complete, recheck_at
from sim.model.proportional import Share, proportional_sizes, round_half_away
from sim.model.rollout import Fenceposts, Sizes, fenceposts, new_size, old_sizes


@pytest.mark.parametrize(
    ("value", "whole", "up", "down"),
    [
        (3, 10, 3, 3),
        (0, 10, 0, 0),
        ("25%", 10, 3, 2),
        ("30%", 7, 3, 2),
        ("25%", 1, 1, 0),
        ("1%", 100, 1, 1),
        ("110%", 100, 110, 110),
        ("110%", 10, 11, 11),
        ("0%", 10, 0, 0),
        ("100%", 0, 0, 0),
        ("33%", 3, 1, 0),
    ],
)
def test_a_percentage_rounds_up_for_surge_and_down_for_unavailable(value, whole, up, down) -> None:
    assert (scaled(value, whole, round_up=True), scaled(value, whole, round_up=False)) == (up, down)


@pytest.mark.parametrize("value", ["25", "25 %", "-5%", "%", "2.5%", "", "a%", True, None, "25%\n"])
def test_what_is_neither_a_number_nor_a_percentage_is_refused(value) -> None:
    with pytest.raises(Invalid, match="valid percent string"):
        scaled(value, 10, round_up=True)


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "minimum", "ceiling"),
    [
        (1, 1, 0, 1, 2),
        (2, 1, 0, 2, 3),
        (3, 1, 0, 3, 4),
        (4, 1, 1, 3, 5),
        (5, 2, 1, 4, 7),
        (6, 2, 1, 5, 8),
        (8, 2, 2, 6, 10),
        (10, 3, 2, 8, 13),
    ],
)
def test_the_default_budget_resolves_as_upstream_documents(
    replicas, surge, unavailable, minimum, ceiling
) -> None:
    found = fenceposts(replicas, "25%", "25%")
    assert (found.surge, found.unavailable, found.minimum, found.ceiling) == (
        surge,
        unavailable,
        minimum,
        ceiling,
    )


@pytest.mark.parametrize(
    ("replicas", "max_surge", "max_unavailable", "expected"),
    [
        (10, 0, "1%", (0, 1)),  # Both round to 0: something has to move.
        (10, "0%", 0, (0, 1)),
        (10, "1%", "1%", (1, 0)),
        (2, 0, 5, (0, 2)),  # Never more unavailable than there are.
        (0, "25%", "25%", (0, 0)),
        (0, 1, 1, (1, 0)),
        (7, "30%", "30%", (3, 2)),
        (10, "100%", "100%", (10, 10)),
    ],
)
def test_surge_and_unavailable_are_never_both_zero(
    replicas, max_surge, max_unavailable, expected
) -> None:
    found = fenceposts(replicas, max_surge, max_unavailable)
    assert (found.surge, found.unavailable) == expected


def posts(replicas: int, surge: int, unavailable: int) -> Fenceposts:
    return Fenceposts(replicas=replicas, surge=surge, unavailable=unavailable)


@pytest.mark.parametrize(
    ("bounds", "size", "total", "expected"),
    [
        (posts(10, 3, 2), 0, 10, 3),  # Creation beside ten old pods.
        (posts(10, 3, 2), 3, 11, 5),
        (posts(10, 3, 2), 5, 13, 5),  # At the ceiling.
        (posts(10, 3, 2), 10, 12, 10),
        (posts(10, 3, 2), 12, 12, 10),  # Larger than wanted: down to it.
        (posts(10, 3, 2), 9, 9, 10),  # No more than wanted, whatever room there is.
        (posts(10, 0, 2), 0, 10, 0),
        (posts(10, 0, 2), 0, 8, 2),
        (posts(4, 1, 1), 0, 4, 1),
        (posts(4, 1, 1), 1, 4, 2),
        (posts(1, 1, 0), 0, 1, 1),
        (posts(6, 2, 1), 0, 0, 6),  # Nothing old: all at once.
        (posts(0, 0, 0), 0, 4, 0),
        (posts(10, 3, 2), 0, 13, 0),  # A rollover at the ceiling starts at nothing.
    ],
)
def test_the_new_replica_set_grows_to_the_ceiling(bounds, size, total, expected) -> None:
    assert new_size(bounds, size, total) == expected


@pytest.mark.parametrize(
    ("bounds", "olds", "new", "expected"),
    [
        (posts(10, 3, 2), [(10, 10)], (3, 0), (8,)),
        (posts(10, 3, 2), [(8, 8)], (5, 0), (8,)),  # 13 - 8 - 5 = 0: it stays.
        (posts(10, 3, 2), [(8, 8)], (5, 1), (7,)),
        (posts(10, 3, 2), [(8, 8)], (5, 5), (3,)),
        (posts(10, 3, 2), [(8, 0)], (5, 0), (8,)),  # No budget: not even broken ones go.
        (posts(10, 3, 2), [(8, 5)], (5, 5), (3,)),  # Three broken, then two healthy.
        (posts(10, 3, 2), [(4, 2), (4, 4)], (5, 3), (1, 4)),  # Broken first, then the oldest.
        (posts(10, 3, 2), [(4, 4), (4, 2)], (5, 3), (3, 2)),
        (posts(10, 3, 2), [(0, 0), (2, 2)], (10, 10), (0, 0)),
        (posts(4, 1, 1), [(4, 4)], (1, 0), (3,)),
        (posts(4, 1, 1), [(3, 3)], (2, 0), (3,)),
        (posts(4, 1, 0), [(4, 4)], (1, 0), (4,)),  # Unavailable 0: wait for a new one.
        (posts(4, 1, 0), [(4, 4)], (1, 1), (3,)),
        (posts(10, 2, 1), [(9, 6)], (3, 3), (6,)),  # Undo: first cut by what is not ready.
        (posts(10, 3, 2), [(0, 0)], (10, 4), (0,)),
        (posts(10, 3, 2), [(8, 10)], (5, 1), None),  # The last step was not observed yet.
        (posts(10, 3, 2), [(8, 10)], (5, 0), (8,)),  # Nothing to do in any case.
        (posts(10, 3, 2), [(3, 1), (2, 4)], (8, 8), None),
    ],
)
def test_old_replica_sets_shrink_by_what_the_budget_allows(bounds, olds, new, expected) -> None:
    found = old_sizes(
        bounds,
        [Sizes(size=size, available=available) for size, available in olds],
        Sizes(size=new[0], available=new[1]),
    )
    assert found == expected


def share(name: str, size: int, created: float, ceiling: int) -> Share:
    return Share(name=name, size=size, created=created, known_ceiling=ceiling)


@pytest.mark.parametrize(
    ("bounds", "active", "status_replicas", "expected"),
    [
        (posts(10, 0, 1), [("old", 3, 1, 5), ("new", 2, 2, 5)], 5, {"old": 6, "new": 4}),
        (posts(20, 2, 1), [("old", 6, 1, 12), ("new", 6, 2, 12)], 12, {"old": 11, "new": 11}),
        (posts(15, 3, 2), [("old", 8, 1, 13), ("new", 5, 2, 13)], 13, {"old": 11, "new": 7}),
        (posts(5, 0, 1), [("old", 6, 1, 10), ("new", 4, 2, 10)], 10, {"old": 3, "new": 2}),
        (posts(0, 0, 0), [("old", 6, 1, 10), ("new", 4, 2, 10)], 10, {"old": 0, "new": 0}),
        (posts(10, 0, 1), [("old", 5, 1, 10), ("new", 5, 2, 10)], 10, {"old": 5, "new": 5}),
        # All was given away before the last one's turn: it keeps what it has …
        (posts(10, 0, 1), [("old", 5, 1, 6), ("new", 2, 2, 20)], 7, {"old": 8, "new": 2}),
        # … and else shrinks, although there is something to add.
        (posts(10, 0, 1), [("old", 5, 1, 8), ("new", 2, 2, 20)], 7, {"old": 9, "new": 1}),
        # One that was scaled by hand, with an old ceiling, grows at the other's expense.
        (posts(7, 2, 1), [("new", 7, 2, 9), ("old", 5, 1, 6)], 7, {"new": 1, "old": 8}),
        # Equal sizes: what is left over goes to the newest when growing …
        (posts(11, 0, 1), [("old", 5, 1, 10), ("new", 5, 2, 10)], 10, {"old": 5, "new": 6}),
        # … and is taken from the oldest when shrinking.
        (posts(9, 0, 1), [("old", 5, 1, 10), ("new", 5, 2, 10)], 10, {"old": 4, "new": 5}),
        # No annotation: the Deployment's status stands in, and without that the first gets all.
        (posts(10, 0, 1), [("old", 3, 1, 0), ("new", 2, 2, 0)], 5, {"old": 6, "new": 4}),
        (posts(10, 0, 1), [("old", 3, 1, 0), ("new", 2, 2, 0)], 0, {"old": 8, "new": 2}),
    ],
)
def test_scaling_in_a_rollout_gives_every_set_its_share(
    bounds, active, status_replicas, expected
) -> None:
    found = proportional_sizes(bounds, [share(*row) for row in active], status_replicas)
    assert found == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (7, 2, 4), (4, 3, 1), (5, 3, 2), (0, 7, 0), (110, 20, 6)],
)
def test_shares_round_halves_away_from_zero(numerator, denominator, expected) -> None:
    assert round_half_away(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((4, 4, 4, 4), True),
        ((5, 4, 5, 4), False),  # An old pod is left.
        ((4, 3, 4, 4), False),
        ((4, 4, 4, 3), False),
    ],
)
def test_a_rollout_is_complete_when_only_available_new_pods_count(counts, expected) -> None:
    replicas, updated, ready, available = counts
    found = Counts(replicas=replicas, updated=updated, ready=ready, available=available)
    assert is_complete(4, found) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((10, 0, 10, 10), (13, 3, 10, 10), True),  # More updated.
        ((13, 5, 8, 8), (12, 5, 8, 8), True),  # Fewer old.
        ((13, 5, 8, 8), (13, 5, 9, 8), True),
        ((13, 5, 9, 8), (13, 5, 9, 9), True),
        ((13, 5, 9, 9), (13, 5, 9, 9), False),
        ((13, 5, 9, 9), (12, 4, 8, 8), False),  # Losing new pods is not progress.
        ((13, 5, 9, 9), (13, 5, 8, 8), False),
    ],
)
def test_progress_is_more_new_or_fewer_old_or_more_ready(before, after, expected) -> None:
    def counts(row: tuple[int, int, int, int]) -> Counts:
        return Counts(replicas=row[0], updated=row[1], ready=row[2], available=row[3])

    assert has_progressed(counts(before), counts(after)) is expected


@pytest.mark.parametrize(
    ("last_update", "deadline", "due", "again"),
    [(12.7, 600, 612.0, 613.0), (12.0, 600, 612.0, 613.0), (-3.2, 10, 6.0, 7.0)],
)
def test_the_deadline_counts_from_the_whole_second_of_the_last_progress(
    last_update, deadline, due, again
) -> None:
    assert (due_at(last_update, deadline), recheck_at(last_update, deadline)) == (due, again)
