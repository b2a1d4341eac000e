"""What was tuned before strategies were compared: every candidate, and the one that was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.i18n import translate
from sim.interfaces.numbers import shown_estimate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.experiments.tuning import Choice, Tuning

CHOSEN = "*"


def tuning_table(tuning: Tuning, language: str) -> Table:
    """Each strategy's candidates, with a star for the one that it runs with."""
    return Table(
        title=translate(
            language,
            "What was tuned, on the seeds {first} to {last}; a star was chosen",
            first=tuning.seeds[0],
            last=tuning.seeds[-1],
        ),
        headings=(
            translate(language, "strategy"),
            translate(language, "settings"),
            translate(language, "Healthy"),
            translate(language, "failed requests"),
            translate(language, "settled (s)"),
            translate(language, "pod-seconds"),
        ),
        rows=tuple(
            row for one in tuning.choices for row in _rows(one, len(tuning.seeds), language)
        ),
        figures_from=2,
    )


def _rows(choice: Choice, seeds: int, language: str) -> Iterator[Row]:
    for number, found in enumerate(choice.tried):
        settings = translate(language, "as the scenario says")
        if found.candidate is not None:
            settings = f"{found.candidate}"
        yield Row(
            cells=(
                f"{choice.strategy}{CHOSEN if number == choice.chosen else ''}",
                settings,
                translate(language, "{n} of {all}", n=found.healthy, all=seeds),
                shown_estimate(found.failed, 1.0, language),
                f"{found.settled_seconds:.1f}",
                f"{found.pod_seconds:,.0f}",
            )
        )
