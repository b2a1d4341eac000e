"""Play random stories on both planes until so many attempts are compared; print what was seen.

    python benchmarks/differential.py --attempts 5000000

Ends with exit code 1 at the first difference, and with the call that plays that story again.
Ctrl-C ends it with what has been compared so far.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from differential import REGIMES, differences

REQUESTS = 5000  # Of each story, about.


def main() -> int:
    """Regimes in turn, each with ever new seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=10_000_000)
    asked = parser.parse_args()
    began, seed = time.perf_counter(), asked.seed
    attempts: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    try:
        while attempts.total() < asked.attempts:
            for name in REGIMES:
                attempts[name] += differences(name, seed, REQUESTS)
                stories[name] += 1
            seed += 1
    except AssertionError as found:
        print(f"a difference after {attempts.total():,} attempts: {found}")
        return 1
    except KeyboardInterrupt:
        print("stopped early")
    seconds = time.perf_counter() - began
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {seconds:.0f} s")
    print(f"{'regime':48}{'stories':>10}{'attempts':>14}{'differences':>14}")
    for name in REGIMES:
        print(f"{name:48}{stories[name]:>10}{attempts[name]:>14,}{0:>14}")
    print(f"{'together':48}{stories.total():>10}{attempts.total():>14,}{0:>14}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
