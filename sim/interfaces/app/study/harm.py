"""Harm: what a study measured, by fault, size, moment and strategy, and what matters in it.

A value is the harm of one run (failed requests, or users hurt); a row of values is by seed, so that
rows can be compared pair by pair. Intervals are Student's at 95 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from statistics import fmean

from sim.interfaces.app.study.study import NO_FAULT
from sim.model.objects import JsonObject
from sim.stats import Estimate, mean_interval
from sim.stats.intervals import difference, joint_level

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """*values* by seed of the harm that the fault *kind* of that *size* does to *strategy*.

    It begins at *moment* (a duration after the release is written). *kind* is empty: no fault.
    """

    kind: str
    size: str
    moment: str
    strategy: str
    values: Values

    @property
    def mean(self) -> Estimate:
        """The mean with its interval."""
        return _mean(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Strategies under one *kind* of fault, the mean over its sizes and moments, least hurt first.

    *rows* are by strategy; *alone* is what the first of them has without any fault. *ties* are
    hurt exactly as the first in every run; *rivals* are those that the runs cannot tell from it.
    """

    kind: str
    rows: Mapping[str, Values]
    alone: Estimate | None
    ties: tuple[str, ...]
    rivals: tuple[str, ...]

    @property
    def best(self) -> str:
        """The strategy that is hurt least."""
        return next(iter(self.rows))

    def mean(self, strategy: str) -> Estimate:
        """The mean harm of *strategy* with its interval."""
        return _mean(self.rows[strategy])


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One thing that varies: the mean harm at its least and its worst level, all else averaged.

    *what* is "strategy", "fault", "moment", or the kind of fault whose size it is. *middle* is the
    mean over all of its levels. The interval of *swing* is wider the more levels there were to pick
    the two from.
    """

    what: str
    low_at: str
    high_at: str
    low: float
    high: float
    middle: float
    swing: Estimate

    @property
    def clear(self) -> bool:
        """Whether the runs can tell the two levels apart."""
        return self.swing.clear


def cells_of(found: JsonObject, figure: str) -> tuple[Cell, ...]:
    """The cells of a study's document that were not refused."""
    cells = []
    for one in found["cells"]:
        kind, _, size = one["fault"].split(":", 2)
        bare = one["fault"] == NO_FAULT
        cells.append(
            Cell(
                kind="" if bare else kind,
                size="" if bare else size,
                moment=one["moment"],
                strategy=one["strategy"],
                values=tuple(float(value) for value in one[figure]),
            )
        )
    return tuple(cells)


def kinds_of(cells: Sequence[Cell]) -> list[str]:
    """The kinds of fault, in the order of the study."""
    return [kind for kind in dict.fromkeys(cell.kind for cell in cells) if kind]


def ranked(cells: Sequence[Cell], kind: str) -> Ranked:
    """The strategies under *kind*; a rival is one whose paired difference may be nothing.

    There are as many looks as rivals, so each interval is wider (Bonferroni).
    """
    names = dict.fromkeys(cell.strategy for cell in cells if cell.kind == kind)
    rows = {
        name: _averaged([c for c in cells if c.kind == kind and c.strategy == name])
        for name in names
    }
    order = sorted(rows, key=lambda name: fmean(rows[name]))
    best = order[0]
    level = joint_level(len(order) - 1)
    ties = tuple(name for name in order[1:] if rows[name] == rows[best])
    near = (name for name in order[1:] if not _is_more(rows[name], rows[best], level))
    bare = [cell for cell in cells if not cell.kind and cell.strategy == best]
    return Ranked(
        kind=kind,
        rows={name: rows[name] for name in order},
        alone=_mean(_averaged(bare)) if bare else None,
        ties=ties,
        rivals=tuple(name for name in near if name not in ties),
    )


def is_harmless(cells: Sequence[Cell], kind: str) -> bool:
    """Whether no strategy is hurt more by *kind* than by the release alone, to the last request."""
    bare = {(c.strategy, c.moment): c.values for c in cells if not c.kind}
    mine = [cell for cell in cells if cell.kind == kind]
    return all(cell.values == bare.get((cell.strategy, cell.moment)) for cell in mine)


def costs_nothing(cells: Sequence[Cell]) -> bool:
    """Whether no fault costs any strategy more than the release alone, in any run."""
    bare = {(c.strategy, c.moment): c.values for c in cells if not c.kind}
    return all(
        mine <= alone
        for cell in cells
        if cell.kind
        for mine, alone in zip(
            cell.values,
            bare.get((cell.strategy, cell.moment), (0.0,) * len(cell.values)),
            strict=True,
        )
    )


def worst(cells: Sequence[Cell]) -> tuple[Cell, int]:
    """The cell with most harm, and how many others the runs cannot tell from it."""
    mine = sorted((c for c in cells if c.kind), key=lambda c: -c.mean.value)
    first, *others = mine
    level = joint_level(len(others))
    return first, sum(not _is_more(first.values, other.values, level) for other in others)


def swings(cells: Sequence[Cell]) -> tuple[Swing, ...]:
    """What matters, most first."""
    mine = [cell for cell in cells if cell.kind]
    found = [
        _swing("strategy", mine, lambda cell: cell.strategy),
        _swing("fault", mine, lambda cell: cell.kind),
        _swing("moment", mine, lambda cell: cell.moment),
    ]
    found += [
        _swing(kind, [c for c in mine if c.kind == kind], lambda cell: cell.size)
        for kind in kinds_of(mine)
    ]
    varied = [one for one in found if one is not None]
    return tuple(sorted(varied, key=lambda one: -one.swing.value))


def _swing(what: str, cells: Sequence[Cell], level: Callable[[Cell], str]) -> Swing | None:
    rows = {
        name: _averaged([cell for cell in cells if level(cell) == name])
        for name in dict.fromkeys(map(level, cells))
    }
    if len(rows) < 2:
        return None
    low, high = (pick(rows, key=lambda name: fmean(rows[name])) for pick in (min, max))
    # The two are picked as extremes, so that any pair of levels might have been looked at.
    apart = difference(rows[high], rows[low], joint_level(comb(len(rows), 2)))
    assert apart is not None
    return Swing(
        what=what,
        low_at=low,
        high_at=high,
        low=fmean(rows[low]),
        high=fmean(rows[high]),
        middle=fmean(map(fmean, rows.values())),
        swing=apart,
    )


def _averaged(cells: Sequence[Cell]) -> Values:
    """The mean over *cells*, seed by seed."""
    return tuple(fmean(column) for column in zip(*(c.values for c in cells), strict=True))


def _is_more(one: Values, other: Values, level: float) -> bool:
    apart = difference(one, other, level)
    return apart is not None and apart.low is not None and apart.low > 0


@lru_cache(maxsize=1024)  # A page asks for each some ten times.
def _mean(values: Values) -> Estimate:
    found = mean_interval(values)
    assert found is not None
    return found
