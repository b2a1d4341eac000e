"""Main effects: how much each axis of a sweep matters, all other axes being what they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from sim.experiments.sweep import Swept
from sim.stats import Estimate, mean_interval

GROUPS = 3  # Of an axis without steps: its lower, middle and upper third.


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one axis does to a figure.

    *levels* are its values, or thirds, with the mean of the figure over all points that have them,
    in the order of the axis. *lowest* and *highest* are two of them, and *swing* is how much they
    differ, seed by seed, with its interval: half of all axes that do nothing would show a swing
    that is clear now and then, for the two are picked as the extremes.
    """

    axis: str
    levels: tuple[tuple[str, float], ...]
    lowest: str
    highest: str
    swing: Estimate


def effects(swept: Swept, strategy: str, figure: str) -> tuple[Effect, ...]:
    """The effect of each axis that has several levels, the largest first.

    Points where the figure does not exist in every run are left out.
    """
    rows = [
        (point.values, [value for value in values if value is not None])
        for point, trials in swept.trials
        if None not in (values := swept.values(trials, strategy, figure))
    ]
    found = []
    for number, axis in enumerate(swept.plan.axes):
        levels = _levels([values[number] for values, _ in rows], axis.values)
        by_level = _by_level(rows, number, levels)
        if len(by_level) > 1:
            found.append(_effect(axis.field.name, by_level))
    return tuple(sorted(found, key=lambda one: -abs(one.swing.value)))


def _levels(met: Sequence[str], steps: Sequence[str]) -> Mapping[str, str]:
    """Each value that was *met*, and the level it belongs to."""
    if steps:
        return {value: value for value in steps if value in met}
    ordered = sorted(set(met), key=_number)
    size = -(-len(ordered) // GROUPS)
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return {value: f"{group[0]}–{group[-1]}" for group in groups for value in group}


def _number(text: str) -> float:
    return float("".join(c for c in text if c.isdigit() or c in ".-"))


def _by_level(
    rows: Sequence[tuple[tuple[str, ...], list[float]]], number: int, levels: Mapping[str, str]
) -> Mapping[str, tuple[float, ...]]:
    """For each level the mean over its points, seed by seed."""
    found: dict[str, tuple[float, ...]] = {}
    for level in dict.fromkeys(levels.values()):
        members = [row for values, row in rows if levels[values[number]] == level]
        if members:
            found[level] = tuple(fmean(column) for column in zip(*members, strict=True))
    return found


def _effect(axis: str, by_level: Mapping[str, tuple[float, ...]]) -> Effect:
    means = {level: fmean(row) for level, row in by_level.items()}
    lowest, highest = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    pairs = zip(by_level[highest], by_level[lowest], strict=True)
    swing = mean_interval([high - low for high, low in pairs])
    assert swing is not None
    return Effect(
        axis=axis, levels=tuple(means.items()), lowest=lowest, highest=highest, swing=swing
    )
