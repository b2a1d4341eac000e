"""Laws: the traffic agrees with queueing theory where theory is exact.

Goal: no figure of theory lies outside its interval, jointly at the 99 % level. Method: one long
run per system with its own seed, a twentieth of it to warm up, 20 batch means with the batch's
arrivals and demands as control variates, Student intervals, Bonferroni over all figures. Each
test also says how narrow its ordinary 95 % intervals are, for a wide one agrees with anything.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from queueing import (
    MEAN,
    Comparison,
    Setup,
    erlang_b,
    erlang_c,
    states_mmck,
    wait_e2m1,
    wait_mg1,
    wait_mmc,
    watch,
)

from sim.model.behaviour import Demand
from sim.model.causes import Cause
from sim.traffic.demand import Demands

JOINT_LEVEL = 0.99


def compared(
    name: str,
    theory: float,
    batches: np.ndarray,
    scale: float = 0.0,
    luck: np.ndarray | tuple[()] = (),
) -> Comparison:
    """A comparison whose precision is relative to *scale*, or to the theory itself."""
    return Comparison(
        name=name, theory=theory, batches=batches, controls=np.array(luck), scale=scale or theory
    )


def delay_system(
    seed: int, workers: int, rho: float, requests: int, engine: str = "reference"
) -> list[Comparison]:
    """M/M/c: wait, who waits, how many are in, how busy; Little's law and PASTA."""
    seen = watch(Setup(seed=seed, rho=rho, workers=workers), requests, engine)
    name = f"M/M/{workers} rho {rho}"
    inside = workers * rho + wait_mmc(workers, rho) * seen.setup.rate
    return [
        compared(f"{name} wait", wait_mmc(workers, rho), seen.wait(), luck=seen.luck()),
        compared(
            f"{name} share that waits", erlang_c(workers, rho), seen.must_wait(), luck=seen.luck()
        ),
        compared(f"{name} in system", inside, seen.in_system()),
        compared(f"{name} utilisation", rho, seen.utilisation()),
        compared(f"{name} Little", 0.0, seen.little(), inside),
        compared(f"{name} PASTA", 0.0, seen.pasta(), inside),
    ]


def loss_system(
    seed: int, workers: int, places: int, rho: float, requests: int, engine: str = "reference"
):
    """M/M/c/K: who is turned away, how many are in."""
    seen = watch(Setup(seed=seed, rho=rho, workers=workers, places=places), requests, engine)
    states = states_mmck(workers, places, rho)
    name = f"M/M/{workers}/{workers + places} rho {rho}"
    inside = float(states @ np.arange(len(states)))
    busy = rho * (1.0 - states[-1])
    return [
        compared(
            f"{name} turned away", float(states[-1]), seen.share(Cause.QUEUE_FULL), luck=seen.luck()
        ),
        compared(f"{name} in system", inside, seen.in_system()),
        compared(f"{name} utilisation", busy, seen.utilisation()),
    ]


def general_service(
    seed: int, demand: Demand, cv: float, rho: float, requests: int, engine: str = "reference"
):
    """M/G/1: mean wait."""
    seen = watch(Setup(seed=seed, rho=rho, demand=demand, cv=cv), requests, engine)
    luck = seen.luck()[: 1 if demand is Demand.CONSTANT else 2]  # A constant has no luck.
    name = f"M/G/1 {demand} cv {cv} rho {rho} wait"
    return [compared(name, wait_mg1(rho, cv), seen.wait(), luck=luck)]


def random_balancing(
    seed: int, pods: int, workers: int, rho: float, requests: int, engine: str = "reference"
):
    """A Poisson stream split at random is *pods* Poisson streams: independent M/M/c."""
    seen = watch(Setup(seed=seed, rho=rho, pods=pods, workers=workers), requests, engine)
    name = f"random over {pods} x M/M/{workers} rho {rho}"
    return [
        compared(f"{name} wait", wait_mmc(workers, rho), seen.wait(), luck=seen.luck()),
        compared(
            f"{name} share that waits", erlang_c(workers, rho), seen.must_wait(), luck=seen.luck()
        ),
    ]


def taking_turns(seed: int, rho: float, requests: int, engine: str = "reference"):
    """Round robin over two pods gives each every second arrival: E2/M/1."""
    seen = watch(Setup(seed=seed, rho=rho, pods=2, balancer="round_robin"), requests, engine)
    name = f"round robin E2/M/1 rho {rho} wait"
    return [compared(name, wait_e2m1(rho), seen.wait(), luck=seen.luck())]


def impatience(seed: int, patience: float, requests: int, engine: str = "reference"):
    """Where nobody waits, the share that gives up is the tail of the service time."""
    setup = Setup(seed=seed, rho=0.2, workers=200, timeout=patience * MEAN, error_ratio=0.25)
    seen = watch(setup, requests, engine)
    served = 1.0 - math.exp(-patience)
    return [
        compared(
            f"gives up after {patience} means",
            math.exp(-patience),
            seen.share(Cause.TIMED_OUT_IN_SERVICE),
        ),
        compared("own errors among answers", 0.25 * served, seen.share(Cause.APPLICATION_BUG)),
    ]


def assert_all_agree(comparisons: list[Comparison], precision: float) -> None:
    """Every theory inside its interval at the joint level, and every interval narrow enough."""
    level = 1.0 - (1.0 - JOINT_LEVEL) / len(comparisons)
    table = "\n".join(comparison.row(level) for comparison in comparisons)
    print(f"\n{table}\n{len(comparisons)} figures")
    assert all(comparison.agrees(level) for comparison in comparisons), table
    widest = max(comparison.half_width(0.95) / comparison.scale for comparison in comparisons)
    assert widest <= precision, table


def test_the_formulas_give_their_worked_cases():
    assert (0.5, pytest.approx(0.2)) == (erlang_b(1, 1.0), erlang_b(2, 1.0))
    assert (pytest.approx(0.7), pytest.approx(1 / 3)) == (erlang_c(1, 0.7), erlang_c(2, 0.5))
    assert wait_mg1(0.5, 1.0) == pytest.approx(wait_mmc(1, 0.5)) == pytest.approx(MEAN)
    assert states_mmck(3, 0, 0.5)[-1] == pytest.approx(erlang_b(3, 1.5))
    assert states_mmck(1, 1, 1.0).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert wait_e2m1(0.5) == pytest.approx(0.618034 * MEAN, rel=1e-6)  # The golden ratio.


def test_the_traffic_agrees_with_queueing_theory():
    """25 figures of 9 systems, 93,000 requests in all, 95 % intervals within 15 %."""
    comparisons = [
        *delay_system(seed=101, workers=1, rho=0.5, requests=14_000),
        *delay_system(seed=102, workers=4, rho=0.7, requests=14_000),
        *loss_system(seed=103, workers=2, places=3, rho=1.2, requests=6_000),
        *loss_system(seed=104, workers=8, places=0, rho=0.9, requests=6_000),
        *general_service(seed=105, demand=Demand.CONSTANT, cv=0.0, rho=0.6, requests=12_000),
        *general_service(seed=106, demand=Demand.LOGNORMAL, cv=0.8, rho=0.5, requests=12_000),
        *random_balancing(seed=107, pods=3, workers=2, rho=0.6, requests=12_000),
        *taking_turns(seed=108, rho=0.6, requests=12_000),
        *impatience(seed=109, patience=2.0, requests=5_000),
    ]
    assert_all_agree(comparisons, precision=0.15)


@pytest.mark.slow
def test_the_traffic_agrees_with_queueing_theory_within_two_per_cent():
    """25 figures of 9 systems, 2.6 million requests in all, 95 % intervals within 2 %."""
    comparisons = [
        *delay_system(seed=201, workers=1, rho=0.5, requests=400_000),
        *delay_system(seed=202, workers=2, rho=0.6, requests=450_000),
        *loss_system(seed=203, workers=2, places=3, rho=1.2, requests=150_000),
        *loss_system(seed=204, workers=8, places=0, rho=0.9, requests=150_000),
        *general_service(seed=205, demand=Demand.CONSTANT, cv=0.0, rho=0.6, requests=250_000),
        *general_service(seed=206, demand=Demand.LOGNORMAL, cv=0.5, rho=0.5, requests=300_000),
        *random_balancing(seed=207, pods=6, workers=2, rho=0.5, requests=400_000),
        *taking_turns(seed=208, rho=0.5, requests=350_000),
        *impatience(seed=209, patience=1.0, requests=120_000),
    ]
    assert_all_agree(comparisons, precision=0.02)


@pytest.mark.slow
def test_the_kernel_agrees_with_queueing_theory_at_ten_million_requests_a_system():
    """21 figures of 7 systems, 70 million requests in all, 95 % intervals within 1.1 %."""
    many = {"requests": 10_000_000, "engine": "kernel"}
    comparisons = [
        *delay_system(seed=301, workers=1, rho=0.5, **many),
        *delay_system(seed=302, workers=8, rho=0.7, **many),
        *loss_system(seed=303, workers=2, places=3, rho=1.2, **many),
        *loss_system(seed=304, workers=8, places=0, rho=0.9, **many),
        *general_service(seed=305, demand=Demand.CONSTANT, cv=0.0, rho=0.6, **many),
        *general_service(seed=306, demand=Demand.LOGNORMAL, cv=0.8, rho=0.5, **many),
        *general_service(seed=307, demand=Demand.GAMMA, cv=1.5, rho=0.6, **many),
    ]
    assert_all_agree(comparisons, precision=0.011)


def test_both_planes_see_the_same_system():
    setup = Setup(seed=401, rho=0.7, workers=2, demand=Demand.LOGNORMAL, cv=0.8)
    first, second = (watch(setup, 2000, engine) for engine in ("reference", "kernel"))
    demands = Demands(401)

    assert first.answered.tolist() == second.answered.tolist()
    assert first.clock.tolist() == second.clock.tolist()
    assert first.busy.tolist() == second.busy.tolist()
    assert first.demand == pytest.approx(
        [demands.seconds(number, setup.behaviour) for number in range(len(first.sent))], rel=1e-12
    )
