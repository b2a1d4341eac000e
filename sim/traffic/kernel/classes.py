"""Which class a request belongs to. See `sim.traffic.classes`.

The class is drawn wherever it is asked for, so that a slot has no place for it and who has no
classes pays nothing.
"""

from __future__ import annotations

from sim.traffic.kernel.access import endpoint_class_at
from sim.traffic.kernel.compiled import called
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.records import Records, State


@called
def class_of(s: State, request: int) -> int:
    """The number of the class of *request*, where there are classes."""
    draw = uniform(s.class_keys, request, 0)
    n = 0
    while draw >= endpoint_class_at(s, n).reached:
        n += 1
    return n


@called
def place_of_row(s: State, slot: Records) -> int:
    """Where among the rows of versions that is which serves the request in *slot*."""
    return (1 + class_of(s, slot.request)) * s.versions + slot.version
