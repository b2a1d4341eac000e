"""Visits: how many requests a user sends in a row, when, and what drives users away."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from scipy import stats
from tiny_traffic import plane_of, play, serving

from sim.errors import ScenarioError
from sim.model.behaviour import Clients
from sim.model.run import Window
from sim.model.visit import VISIT_BITS, Visits, number_of, place_of, visit_of
from sim.scenario.load import load
from sim.session import run

LONG = {"concurrency": 10_000}


def played(visits: Visits | None, *, end: float = 2000.0, until: float = 1e6, **fields):
    """The log of a plane with one pod that never queues, and the same with all its state."""
    fields = {"rate": 2.0, "poisson": True, "behaviour": serving(0.25, **LONG)} | fields
    plane = plane_of(end=end, visits=visits, population=10**7, **fields)
    return plane, play(plane, until).log


def by_visit(log) -> dict[int, list]:
    found = defaultdict(list)
    for entry in sorted(log, key=lambda entry: entry.request):
        found[visit_of(entry.request)].append(entry)
    return found


def test_a_visit_is_found_in_its_requests_numbers():
    assert 7 == visit_of(number_of(7, 3)) and 3 == place_of(number_of(7, 3))
    assert 5 == number_of(5, 0)
    assert (1 << VISIT_BITS) + 5 == number_of(5, 1)


def test_a_visit_of_one_request_is_a_request():
    _, alone = played(None, end=200.0)
    _, visits = played(Visits(requests=1.0, think_seconds=3.0), end=200.0)

    assert alone == visits


def test_visits_have_geometrically_many_requests():
    _, log = played(Visits(requests=4.0, think_seconds=0.5), end=4000.0)
    sizes = [len(entries) for visit, entries in by_visit(log).items() if entries[0].sent < 3500.0]

    assert len(sizes) > 6000
    assert abs(np.mean(sizes) - 4.0) < 4.0 * sqrt(4.0 * 3.0 / len(sizes))
    observed = np.bincount(np.minimum(sizes, 12), minlength=13)[1:]
    expected = len(sizes) * np.append(stats.geom.pmf(range(1, 12), 0.25), stats.geom.sf(11, 0.25))
    assert stats.chisquare(observed, expected).pvalue > 1e-3


def test_a_user_thinks_from_the_answer_on_and_no_two_visits_share_their_draws():
    _, log = played(Visits(requests=3.0, think_seconds=2.0), end=2000.0)
    thought = [
        later.sent - earlier.answered
        for entries in by_visit(log).values()
        for earlier, later in pairwise(entries)
        if earlier.answered < 1900.0
    ]

    assert len(thought) > 5000 and min(thought) >= 0.0
    assert stats.kstest(thought, stats.expon(scale=2.0).cdf).pvalue > 1e-3


def test_all_requests_of_a_visit_are_the_same_users_and_each_has_its_own_demand():
    _, log = played(
        Visits(requests=5.0, think_seconds=0.5),
        behaviour=serving(0.25, demand="exponential", **LONG),
        end=500.0,
    )
    visits = [entries for entries in by_visit(log).values() if len(entries) > 2]

    assert all(len({entry.user for entry in entries}) == 1 for entries in visits)
    times = [entry.answered - entry.sent for entries in visits for entry in entries]
    assert len(set(times)) == len(times)


def test_failures_drive_as_many_away_as_is_said():
    no_time = Clients(attempt_timeout_seconds=0.1, deadline_seconds=0.1)
    visits = Visits(requests=4.0, think_seconds=0.5, leaves=0.4)
    _, log = played(visits, clients=no_time, end=4000.0)
    sizes = [len(entries) for entries in by_visit(log).values() if entries[0].sent < 3500.0]
    goes_on = 0.75 * 0.6

    mean = 1.0 / (1.0 - goes_on)
    assert abs(np.mean(sizes) - mean) < 4.0 * sqrt(goes_on) * mean / sqrt(len(sizes))


def test_the_same_users_go_on_whoever_answers_them():
    visits = Visits(requests=4.0, think_seconds=0.5)
    _, quick = played(visits, behaviour=serving(0.1, **LONG))
    _, slow = played(visits, behaviour=serving(0.2, **LONG))
    early = [{e.request for e in log if e.sent < 1000.0} for log in (quick, slow)]

    assert len(early[0] ^ early[1]) < 0.01 * len(early[0])


def test_nothing_is_sent_after_the_end_of_traffic_and_all_of_it_is_answered():
    plane, log = played(Visits(requests=10.0, think_seconds=5.0), end=100.0)

    assert max(entry.sent for entry in log) < 100.0
    assert plane.arrived() == len(log) and plane.in_flight() == 0


def test_a_request_of_a_visit_is_counted_when_it_is_meant_and_not_before():
    plane = plane_of(
        rate=1.0, end=50.0, behaviour=serving(0.25, **LONG),
        visits=Visits(requests=50.0, think_seconds=3.0),
    )  # fmt: skip
    for until in np.arange(0.75, 50.0, 1.3):
        play(plane, until)
        assert plane.in_flight() <= plane.arrived()
        assert plane.counts().total == plane.arrived() - plane.in_flight()


def test_the_traffics_rate_is_that_of_all_requests_from_the_windows_first_second_on():
    scenario = load(
        ["web-app"],
        overrides=["traffic.rate=40/s", "users.visits.requests=4", "users.visits.think=20s"],
    )
    window = Window(start=0.0, first_write=10.0, end=400.0)
    record = run(scenario, None, 1, window=window)
    counts = record.requests
    inside = (counts.second >= 0) & (counts.second < 400)
    early = (counts.second >= 0) & (counts.second < 40)
    # A Poisson number of visits with geometric sizes: the variance is (2 m - 1) x the mean.
    for chosen, seconds in ((inside, 400), (early, 40)):
        asked = 40.0 * seconds
        assert abs(int(counts.count[chosen].sum()) - asked) < 4.0 * sqrt(7.0 * asked)


def test_visits_that_last_too_long_are_refused_with_the_limit():
    with pytest.raises(ScenarioError) as found:
        load(["web-app"], overrides=["users.visits.requests=1000"])

    (problem,) = found.value.problems
    assert "15m" in str(problem) and "2h46m40s" in str(problem)
