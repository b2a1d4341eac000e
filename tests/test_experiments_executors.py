"""Who carries out an experiment makes no difference: threads, processes, a Dask cluster, deaths."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psutil
import pytest
from chores import square_or_die_once, tell_and_dawdle
from command_line import call

from sim.errors import BackendError, ScenarioError
from sim.experiments.compare import compare
from sim.experiments.local_workers import LocalWorkers
from sim.experiments.replicate import replicate
from sim.experiments.trial import Trial
from sim.experiments.workforce import Borrowed, workforce_named
from sim.model.run import Window
from sim.scenario.load import load

STRATEGIES = ("Recreate", "RollingUpdate")
WINDOW = Window(start=0.0, first_write=5.0, end=40.0)
SEEDS = tuple(range(6))
MEGABYTE = 1e6


def weighed(trial: Trial, seed: int) -> float:
    """How many bytes the worker has in memory after this seed."""
    trial(seed)
    return float(psutil.Process().memory_info().rss)


@pytest.fixture(scope="module")
def scenario():
    return load(["web-app"], overrides=["traffic.rate=20/s"])


@pytest.fixture(scope="module")
def alone(scenario) -> str:
    return document(scenario, workers=1)


def document(scenario, **whom) -> str:
    found = compare(scenario, STRATEGIES, seeds=SEEDS, window=WINDOW, **whom)
    return json.dumps(found.to_json(), allow_nan=False)


@pytest.fixture(scope="module")
def cluster():
    """A real Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


def address_of(cluster) -> str:
    return cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_processes_give_the_bytes_of_one(scenario, alone, count):
    assert alone == document(scenario, workers=count)


def test_threads_of_somebody_elses_executor_give_the_bytes_of_one(scenario, alone):
    with ThreadPoolExecutor(2) as executor:
        assert alone == document(scenario, executor=executor)
        assert executor.submit(int, 3).result() == 3  # It was not shut down.


def test_a_dask_cluster_gives_the_bytes_of_one(scenario, alone, cluster):
    assert alone == document(scenario, executor=address_of(cluster))


def test_a_worker_of_a_dask_cluster_that_is_killed_loses_nothing(cluster, tmp_path):
    (tmp_path / "died").unlink(missing_ok=True)
    task = partial(square_or_die_once, tmp_path)
    found = replicate(task, SEEDS, workforce=workforce_named(address_of(cluster)))
    assert found == (0, 1, 4, 9, 16, 25)
    assert (tmp_path / "died").exists()


def test_a_worker_that_is_killed_loses_nothing(tmp_path):
    found = replicate(partial(square_or_die_once, tmp_path), SEEDS, workers=2)
    assert found == (0, 1, 4, 9, 16, 25)
    assert (tmp_path / "died").exists()


def test_workers_killed_from_outside_again_and_again_lose_nothing(tmp_path):
    killed: set[int] = set()

    def kill_one(done: int, _: int) -> None:
        """After the second and the fifth answer, kill a worker that has told its number."""
        if done in (2, 5):
            for told in tmp_path.glob("*.pid"):
                pid = int(told.stem)
                if pid not in killed and psutil.pid_exists(pid):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
                    return

    task = partial(tell_and_dawdle, tmp_path)
    found = replicate(task, range(8), workforce=LocalWorkers(count=2), progress=kill_one)
    assert found == tuple(range(8))
    assert len(killed) == 2


def test_an_executor_that_breaks_and_is_somebody_elses_is_not_replaced(tmp_path):
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    task = partial(square_or_die_once, tmp_path)
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(BackendError, match="a worker process died"),
    ):
        replicate(task, SEEDS, workforce=Borrowed(executor=pool))


@pytest.mark.parametrize(
    ("name", "workers", "said"),
    [
        ("dusk://a:1", None, "local, or dask://HOST:PORT"),
        ("dask://host", None, "local, or dask://HOST:PORT"),
        ("dask://host:1", 2, "--workers is for local processes"),
    ],
)
def test_an_executor_that_does_not_exist_is_refused_with_those_that_do(name, workers, said):
    with pytest.raises(ScenarioError) as caught:
        workforce_named(name, workers)
    assert said in str(caught.value)


def test_a_cluster_that_does_not_answer_is_one_sentence():
    pytest.importorskip("distributed")
    shown = call("compare", "web-app", "--runs", "2", "--executor", "dask://127.0.0.1:9")
    assert shown.exit_code == 1
    assert "no Dask scheduler answers at dask://127.0.0.1:9" in shown.stderr.splitlines()[-1]
    assert "Traceback" not in shown.stderr


@pytest.mark.slow
@pytest.mark.parametrize("runs", [400])
def test_a_worker_needs_no_more_memory_for_more_runs(scenario, runs):
    trial = Trial(
        scenario=scenario,
        strategies=STRATEGIES,
        window=WINDOW,
        keep_runs_of=(),
        engine="kernel",
    )
    found = replicate(partial(weighed, trial), range(runs), workers=2)
    assert max(found) < 300 * MEGABYTE
