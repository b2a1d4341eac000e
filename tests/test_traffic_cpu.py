"""Computing: quotas, crowded nodes, what is counted, and theory where theory is exact."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tiny_traffic import PATIENT, endings, new_plane, play

from sim.model.behaviour import Behaviour, Clients, CpuShare, Demand, RateCurve, Workload
from sim.model.causes import Cause
from sim.ports import DataPlane

INF = float("inf")


def computing(cpu: float, wait: float = 0.0, **fields) -> Behaviour:
    """Every request computes *cpu* seconds and then waits."""
    fields = {"demand": Demand.CONSTANT, "queue_limit": 10**6} | fields
    return Behaviour(cpu_seconds=cpu, wait_seconds=wait, **fields)


def node_of(
    row: Behaviour,
    arrivals: RateCurve,
    *,
    shares: tuple[CpuShare, ...] = (CpuShare(),),
    cores: float = INF,
    clients: Clients = PATIENT,
    seed: int = 1,
) -> DataPlane:
    """One node with a pod for each of *shares*, taken in turn by one proxy."""
    workload = Workload(
        arrivals=arrivals,
        clients=clients,
        population=1000,
        proxies=1,
        balancer="round_robin",
        window_start=0.0,
        window_end=1e9,
    )
    plane = new_plane(workload, seed, start=0.0, keep_log=True)
    plane.set_behaviour(0, row)
    plane.set_node("node-0", cores=cores)
    numbers = [plane.add_pod(0, INF, "node-0", share) for share in shares]
    for number in numbers:
        plane.set_pod(number, listening=True)
    plane.publish(numbers, [0.0])
    return plane


def at(*times: float) -> RateCurve:
    """Requests that are meant to be sent at *times*, two milliseconds apart at least."""
    changes, rates = [0.0], [0.0]
    for time in times:
        # Evenly spaced arrivals come at half-integers of the cumulated rate.
        changes += [time - 0.0005, time + 0.0005]
        rates += [1000.0, 0.0]
    return RateCurve(times=tuple(changes), rates=tuple(rates), end=1e6, poisson=False)


def answers(plane: DataPlane, until: float = 100.0) -> list[float]:
    """When each request was answered, in order of the requests."""
    return [one.answered for one in sorted(play(plane, until).log, key=lambda one: one.request)]


def close(times: list[float]) -> object:
    return pytest.approx(times, abs=1e-6)


def test_a_burst_of_80_ms_under_half_a_core_takes_130_ms() -> None:
    plane = node_of(computing(0.08, 0.02), at(0.1), shares=(CpuShare(limit_cores=0.5),))
    assert answers(plane) == close([0.1 + 0.13 + 0.02])
    assert plane.pods()[0].cpu_seconds == pytest.approx(0.08)
    assert plane.pods()[0].throttled_seconds == pytest.approx(0.05)


def test_several_threads_use_the_quota_up_sooner() -> None:
    """Two threads of 80 ms under one core: 50 ms each, then 50 ms of standing still, 30 more."""
    share = CpuShare(limit_cores=1.0)
    plane = node_of(computing(0.08), at(0.1, 0.102), shares=(share,))
    # The first runs alone for 2 ms; 49 ms later both together have used 100 ms.
    assert answers(plane) == close([0.229, 0.231])
    assert plane.pods()[0].throttled_seconds == pytest.approx(0.049)


def test_a_quota_that_no_period_left_over_is_not_saved_up() -> None:
    """Nothing is computed for seconds, and a burst still gets one period's quota at a time."""
    plane = node_of(computing(0.08), at(5.0), shares=(CpuShare(limit_cores=0.5),))
    assert answers(plane) == close([5.13])


def test_what_a_period_has_used_counts_against_the_next_request_in_it() -> None:
    share = CpuShare(limit_cores=0.5)
    plane = node_of(computing(0.04), at(0.1, 0.15), shares=(share,))
    # 40 ms used; the second has 10 ms of quota left, and gets the other 30 in the next period.
    assert answers(plane) == close([0.14, 0.23])


def test_two_threads_share_one_core_evenly() -> None:
    plane = node_of(computing(0.1, 0.05), at(1.0, 1.05), cores=1.0)
    # 50 ms alone, then half a core each: the first has 50 ms left, which take 100.
    assert answers(plane) == close([1.0 + 0.15 + 0.05, 1.0 + 0.2 + 0.05])


def test_a_crowded_node_serves_pods_by_the_weight_of_their_requests() -> None:
    shares = (CpuShare(weight=0.3), CpuShare(weight=0.1))
    plane = node_of(computing(0.3), at(1.0, 1.002), shares=shares, cores=1.0)
    first, second = answers(plane)
    # Three quarters of a core against a quarter; the first runs alone for two milliseconds.
    assert first == pytest.approx(1.002 + 0.298 / 0.75, abs=1e-6)
    assert second == pytest.approx(1.6, abs=1e-6)


def test_waiting_for_a_database_takes_no_core() -> None:
    plane = node_of(computing(0.0, 0.1), at(1.0, 1.002, 1.004), cores=0.5)
    assert answers(plane) == close([1.1, 1.102, 1.104])


def test_a_client_that_gives_up_does_not_stop_the_computing() -> None:
    hasty = Clients(attempt_timeout_seconds=0.1, deadline_seconds=0.1)
    share = CpuShare(limit_cores=0.1)
    plane = node_of(computing(0.05, concurrency=1), at(1.0), shares=(share,), clients=hasty)
    story = play(plane, 1.3)
    assert endings(story.log) == [(0, 0, pytest.approx(1.1), Cause.TIMED_OUT_IN_SERVICE)]
    assert plane.pods()[0].in_flight == 1
    plane.advance(1.5)
    assert (plane.pods()[0].in_flight, plane.pods()[0].cpu_seconds) == (0, pytest.approx(0.05))


def test_a_killed_process_computes_no_more_and_leaves_the_core_to_others() -> None:
    shares = (CpuShare(), CpuShare())
    plane = node_of(computing(1.0), at(1.0, 1.002), shares=shares, cores=1.0)
    story = play(plane, 10.0, [(1.5, lambda p: p.kill(0, Cause.CUT_BY_SIGKILL))])
    assert [one.cause for one in story.log] == [Cause.CUT_BY_SIGKILL, Cause.NONE]
    # Both had half a core from 1.002 to 1.5; then the second has it all.
    assert story.log[1].answered == pytest.approx(1.5 + 1.0 - 0.249, abs=1e-6)
    assert plane.pods()[0].cpu_seconds == pytest.approx(0.002 + 0.249, abs=1e-6)


def test_a_limit_that_can_never_bind_changes_not_a_bit() -> None:
    row = Behaviour(demand=Demand.LOGNORMAL, demand_cv=2.0)
    curve = RateCurve(times=(0.0,), rates=(120.0,), end=30.0)
    plain, limited = (
        play(node_of(row, curve, shares=(share,) * 3), 60.0)
        for share in (CpuShare(), CpuShare(limit_cores=8.0))
    )
    assert limited.log == plain.log


def test_a_node_with_a_core_for_every_thread_changes_not_a_bit() -> None:
    row = Behaviour(demand=Demand.LOGNORMAL, demand_cv=2.0)
    curve = RateCurve(times=(0.0,), rates=(120.0,), end=30.0)
    plain, roomy = (
        play(node_of(row, curve, shares=(CpuShare(),) * 3, cores=cores), 60.0)
        for cores in (INF, 24.0)
    )
    assert roomy.log == plain.log


@pytest.mark.parametrize(
    ("demand", "cv", "seed"),
    [
        (Demand.EXPONENTIAL, 1.0, 11),
        (Demand.CONSTANT, 0.0, 12),
        (Demand.LOGNORMAL, 2.0, 13),
    ],
)
def test_one_core_is_m_g_1_processor_sharing_whatever_the_distribution(
    engine, demand, cv, seed
) -> None:
    """E[T] = E[S] / (1 - rho), insensitive to the distribution (Kleinrock 1967).

    The reference, which is slow and equal to the bit, is watched for a shorter time.
    """
    mean, rho = 0.02, 0.6
    requests, width = {"reference": (10_000, 0.6), "kernel": (30_000, 0.35)}[engine]
    row = computing(mean, demand=demand, demand_cv=cv, concurrency=10**6)
    curve = RateCurve(times=(0.0,), rates=(rho / mean,), end=requests * mean / rho)
    log = play(node_of(row, curve, cores=1.0, seed=seed), 1e5).log
    times = np.array([one.answered - one.sent for one in sorted(log, key=lambda one: one.request)])
    batches = np.array([part.mean() for part in np.array_split(times[2000:], 20)])
    low, high = stats.t.interval(
        0.999, df=19, loc=batches.mean(), scale=batches.std(ddof=1) / np.sqrt(20)
    )
    assert low < mean / (1.0 - rho) < high
    assert (high - low) / (mean / (1.0 - rho)) < width


@given(
    cpu=st.floats(0.001, 0.2),
    wait=st.floats(0.0, 0.1),
    rate=st.floats(1.0, 60.0),
    cores=st.sampled_from([0.5, 1.0, 2.0, 4.0, INF]),
    limits=st.lists(st.sampled_from([0.1, 0.5, 1.0, 2.5, INF]), min_size=1, max_size=3),
    killed=st.floats(0.0, 8.0),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_nobody_computes_more_than_cores_and_quotas_allow(
    cpu, wait, rate, cores, limits, killed, seed
) -> None:
    row = computing(cpu, wait, demand=Demand.EXPONENTIAL, concurrency=4)
    clients = Clients(attempt_timeout_seconds=1.0, deadline_seconds=1.5, attempts=2)
    shares = tuple(CpuShare(limit_cores=limit, weight=min(limit, 2.0)) for limit in limits)
    curve = RateCurve(times=(0.0,), rates=(rate,), end=6.0)
    plane = node_of(row, curve, shares=shares, cores=cores, clients=clients, seed=seed)
    spent = []
    for step in range(1, 101):
        now = step * 0.1
        crash = [(killed, lambda p: p.kill(0, Cause.CUT_BY_CRASH_OR_OOM))]
        play(plane, now, crash if now > killed > now - 0.1 else ())
        spent.append([one.cpu_seconds for one in plane.pods().values()])
    for before, after in pairwise([[0.0] * len(limits), *spent]):
        gained = [b - a for a, b in zip(before, after, strict=True)]
        assert all(gain >= -1e-9 for gain in gained)
        assert sum(gained) <= cores * 0.1 + 1e-9
        # A stretch of 100 ms touches two periods at most.
        assert all(
            gain <= min(4 * 0.1, 2 * limit * 0.1) + 1e-9
            for gain, limit in zip(gained, limits, strict=True)
        )
    for total, limit in zip(spent[-1], limits, strict=True):
        assert total <= limit * 0.1 * 101 + 1e-9
    assert plane.arrived() == plane.counts().total + plane.in_flight()
