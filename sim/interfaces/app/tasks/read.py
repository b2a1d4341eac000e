"""Reading what a visitor wrote: limited in memory and time, whatever it is."""

from __future__ import annotations

from sim.interfaces.app.order import Order
from sim.interfaces.app.service.reading import document
from sim.interfaces.app.work.task import GIB, Progress, Task
from sim.model.objects import JsonObject


def read(order: JsonObject, progress: Progress) -> JsonObject:
    """The reading of *order*."""
    progress(0, 1)
    return document(Order.from_json(order))


TASK = Task(carry_out=read, memory_bytes=2 * GIB, seconds=20.0)
