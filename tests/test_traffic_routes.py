"""Routes: who is sent where, by what each proxy knows, and what flags and mirrors do."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import sqrt

import pytest
from tiny_traffic import plane_of, play, serving

from sim.errors import InvariantError
from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.routing import NO_BACKEND, Attribute, Condition, Destination, Mirror, Route

GROUP = Attribute(name="group", values=(("beta", 0.2), ("vip", 0.1), ("", 0.7)))
HEADER = Attribute(name="header:x-canary", values=(("always", 0.3), ("", 0.7)))
BETA = (Condition(attribute=0, values=(0,)),)
VIP = (Condition(attribute=0, values=(1,)),)
NOBODY = (Condition(attribute=0, values=()),)
ALWAYS = (Condition(attribute=1, values=(0,)),)
FREE = serving(0.1, concurrency=10_000)


def to(*weights: int, **fields) -> Route:
    """A route with those weights of backends 0, 1, 2 …"""
    places = tuple(Destination(backend=n, weight=w) for n, w in enumerate(weights))
    return Route(destinations=places, **fields)


def routed(*routes: Route, lists=((0,), (1,)), proxies=1, end=1000.0, **fields):
    """A plane with a pod for each backend, which never queues, and that table from the start."""
    fields = {"rate": 20.0, "behaviour": FREE, "population": 100_000} | fields
    plane = plane_of(
        end=end,
        proxies=proxies,
        pods=len({pod for pods in lists for pod in pods}),
        attributes=(GROUP, HEADER),
        **fields,
    )
    for backend, pods in enumerate(lists):
        plane.publish(pods, [0.0] * proxies, backend)
    if routes:
        plane.set_routes(routes, [0.0] * proxies)
    return plane


def pods_of(log) -> Counter:
    return Counter(entry.pod for entry in log)


def is_share(part: int, whole: int, share: float) -> bool:
    """Within four standard deviations of a binomial draw."""
    return abs(part - share * whole) < 4.0 * sqrt(whole * share * (1.0 - share))


def test_without_a_table_all_goes_to_the_first_backend():
    assert {0: 2000} == pods_of(play(routed(end=100.0), 1e4).log)


@pytest.mark.parametrize("weights", [(95, 5), (1, 1), (0, 7), (3, 0)])
def test_backends_get_the_shares_of_their_weights(weights):
    found = pods_of(play(routed(to(*weights)), 1e4).log)

    assert 20_000 == found.total()
    assert is_share(found[1], 20_000, weights[1] / sum(weights)) or found[1] in (0, 20_000)
    assert set(found) == {n for n, weight in enumerate(weights) if weight}


def test_a_lot_is_drawn_for_every_attempt_so_users_flip():
    log = play(routed(to(1, 1), population=50, end=200.0), 1e4).log
    met = defaultdict(set)
    for entry in log:
        met[entry.user].add(entry.pod)

    assert all(pods == {0, 1} for pods in met.values())


def test_sticky_users_stay_and_a_growing_share_only_adds_some():
    small = routed(to(80, 20, sticky_salt=7), population=3000)
    large = routed(to(50, 50, sticky_salt=7), population=3000)
    other = routed(to(80, 20, sticky_salt=8), population=3000)
    canary = []
    for plane in (small, large, other):
        met = defaultdict(set)
        for entry in play(plane, 1e4).log:
            met[entry.user].add(entry.pod)
        assert all(len(pods) == 1 for pods in met.values())
        canary.append({user for user, pods in met.items() if pods == {1}})
        users = len(met)

    assert canary[0] < canary[1]
    assert is_share(len(canary[0]), users, 0.2) and is_share(len(canary[1]), users, 0.5)
    # Another experiment's salt shares out anew.
    assert is_share(len(canary[0] & canary[2]), users, 0.04)


def test_the_first_route_that_matches_decides():
    table = (to(0, 1, matches=(BETA,)), to(0, 0, 1, matches=(BETA, VIP)), to(1))
    plane = routed(*table, lists=((0,), (1,), (2,)), population=10_000)
    met = defaultdict(set)
    for entry in play(plane, 1e4).log:
        met[entry.user].add(entry.pod)

    assert all(len(pods) == 1 for pods in met.values())
    found = Counter(next(iter(pods)) for pods in met.values())
    for pod, share in ((0, 0.7), (1, 0.2), (2, 0.1)):
        assert is_share(found[pod], len(met), share)


def test_conditions_of_one_match_hold_together():
    both = (*BETA, *ALWAYS)
    found = pods_of(play(routed(to(0, 1, matches=(both,)), to(1)), 1e4).log)

    assert is_share(found[1], 20_000, 0.2 * 0.3)


@pytest.mark.parametrize(
    "table",
    [(), (to(0, 0),), (Route(),), (to(1, matches=(NOBODY,)),)],
)
def test_where_no_route_leads_the_answer_says_so(table):
    plane = routed(end=2.0)
    plane.set_routes(table, [0.0])

    log = play(plane, 100.0).log

    assert {(-1, -1, Cause.NO_ROUTE)} == {(e.pod, e.version, e.cause) for e in log}
    assert all(entry.answered == entry.sent for entry in log)


def test_a_share_that_leads_nowhere_finds_no_route_and_an_empty_backend_no_endpoint():
    nowhere = Destination(backend=NO_BACKEND, weight=30)
    route = Route(destinations=(*(Destination(backend=n, weight=35) for n in (0, 1)), nowhere))
    plane = routed(route, lists=((0,), ()), end=100.0)

    log = play(plane, 1e3).log

    found = Counter(entry.cause for entry in log)
    assert {Cause.NONE, Cause.NO_ENDPOINT, Cause.NO_ROUTE} == found.keys()
    for cause, share in ((Cause.NO_ROUTE, 0.3), (Cause.NO_ENDPOINT, 0.35)):
        spread = (share * (1 - share) * len(log)) ** 0.5
        assert abs(found[cause] - share * len(log)) < 4.5 * spread


def test_each_proxy_routes_by_the_table_that_it_has_heard_of():
    plane = routed(proxies=2, end=100.0)
    plane.set_routes([to(0, 1)], [30.0, 60.0])

    for entry in play(plane, 1e4).log:
        assert entry.pod == (entry.sent >= (30.0, 60.0)[entry.proxy])


def test_a_backend_without_endpoints_fails_or_falls_to_another():
    strict = play(routed(to(1, 1), lists=((0,), ()), end=50.0), 1e3).log
    lenient = play(routed(to(1, 1, empty_falls_to=0), lists=((0,), ()), end=50.0), 1e3).log

    assert {Cause.NONE, Cause.NO_ENDPOINT} == {entry.cause for entry in strict}
    assert {0: 1000} == pods_of(lenient)


def test_each_backend_has_a_turn_of_its_own():
    """Round robin over two pods each, whatever the other backend gets."""
    plane = routed(to(1, 1), lists=((0, 1), (2, 3)), end=100.0)
    log = sorted(play(plane, 1e4).log, key=lambda entry: entry.sent)

    for pods in ((0, 1), (2, 3)):
        turns = [entry.pod for entry in log if entry.pod in pods]
        assert turns == [pods[n % 2] for n in range(len(turns))]


def test_a_retry_draws_a_new_lot():
    clients = Clients(attempts=3, backoff_seconds=0.0)
    plane = routed(to(1, 1), lists=((0,), ()), end=500.0, clients=clients)
    log = play(plane, 1e4).log
    finals = [entry for entry in log if entry.final]

    failed = sum(entry.cause is Cause.NO_ENDPOINT for entry in finals)
    assert is_share(failed, len(finals), 0.125)


def test_a_mirror_hurts_nobody_and_loads_its_pods():
    plain = routed(to(1), lists=((0,), (1,)), end=100.0)
    mirrored = routed(to(1, mirror=Mirror(backend=1, share=0.25)), end=100.0)
    one, other = play(plain, 1e3).log, play(mirrored, 1e3).log

    assert one == other
    assert plain.users().sent.tolist() == mirrored.users().sent.tolist()
    assert plain.counts().total == mirrored.counts().total
    assert not plain.copies()
    good, bad = mirrored.copies()[0]
    assert bad == 0 and is_share(good, 2000, 0.25)
    assert mirrored.pods()[1].answered == good
    assert mirrored.pods()[1].busy_seconds == pytest.approx(0.1 * good)


def test_copies_that_fail_are_counted_and_never_sent_again():
    clients = Clients(attempts=5)
    table = to(1, mirror=Mirror(backend=1, share=1.0))
    plane = routed(table, lists=((0,), ()), end=50.0, clients=clients)

    log = play(plane, 1e3).log

    assert {Cause.NONE} == {entry.cause for entry in log}
    assert {-1: (0, 1000)} == dict(plane.copies())
    plane = routed(table, end=50.0, clients=clients)
    plane.kill(1, Cause.CUT_BY_SIGKILL)
    play(plane, 1e3)
    assert {0: (0, 1000)} == dict(plane.copies())
    assert plane.in_flight() == 0


def flagged(*routes: Route, **fields):
    """One pod of version 0 with those flags; version 1 is slower."""
    plane = routed(lists=((0,),), **fields)
    plane.set_behaviour(1, serving(0.2, concurrency=10_000))
    plane.set_flags(0, routes)
    return plane


def test_flags_choose_a_code_path_inside_a_pod():
    plane = flagged(to(0, 1, matches=(BETA,)), to(80, 20, sticky_salt=3), population=5000)
    log = play(plane, 1e4).log
    seconds = {0: 0.1, 1: 0.2}

    assert all(
        entry.answered - entry.sent == pytest.approx(seconds[entry.version]) for entry in log
    )
    met = defaultdict(set)
    for entry in log:
        met[entry.user].add(entry.version)
    assert all(len(versions) == 1 for versions in met.values())
    assert is_share(sum(v == {1} for v in met.values()), len(met), 0.2 + 0.8 * 0.2)
    exposed = {user for user, versions in met.items() if versions == {1}}
    assert exposed == set(plane.users().exposed[1].tolist())


def test_flags_that_match_nobody_change_nothing_and_can_be_taken_back():
    plain = play(routed(lists=((0,),), end=50.0), 1e3).log
    none = play(flagged(to(0, 1, matches=(NOBODY,)), end=50.0), 1e3)
    plane = flagged(to(0, 1), end=50.0)
    back = play(plane, 1e3, [(25.0, lambda plane: plane.set_flags(0, ()))]).log

    assert plain == none.log
    assert all(entry.version == (entry.sent < 25.0) for entry in back)


def test_flags_are_looked_at_when_a_worker_begins():
    """The second waits until 1.5; meanwhile the flag is turned."""
    plane = plane_of(rate=2.0, end=1.0, behaviour=serving(1.25, concurrency=1))
    plane.set_behaviour(1, serving(0.5, concurrency=1))
    log = play(plane, 9.0, [(1.0, lambda plane: plane.set_flags(0, [to(0, 1)]))]).log

    assert [(0, 1.5), (1, 2.0)] == [(entry.version, entry.answered) for entry in log]


def test_what_there_is_not_cannot_be_routed_to():
    plane = routed()
    for route in (
        to(1, matches=((Condition(attribute=2, values=(0,)),),)),
        to(1, sticky_salt=1 << 16),
        to(-1),
    ):
        with pytest.raises(ValueError, match=r"attribute 2|salt|negative"):
            plane.set_routes([route], [0.0])
    with pytest.raises(InvariantError, match="version 1 has no behaviour"):
        plane.set_flags(0, [to(0, 1)])
