"""The clocks of a way back and what it broke, on records that can be worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import handmade
import numpy as np
import pytest
from handmade import span

from sim.analysis.dark import dark_stretches
from sim.analysis.rollback_clocks import full_capacity_at, rollback_clocks
from sim.analysis.rollback_witness import Witness
from sim.model.attempts import Attempts
from sim.model.causes import Cause
from sim.model.deed import Deed, DeedKind
from sim.model.run import CodePath, PodPhase, Window

READY, STARTING = PodPhase.READY, PodPhase.STARTING
OK, BUG = Cause.NONE, Cause.APPLICATION_BUG


def told(*rows, start=0.0, end=100.0):
    """A witness that was told (request, version, meant, answered, cause[, final]) in two parts."""
    witness = Witness(start, end)
    half = len(rows) // 2
    for part in (rows[:half], rows[half:]):
        full = [(*row, True)[:6] for row in part]
        column = list(zip(*full, strict=True)) or [()] * 6
        request, version, meant, answered, cause, final = map(list, column)
        whole = {"dtype": np.int64}
        zero = np.zeros(len(part), **whole)
        attempts = Attempts(
            request=np.array(request, **whole),
            attempt=zero,
            user=zero,
            proxy=zero,
            pod=zero,
            version=np.array(version, **whole),
            meant=np.array(meant, dtype=float),
            sent=np.array(meant, dtype=float),
            answered=np.array(answered, dtype=float),
            cause=np.array([int(one) for one in cause], **whole),
            final=np.array(final, dtype=bool),
        )
        witness.record(attempts, lambda pod: f"web-{pod}", ("old", "new"))
    return witness


def test_the_first_effect_is_the_first_request_that_the_bad_version_failed():
    witness = told(
        (1, 0, 10.0, 10.1, Cause.REFUSED_TERMINATING),  # An old pod: not the release's badness.
        (2, 1, 11.0, 11.2, OK),
        (5, 1, 11.1, 11.3, Cause.REFUSED_STARTING),  # Every new pod may meet that.
        (3, 1, 12.0, 12.5, BUG),
        (4, 1, 12.1, 12.3, BUG),  # Told later, and later is not earlier.
    )

    assert 12.3 == witness.first_failure


def test_without_a_failure_of_the_bad_version_there_is_no_first_effect():
    assert told((1, 1, 10.0, 10.1, OK), (2, 0, 11.0, 11.1, BUG)).first_failure is None


def test_exposure_counts_each_request_once_and_only_what_the_process_answered():
    witness = told(
        (1, 1, 10.0, 10.1, BUG, False),
        (1, 1, 10.0, 10.4, OK),  # Its second try.
        (2, 1, 11.0, 11.1, Cause.REFUSED_TERMINATING),
        (3, 0, 12.0, 12.1, OK),
        (4, 1, 13.0, 13.1, OK),
        (5, 1, 101.0, 101.1, OK),  # Meant after the window.
    )

    assert 2 == witness.exposed()
    assert 1 == witness.exposed(since=12.0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A bug of the bad version explains itself, a refusal by its leaving pod does not.
        ([(1, 1, BUG), (2, 1, Cause.REFUSED_TERMINATING)], {Cause.REFUSED_TERMINATING: 1}),
        # The old version had no such bug when the release began.
        ([(1, 0, BUG)], {BUG: 1}),
        # Overload at stable pods is the way back's, and so is nobody there.
        ([(1, 0, Cause.QUEUE_FULL), (2, -1, Cause.NO_ENDPOINT)], {"both": 2}),
        # Overload at bad pods that were never overloaded before: too few were left.
        ([(1, 1, Cause.QUEUE_FULL)], {Cause.QUEUE_FULL: 1}),
    ],
)
def test_what_the_way_back_broke_is_what_the_bug_does_not_explain(rows, expected):
    witness = told(*((number, version, 20.0, 20.5, cause) for number, version, cause in rows))
    found = witness.unexplained(since=20.0)

    if "both" in expected:
        expected = {Cause.QUEUE_FULL: 1, Cause.NO_ENDPOINT: 1}
    assert expected == found


def test_a_try_that_a_later_one_made_good_broke_nothing():
    lost = (1, 0, 20.0, 20.1, Cause.REFUSED_TERMINATING, False)

    assert {} == told(lost, (1, 0, 20.0, 20.4, OK)).unexplained(since=15.0)


def test_overload_that_the_bad_version_had_before_is_explained_by_it():
    rows = [(1, 1, 10.0, 10.1, Cause.QUEUE_FULL), (2, 1, 20.0, 20.1, Cause.QUEUE_FULL)]

    assert {} == told(*rows).unexplained(since=15.0)
    assert {Cause.QUEUE_FULL: 1} == told(rows[1]).unexplained(since=15.0)


@pytest.mark.parametrize(
    ("spans", "ready", "expected"),
    [
        # Both old pods stayed: full capacity at the decision itself.
        ([("a", 0, READY, 0, inf), ("b", 0, READY, 0, inf)], 0, 30.0),
        # One of two was gone and is ready again at 41 s; with minReadySeconds 5 available at 46 s.
        ([("a", 0, READY, 0, inf), ("b", 0, READY, 0, 20), ("c", 0, READY, 41, inf)], 0, 41.0),
        ([("a", 0, READY, 0, inf), ("b", 0, READY, 0, 20), ("c", 0, READY, 41, inf)], 5, 46.0),
        # It must stay: a dip from 50 s to 55 s ends the first spell.
        (
            [("a", 0, READY, 0, 50), ("b", 0, READY, 0, inf), ("a", 0, READY, 55, inf)],
            0,
            55.0,
        ),
        # A pod that only starts is no capacity, and a new one none of the old version's.
        (
            [
                ("a", 0, READY, 0, 20),
                ("b", 0, STARTING, 40, inf),
                ("c", 1, READY, 25, inf),
            ],
            0,
            None,
        ),
        # Back after the window's end is not back in the window.
        ([("a", 0, READY, 0, 20), ("b", 0, READY, 101, inf)], 0, None),
    ],
)
def test_full_capacity_is_as_many_old_pods_as_before_and_for_good(spans, ready, expected):
    found = full_capacity_at(
        [span(pod, version, phase, start, end) for pod, version, phase, start, end in spans],
        before=10.0,
        since=30.0,
        end=100.0,
        min_ready_seconds=ready,
    )

    assert expected == found


WINDOW = Window(start=0.0, first_write=10.0, end=100.0)
PODS = (span("a", 0, READY, 0, inf), span("b", 1, READY, 12, 40))


def clocks(run, *deeds, effect=15.0):
    said = tuple(Deed(time=time, who="x", kind=kind) for time, kind in deeds)
    return rollback_clocks(replace(run, deeds=said), effect)


def test_clocks_that_were_not_reached_are_none():
    run = replace(handmade.rolling_update(), window=WINDOW, pods=PODS, last_answer={0: 99, 1: 39.5})

    nobody = clocks(run)
    assert (15.0, None, None) == (nobody.first_effect, nobody.detected, nobody.decided)
    assert nobody.last_bad_answer is nobody.full_capacity is nobody.back is None

    decided = clocks(run, (20.0, DeedKind.DETECTED), (30.0, DeedKind.DECIDED))
    assert (20.0, 30.0) == (decided.detected, decided.decided)
    assert (39.5, 30.0, 39.5) == (decided.last_bad_answer, decided.full_capacity, decided.back)


def test_while_a_bad_pod_is_left_its_last_answer_has_not_been_given():
    left = (*PODS, span("c", 1, READY, 12, inf))
    run = replace(handmade.rolling_update(), window=WINDOW, pods=left, last_answer={1: 39.5})

    assert clocks(run, (30.0, DeedKind.DECIDED)).back is None


def test_a_bad_version_that_never_answered_is_no_reason_to_wait():
    run = replace(handmade.rolling_update(), window=WINDOW, pods=PODS, last_answer={0: 99.0})

    assert 30.0 == clocks(run, (30.0, DeedKind.DECIDED), effect=None).back


FLAGGED = (
    span("a", 0, READY, 0, 14),
    span("b", 0, READY, 0, 15),
    span("c", 1, READY, 12, inf),
    span("d", 1, READY, 13, 60),  # Its container started again.
    span("d", 1, READY, 65, inf),
)
ON, OFF = True, False


@pytest.mark.parametrize(
    ("heard", "answered", "expected"),
    [
        # Each hears at a time of its own: back when as many as before are dark for good.
        ([("c", 12, OFF), ("c", 20, ON), ("c", 66, OFF), ("d", 13, OFF)], 65.5, (65.5, 66.0)),
        # What was begun before is answered after.
        ([("c", 20, ON), ("c", 66, OFF), ("d", 20, ON), ("d", 58, OFF)], 68.0, (68.0, 66.0)),
        # One that never heard may answer again.
        ([("c", 20, ON), ("c", 66, OFF), ("d", 20, ON)], 43.5, (None, None)),
        # Off, and on again for one user in a hundred.
        ([("c", 20, OFF), ("c", 50, ON), ("d", 20, OFF)], 43.5, (None, None)),
        # A pod that nobody told anything is the bad version's as ever.
        ([("d", 20, OFF)], 43.5, (None, None)),
        # Dark from the start: it never was the bad version, and only the restart is waited for.
        ([("c", 12, OFF), ("d", 13, OFF)], None, (10.0, 65.0)),
    ],
)
def test_a_pod_whose_flag_is_off_is_as_good_as_an_old_one(heard, answered, expected):
    last = {0: 99.0} if answered is None else {0: 99.0, 1: answered}
    run = replace(
        handmade.rolling_update(),
        window=WINDOW,
        pods=FLAGGED,
        last_answer=last,
        code_paths=tuple(CodePath(time=t, pod=pod, serves=on) for pod, t, on in heard),
    )

    found = clocks(run, (30.0, DeedKind.DECIDED))

    assert expected == (found.last_bad_answer, found.full_capacity)
    assert (None if None in expected else max(30.0, *expected)) == found.back


def test_an_answer_after_the_window_is_not_one_in_it():
    heard = (CodePath(time=20.0, pod="b", serves=True), CodePath(time=99.9, pod="b", serves=False))
    pods = (span("a", 0, READY, 0, 14), span("b", 1, READY, 12, inf))
    run = replace(
        handmade.rolling_update(),
        window=WINDOW,
        pods=pods,
        last_answer={1: 100.3},
        code_paths=heard,
    )

    found = clocks(run, (30.0, DeedKind.DECIDED))

    assert (None, 99.9, None) == (found.last_bad_answer, found.full_capacity, found.back)


def test_stretches_in_which_a_pod_is_dark():
    heard = [("a", 5, OFF), ("b", 6, ON), ("a", 7, OFF), ("a", 40, ON), ("a", 90, OFF)]
    found = dark_stretches(CodePath(time=t, pod=pod, serves=on) for pod, t, on in heard)

    assert {"a": ((5, 40), (90, inf)), "b": ()} == found
