"""A chapter's claims as data: which strategies it puts in which order, and where that is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from sim.i18n import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way in which a release can go: faults, and settings of the scenario that it goes by.

    *needs* are further settings that a strategy asks for, said only where there is that strategy.
    """

    key: str
    name: Message
    faults: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def settings(self, known: Collection[str]) -> tuple[str, ...]:
        """All overrides, where the strategies *known* are to be run."""
        more = (one for name, needed in self.needs.items() if name in known for one in needed)
        return (*self.overrides, *more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """*strategies* from least to most of a *word*, which is measured by *measures*.

    *words* are what the first of two is, compared with the second.
    """

    key: str
    word: Message
    words: Message
    strategies: tuple[str, ...]
    measures: tuple[str, ...]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every statement that it makes: the first has less of the word than the second."""
        return combinations(self.strategies, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What a chapter claims, and the bundled *scenario* whose *cases* decide about it."""

    key: str
    scenario: str
    cases: tuple[Case, ...]
    orderings: tuple[Ordering, ...]

    def strategies(self) -> tuple[str, ...]:
        """Every strategy that it says something about, each once."""
        return tuple(dict.fromkeys(name for one in self.orderings for name in one.strategies))
