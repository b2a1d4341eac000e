"""Rows of a table, changed and put back: how a version behaves, how a dependency does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Generic, TypeVar

from sim.model.behaviour import Behaviour
from sim.model.dependency import Dependency
from sim.model.endpoint_class import ClassBehaviour

Row = TypeVar("Row", bound=Behaviour | Dependency)


class Alterations(Generic[Row]):
    """Alterations stack in the order in which they came, and each can go alone.

    *healthy* answers what a row is without any; *on_change* hears the name of every row that is no
    longer what it was.
    """

    def __init__(self, healthy: Callable[[str], Row], on_change: Callable[[str], None]) -> None:
        self._healthy = healthy
        self._on_change = on_change
        self._alterations: list[tuple[str, Mapping[str, Any]]] = []

    def row(self, name: str) -> Row:
        """What the row called *name* is now, all alterations included."""
        row = self._healthy(name)
        for altered, changes in self._alterations:
            if altered == name:
                row = replace(row, **{field: _now(row, field, to) for field, to in changes.items()})
        return row

    @contextmanager
    def applied(self, name: str, changes: Mapping[str, Any]) -> Iterator[None]:
        """Change fields of the row called *name* while the `with` block lasts.

        A change is a value, or a function of the value that the field has without it, so that
        several of a kind add up and each heals alone.
        """
        alteration = (name, changes)
        self._alterations.append(alteration)
        self._on_change(name)
        try:
            yield
        finally:
            # By identity: two equal alterations are two faults, and each heals its own.
            at = next(i for i, one in enumerate(self._alterations) if one is alteration)
            del self._alterations[at]
            self._on_change(name)


def classes_altered(
    name: str, changes: Mapping[str, Any], classes: tuple[ClassBehaviour, ...]
) -> tuple[ClassBehaviour, ...]:
    """A version's *classes* of requests, with *changes* to fields of the one called *name*."""
    return tuple(
        replace(one, **{field: _now(one, field, to) for field, to in changes.items()})
        if one.name == name
        else one
        for one in classes
    )


def _now(row: Behaviour | Dependency | ClassBehaviour, field: str, to: Any) -> Any:
    """The value that a change gives a *field*: *to* itself, or what it makes of the present one."""
    return to(getattr(row, field)) if callable(to) else to
