"""Thousands of random histories of a Deployment under the checkers, by hand:

    python tests/random_histories.py 10000 [--first 0]

Set image, scale, pause, resume, undo, restart, delete and kill pods, lose, drain and return nodes,
change the budget, break processes; at random times, on random Deployments. Each ends with all
healed and ten minutes to finish. Prints what went wrong, with the line that repeats it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from test_control_random import histories  # noqa: E402


def main(arguments: list[str]) -> int:
    """Rehearse, print, and answer 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args(arguments)
    began, wrong = time.process_time(), 0
    for start in range(given.first, given.first + given.count, 100):
        end = min(start + 100, given.first + given.count)
        for line in histories(range(start, end)):
            wrong += 1
            print(line, flush=True)
        print(f"{end - given.first} histories, {wrong} wrong", file=sys.stderr, flush=True)
    spent = time.process_time() - began
    print(f"{given.count} histories from {given.first} on: {wrong} wrong, {spent:.0f} CPU seconds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
