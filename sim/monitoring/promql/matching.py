"""Vector matching: which series of two sides belong together, and what the result is called.

(prometheus/prometheus promql/engine.go, VectorBinop, VectorAnd, VectorOr, VectorUnless)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import promql_parser as parser

from sim.model.samples import NAME, Labels, Sample, Vector, shown
from sim.monitoring.promql.refusing import no_result

# A value of each side in, the result out; None if the pair is filtered away.
Pairing = Callable[[float, float], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """*on* these labels only, or on all but these and the name; *carried* go to the many side."""

    on: bool = False
    labels: frozenset[str] = frozenset()
    many: str = ""  # "left", "right", or neither.
    carried: tuple[str, ...] = ()

    @classmethod
    def of(cls, modifier: Any) -> Matching:
        """What the modifier of a binary expression says."""
        if modifier is None:
            return cls()
        cardinality = parser.VectorMatchCardinality
        matching = modifier.matching
        many = {"left": cardinality.ManyToOne, "right": cardinality.OneToMany}
        return cls(
            on=matching is not None and matching.type == parser.LabelModifierType.Include,
            labels=frozenset(() if matching is None else matching.labels),
            many=next((side for side, card in many.items() if modifier.card == card), ""),
            carried=tuple(modifier.group_labels or ()),
        )

    def signature(self, labels: Labels) -> Labels:
        """What must be equal on both sides."""
        if self.on:
            return tuple(pair for pair in labels if pair[0] in self.labels)
        return tuple(pair for pair in labels if pair[0] not in self.labels and pair[0] != NAME)

    def result(self, many: Labels, one: Labels, *, drops_name: bool) -> Labels:
        """What the result is called, if *many* and *one* matched."""
        known = {key: value for key, value in many if not (drops_name and key == NAME)}
        if not self.many:
            if self.on:
                return tuple(pair for pair in known.items() if pair[0] in self.labels)
            return tuple(pair for pair in known.items() if pair[0] not in self.labels)
        other = dict(one)
        for name in self.carried:
            known.pop(name, None)
            if other.get(name):
                known[name] = other[name]
        return tuple(sorted(known.items()))


def paired(
    left: Vector, right: Vector, matching: Matching, pairing: Pairing, *, drops_name: bool
) -> Vector:
    """The samples of both sides that belong together, put into one by *pairing*."""
    if not left or not right:
        return ()
    swapped = matching.many == "right"
    many, one = (right, left) if swapped else (left, right)
    ones = _by_signature(one, matching, "left" if swapped else "right")
    found: dict[Labels, float] = {}
    taken: set[Labels] = set()
    for labels, value in many:
        signature = matching.signature(labels)
        if (other := ones.get(signature)) is None:
            continue
        # Also if all but one of them would be filtered away.
        if not matching.many and signature in taken:
            raise no_result(
                "multiple matches for labels: many-to-one matching must be explicit "
                "(group_left/group_right)"
            )
        taken.add(signature)
        result = pairing(other.value, value) if swapped else pairing(value, other.value)
        if result is None:
            continue
        name = matching.result(labels, other.labels, drops_name=drops_name)
        if name in found:
            raise no_result(
                "multiple matches for labels: grouping labels must ensure unique matches"
            )
        found[name] = result
    return tuple(Sample(*pair) for pair in sorted(found.items()))


def _by_signature(one: Vector, matching: Matching, side: str) -> dict[Labels, Sample]:
    found: dict[Labels, Sample] = {}
    for sample in one:
        signature = matching.signature(sample.labels)
        if signature in found:
            raise no_result(
                f"found duplicate series for the match group {shown(signature)} on the {side} "
                "hand-side of the operation: many-to-many matching not allowed"
            )
        found[signature] = sample
    return found


def both(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`and`: what the left has of which the right has the like."""
    there = {matching.signature(labels) for labels, _ in right}
    return tuple(one for one in left if matching.signature(one.labels) in there)


def either(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`or`: all of the left, and what the right has besides."""
    there = {matching.signature(labels) for labels, _ in left}
    more = tuple(one for one in right if matching.signature(one.labels) not in there)
    return tuple(sorted((*left, *more), key=lambda one: one.labels))


def only_left(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`unless`: what the left has of which the right has no like."""
    there = {matching.signature(labels) for labels, _ in right}
    return tuple(one for one in left if matching.signature(one.labels) not in there)
