"""Aggregations: many series become one a group, by some labels or without some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import promql_parser as parser

from sim.model.samples import NAME, Labels, Sample, Vector
from sim.monitoring.promql.over_time import largest, mean, smallest, total
from sim.monitoring.promql.refusing import unsupported

AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": total,
    "avg": mean,
    "min": smallest,
    "max": largest,
    "count": len,
}


def aggregate(name: str, modifier: Any, samples: Vector) -> Vector:
    """*samples* by the aggregate called *name*, one sample for each group."""
    if name not in AGGREGATES:
        raise unsupported(name)
    groups: defaultdict[Labels, list[float]] = defaultdict(list)
    for labels, value in samples:
        groups[_group(labels, modifier)].append(value)
    return tuple(
        Sample(labels, float(AGGREGATES[name](values))) for labels, values in sorted(groups.items())
    )


def _group(labels: Labels, modifier: Any) -> Labels:
    """What is left of *labels*: those named by `by`, or all but those of `without` and the name."""
    if modifier is None:
        return ()
    named = set(modifier.labels)
    if modifier.type == parser.AggModifierType.By:
        return tuple(pair for pair in labels if pair[0] in named)
    return tuple(pair for pair in labels if pair[0] not in named | {NAME})
