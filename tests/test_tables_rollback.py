"""The tree of a decision to go back, and a person's delays: tables of in and out."""

from __future__ import annotations

import pytest

from sim.model.person import Person
from sim.model.rollback_tree import (
    SYMPTOMS,
    Advice,
    Difficulty,
    Scope,
    Severity,
    Symptom,
    advise,
    difficulty,
)

EASY, HARD, UNKNOWN = Difficulty.EASY, Difficulty.HARD, Difficulty.UNKNOWN
AT_ONCE, CONSIDER, DO_NOT = Advice.AT_ONCE, Advice.CONSIDER, Advice.DO_NOT


@pytest.mark.parametrize(
    ("symptom", "easy", "hard", "unknown"),
    [
        # P0, handbook 8.1: at once, even if a repair were quick.
        (Symptom.SERVICE_DOWN, AT_ONCE, AT_ONCE, AT_ONCE),
        (Symptom.DATA_AT_RISK, AT_ONCE, AT_ONCE, AT_ONCE),
        (Symptom.MANY_USERS, AT_ONCE, AT_ONCE, AT_ONCE),
        # P1: estimate the repair; consider; perhaps.
        (Symptom.PARTLY_BROKEN, DO_NOT, CONSIDER, CONSIDER),
        (Symptom.SLOW, DO_NOT, CONSIDER, CONSIDER),
        (Symptom.SOME_USERS, DO_NOT, CONSIDER, CONSIDER),
        # P2: normally not.
        (Symptom.LOOKS_WRONG, DO_NOT, DO_NOT, DO_NOT),
        (Symptom.NON_CRITICAL, DO_NOT, DO_NOT, DO_NOT),
        (Symptom.LOG_ONLY, DO_NOT, DO_NOT, DO_NOT),
    ],
)
def test_the_tree_says_what_the_handbook_says(symptom, easy, hard, unknown):
    severity, scope = SYMPTOMS[symptom]

    assert [easy, hard, unknown] == [advise(severity, scope, d) for d in (EASY, HARD, UNKNOWN)]


def test_every_symptom_is_classified():
    assert set(Symptom) == set(SYMPTOMS)


def test_a_middling_problem_that_nobody_meets_is_no_reason():
    assert DO_NOT == advise(Severity.P1, Scope.NOBODY, HARD)
    assert AT_ONCE == advise(Severity.P0, Scope.NOBODY, EASY)


@pytest.mark.parametrize(
    ("repair", "way_back", "expected"),
    [
        (60.0, 300.0, EASY),
        (300.0, 60.0, HARD),
        (60.0, 60.0, HARD),  # The way back was tried before, the repair was not.
        (None, 60.0, UNKNOWN),
        (60.0, None, UNKNOWN),
    ],
)
def test_a_repair_is_measured_against_the_way_back(repair, way_back, expected):
    assert expected == difficulty(repair, way_back)


def test_a_person_reacts_between_the_bounds_and_the_same_under_the_same_seed():
    person = Person(pager_seconds=(5.0, 10.0), reaction_seconds=(60.0, 120.0))
    found = [person.reacts_after(seed) for seed in range(200)]

    assert all(65.0 < seconds < 130.0 for seconds in found)
    assert len(set(found)) == 200
    assert min(found) < 80.0 and max(found) > 115.0  # One in a million seeds misses either.
    assert found == [person.reacts_after(seed) for seed in range(200)]
    prompt = Person(pager_seconds=(30.0, 30.0), reaction_seconds=(60.0, 120.0))
    assert prompt.reacts_after(1, page=0) != prompt.reacts_after(1, page=1)
    assert 130.0 == person.longest_seconds


@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (2.0, 1.0)])
def test_a_person_does_not_react_before_the_alert(bounds):
    with pytest.raises(ValueError, match="must ascend"):
        Person(reaction_seconds=bounds)
