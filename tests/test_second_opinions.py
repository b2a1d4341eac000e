"""Second opinions: another simulator on the same networks, and another source of random numbers.

Goal: theory is exact for few systems, and ours could be wrong beyond them. Where there is none we
ask a simulator that others wrote (Ciw), and drive our own with numbers that others made (Philox).
Method: batch means of two independent runs, Welch's t at the 99.9 % level for each figure; each
test says how far apart the two may lie at most, for a wide interval agrees with anything.
"""

from __future__ import annotations

from collections.abc import Iterable

import ciw
import numpy as np
import pytest
from queueing import BATCHES, MEAN, Setup, watch
from scipy import stats

from sim.model.causes import Cause
from sim.model.draws import Stream

LEVEL = 0.999
PATIENCE = 0.06


def ciw_records(setup: Setup, requests: int, *, renege: float | None = None):
    """*setup* as a network of Ciw's, a node a pod, watched for about that many *requests*."""
    pods = setup.pods
    rate = setup.rate / pods
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate) for _ in range(pods)],
        service_distributions=[ciw.dists.Exponential(1.0 / MEAN) for _ in range(pods)],
        number_of_servers=[setup.workers] * pods,
        queue_capacities=[setup.places if setup.places < 10**9 else float("inf")] * pods,
        routing=[[0.0] * pods for _ in range(pods)],
        reneging_time_distributions=None
        if renege is None
        else [ciw.dists.Deterministic(renege) for _ in range(pods)],
    )
    ciw.seed(setup.seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(requests / setup.rate)
    return sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)


def batched(values: Iterable[float]) -> np.ndarray:
    """Means of the batches of *values*, the first twentieth left out."""
    values = np.array(list(values), dtype=float)
    kept = values[len(values) // 20 :]
    return np.array([batch.mean() for batch in np.array_split(kept, BATCHES)])


def agree(ours: np.ndarray, theirs: np.ndarray, most: float) -> None:
    """The two means lie within the Welch interval of each other, and that is narrow enough."""
    difference = ours.mean() - theirs.mean()
    variances = [part.var(ddof=1) / BATCHES for part in (ours, theirs)]
    freedom = sum(variances) ** 2 / sum(v**2 / (BATCHES - 1) for v in variances)
    half = stats.t.ppf(0.5 + LEVEL / 2, df=freedom) * sum(variances) ** 0.5
    assert half < most * theirs.mean(), f"interval too wide to tell: {half:.4g}"
    assert abs(difference) <= half, f"{ours.mean():.6g} against {theirs.mean():.6g} +- {half:.2g}"


@pytest.mark.slow
def test_ciw_agrees_on_pods_that_turn_away_what_finds_no_room():
    """Three pods of two workers and three places behind a random balancer, at rho 0.95."""
    setup = Setup(seed=11, rho=0.95, workers=2, places=3, pods=3)
    ours, theirs = watch(setup, 150_000), ciw_records(setup, 150_000)

    served = [record for record in theirs if record.record_type == "service"]
    agree(
        ours.share(Cause.QUEUE_FULL),
        batched(record.record_type == "rejection" for record in theirs),
        most=0.08,
    )
    agree(ours.wait(), batched(record.waiting_time for record in served), most=0.08)


@pytest.mark.slow
def test_ciw_agrees_on_clients_that_give_up_waiting():
    """Two pods of two workers at rho 1.1; clients wait 60 ms for a worker.

    Our clients' patience covers service too, but a worker that has begun goes on to the end, so
    the queue is the same, and so is the share that leaves it."""
    setup = Setup(seed=12, rho=1.1, workers=2, pods=2, timeout=PATIENCE)
    ours = watch(setup, 150_000)
    theirs = ciw_records(setup, 150_000, renege=PATIENCE)

    agree(
        ours.share(Cause.TIMED_OUT_WAITING),
        batched(record.record_type == "renege" for record in theirs),
        most=0.08,
    )


class Philox(Stream):
    """A stream whose bits come from Philox 4x64-10 (Salmon et al. 2011) as numpy has it."""

    __slots__ = ("_philox_key",)

    def __init__(self, seed, purpose) -> None:
        super().__init__(seed, purpose)
        self._philox_key = np.array([seed, purpose], dtype=np.uint64)

    def bits(self, number: int, attempt: int = 0) -> int:
        counter = np.array([attempt, number, 0, 0], dtype=np.uint64)
        return int(np.random.Philox(counter=counter, key=self._philox_key).random_raw())


PLACES = (
    "sim.traffic.arrivals",
    "sim.traffic.demand",
    "sim.traffic.pick",
    "sim.traffic.client",
    "sim.traffic.sending",
    "sim.traffic.reference",
)


@pytest.mark.slow
def test_a_run_driven_by_philox_comes_to_the_same_figures(monkeypatch):
    """Four pods of one worker and two places at rho 0.9: who waits how long, who is turned away."""
    setup = Setup(seed=13, rho=0.9, places=2, pods=4)
    ours = watch(setup, 60_000)
    for place in PLACES:
        monkeypatch.setattr(f"{place}.Stream", Philox)
    theirs = watch(setup, 60_000)

    assert (ours.sent[:100] != theirs.sent[:100]).all(), "it is driven by other numbers"
    agree(ours.share(Cause.QUEUE_FULL), theirs.share(Cause.QUEUE_FULL), most=0.1)
    agree(ours.wait(), theirs.wait(), most=0.1)
