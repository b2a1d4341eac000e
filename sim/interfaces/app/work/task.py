"""A task: one kind of work that a page gives to a process of its own, and what it may use up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.interfaces.app.work import shelf
from sim.model.objects import JsonObject

Progress = Callable[[int, int], None]
GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """*carry_out* computes an order into a document; it is told whom to tell (done, all).

    *afterwards* may add files to the document's name once that is there (pictures, say). If it
    needs nothing but the document, it *draws_again* for a document whose worker died before it.
    """

    carry_out: Callable[[JsonObject, Progress], JsonObject]
    memory_bytes: int = 8 * GIB
    seconds: float = 1800.0
    afterwards: Callable[[JsonObject, str], None] | None = None
    draws_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work: the name of its task, and what is asked for."""

    task: str
    order: Mapping[str, object]

    @property
    def name(self) -> str:
        """What its result is called on the shelf."""
        return shelf.name_for({"task": self.task, "order": dict(self.order)})
