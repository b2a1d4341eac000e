"""Which runs keep which limits: yes, no, or nobody can tell, strategy by strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.rollback_figures import BACK
from sim.interfaces.app.comparison.limits import LIMITS
from sim.model.objects import JsonObject
from sim.stats import Estimate, Proportion, mean_interval, wilson

Held = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One strategy: by limit and by run whether it was kept, and what was *measured*.

    None is not known: the rollback drill is not there, or there was nothing to send back. What is
    measured is in the unit that the limit is typed in.
    """

    strategy: str
    by_limit: Mapping[str, Held]
    measured: Mapping[str, Estimate | None]

    @property
    def every(self) -> Held:
        """By run: whether it kept all limits; one that is broken decides, whatever else is open."""
        return tuple(
            False if False in one else None if None in one else True
            for one in zip(*self.by_limit.values(), strict=True)
        )


def kept_by(
    comparison: JsonObject, given: Mapping[str, float], ways: JsonObject | None
) -> tuple[Kept, ...]:
    """Every strategy of *comparison* against the limits *given*, and its *ways* back if drilled."""
    return tuple(
        _kept(arm, given, ways) for arm in comparison["arms"] if arm["strategy"] is not None
    )


def _kept(arm: JsonObject, given: Mapping[str, float], ways: JsonObject | None) -> Kept:
    by_limit: dict[str, Held] = {}
    measured: dict[str, Estimate | None] = {}
    for figure, most in given.items():
        values, known = _values(arm, figure, ways)
        typed = [None if value is None else value / LIMITS[figure].scale for value in values]
        by_limit[figure] = tuple(
            None if not known else value is not None and value <= most for value in typed
        )
        measured[figure] = mean_interval(typed)
    return Kept(strategy=arm["strategy"], by_limit=by_limit, measured=measured)


def _values(
    arm: JsonObject, figure: str, ways: JsonObject | None
) -> tuple[Sequence[float | None], bool]:
    """A figure by run, and whether a run without one is one that did not keep to the limit."""
    if figure != BACK:
        return arm["figures"][figure]["values"], True
    nothing = [None] * len(arm["digests"])
    if ways is None:
        return nothing, False
    name = arm["strategy"]
    return ways["seconds"][name], name not in ways["cannotTell"]


def share_of(held: Held) -> Proportion | None:
    """How likely it is kept, by the runs; None while that is not known of all."""
    return None if None in held else wilson(sum(one is True for one in held), len(held))


def surest(found: Sequence[Kept]) -> tuple[Sequence[Kept], Proportion | None]:
    """Those that keep all limits in the most runs, of those that are known, and in how many."""
    known = [(one, share) for one in found if (share := share_of(one.every)) is not None]
    if not known:
        return (), None
    most = max(share.count for _, share in known)
    best = [(one, share) for one, share in known if share.count == most]
    return [one for one, _ in best], best[0][1]
