"""What the intervals of the stopping rule cover, on models whose truth is known.

    python benchmarks/stopping.py            2,000 studies of each model
    python benchmarks/stopping.py --studies 200

A study is what `seatrial compare` does without `--runs`: a pilot of ten that is put aside, then as
many runs as the rule asks for, and one interval of their differences. Printed are how many of the
studies' intervals hold the truth, how often one excludes 0, and how many runs a study took.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from math import exp

import numpy as np

from sim.stats.estimates import Method, estimates_of
from sim.stats.stopping import PILOT_RUNS, aim_of, more_runs

PRECISION, FLOOR, MOST = 0.1, 0.5, 200
Draw = Callable[[np.random.Generator, int], np.ndarray]

# What one paired release differs by, and the truth of its mean; the scale is what the worse loses.
MODELS: dict[str, tuple[Draw, float, float]] = {
    "normal, no difference": (lambda g, n: g.normal(0, 10, n), 0.0, 20.0),
    "normal, 0.3 spreads apart": (lambda g, n: g.normal(3, 10, n), 3.0, 20.0),
    "normal, one spread apart": (lambda g, n: g.normal(10, 10, n), 10.0, 20.0),
    "normal, five spreads apart": (lambda g, n: g.normal(50, 10, n), 50.0, 100.0),
    "Poisson 6 against Poisson 4": (
        lambda g, n: g.poisson(6, n) - g.poisson(4, n) + 0.0,
        2.0,
        6.0,
    ),
    "Poisson 400 against Poisson 36": (
        lambda g, n: g.poisson(400, n) - g.poisson(36, n) + 0.0,
        364.0,
        400.0,
    ),
    "Poisson 4 against Poisson 4": (
        lambda g, n: g.poisson(4, n) - g.poisson(4, n) + 0.0,
        0.0,
        4.0,
    ),
    "binomial, 8 of 200 against 5 of 200": (
        lambda g, n: g.binomial(200, 0.04, n) - g.binomial(200, 0.025, n) + 0.0,
        3.0,
        8.0,
    ),
    "gamma, cv 0.3": (lambda g, n: g.gamma(11, 40 / 11, n), 40.0, 40.0),
    "log-normal, sigma 0.5": (lambda g, n: 40 * g.lognormal(0, 0.5, n), 40 * exp(0.125), 45.0),
    "exponential against exponential": (
        lambda g, n: g.exponential(40, n) - g.exponential(40, n),
        0.0,
        40.0,
    ),
    "exponential": (lambda g, n: g.exponential(40, n), 40.0, 40.0),
}


def study(draw: Draw, scale: float, generator: np.random.Generator) -> tuple[float, ...]:
    """The differences of one study, as many as the rule asks for."""
    pilot = draw(generator, PILOT_RUNS)
    aim = aim_of(float(pilot.mean()), scale, PRECISION, FLOOR)
    gaps = draw(generator, more_runs(aim, pilot.tolist(), most=MOST))
    while (wanted := more_runs(aim, gaps.tolist(), most=MOST)) > len(gaps):
        gaps = np.concatenate([gaps, draw(generator, wanted - len(gaps))])
    return tuple(gaps.tolist())


def intervals(found: list[tuple[float, ...]]) -> Iterator[tuple[float, float]]:
    """The interval of each study; those of equally many runs at once, which is faster."""
    by_length: dict[int, dict[str, tuple[float, ...]]] = {}
    for number, gaps in enumerate(found):
        by_length.setdefault(len(gaps), {})[str(number)] = gaps
    for columns in by_length.values():
        for one in estimates_of(columns, Method.BCA).values():
            assert one is not None and one.low is not None and one.high is not None
            yield one.low, one.high


def coverage(name: str, studies: int, seed: int = 1) -> tuple[float, float, float]:
    """The shares of *studies* that hold the truth and that exclude 0, and the mean runs."""
    draw, truth, scale = MODELS[name]
    generator = np.random.default_rng(seed)
    found = [study(draw, scale, generator) for _ in range(studies)]
    limits = list(intervals(found))
    held = sum(low <= truth <= high for low, high in limits)
    clear = sum(low > 0 or high < 0 for low, high in limits)
    return held / studies, clear / studies, sum(map(len, found)) / studies


def main() -> None:
    """Print a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--studies", type=int, default=2_000)
    studies = parser.parse_args().studies
    print(f"{'model':38}{'covered':>9}{'clear':>9}{'runs':>8}   of {studies:,} studies")
    for name in MODELS:
        held, clear, runs = coverage(name, studies)
        print(f"{name:38}{held:9.2%}{clear:9.2%}{runs:8.1f}", flush=True)


if __name__ == "__main__":
    main()
