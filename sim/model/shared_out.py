"""How somebody's own routing object shares requests out among an old version and a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.model.sent import Sent

Steps: TypeAlias = tuple[str | int, ...]


class Version(StrEnum):
    """One of the two that requests are shared out among."""

    OLD = "old"
    NEW = "new"


# Whose pods a destination has; None: neither's, or both's.
VersionOf: TypeAlias = Callable[[JsonObject], Version | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOut:
    """Of all requests *percent* go to the new version, and those *to_new* whatever the percentage.

    Those *to_old* go to the old one. *before* are the objects as they stand while everything does:
    before anybody began to release. *old_first*: the old version is named first. *mirrored* is the
    percentage that is copied to the new version.
    """

    percent: float
    old_first: bool
    to_new: tuple[Sent, ...] = ()
    to_old: tuple[Sent, ...] = ()
    mirrored: float = 0.0
    before: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A part of an object that no release can follow: the *steps* that lead to it, and *why*."""

    steps: Steps
    why: Message


NO_COMMON_ROUTE = message("no route takes all requests and leads to both versions, or to one")
ONLY_EXACT = message("only one exact header, or one cookie, is followed when a pair is released")
THIRD = message("a share of the requests goes to neither of the two versions")
SHARED_MATCH = message("what a match takes must go to one version when a pair is released")
REVERSED = message("all requests go to the new version already")
TOO_FINE = message("a canary's steps are whole percents, from 1 to 99")


def percent_of_new(weights: Sequence[tuple[Version | None, int]], at: Steps) -> float | Unclear:
    """The new version's share; a single destination gets everything, whatever its weight is.

    9 and 1 are 10 %. What goes to neither version, or is less than a percent, is unclear.
    """
    if len(weights) == 1:
        weights = [(weights[0][0], 1)]
    used = [(version, weight) for version, weight in weights if weight > 0]
    if not used or any(version is None for version, _ in used):
        return Unclear(steps=at, why=THIRD)
    whole = sum(weight for _, weight in used)
    percent = 100.0 * sum(weight for version, weight in used if version is Version.NEW) / whole
    if 0.0 < percent < 1.0 or 99.0 < percent < 100.0:
        return Unclear(steps=at, why=TOO_FINE)
    if percent == 100.0:
        return Unclear(steps=at, why=REVERSED)
    return percent


def sent_by(
    blocks: Sequence[JsonObject], of_block: Callable[[JsonObject], Sent | None], at: Steps
) -> list[Sent] | Unclear:
    """Whom the *blocks* of a match let through, each read by *of_block*; they stand *at* there."""
    found = []
    for index, block in enumerate(blocks):
        one = of_block(block)
        if one is None:
            return Unclear(steps=(*at, index), why=ONLY_EXACT)
        found.append(one)
    return found
