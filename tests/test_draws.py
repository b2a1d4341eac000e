"""Draws: pure functions of what they are for, uniform, apart from each other, the same bits."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from sim.model.draws import Purpose, Stream, log
from sim.model.draws import _mix as mix

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
NUMBERS = np.arange(20_000, dtype=np.uint64)


def finalise(x: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser in 64-bit machine arithmetic, written from the paper."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def machine_bits(seed: int, purpose: Purpose, numbers: np.ndarray, attempt: int) -> np.ndarray:
    """A second implementation of `Stream.bits`, in numpy's wrapping integers."""
    with np.errstate(over="ignore"):
        key = finalise(np.uint64(seed) ^ np.uint64(purpose) * np.uint64(0x94D049BB133111EB))
        multiplier = finalise(key ^ np.uint64(GOLDEN)) | np.uint64(1)
        counters = (numbers << np.uint64(8)) | np.uint64(attempt)
        return finalise(key + counters * multiplier)


def uniforms(seed: int, purpose: Purpose, attempt: int = 0, count: int = 20_000) -> np.ndarray:
    """The first *count* draws of a stream."""
    stream = Stream(seed, purpose)
    return np.array([stream.uniform(number, attempt) for number in range(count)])


def counter_of(stream: Stream, bits: int) -> tuple[int, int]:
    """The (number, attempt) at which *stream* gives *bits*, by undoing its every step."""

    def undo(x: int, by: int) -> int:
        result = x
        for _ in range(64 // by + 1):
            result = x ^ (result >> by)
        return result

    x = undo(bits, 31)
    x = undo(x * pow(0x94D049BB133111EB, -1, 2**64) & MASK, 27)
    x = undo(x * pow(0xBF58476D1CE4E5B9, -1, 2**64) & MASK, 30)
    counter = (x - stream._key) * pow(stream._multiplier, -1, 2**64) & MASK
    return counter >> 8, counter & 255


def test_the_mixing_function_is_the_published_one():
    """splitmix64 from seed 0 starts with these two numbers (its authors' reference code)."""
    assert [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4] == [mix(GOLDEN), mix(2 * GOLDEN & MASK)]


@pytest.mark.parametrize("seed", [0, 7, MASK])
@pytest.mark.parametrize("attempt", [0, 1, 255])
def test_a_second_implementation_gives_the_same_bits(seed, attempt):
    for purpose in Purpose:
        stream = Stream(seed, purpose)
        expected = machine_bits(seed, purpose, NUMBERS[:50], attempt)
        assert expected.tolist() == [stream.bits(number, attempt) for number in range(50)]


@pytest.mark.parametrize(
    ("seed", "purpose", "number", "attempt", "expected"),
    [
        (0, Purpose.ARRIVAL, 0, 0, 0xCC9906237C04C32A),
        (0, Purpose.ARRIVAL, 1, 0, 0xD3C71B18D2CF34FB),
        (7, Purpose.DEMAND, 12345, 0, 0xA1E8465E426FC939),
        (7, Purpose.BACKOFF, 12345, 3, 0x7D8BCB4CBA3AA55B),
        (MASK, Purpose.PROPAGATION, 10**9, 255, 0x69D8A3230080AE51),
        (1, Purpose.BALANCER, 2**55, 1, 0xE9F404037C374CFC),
    ],
)
def test_draws_are_part_of_the_file_format(seed, purpose, number, attempt, expected):
    """A changed draw changes every run that was ever kept; computed by `machine_bits`."""
    assert expected == Stream(seed, purpose).bits(number, attempt)


def test_a_draw_does_not_depend_on_the_order_of_asking():
    stream = Stream(3, Purpose.DEMAND)
    forward = [stream.uniform(number, 1) for number in range(100)]
    backward = [stream.uniform(number, 1) for number in reversed(range(100))]

    assert forward == backward[::-1]


@pytest.mark.parametrize("bits", [0, 1, MASK - 1, MASK, 2**63, 2**12 - 1])
def test_the_extreme_draws_stay_strictly_between_0_and_1(bits):
    """For every 64 bits there is a number that draws them, all ones included."""
    stream = Stream(1, Purpose.BALANCER)
    number, attempt = counter_of(stream, bits)

    assert bits == stream.bits(number, attempt)
    assert 0.0 < stream.uniform(number, attempt) < 1.0
    assert 0.0 < stream.exponential(number, attempt) < 40.0


def test_draws_are_uniform():
    """Chi-square over 100 cells for each of 3 seeds x 7 purposes, jointly at the 99.9 % level."""
    cases = [(seed, purpose) for seed in (0, 1, 2**63) for purpose in list(Purpose)[:7]]
    limit = stats.chi2.ppf(1 - 0.001 / len(cases), df=99)
    for seed, purpose in cases:
        cells = np.bincount((uniforms(seed, purpose) * 100).astype(int), minlength=100)
        assert ((cells - 200.0) ** 2 / 200.0).sum() < limit, (seed, purpose)


def test_neighbours_are_independent_in_every_direction():
    """Pairs on a 10 x 10 grid: next number, lag 256, next attempt, next purpose, next seed."""
    one = uniforms(5, Purpose.ARRIVAL)
    others = {
        "next number": np.roll(one, 1),
        "lag 256": np.roll(one, 256),
        "next attempt": uniforms(5, Purpose.ARRIVAL, attempt=1),
        "next purpose": uniforms(5, Purpose.USER),
        "next seed": uniforms(6, Purpose.ARRIVAL),
    }
    limit = stats.chi2.ppf(1 - 0.001 / len(others), df=99)
    for name, other in others.items():
        cells = np.zeros((10, 10))
        np.add.at(cells, ((one * 10).astype(int), (other * 10).astype(int)), 1)
        assert ((cells - 200.0) ** 2 / 200.0).sum() < limit, name


def test_no_stream_is_another_one_shifted():
    """Streams of one constant would share their values at a lag; these share none at all."""
    streams = [(seed, purpose) for seed in (1, 2) for purpose in Purpose]
    bits = np.concatenate([machine_bits(*stream, NUMBERS, 0) for stream in streams])

    assert len(bits) == len(np.unique(bits))


def test_every_purpose_steps_by_a_constant_of_its_own():
    multipliers = [Stream(1, purpose)._multiplier for purpose in Purpose]

    assert len(multipliers) == len(set(multipliers))
    assert {1} == {multiplier % 2 for multiplier in multipliers}


def test_exponential_draws_have_the_distribution_they_claim():
    """Kolmogorov-Smirnov on 20,000 draws, at the 99.9 % level."""
    stream = Stream(9, Purpose.DEMAND)
    draws = [stream.exponential(number) for number in range(20_000)]

    assert stats.kstest(draws, "expon").pvalue > 0.001


def test_between_stays_between_its_bounds():
    stream = Stream(9, Purpose.WATCH)
    draws = [stream.between((0.01, 0.04), number) for number in range(1000)]

    assert 0.01 <= min(draws) < 0.011
    assert 0.039 < max(draws) <= 0.04


def test_the_logarithm_is_within_1e_15_of_the_librarys():
    near_one = [1.0 + k * 2.0**-52 for k in range(-500, 500) if k]
    spread = [m * 10.0**e for e in range(-300, 300, 7) for m in (1.0, 1.4142, 2.718, 7.07)]
    drawn = uniforms(4, Purpose.BUG).tolist()
    for x in [*near_one, *spread, *drawn, 2.0**-53, 5e-324, 0.5, 0.7071067811865475, 2.0]:
        assert log(x) == pytest.approx(math.log(x), rel=1e-15, abs=0.0), x
    assert log(1.0) == 0.0


def test_the_logarithm_never_falls_as_its_argument_rises():
    """Over the seams of its range reduction too, or an inversion could change order."""
    for seam in (0.25, 0.35355339059327373, 0.5, 0.7071067811865476, 1.0, 1.4142135623730951):
        points = [seam * (1.0 + k * 2.0**-40) for k in range(-200, 200)]
        assert all(log(a) <= log(b) for a, b in pairwise(points)), seam
