"""From figures by seed to a verdict: statements, each by each of its measures, in every case."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiments.claims.chapter import Ordering
from sim.experiments.claims.findings import (
    Finding,
    chained,
    finding,
    until_censored,
    verdict,
)
from sim.experiments.claims.measures import MEASURES
from sim.experiments.claims.report import CaseResult, Judged, Statement, Told
from sim.stats import LEVEL, Estimate, difference


def judged(ordering: Ordering, cases: Sequence[CaseResult], known: Sequence[str]) -> Judged:
    """What *cases* say of *ordering*, of whose strategies only those *known* were run."""
    missing = tuple(name for name in ordering.strategies if name not in known)
    pairs = list(ordering.pairs())
    there = {pair: [found for found in cases if _has(found, pair)] for pair in pairs}
    # Bonferroni: so many statements, and all of them right together in 95 of 100 experiments.
    tried = len(ordering.measures) * sum(len(found) for found in there.values())
    level = 1.0 - (1.0 - LEVEL) / max(1, tried)
    statements = tuple(
        _statement(pair, measure, there[pair], level)
        for pair in pairs
        for measure in ordering.measures
    )
    order = [name for name in ordering.strategies if name not in missing]
    whole = tuple(
        (found.case, measure, chained(_of_case(statements, found, measure)))
        for found in cases
        if _has(found, order)
        for measure in ordering.measures
    )
    return Judged(
        ordering=ordering,
        missing=missing,
        level=level,
        statements=statements,
        whole=whole,
        verdict=verdict(one for _, _, one in whole),
    )


def _has(found: CaseResult, names: Sequence[str]) -> bool:
    return set(names) <= set(found.strategies)


def _statement(
    pair: tuple[str, str], measure: str, cases: Sequence[CaseResult], level: float
) -> Statement:
    gaps = [(found.case, _gap(found, pair, measure, level)) for found in cases]
    told = tuple(Told(case=case, gap=gap, finding=finding(gap)) for case, gap in gaps)
    return Statement(
        less=pair[0],
        more=pair[1],
        measure=measure,
        told=told,
        verdict=verdict(one.finding for one in told) if told else None,
    )


def _gap(found: CaseResult, pair: tuple[str, str], measure: str, level: float) -> Estimate | None:
    first, second = (found.values[name, measure] for name in pair)
    if MEASURES[measure].clock:
        end = found.window.end - found.window.first_write
        first, second = until_censored(first, second, end)
    return difference(first, second, level)


def _of_case(statements: Sequence[Statement], found: CaseResult, measure: str) -> list[Finding]:
    return [
        told.finding
        for one in statements
        if one.measure == measure
        for told in one.told
        if told.case == found.case
    ]
