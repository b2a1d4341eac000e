"""What a comparison costs: CPU seconds, a second worker, the wait for a first verdict, memory.

    python benchmarks/comparison.py              all of it, some fifty million requests
    python benchmarks/comparison.py --seeds 3    a tenth of it

Every strategy that fits there (`seatrial compare web-app-20min --strategy all`) and the no-release
arm run under 30 paired seeds of `scenarios/web-app-20min`, once by one worker and once by two. CPU
seconds are those of the workers' processes alone, user and system, from the first seed to the last,
without starting Python; the load of the machine is told, for beside other work a CPU second holds
less.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from sim.experiments.local_workers import LocalWorkers
from sim.experiments.replicate import replicate
from sim.experiments.trial import Trial
from sim.experiments.window import measured_window
from sim.scenario.load import load
from sim.traffic.engine import DEFAULT, make_ready

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "web-app-20min"
FIRST_LOOK = """
import sim, time
from sim.experiments.sequential import compare_until_precise, Limits
scenario = sim.load(["web-app"])
if __name__ == "__main__":
    def told(verdict):
        print(time.time())
    compare_until_precise(
        scenario, ["Recreate", "RollingUpdate"], first_look=told,
        limits=Limits(out_of_budget=lambda: False, most_runs=2),
    )
"""


def measured(trial: Trial, seed: int) -> tuple[int, float, float, int]:
    """Requests of all arms, CPU seconds, peak bytes and number of this worker for one seed."""
    before = time.process_time()
    found = trial(seed)
    spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return sum(one.sent for one in found), spent, peak, os.getpid()


def carried_out(trial: Trial, seeds: int, workers: int) -> None:
    """Run *seeds* by so many workers and print what it took."""
    begun = time.perf_counter()
    found = replicate(partial(measured, trial), range(seeds), workforce=LocalWorkers(count=workers))
    wall = time.perf_counter() - begun
    requests = sum(row[0] for row in found)
    cpu = sum(row[1] for row in found)
    peak = max(row[2] for row in found) / 1e6
    print(
        f"{workers} worker(s): {requests / 1e6:6.1f} M requests {cpu:7.1f} CPU s "
        f"{1e9 * cpu / requests:6.0f} ns a request {wall:7.1f} s wall {peak:6.0f} MB a worker",
        flush=True,
    )


def first_verdict(script: Path) -> float:
    """Seconds from starting Python until a first verdict on `web-app` is there."""
    script.write_text(FIRST_LOOK)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.time()
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[0]) - begun


def main() -> None:
    """Measure and print."""
    from sim.experiments.chosen import ALL, chosen_strategies  # Workers need none of it.

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=30)
    seeds = parser.parse_args().seeds
    make_ready(DEFAULT)
    scenario = load([SCENARIO])
    strategies = tuple(chosen_strategies(scenario, [ALL])[0])
    trial = Trial(
        scenario=scenario,
        strategies=strategies,
        window=measured_window(scenario, strategies),
        keep_runs_of=(),
        engine=DEFAULT,
    )
    load_average = os.getloadavg()[0]
    print(f"{len(strategies)} strategies and no release, {seeds} seeds, load {load_average:.1f}")
    for workers in (1, 2):
        carried_out(trial, seeds, workers)
    with tempfile.TemporaryDirectory() as folder:
        seconds = min(first_verdict(Path(folder) / "look.py") for _ in range(3))
    print(
        f"first verdict on web-app, with starting Python: {seconds:.1f} s, "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
