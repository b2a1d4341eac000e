"""The report of a rollback drill: verdicts, the clocks as a picture and as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES, translate
from sim.interfaces.report import Picture, Report, png_of, report_document

if TYPE_CHECKING:
    from sim.experiments.drill_result import Drill
    from sim.interfaces.table import Table


def of_drill(drill: Drill, command: str) -> str:
    """The report of *drill* in all languages."""
    return report_document({one: _drill(drill, command, one) for one in LANGUAGES})


def _drill(drill: Drill, command: str, language: str) -> Report:
    from sim.experiments.drill_moments import MOMENT_NAMES
    from sim.experiments.drill_picture import picture_of
    from sim.interfaces.comparison_tables import settings_table
    from sim.interfaces.drill_tables import definitions_table, policy_sentence
    from sim.interfaces.reports import title_of, warnings_of
    from sim.interfaces.scenario_tables import assumptions_table

    bad = translate(
        language,
        "The bad release: {faults}",
        faults=", ".join(fault.text for fault in drill.scenario.faults),
    )
    decided = [
        translate(
            language,
            "Decided {moment}: {verdict}",
            moment=MOMENT_NAMES[found.moment],
            verdict=found.verdict,
        )
        for found in drill.moments
    ]
    watched = [one for one in drill.moments if one.moment.is_watched]
    policies = [policy_sentence(one.plan).render(language) for one in watched]
    ways = [(way.strategy, way.settings) for way in drill.moments[0].ways]
    alt = translate(language, "The clocks of each way back as bars")
    return Report(
        title=title_of(drill.scenario, language),
        command=command,
        sentences=(*decided, bad, *policies),
        pictures=(Picture(alt=alt, png=png_of(picture_of(drill, language))),),
        tables=(
            *_tables(drill, language),
            definitions_table(language),
            settings_table(ways, language),
            assumptions_table(drill.scenario, language),
        ),
        warnings=warnings_of(drill.scenario, language),
    )


def _tables(drill: Drill, language: str) -> list[Table]:
    """Clocks and cost, moment by moment; a table of costs says which moment it is about."""
    from sim.experiments.drill_moments import MOMENT_NAMES
    from sim.interfaces.drill_tables import clocks_table, cost_table

    found = []
    for one in drill.moments:
        cost = cost_table(one, language)
        title = translate(
            language,
            "Decided {moment}: {verdict}",
            moment=MOMENT_NAMES[one.moment],
            verdict=cost.title,
        )
        found += [clocks_table(one, language), replace(cost, title=title)]
    return found
