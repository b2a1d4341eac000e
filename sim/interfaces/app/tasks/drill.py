"""The rollback drill: what `seatrial drill-rollback` measures, and what its page draws."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING

from sim.analysis.rollback_figures import DRILL_FIGURES
from sim.experiments.drill_moments import Moment
from sim.faults.reading import faults_of
from sim.i18n import LANGUAGES, translate
from sim.interfaces.app.exposure_words import exposure_sentence
from sim.interfaces.app.order import Order
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.comparison_tables import settings_table
from sim.interfaces.drill_tables import (
    clocks_table,
    cost_table,
    definitions_table,
    policy_sentence,
)
from sim.interfaces.scenario_tables import assumptions_table, problem_lines
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.analysis.rollback_picture import Panel
    from sim.experiments.drill_result import Drill, DrilledMoment

# The columns of what a drill costs: whom the bad version met, then what the way back broke.
BROKEN_FROM = 1 + [one.key for one in DRILL_FIGURES.values() if not one.is_clock].index(
    "broken_requests"
)
PICTURE = ".{language}.{ending}"


def drill(order: JsonObject, progress: Progress) -> JsonObject:
    """Everything that the page shows, in every language, and the file that `--json` would give."""
    from sim.experiments.rollback_drill import rollback_drill

    asked = Order.from_json({key: order[key] for key in order if key != "moments"})
    found = rollback_drill(
        asked.scenario(),
        asked.strategies,
        moments=[Moment(name) for name in order["moments"]],
        seeds=asked.seeds,
        progress=progress,
    )
    return {
        "drill": found.to_json(),
        **({"waysBack": _ways_back(found)} if Moment.FINISH in order["moments"] else {}),
        "views": {language: _view(found, language) for language in LANGUAGES},
    }


def _ways_back(found: Drill) -> JsonObject:
    """From the finish, as a limit on the way back needs them: seconds by seed, null: not back.

    Where nobody can tell, or not all were back, the *why* says so in each language.
    """
    from sim.experiments.ways_back import from_the_finish

    ways = from_the_finish(found)
    names = [way.strategy for way in ways.drilled.ways]
    unknown = {name: ways.unknown(name) for name in names}
    why = {name: ways.never_back(name) or unknown[name] for name in names}
    return {
        "seconds": {name: list(ways.seconds(name)) for name in names},
        "cannotTell": [name for name in names if unknown[name] is not None],
        "why": {
            name: {language: said.render(language) for language in LANGUAGES}
            for name, said in why.items()
            if said is not None
        },
        "how": {language: ways.sentence().render(language) for language in LANGUAGES},
    }


def _view(found: Drill, language: str) -> JsonObject:
    ways = [(way.strategy, way.settings) for way in found.moments[0].ways]
    specs = found.scenario.faults
    faults = "; ".join(
        f"{spec.text} ({fault.describe().render(language)})"
        for spec, fault in zip(specs, faults_of(specs), strict=True)
    )
    return {
        "release": translate(language, "The bad release: {faults}", faults=faults),
        "moments": [_moment(one, language) for one in found.moments],
        "definitions": definitions_table(language).to_json(),
        "settings": settings_table(ways, language).to_json(),
        "warnings": problem_lines(found.scenario.warnings, language),
        "assumptions": assumptions_table(found.scenario, language).to_json(),
    }


def _moment(found: DrilledMoment, language: str) -> JsonObject:
    from sim.experiments.drill_moments import MOMENT_NAMES
    from sim.experiments.drill_picture import panel_of

    watched = found.moment.is_watched
    cost = cost_table(found, language)
    met, broke = translate(language, "Exposure"), translate(language, "What the way back broke")
    last = len(cost.headings)
    exposed = exposure_sentence(found)
    return {
        "name": MOMENT_NAMES[found.moment].render(language),
        "verdict": found.verdict.render(language),
        "policy": policy_sentence(found.plan).render(language) if watched else "",
        "bars": [asdict(bar) for bar in panel_of(found, language).bars],
        "clocks": clocks_table(found, language).to_json(),
        "window": cost.title,
        "exposed": "" if exposed is None else exposed.render(language),
        "exposure": _columns(cost, met, range(1, BROKEN_FROM)).to_json(),
        "broken": _columns(cost, broke, range(BROKEN_FROM, last)).to_json(),
    }


def _columns(table: Table, title: str, numbers: range) -> Table:
    """The names of *table* and some of its columns, under a *title* of their own."""
    kept = (0, *numbers)
    return Table(
        title=title,
        headings=tuple(table.headings[n] for n in kept),
        rows=tuple(Row(cells=tuple(row.cells[n] for n in kept)) for row in table.rows),
        figures_from=1,
        heading_explains=tuple(
            table.heading_explains[n] if n < len(table.heading_explains) else "" for n in kept
        ),
    )


def draw_pictures(found: JsonObject, name: str) -> None:
    """The picture in each language, beside the result: for papers and slides."""
    from sim.analysis.fonts import drawable
    from sim.analysis.rollback_picture import draw_drill

    for language in LANGUAGES:
        written = drawable(language)
        panels = [_panel(one, written) for one in found["views"][written]["moments"]]
        figure = draw_drill(panels, written)
        for ending in ("png", "svg"):
            stream = io.BytesIO()
            figure.savefig(stream, format=ending)
            shelf.put(name + PICTURE.format(language=language, ending=ending), stream.getvalue())


def _panel(view: JsonObject, language: str) -> Panel:
    from sim.analysis.rollback_picture import Bar, Panel

    return Panel(
        title=translate(language, "Decided {moment}", moment=view["name"]),
        bars=tuple(Bar(**bar) for bar in view["bars"]),
    )


TASK = Task(carry_out=drill, afterwards=draw_pictures, draws_again=True)
