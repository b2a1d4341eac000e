"""Comparing strategies: what the command line's `compare` measures, and what its page draws."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.app.comparison.trade_offs import COSTS, FAILED
from sim.interfaces.app.comparison.verdict_clauses import clauses_of
from sim.interfaces.app.one_run.recording import picture_of
from sim.interfaces.app.order import Order
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.comparison_tables import (
    causes_table,
    classes_table,
    figures_table,
    settings_table,
)
from sim.interfaces.scenario_tables import assumptions_table, problem_lines
from sim.interfaces.story_table import stories_table
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison

PNG = ".{language}.png"
FEW_REQUESTS = 2_000_000  # Done here before other processes would have begun.
_LAST: list[Comparison] = []  # A worker does one piece of work; its pictures come afterwards.


def compare(order: JsonObject, progress: Progress) -> JsonObject:
    """Everything that the page shows, in every language, and the file that `--json` would give."""
    from sim.experiments.compare import compare as compare_strategies
    from sim.experiments.window import measured_window

    asked = Order.from_json(order)
    scenario = asked.scenario()
    window = measured_window(scenario, asked.strategies)
    requests = max(scenario.rate_curve(window.start, window.end).rates) * window.seconds
    arms = (1 + len(asked.strategies)) * len(asked.seeds)
    found = compare_strategies(
        scenario,
        asked.strategies,
        seeds=asked.seeds,
        workers=1 if requests * arms <= FEW_REQUESTS else None,
        window=window,
        progress=progress,
    )
    _LAST[:] = [found]
    return document(found)


def document(found: Comparison) -> JsonObject:
    """*found* as the page needs it."""
    from sim.analysis.picture import time_shown
    from sim.experiments.pareto import dominated_by

    shown = time_shown(found.example_runs)
    return {
        "comparison": found.to_json(),
        "shown": list(shown),
        "pictures": [
            picture_of(run, shown, found.example_runs[0], found.scenario.slo_availability)
            for run in found.example_runs
        ],
        "fronts": {cost: dominated_by(found, (FAILED, cost)) for cost in COSTS},
        "views": {language: _view(found, language) for language in LANGUAGES},
    }


def _view(found: Comparison, language: str) -> JsonObject:
    arms = [(arm.strategy, arm.settings) for arm in found.arms]
    return {
        "verdict": found.verdict.render(language),
        "clauses": clauses_of(found, language),
        "figures": figures_table(found, language).to_json(),
        "causes": causes_table(found, language).to_json(),
        "classes": classes_table(found, language).to_json(),
        "stories": stories_table(found.example_runs, language).to_json(),
        "settings": settings_table(arms, language).to_json(),
        "warnings": problem_lines(found.scenario.warnings, language),
        "assumptions": assumptions_table(found.scenario, language).to_json(),
    }


def draw_pictures(_: JsonObject, name: str) -> None:
    """The picture in each language, beside the result: for papers and slides."""
    from sim.analysis.picture import draw

    for language in LANGUAGES:
        stream = io.BytesIO()
        draw(_LAST[0].example_runs, language).savefig(stream, format="png")
        shelf.put(name + PNG.format(language=language), stream.getvalue())


TASK = Task(carry_out=compare, afterwards=draw_pictures)
