"""A report on claims as JSON: stable names, in English, with every figure by seed."""

from __future__ import annotations

from sim.experiments.claims.measures import MEASURES, NOTICED_SECONDS
from sim.experiments.claims.report import CaseResult, ClaimReport, Judged, Statement
from sim.experiments.programs import programs
from sim.model.objects import JsonObject
from sim.stats import LEVEL, Estimate

SCHEMA_VERSION = 1


def to_json(report: ClaimReport) -> JsonObject:
    """All of *report*; no NaN, no infinity."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "kind": "Claims",
        "programs": dict(programs()),
        "chapter": report.chapter.key,
        "scenario": {"name": report.chapter.scenario, "digest": report.scenario_digest},
        "seeds": list(report.seeds),
        "level": LEVEL,
        "noticedSeconds": NOTICED_SECONDS,
        "measures": {
            key: {"unit": one.unit.value, "definition": one.definition.render("en")}
            for key, one in MEASURES.items()
        },
        "cases": [_case(report, found) for found in report.cases],
        "orderings": [_ordering(found) for found in report.judged],
    }


def _case(report: ClaimReport, found: CaseResult) -> JsonObject:
    return {
        "key": found.case.key,
        "name": found.case.name.render("en"),
        "faults": list(found.case.faults),
        "overrides": list(found.case.settings(report.strategies)),
        "windowSeconds": found.window.seconds,
        "command": report.command(found),
        "strategies": {
            name: {
                "phases": dict(found.phases[name]),
                "measures": {
                    key: {
                        "estimate": _estimate(found.estimates[name, key]),
                        "values": list(found.values[name, key]),
                    }
                    for key in MEASURES
                },
            }
            for name in found.strategies
        },
        "leftOut": {name: problem.message.render("en") for name, problem in found.left_out.items()},
    }


def _ordering(found: Judged) -> JsonObject:
    return {
        "key": found.ordering.key,
        "strategies": list(found.ordering.strategies),
        "notMeasured": list(found.missing),
        "measures": list(found.ordering.measures),
        "levelOfEach": found.level,
        "verdict": found.verdict.value,
        "whole": [
            {"case": case.key, "measure": measure, "finding": finding.value}
            for case, measure, finding in found.whole
        ],
        "statements": [_statement(one) for one in found.statements],
    }


def _statement(one: Statement) -> JsonObject:
    return {
        "less": one.less,
        "more": one.more,
        "measure": one.measure,
        "verdict": None if one.verdict is None else one.verdict.value,
        "findings": [
            {
                "case": told.case.key,
                "finding": told.finding.value,
                "difference": _estimate(told.gap),
            }
            for told in one.told
        ],
    }


def _estimate(found: Estimate | None) -> JsonObject | None:
    if found is None:
        return None
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "of": found.of,
        "equal": found.equal,
    }
