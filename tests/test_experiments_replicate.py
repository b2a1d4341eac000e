"""Replications: the order of the seeds, any number of workers, errors, Ctrl-C and sudden death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from sim.errors import BackendError, Problem, ScenarioError
from sim.experiments.replicate import replicate
from sim.i18n import message

SEEDS = (5, 1, 4, 2)


def square(seed: int) -> int:
    time.sleep(0.05 * (seed == SEEDS[0]))  # The first is the slowest.
    return seed * seed


def process(seed: int) -> int:
    return os.getpid()


def refuse(seed: int) -> int:
    raise ScenarioError([Problem(message("seed {n} is bad", n=seed), file="a.yaml", line=3)])


def die(seed: int) -> int:
    os._exit(9)


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_the_order_of_the_seeds(workers):
    heard = []
    found = replicate(square, SEEDS, workers=workers, progress=lambda *at: heard.append(at))
    assert found == (25, 1, 16, 4)
    assert heard == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_one_worker_is_this_process():
    assert set(replicate(process, SEEDS, workers=1)) == {os.getpid()}


def test_workers_are_other_processes_and_are_gone_afterwards():
    found = set(replicate(process, SEEDS, workers=2))
    assert os.getpid() not in found
    assert not [pid for pid in found if psutil.pid_exists(pid)]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_back_whole(workers):
    with pytest.raises(ScenarioError) as caught:
        replicate(refuse, SEEDS, workers=workers)
    problem = caught.value.problems[0]
    assert (problem.place, problem.message.text) == ("a.yaml:3:0", "seed {n} is bad")


def test_a_worker_that_dies_is_reported_in_a_sentence():
    with pytest.raises(BackendError, match="a worker process died"):
        replicate(die, SEEDS, workers=2)


def test_a_script_whose_workers_would_start_workers_is_told_where_that_belongs(root, tmp_path):
    """Every worker reads the script anew, and must not start others while it does."""
    script = tmp_path / "script.py"
    script.write_text(
        "from sim.experiments.replicate import replicate\nreplicate(abs, (1, 2), workers=2)\n"
    )
    ended = subprocess.run(
        [sys.executable, script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert 'belongs under `if __name__ == "__main__":`' in ended.stderr
    assert "unless it said why above" in ended.stderr


ENDLESS = """
import sys
sys.path.insert(0, "tests")
import test_experiments_replicate as tasks
from sim.experiments.replicate import replicate
if __name__ == "__main__":
    try:
        replicate(tasks.dawdle, range(8), workers=2)
    except KeyboardInterrupt:
        print("stopped", flush=True)
        raise SystemExit(130)
"""


def dawdle(seed: int) -> None:
    print(f"working {os.getpid()}", flush=True)
    time.sleep(60)


def start_endless(root, tmp_path):
    """An experiment that would take minutes, in a process group of its own, with two workers."""
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    started = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    working = [started.stdout.readline().split() for _ in range(2)]
    assert [word for word, _ in working] == ["working"] * 2
    return started, [int(pid) for _, pid in working]


def gone(pids: list[int], within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("whole_group", [True, False])
def test_ctrl_c_stops_everything_within_two_seconds(root, tmp_path, whole_group):
    """A terminal sends SIGINT to the whole group; another program only to the one process."""
    started, workers = start_endless(root, tmp_path)
    before = time.monotonic()
    (os.killpg if whole_group else os.kill)(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=10)
    assert time.monotonic() - before < 2.0
    assert (started.returncode, out, err) == (130, "stopped\n", "")
    assert gone(workers, within=1.0)


def test_workers_do_not_outlive_a_killed_parent(root, tmp_path):
    started, workers = start_endless(root, tmp_path)
    started.kill()
    started.wait()
    assert gone(workers, within=10.0)
    started.stdout.close()
    started.stderr.close()
