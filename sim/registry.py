"""A room's table of members: a name, and where its class lives; loaded only when asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.i18n import message


class Registry:
    """Members of one room by name: the room's own table first, then other distributions'.

    *kind* is the word for one member ("strategy"); others join through the entry-point group
    `sim.<kind>`, and cannot replace a built-in name.
    """

    def __init__(self, kind: str, table: Mapping[str, str]) -> None:
        self.kind = kind
        self._builtin = dict(table)

    @cached_property
    def _table(self) -> dict[str, str]:
        others = {point.name: point.value for point in entry_points(group=f"sim.{self.kind}")}
        return others | self._builtin

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __getitem__(self, name: str) -> Any:
        """The member called *name*. Raise a `ScenarioError` with the known names if none is."""
        if name not in self._table:
            raise ScenarioError([self.unknown(name)])
        module, _, attribute = self._table[name].partition(":")
        return getattr(import_module(module), attribute)

    def unknown(self, name: str) -> Problem:
        """The problem to report for a *name* that nobody has."""
        near = difflib.get_close_matches(name, self._table, n=1, cutoff=0.5)
        known = ", ".join(self._table)
        hint = (
            message("did you mean {name}? known: {known}", name=near[0], known=known)
            if near
            else message("known: {known}", known=known)
        )
        text = message("there is no {kind} called {name}", kind=message(self.kind), name=repr(name))
        return Problem(text, hint=hint)
