"""Thousands of random histories of a Deployment under the checkers, by hand:

    python benchmarks/random_histories.py 10000              from history 0 on, on all cores
    python benchmarks/random_histories.py 10000 --seed 7000000
    python benchmarks/random_histories.py 1 --seed 7000123   one of them again

Set image, scale, pause, resume, undo, restart, delete and kill pods, lose, drain and return nodes,
change the budget, break processes, set quotas; at random times, on random Deployments. After each
all is healed, and the rollout has twenty minutes to finish; and once more without healing, where it
must finish or say why. What goes wrong is told with the line that repeats it; Ctrl-C ends with what
is known so far.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]
BATCH = 50


def rehearsed(first: int, end: int) -> tuple[int, list[str], float]:
    """How many histories were rehearsed, what went wrong in them, and the CPU seconds."""
    from test_control_random import histories

    began = time.process_time()
    wrong = histories(range(first, end))
    return end - first, wrong, time.process_time() - began


def batches(first: int, count: int, workers: int) -> Iterator[tuple[int, list[str], float]]:
    """The same for all histories, batch by batch as they come."""
    bounds = [(at, min(at + BATCH, first + count)) for at in range(first, first + count, BATCH)]
    if workers == 1:
        yield from (rehearsed(*one) for one in bounds)
        return
    # Ctrl-C is for the parent: it takes no further batch and waits for those under way.
    pool = ProcessPoolExecutor(
        workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )
    try:
        for done in as_completed([pool.submit(rehearsed, *one) for one in bounds]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def main(arguments: list[str]) -> int:
    """Rehearse and print; 1 if anything went wrong, 130 if it was interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first history")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    finished, wrong, seconds, code = 0, 0, 0.0, 0
    try:
        for count, lines, spent in batches(given.seed, given.count, given.workers):
            finished, wrong, seconds = finished + count, wrong + len(lines), seconds + spent
            for line in lines:
                number = line.partition(":")[0]
                print(f"{line}\n  python benchmarks/random_histories.py 1 --seed {number}")
            print(f"\r{finished} of {given.count}, {wrong} wrong", end="", file=sys.stderr)
    except KeyboardInterrupt:
        code = 130
    print(file=sys.stderr)
    last = "" if code == 0 else ", interrupted"
    print(
        f"{finished} histories from {given.seed} on{last}: {wrong} wrong, {seconds:.0f} CPU seconds"
    )
    return code or (1 if wrong else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
