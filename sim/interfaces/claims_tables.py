"""What became of a chapter's claims, as tables: measures, cases, figures, statements, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.analysis.units import scaled
from sim.experiments.claims.findings import Finding, Verdict
from sim.experiments.claims.measures import MEASURES
from sim.i18n import Message, message, translate
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.experiments.claims.chapter import Case
    from sim.experiments.claims.report import CaseResult, ClaimReport, Judged, Statement

VERDICTS: Mapping[Verdict, Message] = {
    Verdict.HOLDS: message("holds"),
    Verdict.DEPENDS: message("depends"),
    Verdict.DOES_NOT_HOLD: message("does not hold"),
    Verdict.CANNOT_TELL: message("cannot tell yet"),
}
FINDINGS: Mapping[Finding, Message] = {
    Finding.LESS: message("as claimed"),
    Finding.EQUAL: message("equal"),
    Finding.MORE: message("the other way round"),
    Finding.CANNOT_TELL: message("cannot tell"),
}
NOT_MEASURED = message("not measured")


def measures_table(report: ClaimReport, language: str) -> Table:
    """What each word is measured by, exactly."""
    return Table(
        title=translate(language, "What the words are measured by"),
        headings=(
            translate(language, "word"),
            translate(language, "measure"),
            translate(language, "definition"),
        ),
        rows=tuple(
            Row(
                cells=(
                    found.ordering.word.render(language),
                    MEASURES[key].label.render(language),
                    MEASURES[key].definition.render(language),
                )
            )
            for found in report.judged
            for key in found.ordering.measures
        ),
    )


def cases_table(report: ClaimReport, language: str) -> Table:
    """Every case, and the command that shows its runs again."""
    return Table(
        title=translate(
            language,
            "The runs: scenario {scenario}, seeds {first} to {last}, the same for all",
            scenario=report.chapter.scenario,
            first=report.seeds[0],
            last=report.seeds[-1],
        ),
        headings=(
            translate(language, "case"),
            translate(language, "window (s)"),
            translate(language, "command"),
        ),
        rows=tuple(
            Row(
                cells=(
                    found.case.name.render(language),
                    f"{found.window.seconds:g}",
                    report.command(found),
                )
            )
            for found in report.cases
        ),
    )


def figures_table(report: ClaimReport, judged: Judged, language: str) -> Table:
    """What the strategies of one ordering measured, case by case, in the order that is claimed."""
    names = [name for name in judged.ordering.strategies if name in report.strategies]
    rows: list[Row] = []
    for found in report.cases:
        rows.append(Row(cells=(found.case.name.render(language), *("" for _ in names))))
        rows += [_figures_row(found, key, names, language) for key in judged.ordering.measures]
    return Table(
        title=translate(
            language,
            "{word}: mean ± half of the 95 % interval, {n} seeds, least first as claimed",
            word=judged.ordering.word,
            n=len(report.seeds),
        ),
        headings=(translate(language, "case"), *names),
        rows=tuple(rows),
        figures_from=1,
    )


def _figures_row(found: CaseResult, key: str, names: Iterable[str], language: str) -> Row:
    measure = MEASURES[key]
    factor = scaled(1.0, measure.unit)
    cells = [shown_estimate(found.estimates.get((name, key)), factor, language) for name in names]
    return Row(
        cells=(measure.label.render(language), *cells),
        explains=measure.definition.render(language),
        subordinate=True,
    )


def statements_table(judged: Judged, language: str) -> Table:
    """Each statement of an ordering by each of its measures, with the cases on either side."""
    return Table(
        title=translate(
            language,
            "{word}: statement by statement (intervals of {level} %, so that all hold at 95 %)",
            word=judged.ordering.word,
            level=f"{100 * judged.level:.3f}",
        ),
        headings=(
            translate(language, "statement"),
            translate(language, "measure"),
            translate(language, "verdict"),
            translate(language, "where"),
        ),
        rows=tuple(_statement_row(judged, one, language) for one in judged.statements),
    )


def _statement_row(judged: Judged, one: Statement, language: str) -> Row:
    statement = translate(
        language,
        "{less} is {words} {more}",
        less=one.less,
        words=judged.ordering.words,
        more=one.more,
    )
    verdict = NOT_MEASURED if one.verdict is None else VERDICTS[one.verdict]
    where = _sides([(told.case, told.finding) for told in one.told], language)
    label = MEASURES[one.measure].label
    return Row(
        cells=(statement, label.render(language), verdict.render(language), where or NOTHING)
    )


def _sides(told: Sequence[tuple[Case, Finding]], language: str) -> str:
    """The cases by what they say, a line for each finding, the most frequent one last."""
    by_finding = {
        finding: [case.name.render(language) for case, said in told if said is finding]
        for finding in FINDINGS
    }
    sides = sorted((item for item in by_finding.items() if item[1]), key=lambda it: len(it[1]))
    return "\n".join(
        translate(
            language,
            "{finding}: {cases}",
            finding=FINDINGS[finding],
            cases=_listed(names, len(told), last=finding is sides[-1][0], language=language),
        )
        for finding, names in sides
    )


def _listed(names: Sequence[str], of: int, *, last: bool, language: str) -> str:
    """*names*, or how many they are if they are most of all and come *last*."""
    if not last or 2 * len(names) <= of:
        return ", ".join(names)
    if len(names) == of:
        return translate(language, "all {n} cases", n=of)
    return translate(language, "the {n} other cases", n=len(names))


def verdict_sentence(report: ClaimReport, judged: Judged, language: str) -> str:
    """What becomes of the ordering as a whole, by each measure, and what was not measured."""
    sentences = [
        translate(
            language,
            "{word}: {order}: {verdict}.",
            word=judged.ordering.word,
            order=" < ".join(judged.ordering.strategies),
            verdict=VERDICTS[judged.verdict],
        )
    ]
    sentences += [_by_measure(judged, key, language) for key in judged.ordering.measures]
    out = {name: why for found in report.cases for name, why in found.left_out.items()}
    sentences += [
        translate(
            language,
            "{name} was left out where it makes no sense: {why}.",
            name=name,
            why=out[name].message,
        )
        for name in judged.ordering.strategies
        if name in out
    ]
    if judged.missing:
        sentences.append(
            translate(
                language,
                "Not measured, because there is no such strategy here: {names}.",
                names=", ".join(judged.missing),
            )
        )
    return " ".join(sentences)


def _by_measure(judged: Judged, key: str, language: str) -> str:
    """In which cases the whole order comes out by one measure."""
    told = [(case, finding) for case, measure, finding in judged.whole if measure == key]
    names = [case.name.render(language) for case, finding in told if finding is Finding.LESS]
    label = MEASURES[key].label
    if not names:
        return translate(
            language, "By {measure} the whole order comes out in no case.", measure=label
        )
    return translate(
        language,
        "By {measure} the whole order comes out in {n} of {of} cases: {cases}.",
        measure=label,
        n=len(names),
        of=len(told),
        cases=", ".join(names),
    )
