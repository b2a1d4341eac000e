"""Who is sent where: the routing table of a proxy, as values that need no names.

What users differ in is an `Attribute`; conditions on attributes are sets of value numbers; places
to go are backend numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something in which users differ, and the share of each value ("" : it is not sent)."""

    name: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The user's value of that attribute is one of these (numbers), or the request's class is."""

    attribute: int
    values: tuple[int, ...]


OF_CLASS = -1  # Not an attribute of a user: the request's own class.
Match: TypeAlias = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A backend, and its weight beside the others."""

    backend: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Copies of that share of the requests go to *backend* too."""

    backend: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where requests go that satisfy any of *matches* (empty: all do)."""

    matches: tuple[Match, ...] = ()
    destinations: tuple[Destination, ...] = ()
    sticky_salt: int | None = None
    mirror: Mirror | None = None
    empty_falls_to: int | None = None
