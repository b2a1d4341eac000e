"""Estimates of many means at once: Student's t, or the bootstrap where there are enough numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from sim.stats.bootstrap import LEAST, bca_means
from sim.stats.intervals import Estimate, mean_interval


class Method(StrEnum):
    """How an interval is made; the value is its name on the command line."""

    STUDENT = "student"
    BCA = "bca"


def estimates_of(
    columns: Mapping[str, Sequence[float | None]], method: Method
) -> Mapping[str, Estimate | None]:
    """The mean of each of *columns* with its interval; numbers that are None count in `of` only.

    The bootstrap takes 30 numbers that differ, and all of a column's; others are Student's.
    """
    found = {key: mean_interval(values) for key, values in columns.items()}
    if method is Method.STUDENT:
        return found
    rough = {
        key: [value for value in columns[key] if value is not None]
        for key, estimate in found.items()
        if estimate is not None and not estimate.equal and estimate.n == estimate.of >= LEAST
    }
    refined = dict(zip(rough, bca_means(list(rough.values())), strict=True))
    return {key: _with(estimate, refined.get(key)) for key, estimate in found.items()}


def interval_of(values: Sequence[float | None], method: Method = Method.BCA) -> Estimate | None:
    """The same for one column."""
    return estimates_of({"": values}, method)[""]


def _with(estimate: Estimate | None, interval: tuple[float, float] | None) -> Estimate | None:
    if estimate is None or interval is None:
        return estimate
    low, high = interval
    return replace(estimate, low=min(low, estimate.value), high=max(high, estimate.value))
