"""The handbook's claims put to the test: what `seatrial claims` measures and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.app.work.made import made_now
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.claims_tables import (
    VERDICTS,
    cases_table,
    figures_table,
    measures_table,
    statements_table,
    verdict_sentence,
)
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.experiments.claims.report import ClaimReport


def claims(order: JsonObject, progress: Progress) -> JsonObject:
    """All of a chapter's orderings, in every language."""
    from sim.experiments.claims.check import chapter_called, check_claims

    chapter = chapter_called(order["chapter"])
    report = check_claims(chapter, seeds=range(int(order["seeds"])), progress=progress)
    views = {language: view_of(report, language) for language in LANGUAGES}
    return {**views, "made": made_now()}


def view_of(report: ClaimReport, language: str) -> JsonObject:
    """What a page shows of *report*."""
    return {
        "orderings": [
            {
                "word": one.ordering.word.render(language),
                "order": " < ".join(one.ordering.strategies),
                "verdict": VERDICTS[one.verdict].render(language),
                "sentence": verdict_sentence(report, one, language),
                "figures": figures_table(report, one, language).to_json(),
                "statements": statements_table(one, language).to_json(),
            }
            for one in report.judged
        ],
        "measures": measures_table(report, language).to_json(),
        "cases": cases_table(report, language).to_json(),
    }


TASK = Task(carry_out=claims)
