"""Selectors: which series are meant, at a moment or over a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import promql_parser as parser

from sim.model.samples import NAME, Labels, Sample, Vector
from sim.monitoring.promql.refusing import unsupported
from sim.monitoring.series import Series, SeriesStore

Window = tuple[Series, float, float]  # A series, and the window (start, end] of it.


def at_moment(store: SeriesStore, selector: Any, time: float) -> Vector:
    """The present value of each series that *selector* means."""
    moment = time - _offset(selector)
    return tuple(
        Sample(series.labels, value)
        for series in store.select(_wanted(selector))
        if (value := series.at(moment)) is not None
    )


def over_window(store: SeriesStore, selector: Any, time: float) -> tuple[Window, ...]:
    """Each series that a range *selector* means, and the window that it asks for."""
    inner = selector.vector_selector
    end = time - _offset(inner)
    start = end - selector.range.total_seconds()
    return tuple((series, start, end) for series in store.select(_wanted(inner)))


def equalities(selector: Any) -> Labels:
    """The labels that *selector* pins down, each by a single `=`; what `absent` says is absent."""
    seen: dict[str, str | None] = {}
    for one in selector.matchers.matchers:
        if one.name != NAME:
            pinned = one.op == parser.MatchOp.Equal and one.name not in seen
            seen[one.name] = one.value if pinned else None
    return tuple(sorted((name, value) for name, value in seen.items() if value))


def _offset(selector: Any) -> float:
    if selector.at is not None:
        raise unsupported("@")
    return 0.0 if selector.offset is None else float(selector.offset.total_seconds())


def _wanted(selector: Any) -> Callable[[Labels], bool]:
    """Whether labels fit all matchers; a label that is not there is an empty one."""
    if selector.matchers.or_matchers:
        raise unsupported("or between matchers")
    tests = [(one.name, _fits(one.op, one.value)) for one in selector.matchers.matchers]
    if selector.name:
        tests.append((NAME, _fits(parser.MatchOp.Equal, selector.name)))

    def wanted(labels: Labels) -> bool:
        known = dict(labels)
        return all(fits(known.get(name, "")) for name, fits in tests)

    return wanted


def _fits(op: Any, value: str) -> Callable[[str], bool]:
    if op == parser.MatchOp.Equal:
        return lambda found: found == value
    if op == parser.MatchOp.NotEqual:
        return lambda found: found != value
    if op == parser.MatchOp.Re:
        return lambda found: _matches(value, found)
    return lambda found: not _matches(value, found)


@lru_cache(maxsize=4096)
def _matches(pattern: str, text: str) -> bool:
    """Whether all of *text* matches, by RE2 as in Prometheus, in time linear in the text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        found = pc.match_substring_regex(pa.scalar(text), pattern=f"^(?s:{pattern})$")
    except pa.ArrowInvalid:
        raise unsupported(f"the pattern {pattern}") from None
    return bool(found.as_py())
