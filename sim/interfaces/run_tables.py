"""One run as tables: its figures, its causes, and what happened when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.failures import by_cause, by_class
from sim.analysis.figures import FIGURES, Yardstick, measure
from sim.analysis.units import scaled
from sim.i18n import message, translate
from sim.interfaces.cause_names import cause_name
from sim.interfaces.comparison_tables import CLOCKS, NOT_FINISHED, figure_name
from sim.interfaces.numbers import decimals, plain
from sim.interfaces.table import Row, Table
from sim.model.deed import DeedKind

if TYPE_CHECKING:
    from sim.model.run import Run
    from sim.scenario.scenario import Prices

MOST_EVENTS = 60


def run_figures_table(run: Run, by: Yardstick, prices: Prices | None, language: str) -> Table:
    """Every figure that exists in *run*."""
    rows = []
    for key, value in measure(run, by).items():
        figure = FIGURES[key]
        if value is not None:
            number = scaled(value, figure.unit)
            cell = plain(number, decimals(number))
        elif key in CLOCKS and run.strategy is not None:
            cell = NOT_FINISHED.render(language)
        else:
            continue
        explains = figure.definition.render(language)
        rows.append(Row(cells=(figure_name(figure, language, prices), cell), explains=explains))
    return Table(
        title=translate(
            language,
            "Figures of seed {seed}, in a window of {seconds} s",
            seed=run.seed,
            seconds=f"{run.window.seconds:g}",
        ),
        headings=(translate(language, "figure"), run.strategy or ""),
        rows=tuple(rows),
        figures_from=1,
    )


def run_causes_table(run: Run, language: str) -> Table:
    """Failed requests by cause; empty if nothing failed."""
    return Table(
        title=translate(language, "Failed requests by cause"),
        headings=(translate(language, "cause"), translate(language, "requests")),
        rows=tuple(
            Row(cells=(cause_name(cause.key, language), plain(count, 0)), explains=cause.key)
            for cause, count in by_cause(run).items()
        ),
        figures_from=1,
    )


def run_classes_table(run: Run, language: str) -> Table:
    """Requests and failed ones by class; empty if all requests are alike."""
    headings = (message("class of requests"), message("requests"), message("failed"), message("%"))
    return Table(
        title=translate(language, "Failed requests by class"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(
                cells=(
                    name,
                    plain(sent, 0),
                    plain(failed, 0),
                    plain(100.0 * failed / sent, 2) if sent else "-",
                )
            )
            for name, (sent, failed) in by_class(run).items()
        ),
        figures_from=1,
    )


_DEEDS = {
    DeedKind.DETECTED: message("finds something wrong"),
    DeedKind.DECIDED: message("decides to go back"),
    DeedKind.KEPT: message("keeps the release"),
    DeedKind.WENT_BACK: message("is back"),
    DeedKind.REFUSED: message("is refused"),
    DeedKind.REVERTED: message("writes back what Git says"),
    DeedKind.REPORTED: message("reports"),
}


def deeds_table(run: Run, language: str) -> Table:
    """What operators beside the strategy found and did, seconds from the first write."""
    return Table(
        title=translate(language, "Who did what, in seconds from the first write"),
        headings=tuple(
            heading.render(language)
            for heading in (message("s"), message("who"), message("deed"), message("note"))
        ),
        rows=tuple(
            Row(
                cells=(
                    f"{deed.time - run.window.first_write:+.2f}",
                    deed.who,
                    _DEEDS[deed.kind].render(language),
                    deed.note,
                )
            )
            for deed in run.deeds
        ),
    )


def events_table(run: Run, language: str) -> Table:
    """What the cluster did in the window, in its own words, seconds from the first write."""
    found = [e for e in run.events if run.window.start <= e.time < run.window.end]
    rows = [
        Row(cells=(f"{e.time - run.window.first_write:+.2f}", e.subject, e.reason, e.note))
        for e in found[:MOST_EVENTS]
    ]
    if len(found) > MOST_EVENTS:
        more = translate(language, "and {n} more", n=len(found) - MOST_EVENTS)
        rows.append(Row(cells=("…", more, "", "")))
    headings = (message("s"), message("object"), message("event"), message("note"))
    return Table(
        title=translate(language, "Events, in seconds from the first write"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
    )
