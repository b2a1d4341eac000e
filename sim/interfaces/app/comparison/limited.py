"""What a comparison says about a visitor's limits, as its page and its report show it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.interfaces.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """The *sentences* that lead the verdict, the *table* under the limits with its *notes*.

    *words* of the command line require the same; without a limit all of it is empty.
    """

    sentences: tuple[str, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
