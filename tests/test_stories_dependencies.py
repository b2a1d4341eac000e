"""Stories of a database that two versions share: locks, outages, and who recovers from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import WINDOW, deployment, failures, rehearse, scenario, session

from sim.errors import ScenarioError
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.run import Run
from sim.scenario.scenario import Scenario

LIVENESS = {
    "httpGet": {"path": "/", "port": 80},
    "initialDelaySeconds": 21,
    "periodSeconds": 2,
    "timeoutSeconds": 1,
}
READINESS = {"tcpSocket": {"port": 80}, "periodSeconds": 1}
CALLS = (
    "dependencies.database.capacity=20",
    "versions.old.service.wait=5ms",
    "versions.old.calls.database.timeout=20s",
    "clients.attemptTimeout=2s",
)


def shop(place: Path, *overrides: str, faults: tuple[str, ...] = (), **manifest) -> Scenario:
    """A Deployment whose every request asks a database."""
    return scenario(
        place,
        deployment(pre_stop=3, readiness=READINESS, liveness=LIVENESS, **manifest),
        faults=faults,
        overrides=(*CALLS, *overrides),
    )


def restarted(run: Run) -> set[int]:
    """The versions whose pods a liveness probe had restarted."""
    versions = {span.pod: span.version for span in run.pods}
    notes = [event for event in run.events if "failed liveness probe" in event.note]
    return {versions[event.subject.removeprefix("Pod/")] for event in notes}


def failed_between(run: Run, start: float, end: float) -> int:
    counts = run.requests.within(start, end)
    return int(counts.count[counts.cause != 0].sum())


# In the middle of the rollout, which begins at 30: pods of both versions serve.
LOCK = ("lock:database:40s..70s",)


def test_a_lock_that_fills_the_workers_makes_liveness_probes_restart_pods_of_both_versions(
    tmp_path: Path,
) -> None:
    """All that was wrong was the database; restarts make it worse, and outlast it."""
    slow = ("versions.old.startup=20s",)
    shared = rehearse(shop(tmp_path / "a", *slow, faults=LOCK, grace=8))
    own_thread = (*slow, "versions.old.probes=own")
    own = rehearse(shop(tmp_path / "b", *own_thread, faults=LOCK, grace=8))

    assert {0, 1} == restarted(shared)
    assert set() == restarted(own)
    assert {Cause.TIMED_OUT_IN_SERVICE, Cause.TIMED_OUT_WAITING} == set(failures(own))
    assert Cause.REFUSED_STARTING in failures(shared)
    # With a thread for its probes the service is whole again as soon as the lock has gone.
    assert failed_between(own, 50.0, 68.0) > 500
    assert 0 == failed_between(own, 72.0, WINDOW.end)
    assert failed_between(shared, 72.0, WINDOW.end) > 100


def test_an_outage_answers_at_once_and_keeps_no_worker_busy(tmp_path: Path) -> None:
    """Every request of those ten seconds fails, none of any other, and no probe notices."""
    run = rehearse(shop(tmp_path, faults=("outage:database:60s..70s",)), strategy=None)

    counts = run.requests.within(WINDOW.start, WINDOW.end)
    failed = counts.cause != 0
    assert {Cause.DEPENDENCY_ERROR} == set(failures(run))
    assert set(range(59, 70)) >= set(counts.second[failed].tolist())
    assert 50 * 10 * 0.8 < failures(run)[Cause.DEPENDENCY_ERROR] < 50 * 10 * 1.2
    assert set() == restarted(run)


def test_an_outage_of_one_dependency_leaves_the_others_alone(tmp_path: Path) -> None:
    """Every request asks the database; only one in ten pays, and only those fail."""
    also = ("dependencies.payment.latency=5ms", "versions.old.calls.payment.share=10%")
    faults = ("outage:payment:60s..80s",)
    run = rehearse(shop(tmp_path, *also, faults=faults), strategy=None)

    total = run.requests.within(60.0, 80.0).total
    assert 0.05 * total < failed_between(run, 60.0, 80.0) < 0.2 * total
    assert sum(failures(run).values()) <= failed_between(run, 59.0, 80.0)


def test_an_outage_without_an_end_lasts_to_the_end(tmp_path: Path) -> None:
    run = rehearse(shop(tmp_path, faults=("outage:database:100s",)), strategy=None)

    assert failed_between(run, 100.0, 150.0) == run.requests.within(100.0, 150.0).total


def test_a_release_that_calls_the_database_more_often_is_what_breaks_it(tmp_path: Path) -> None:
    """The old version asks for three requests in ten, the new one always: the database is too small
    for that, and requests of the old version suffer too while both run."""
    small = (
        "dependencies.database.latency=150ms",
        "dependencies.database.capacity=4",
        "versions.old.calls.database.share=30%",
        "versions.old.calls.database.timeout=1s",
        "versions.new.calls.database.timeout=1s",
        "versions.new.startup=10s",
    )
    story = shop(tmp_path, *small, minReadySeconds=15)
    before = failures(rehearse(story, strategy=None))
    run = rehearse(story)

    counts = run.requests.within(WINDOW.start, WINDOW.end)
    failed = counts.cause != 0
    assert sum(before.values()) < 20
    assert 20 < counts.count[failed & (counts.version == 0)].sum()
    assert 500 < counts.count[failed & (counts.version == 1)].sum()
    # What does not fit into the database waits for it, then for the workers that wait for it.
    assert {Cause.DEPENDENCY_ERROR, Cause.TIMED_OUT_WAITING} <= set(failures(run))


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("latency:database:1000x@60s..70s", Cause.TIMED_OUT_IN_SERVICE),
        ("errors:database:30%@60s..70s", Cause.DEPENDENCY_ERROR),
    ],
)
def test_a_dependency_is_slow_or_wrong_for_as_long_as_it_was_asked_to_be(
    tmp_path: Path, fault: str, cause: Cause
) -> None:
    """What is in service when a slow time ends goes on to its end; all else is well again."""
    run = rehearse(shop(tmp_path, "versions.old.probes=own", faults=(fault,)), strategy=None)

    assert cause in failures(run)
    assert 0 == failed_between(run, 0.0, 57.0)
    assert 0 == failed_between(run, 95.0, WINDOW.end)


def test_two_faults_of_one_dependency_heal_each_for_itself(tmp_path: Path) -> None:
    """Down from 60 to 80 by two outages that overlap; the end of the first does not mend it."""
    both = ("outage:database:60s..72s", "outage:database:68s..80s")
    run = rehearse(shop(tmp_path, faults=both), strategy=None)

    assert failed_between(run, 73.0, 80.0) == run.requests.within(73.0, 80.0).total
    assert 0 == failed_between(run, 80.0, WINDOW.end)


def test_a_fault_by_command_begins_at_once_if_its_moment_has_passed(tmp_path: Path) -> None:
    run = session(shop(tmp_path), None)
    run.advance(50.0)
    run.command(Command(verb=Verb.INJECT, fault="outage:database:40s..60s"))
    run.advance(70.0)
    run.command(Command(verb=Verb.INJECT, fault="outage:database:40s..60s"))  # Over: nothing.

    counts = run.finish().requests
    failed = counts.second[counts.cause != 0]
    assert 49 <= failed.min() <= 50  # Sent just before, under way at 50.
    assert 59 == failed.max()


def test_a_fault_by_command_of_an_unknown_dependency_is_refused(tmp_path: Path) -> None:
    run = session(shop(tmp_path), None)
    with pytest.raises(ScenarioError, match="did you mean database"):
        run.command(Command(verb=Verb.INJECT, fault="lock:databse:40s"))

    assert [] == run.log


def test_every_request_is_accounted_for_through_locks_and_outages(tmp_path: Path) -> None:
    faults = ("lock:database:35s..45s", "outage:database:50s..60s", "errors:database:10%")
    run = rehearse(shop(tmp_path, "clients.attempts=3", faults=faults, unavailable=1))

    assert run.arrived == run.requests.total
    assert 0 == run.in_flight_at_end
