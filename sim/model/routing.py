"""Who is sent where: the routing table of a proxy, as values that need no names.

What users differ in is an `Attribute`; conditions on attributes are sets of value numbers; places
to go are backend numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something in which users differ, and the share of each value ("" : it is not sent).

    Another *salt* deals the values out anew.
    """

    name: str
    values: tuple[tuple[str, float], ...]
    salt: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The user's value of that attribute is one of these (numbers), or the request's class is."""

    attribute: int
    values: tuple[int, ...]


OF_CLASS = -1  # Not an attribute of a user: the request's own class.
Match: TypeAlias = tuple[Condition, ...]


NO_BACKEND = -1  # What a proxy has no cluster for: its share is answered with an error.


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A backend (or NO_BACKEND), and its weight beside the others."""

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
