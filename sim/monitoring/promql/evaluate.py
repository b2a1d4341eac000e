"""An expression at a moment: the parser's tree, node by node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan
from typing import Any

import promql_parser as parser

from sim.model.samples import Labels, Sample, Vector, shown
from sim.monitoring.promql import binary
from sim.monitoring.promql.counting import change, instant_rate
from sim.monitoring.promql.grouping import aggregate
from sim.monitoring.promql.over_time import OVER_TIME, quantile
from sim.monitoring.promql.quantiles import histogram_quantile
from sim.monitoring.promql.refusing import no_result, unreadable, unsupported
from sim.monitoring.promql.selecting import Window, at_moment, equalities, over_window
from sim.monitoring.series import Point, SeriesStore

MOST_CHARACTERS = 4096
MOST_DEPTH = 100  # Of operators and brackets inside each other, for the tree is walked down.


def query(store: SeriesStore, promql: str, time: float) -> Vector | float:
    """The value of *promql* at *time*, samples sorted by their labels.

    Raise a `QueryError` for what cannot be read, what is not modelled (by name), and what
    Prometheus itself refuses while it evaluates.
    """
    return _Evaluation(store, time).value(parsed(promql))


def parsed(promql: str) -> Any:
    """The parser's tree. Raise a `QueryError` for what is no PromQL, or too much of it."""
    if len(promql) > MOST_CHARACTERS:
        raise unreadable(f"more than {MOST_CHARACTERS} characters")
    try:
        return parser.parse(promql)
    except ValueError as error:
        raise unreadable(str(error)) from None


class _Evaluation:
    """One query of one store at one moment."""

    def __init__(self, store: SeriesStore, time: float) -> None:
        self._store = store
        self._time = time
        self._depth = 0

    def value(self, node: Any) -> Vector | float:
        """What *node* comes to."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise unreadable(f"more than {MOST_DEPTH} operators inside each other")
        found = self._value(node)
        self._depth -= 1
        return found

    def _value(self, node: Any) -> Vector | float:
        match node:
            case parser.NumberLiteral():
                return float(node.val)
            case parser.ParenExpr():
                return self.value(node.expr)
            case parser.VectorSelector():
                return at_moment(self._store, node, self._time)
            case parser.UnaryExpr():
                return self._negative(node.expr)
            case parser.AggregateExpr():
                return self._aggregate(node)
            case parser.BinaryExpr():
                return self._binary(node)
            case parser.Call():
                return self._call(node)
            case parser.SubqueryExpr():
                raise unsupported("a subquery")
            case parser.MatrixSelector():
                raise unsupported("a range without a function")
        raise unsupported("a string")

    def _vector(self, node: Any) -> Vector:
        found = self.value(node)
        assert isinstance(found, tuple)  # The parser knows the types.
        return found

    def _number(self, node: Any) -> float:
        found = self.value(node)
        assert isinstance(found, float)
        return found

    def _negative(self, node: Any) -> Vector | float:
        found = self.value(node)
        if isinstance(found, float):
            return -found
        return unique([Sample(binary.nameless(one.labels), -one.value) for one in found])

    def _aggregate(self, node: Any) -> Vector:
        if node.param is not None:
            raise unsupported(str(node.op))
        return aggregate(str(node.op), node.modifier, self._vector(node.expr))

    def _binary(self, node: Any) -> Vector | float:
        fill = None if node.modifier is None else node.modifier.fill_values
        if fill is not None and (fill.lhs is not None or fill.rhs is not None):
            raise unsupported("fill")
        left, right = self.value(node.lhs), self.value(node.rhs)
        found = binary.combined(str(node.op), left, right, node.modifier)
        return found if isinstance(found, float) else unique(found)

    def _call(self, node: Any) -> Vector | float:
        name, args = node.func.name, node.args
        match name:
            case "rate" | "increase" | "delta":
                counter, per_second = name != "delta", name == "rate"
                return self._changes(args[0], counter=counter, per_second=per_second)
            case "irate":
                return self._each_window(args[0], lambda points, *_: instant_rate(points))
            case "quantile_over_time":
                share = self._number(args[0])
                return self._over_time(args[1], lambda values: quantile(share, values))
            case "histogram_quantile":
                return unique(histogram_quantile(self._number(args[0]), self._vector(args[1])))
            case "absent":
                return self._absent(args[0])
            case "vector":
                return (Sample((), self._number(args[0])),)
            case "scalar":
                found = self._vector(args[0])
                return found[0].value if len(found) == 1 else nan
        if name in OVER_TIME:
            return self._over_time(args[0], OVER_TIME[name], keeps_name=name == "last_over_time")
        raise unsupported(name)

    def _windows(self, node: Any) -> tuple[Window, ...]:
        while isinstance(node, parser.ParenExpr):
            node = node.expr
        if isinstance(node, parser.SubqueryExpr):
            raise unsupported("a subquery")
        return over_window(self._store, node, self._time)

    def _changes(self, node: Any, *, counter: bool, per_second: bool) -> Vector:
        def changed(points: Sequence[Point], start: float, end: float) -> float | None:
            return change(points, start, end, counter=counter, per_second=per_second)

        return self._each_window(node, changed)

    def _over_time(
        self, node: Any, of: Callable[[Sequence[float]], float], *, keeps_name: bool = False
    ) -> Vector:
        def summed_up(points: Sequence[Point], start: float, end: float) -> float | None:
            return float(of([point.value for point in points])) if points else None

        return self._each_window(node, summed_up, keeps_name=keeps_name)

    def _each_window(
        self,
        node: Any,
        of: Callable[[Sequence[Point], float, float], float | None],
        *,
        keeps_name: bool = False,
    ) -> Vector:
        found = []
        for series, start, end in self._windows(node):
            value = of(series.between(start, end), start, end)
            if value is not None:
                labels = series.labels if keeps_name else binary.nameless(series.labels)
                found.append(Sample(labels, value))
        return unique(found)

    def _absent(self, node: Any) -> Vector:
        if self._vector(node):
            return ()
        while isinstance(node, parser.ParenExpr):
            node = node.expr
        labels = equalities(node) if isinstance(node, parser.VectorSelector) else ()
        return (Sample(labels, 1.0),)


def unique(samples: Sequence[Sample]) -> Vector:
    """*samples* sorted by their labels. Raise a `QueryError` if two have the same."""
    seen: set[Labels] = set()
    for one in samples:
        if one.labels in seen:
            raise no_result(
                f"vector cannot contain metrics with the same labelset: {shown(one.labels)}"
            )
        seen.add(one.labels)
    return tuple(sorted(samples, key=lambda one: one.labels))
