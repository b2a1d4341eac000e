"""One history, however it is watched: ties, slicing, conservation, and equal bytes elsewhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_traffic import History, new_plane, plane_of, play, serving, use

from sim.model.behaviour import Behaviour, Clients, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.demand import Demand
from sim.model.dependency import Call, Dependency
from sim.model.draws import Purpose, Stream
from sim.model.network import Connections, ProxyKind
from sim.model.protection import OutlierDetection, Protection
from sim.ports import DataPlane, ProbeKind
from sim.traffic import PLANES
from sim.traffic.arrivals import Arrivals
from sim.traffic.balancers import BALANCERS

AT_THE_PROXY = {
    Cause.NO_ENDPOINT,
    Cause.ALL_EJECTED,
    Cause.POOL_OVERFLOW,
    Cause.RATE_LIMITED,
}
ANSWERS = {Cause.NONE, Cause.APPLICATION_BUG, Cause.DEPENDENCY_ERROR}
REFUSALS = {
    Cause.NO_ENDPOINT,
    Cause.REFUSED_STARTING,
    Cause.REFUSED_TERMINATING,
    Cause.QUEUE_FULL,
}


def on_the_grid(seed: int = 1, calling: bool = False) -> tuple[DataPlane, list]:
    """Everything ties: arrivals, service, timeouts, probes and control on multiples of 1/128.

    *calling*: the old version calls one dependency, the new one two, in the other order; one of
    them is locked for a while, and the other is down.
    """
    clients = Clients(
        attempt_timeout_seconds=0.25, deadline_seconds=0.5, attempts=3, backoff_seconds=0.0
    )
    calls = [Call(dependency=n, share=0.75, timeout_seconds=1 / 8) for n in (0, 1)]
    old, new = (tuple(calls[:1]), tuple(calls[::-1])) if calling else ((), ())
    behaviour = serving(1 / 16, concurrency=8, queue_limit=16, error_ratio=0.05, calls=old)
    row = Dependency(name="database", capacity=16, latency_seconds=1 / 64, demand=Demand.CONSTANT)
    plane = plane_of(
        rate=1024.0,
        end=4.0,
        pods=6,
        proxies=3,
        clients=clients,
        behaviour=behaviour,
        seed=seed,
        dependencies=(row, row),
    )
    plane.set_behaviour(1, serving(1 / 8, concurrency=8, queue_limit=16, calls=new))
    script = [
        (1.0, lambda p: p.set_dependency(0, capacity=0)),
        (1.25, lambda p: p.set_dependency(0, capacity=5, error_ratio=0.1)),
        (2.75, lambda p: p.set_dependency(1, up=False)),
        (3.25, lambda p: p.set_dependency(1, up=True)),
    ]
    for old in range(6):
        new, time = 6 + old, 0.5 + old / 2
        listed = [*range(old + 1, 6), *range(6, new + 1)]
        script += [
            (time, lambda p: p.add_pod(1, float("inf"), "node-1")),
            (time + 1 / 8, lambda p, new=new: p.set_pod(new, listening=True)),
            (
                time,
                lambda p, new=new: p.probe(new, ProbeKind.READINESS, p.now, 1 / 32, 1, 1),
            ),
            (
                time + 1 / 4,
                lambda p, li=listed, t=time: p.publish(li, [t + 0.25, t + 0.375, t + 0.5]),
            ),
            (time + 3 / 8, lambda p, old=old: p.set_pod(old, draining=True, terminating=True)),
            (time + 7 / 16, lambda p, old=old: p.kill(old, Cause.CUT_BY_SIGKILL)),
        ]
    return plane, script


def played(cuts=(), seed: int = 1, calling: bool = False) -> History:
    """The grid, watched at *cuts*."""
    plane, script = on_the_grid(seed, calling)
    return play(plane, 6.0, script, cuts)


@pytest.mark.parametrize("calling", [False, True])
def test_where_everything_ties_the_same_run_comes_out_twice(calling):
    first, second = played(calling=calling), played(calling=calling)

    assert first == second
    assert len(first.log) > 4000
    met = {e.cause for e in first.log}
    assert {Cause.CUT_BY_SIGKILL, Cause.TIMED_OUT_WAITING} < met
    assert calling == (Cause.DEPENDENCY_ERROR in met)


@pytest.mark.parametrize("calling", [False, True])
def test_where_everything_ties_it_does_not_matter_how_finely_it_is_watched(calling):
    """In one go; at 1,000 random moments; at every grid point; and stopping at every event."""
    whole = played(calling=calling)
    random = Stream(4, Purpose.DEMAND)

    for cuts in (
        [6.0 * random.uniform(n) for n in range(1000)],
        [n / 1024 for n in range(6 * 1024)],
        {entry.answered for entry in whole.log},
    ):
        assert whole == played(cuts, calling=calling)


def test_advancing_exactly_to_each_event_changes_nothing():
    whole, stepped = (
        plane_of(rate=100.0, end=5.0, poisson=True, pods=3, behaviour=Behaviour(concurrency=2))
        for _ in range(2)
    )
    while (due := stepped.next_event_time()) < 60.0:
        assert stepped.advance(due) is None
        assert due == stepped.next_event_time(), "an event at t waits until after t"
        stepped.advance(due + 1e-9)

    assert play(whole, 60.0) == play(stepped, 60.0)


def test_attempts_that_end_at_one_moment_end_in_the_order_of_their_names():
    """Eight are served at once from 0.5 and all finish at 1.5, next to a give-up and a send."""
    plane = plane_of(rate=8.0, end=1.0, pods=2, behaviour=serving(1.0))
    plane.set_behaviour(0, serving(1.0))
    script = [(n / 8, lambda p, n=n: p.set_behaviour(0, serving(1.5 - n / 8))) for n in range(9)]

    log = play(plane, 9.0, script).log

    assert {1.5 + 1 / 16} == {entry.answered for entry in log}
    assert list(range(8)) == [entry.request for entry in log]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_counters_read_at_t_know_nothing_later_than_t(seed):
    """What pods() shows at t is what the whole log, read afterwards, says about t."""
    behaviour = Behaviour(concurrency=2, queue_limit=5, error_ratio=0.1)
    plane = plane_of(rate=100.0, end=20.0, poisson=True, pods=3, behaviour=behaviour, seed=seed)
    random = Stream(seed ^ 9, Purpose.DEMAND)
    seen = []
    for time in sorted(25.0 * random.uniform(n) for n in range(60)):
        plane.advance(time)
        seen.append((time, plane.pods(), plane.arrived(), plane.in_flight(), plane.counts().total))
    log = play(plane, 60.0).log

    for time, pods, arrived, in_flight, counted in seen:
        assert arrived == counted + in_flight
        assert counted == sum(entry.answered < time for entry in log)
        for number, counters in pods.items():
            mine = [entry for entry in log if entry.pod == number]
            ended = [entry for entry in mine if entry.answered < time]
            assert counters.answered == sum(entry.cause is Cause.NONE for entry in ended)
            assert counters.failed == sum(entry.cause is not Cause.NONE for entry in ended)
            accepted = [e for e in mine if e.cause not in REFUSALS and e.sent < time]
            assert counters.in_flight == sum(entry.answered >= time for entry in accepted)
            assert counters.queued == max(counters.in_flight - 2, 0)
            assert counters.busy_seconds == pytest.approx(busy_seconds(accepted, 2, time))


def busy_seconds(accepted, workers: int, time: float) -> float:
    """Worker-seconds up to *time*: the integral of min(in flight, workers)."""
    arrivals = sorted(entry.sent for entry in accepted)
    departures = sorted(entry.answered for entry in accepted)
    moments = sorted({m for m in [*arrivals, *departures] if m < time} | {time})
    return sum(
        (later - now) * min(bisect_right(arrivals, now) - bisect_right(departures, now), workers)
        for now, later in pairwise(moments)
    )


moments = st.integers(min_value=0, max_value=160).map(lambda n: n / 16)
pod_numbers = st.integers(min_value=0, max_value=3)
changes = st.fixed_dictionaries(
    {},
    optional={
        "capacity": st.integers(min_value=0, max_value=3),
        "latency_seconds": st.sampled_from([0.0, 1 / 16, 0.5]),
        "error_ratio": st.sampled_from([0.0, 0.25, 1.0]),
        "up": st.booleans(),
    },
)
dependency_rows = st.builds(
    Dependency,
    name=st.just("database"),
    capacity=st.integers(min_value=0, max_value=4),
    latency_seconds=st.sampled_from([0.0, 1 / 16, 0.25]),
    demand=st.sampled_from([one for one in Demand if one is not Demand.EMPIRICAL]),
    error_ratio=st.sampled_from([0.0, 0.2]),
    up=st.booleans(),
)
calls = st.lists(
    st.builds(
        Call,
        dependency=st.integers(min_value=0, max_value=1),
        share=st.sampled_from([0.3, 1.0]),
        timeout_seconds=st.sampled_from([0.0, 0.125, 1.0]),
    ),
    max_size=2,
    unique_by=lambda call: call.dependency,
).map(tuple)
actions = st.one_of(
    st.tuples(st.just("kill"), pod_numbers),
    st.tuples(st.just("drain"), pod_numbers),
    st.tuples(st.just("listen"), pod_numbers),
    st.tuples(st.just("close"), pod_numbers),
    st.tuples(st.just("terminate"), pod_numbers),
    st.tuples(st.just("forget"), pod_numbers),
    st.tuples(st.just("probe"), pod_numbers),
    st.tuples(st.just("lose"), st.booleans()),
    st.tuples(st.just("publish"), st.lists(pod_numbers, max_size=4, unique=True)),
    st.tuples(st.just("behave"), st.integers(min_value=1, max_value=6)),
    st.tuples(st.just("depend"), st.tuples(st.integers(min_value=0, max_value=1), changes)),
)
connections = st.builds(
    Connections,
    proxy=st.sampled_from(ProxyKind),
    keep_alive_seconds=st.sampled_from([0.0, 0.5, 4.0]),
    requests_each=st.sampled_from([0, 2]),
    lifetime_seconds=st.sampled_from([1.0, float("inf")]),
    close_notice_seconds=st.sampled_from([0.001, 0.25]),
    tries=st.sampled_from([1, 3]),
    connect_timeout_seconds=st.sampled_from([0.125, float("inf")]),
    idempotent_share=st.sampled_from([0.0, 0.5, 1.0]),
    affinity_seconds=st.sampled_from([None, 1.0]),
)
protections = st.builds(
    Protection,
    outliers=st.none()
    | st.builds(
        OutlierDetection,
        consecutive_errors=st.sampled_from([1, 3]),
        sweep_seconds=st.sampled_from([0.25, 1.0]),
        base_ejection_seconds=st.sampled_from([0.125, 1.0]),
        most_share=st.sampled_from([0.1, 1.0]),
    ),
    most_in_flight=st.sampled_from([0, 2]),
    per_second=st.sampled_from([0.0, 8.0]),
    burst=st.sampled_from([1, 5]),
)
scripts = st.lists(st.tuples(moments, actions), max_size=25)


def act(plane: DataPlane, what: str, whom) -> None:
    """Do one random thing; a pod that has been forgotten is left alone."""
    now = plane.now
    if what == "publish":
        plane.publish(whom, [now, now + 0.25])
    elif what == "lose":
        plane.set_node("node-0", reachable=not whom)
    elif what == "depend":
        if plane.dependencies():
            plane.set_dependency(whom[0], **whom[1])
    elif what == "behave":
        leak = 2.0**20 * (whom % 3)
        also = (Call(dependency=whom % 2, timeout_seconds=1.0),)[: whom % 4]
        also = also if plane.dependencies() else ()
        plane.set_behaviour(
            0,
            serving(whom / 16, concurrency=whom % 3 + 1, leak_bytes_per_second=leak, calls=also),
        )
    elif whom in plane.pods():
        calls = {
            "kill": lambda: plane.kill(whom, Cause.CUT_BY_SIGKILL),
            "drain": lambda: plane.set_pod(whom, draining=True),
            "listen": lambda: plane.set_pod(whom, listening=True),
            "close": lambda: plane.set_pod(whom, listening=False),
            "terminate": lambda: plane.set_pod(whom, terminating=True),
            "forget": lambda: (plane.kill(whom, Cause.CUT_BY_SIGKILL), plane.forget_pod(whom)),
            "probe": lambda: plane.probe(whom, ProbeKind.READINESS, now, 0.25, 1, 2),
        }
        calls[what]()


whatever = given(
    seed=st.integers(min_value=0, max_value=2**64 - 1),
    rate=st.sampled_from([4.0, 16.0, 64.0]),
    poisson=st.booleans(),
    balancer=st.sampled_from(list(BALANCERS)),
    rules=connections,
    protection=protections,
    budget=st.sampled_from([None, 0.0, 0.5]),
    population=st.sampled_from([3, 1000]),
    demand=st.sampled_from(["constant", "exponential", "lognormal", "gamma"]),
    timeout=st.sampled_from([0.0625, 0.25, 4.0]),
    attempts=st.integers(min_value=1, max_value=4),
    backoff=st.sampled_from([0.0, 0.25]),
    dependencies=st.just(()) | st.tuples(dependency_rows, dependency_rows),
    calls=calls,
    computes=st.sampled_from([0.0, 1 / 16]),
    script=scripts,
    cuts=st.lists(moments | st.floats(min_value=0.0, max_value=10.0), max_size=40),
)


def accounted_for(
    engine,
    seed,
    rate,
    poisson,
    balancer,
    rules,
    protection,
    budget,
    population,
    demand,
    timeout,
    attempts,
    backoff,
    dependencies,
    calls,
    computes,
    script,
    cuts,
):
    """Random traffic under random control, watched twice; then everything must be accounted for."""

    def history(cuts):
        clients = Clients(
            attempt_timeout_seconds=timeout,
            deadline_seconds=2.0,
            attempts=attempts,
            backoff_seconds=backoff,
            retry_budget=budget,
        )
        plane = plane_of(
            rate=rate,
            end=8.0,
            poisson=poisson,
            balancer=balancer,
            pods=4,
            proxies=2,
            clients=clients,
            behaviour=serving(
                0.125 - computes,
                cpu_seconds=computes,
                demand=demand,
                concurrency=2,
                queue_limit=3,
                error_ratio=0.1,
                calls=calls if dependencies else (),
            ),
            dependencies=dependencies,
            memory_limit=66 * 2.0**20,
            population=population,
            connections=rules,
            protection=protection,
            seed=seed,
        )
        steps = [(time, lambda p, a=action: act(p, *a)) for time, action in script]
        result = play(plane, 20.0, steps, cuts)
        return plane, result

    plane, whole = history(cuts=())
    watched = history(cuts)[1]

    assert whole == watched
    assert isinstance(plane, PLANES[engine])
    use("reference")
    expected = history(cuts=())[1]
    use(engine)
    assert expected == whole, "every plane has the same history"
    requests = {entry.request for entry in whole.log}
    finals = [entry.request for entry in whole.log if entry.final]
    assert set(range(plane.arrived())) == requests
    assert sorted(finals) == sorted(requests), "one final answer each"
    assert (0, plane.arrived()) == (plane.in_flight(), plane.counts().total)
    assert [(0, 0)] * len(dependencies) == [
        (one.in_use, one.waiting) for one in plane.dependencies()
    ]
    assert [0] * len(plane.pods()) == [one.in_flight for one in plane.pods().values()]
    times = [entry.answered for entry in whole.log]
    assert times == sorted(times)
    for entry in whole.log:
        patience = min(entry.sent + timeout, 20.0)
        assert entry.sent <= entry.answered <= patience
        if rules.tries == 1:
            assert (entry.cause in REFUSALS) <= (entry.answered == entry.sent)
        assert (entry.pod == -1) == (entry.cause in AT_THE_PROXY)
        assert (entry.cause in ANSWERS) <= (entry.answered <= plane.last_answers().get(0, -1.0))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@whatever
def test_whatever_happens_every_request_ends_once_and_watching_changes_nothing(engine, **world):
    accounted_for(engine, **world)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@whatever
def test_whatever_else_happens_every_request_ends_once(engine, **world):
    accounted_for(engine, **world)


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_traffic_order import played
from tiny_traffic import use
use(sys.argv[2])
print(hashlib.sha256(repr(played(seed=11, calling=True)).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_another_process_under_another_hash_seed(
    root, engine
):
    """This one has a hash seed by chance."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(root / "tests"), engine],
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = hashlib.sha256(repr(played(seed=11, calling=True)).encode()).hexdigest()

    assert here == done.stdout.strip()


def test_another_seed_gives_another_run():
    assert played(seed=1).log != played(seed=2).log


def test_two_worlds_meet_the_same_arrivals_users_and_proxies():
    """A different number of pods, and a kill, change nobody's wish to send."""
    meant = []
    for pods, script in ((2, []), (5, [(3.0, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))])):
        plane = plane_of(rate=50.0, end=10.0, poisson=True, pods=pods, proxies=3, seed=12)
        log = play(plane, 60.0, script).log
        meant.append(sorted((e.request, e.sent, e.user, e.proxy) for e in log))

    assert meant[0] == meant[1]


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (
            RateCurve(times=(0.0,), rates=(4.0,), end=1.0, poisson=False),
            [0.125, 0.375, 0.625, 0.875],
        ),
        (
            RateCurve(times=(0.0, 1.0), rates=(2.0, 4.0), end=1.5, poisson=False),
            [0.25, 0.75, 1.125, 1.375],
        ),
        (  # Half a request is owed at 1; silence; the rest of it takes half a second from 2 on.
            RateCurve(times=(0.0, 1.0, 2.0), rates=(1.0, 0.0, 1.0), end=4.0, poisson=False),
            [0.5, 2.5, 3.5],
        ),
        (RateCurve(times=(0.0, 1.0), rates=(2.0, 0.0), end=9.0, poisson=False), [0.25, 0.75]),
        (RateCurve(times=(-2.0,), rates=(1.0,), end=0.5, poisson=False), [-1.5, -0.5]),
        (RateCurve(times=(0.0,), rates=(0.0,), end=9.0), []),
    ],
)
def test_arrivals_invert_the_cumulated_rate(curve, expected):
    workload = Workload(
        arrivals=curve,
        clients=Clients(),
        population=1,
        proxies=1,
        balancer="random",
        window_start=0.0,
        window_end=1.0,
    )
    plane = new_plane(workload, 1, start=-2.0, keep_log=True)
    plane.advance(20.0)

    assert expected == [entry.sent for entry in plane.take_log()]


def test_poisson_arrivals_are_the_prefix_sums_of_keyed_draws():
    plane = plane_of(rate=8.0, end=10.0, poisson=True, seed=21)
    draws = Stream(21, Purpose.ARRIVAL)
    expected, total = [], 0.0
    while (total := total + draws.exponential(len(expected))) / 8.0 < 10.0:
        expected.append(total / 8.0)

    assert expected == sorted(entry.sent for entry in play(plane, 20.0).log)


@pytest.mark.parametrize(
    "curve",
    [
        {"times": (), "rates": ()},
        {"times": (0.0, 1.0), "rates": (1.0,)},
        {"times": (1.0, 1.0), "rates": (1.0, 2.0)},
        {"times": (0.0,), "rates": (-1.0,)},
        {"times": (0.0,), "rates": (float("nan"),)},
    ],
)
def test_impossible_curves_are_refused(curve):
    with pytest.raises(ValueError, match="must"):
        Arrivals(RateCurve(end=1.0, **curve), 1)
