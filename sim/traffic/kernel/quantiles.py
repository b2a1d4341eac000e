"""Quantiles from a table. See `sim.traffic.quantiles`."""

from __future__ import annotations

from sim.traffic.kernel.access import quantile_at
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.draws import halves_of
from sim.traffic.kernel.records import State
from sim.traffic.quantiles import CELLS, HALF, OCTAVES


@compiled
def quantile(s: State, table: int, u: float) -> float:
    """The time that a share *u* of all are shorter than, by the values from place *table* on."""
    place = table
    if u >= 0.5:
        place, u = place + HALF, 1.0 - u
    mantissa, exponent = halves_of(u)
    part = (2.0 * mantissa - 1.0) * CELLS
    cell = int(part)
    place += (exponent + OCTAVES) * CELLS + cell
    value = quantile_at(s, place).value
    return value + (part - cell) * (quantile_at(s, place + 1).value - value)
