"""Classes of requests in both planes: their shares, how each is served, how it is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_traffic import PATIENT, endings, plane_of, play, serving

from sim.model.behaviour import Behaviour
from sim.model.causes import Cause
from sim.model.class_rows import either, row_of_class, rows_by_class
from sim.model.demand import Demand
from sim.model.dependency import Call, Dependency
from sim.model.endpoint_class import ClassBehaviour, EndpointClass, Work
from sim.model.network import Connections, ProxyKind
from sim.model.routing import OF_CLASS, Condition, Destination, Route
from sim.traffic.classes import Classes

CHECKOUT, SEARCH, STATIC = 0, 1, 2
SHOP = (
    EndpointClass(name="checkout", share=0.1),
    EndpointClass(name="search", share=0.3),
    EndpointClass(name="static", share=0.6),
)
NAMES = ("checkout", "search", "static")
SEED = 1


def shop(*rows: ClassBehaviour, seconds: float = 0.25, **fields) -> Behaviour:
    """A version that treats these classes otherwise."""
    told = {one.name: one for one in rows}
    classes = tuple(told.get(name, ClassBehaviour(name=name)) for name in NAMES)
    return serving(seconds, concurrency=100, classes=classes, **fields)


def class_of(request: int) -> int:
    return Classes(SHOP, SEED).of(request)


@pytest.mark.parametrize(
    ("version", "one", "expected"),
    [
        ((1.0, 0.0), (3.0, 0.03), (3.0, 0.03)),
        ((3.0, 0.5), (2.0, 0.1), (6.0, 0.55)),
        ((0.5, 1.0), (1.0, 0.2), (0.5, 1.0)),
        ((2.0, 0.25), (1.0, 0.0), (2.0, 0.25)),
    ],
)
def test_factors_multiply_and_shares_are_of_what_is_left(version, one, expected):
    row = row_of_class(
        Behaviour(service_time_factor=version[0], error_ratio=version[1]),
        ClassBehaviour(name="checkout", service_time_factor=one[0], error_ratio=one[1]),
    )

    assert expected == (row.service_time_factor, row.error_ratio)


def test_a_share_of_nothing_changes_no_bit():
    assert either(0.1, 0.0) == 0.1
    assert either(0.0, 0.1) == 0.1


def test_work_and_calls_of_a_class_replace_those_of_the_version():
    work = Work(cpu_seconds=0.2, wait_seconds=0.3, demand=Demand.GAMMA, demand_cv=2.0)
    version = Behaviour(calls=(Call(dependency=0),))
    own = ClassBehaviour(name="search", work=work, calls=())
    first, second, third = rows_by_class(replace(version, classes=(own,)), 3)

    assert (first.cpu_seconds, first.wait_seconds) == (0.2, 0.3)
    assert (first.demand, first.demand_cv, first.calls) == (Demand.GAMMA, 2.0, ())
    assert second.calls == third.calls == version.calls  # Of whom nothing is said.


def test_classes_have_their_shares():
    found = np.bincount([class_of(request) for request in range(20_000)], minlength=3) / 20_000

    assert found == pytest.approx([0.1, 0.3, 0.6], abs=0.015)  # More than four standard errors.


def test_each_class_takes_its_own_time():
    work = Work(cpu_seconds=0.0, wait_seconds=0.5, demand=Demand.CONSTANT)
    rows = (
        ClassBehaviour(name="checkout", service_time_factor=3.0),
        ClassBehaviour(name="static", work=work),
    )
    plane = plane_of(end=60.0, behaviour=shop(*rows), classes=SHOP)
    history = play(plane, 100.0)
    taken = {entry.request: entry.answered - entry.sent for entry in history.log}

    assert taken == {n: (0.75, 0.25, 0.5)[class_of(n)] for n in range(60)}
    assert set(taken.values()) == {0.75, 0.25, 0.5}


def test_only_requests_of_a_class_with_a_bug_fail_and_they_are_counted_as_that_class():
    rows = (ClassBehaviour(name="checkout", error_ratio=1.0),)
    plane = plane_of(end=200.0, behaviour=shop(*rows), classes=SHOP)
    play(plane, 300.0)
    counts = plane.counts()
    bugs = counts.cause == Cause.APPLICATION_BUG
    expected = np.bincount([class_of(n) for n in range(200)], minlength=3)

    assert set(counts.endpoint_class[bugs].tolist()) == {CHECKOUT}
    assert expected.tolist() == [
        int(counts.count[counts.endpoint_class == n].sum()) for n in range(3)
    ]
    assert int(counts.count[bugs].sum()) == expected[CHECKOUT] > 0


def test_the_story_of_a_failed_request_names_its_class():
    rows = (ClassBehaviour(name="checkout", error_ratio=1.0), ClassBehaviour(name="search"))
    plane = plane_of(end=200.0, behaviour=shop(*rows, error_ratio=0.5), classes=SHOP)
    play(plane, 300.0)
    told = {story.request: story.endpoint_class for story in plane.stories()}

    assert told == {request: class_of(request) for request in told}
    assert len(set(told.values())) > 1


def test_rows_of_counts_are_sorted_by_class_too():
    plane = plane_of(rate=50.0, end=20.0, behaviour=shop(), classes=SHOP, poisson=True)
    play(plane, 50.0)
    counts = plane.counts()
    keys = np.stack([counts.bin, counts.endpoint_class, counts.cause, counts.second])

    assert np.array_equal(np.lexsort(keys), np.arange(len(counts.count)))


def test_without_classes_there_is_no_such_column_and_one_class_changes_nothing_else():
    alone = (EndpointClass(name="all", share=1.0),)
    planes = [plane_of(end=20.0, poisson=True, classes=one) for one in ((), alone)]
    without, single = (play(plane, 50.0) for plane in planes)

    assert planes[0].counts().endpoint_class is None
    assert not planes[1].counts().endpoint_class.any()
    assert without.log == single.log
    assert without.state[1:] == single.state[1:]


def test_a_request_stays_of_its_class_when_it_is_tried_again():
    clients = replace(PATIENT, attempts=3, backoff_seconds=0.1)
    rows = (ClassBehaviour(name="search", error_ratio=1.0),)
    plane = plane_of(end=60.0, behaviour=shop(*rows), classes=SHOP, clients=clients)
    history = play(plane, 100.0)
    tries = np.bincount([entry.request for entry in history.log])

    assert tries.tolist() == [3 if class_of(n) == SEARCH else 1 for n in range(60)]


def test_a_class_makes_its_own_calls():
    calls = (Call(dependency=0, timeout_seconds=10.0),)
    database = Dependency(name="database", latency_seconds=0.5, demand=Demand.CONSTANT)
    rows = (ClassBehaviour(name="checkout", calls=calls),)
    plane = plane_of(end=60.0, behaviour=shop(*rows), classes=SHOP, dependencies=(database,))
    history = play(plane, 100.0)
    slow = {entry.request for entry in history.log if entry.answered - entry.sent > 0.5}

    assert slow == {n for n in range(60) if class_of(n) == CHECKOUT}


def test_routes_may_ask_for_the_class():
    plane = plane_of(pods=2, end=60.0, behaviour=shop(), classes=SHOP)
    plane.publish([0], [0.0])
    plane.publish([1], [0.0], backend=1)
    match = (Condition(attribute=OF_CLASS, values=(CHECKOUT, SEARCH)),)
    everybody = Route(destinations=(Destination(backend=0, weight=1),))
    mine = Route(matches=(match,), destinations=(Destination(backend=1, weight=1),))
    plane.set_routes((mine, everybody), [0.0])
    history = play(plane, 100.0)

    assert [entry.pod for entry in history.log] == [int(class_of(n) != STATIC) for n in range(60)]


def test_a_condition_on_the_class_needs_classes():
    match = (Condition(attribute=OF_CLASS, values=(0,)),)
    table = (Route(matches=(match,), destinations=(Destination(backend=0, weight=1),)),)

    with pytest.raises(ValueError, match="there is no attribute -1"):
        plane_of().set_routes(table, [0.0])


def test_what_is_idempotent_is_sent_to_another_pod_after_a_broken_connection():
    classes = (
        replace(SHOP[0], idempotent=False),
        replace(SHOP[1], idempotent=True),
        SHOP[2],  # As `idempotent_share` says: none.
    )
    rules = Connections(proxy=ProxyKind.INGRESS_NGINX, tries=2)
    plane = plane_of(
        rate=10.0,
        end=6.0,
        pods=2,
        behaviour=shop(seconds=100.0),
        classes=classes,
        connections=rules,
    )
    play(plane, 10.0)
    plane.publish([1], [10.0])
    plane.kill(0, Cause.CUT_BY_SIGKILL)
    cut = {entry.request for entry in plane.take_log()}
    still = set(range(60)) - cut

    assert cut and all(class_of(n) != SEARCH for n in cut)
    assert {class_of(n) for n in still} == {CHECKOUT, SEARCH, STATIC}


def test_flags_take_the_code_path_of_a_version_for_that_class():
    plane = plane_of(end=60.0, behaviour=shop(), classes=SHOP)
    plane.set_behaviour(1, shop(ClassBehaviour(name="search", error_ratio=1.0)))
    plane.set_flags(0, (Route(destinations=(Destination(backend=1, weight=1),)),))
    history = play(plane, 100.0)
    failed = {number for number, _, _, cause in endings(history.log) if cause}

    assert failed == {n for n in range(60) if class_of(n) == SEARCH}


def test_there_are_no_more_classes_than_a_key_has_room_for():
    many = tuple(EndpointClass(name=f"class-{n}", share=1 / 33) for n in range(33))

    with pytest.raises(ValueError, match="at most 32 classes, not 33"):
        plane_of(classes=many)
