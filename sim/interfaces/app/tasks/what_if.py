"""What if: the harm of version faults by size, moment and strategy, as a sweep measures it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from statistics import fmean
from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.app.study.harm_words import heat_map
from sim.interfaces.app.study.study import FIGURES, Study, before_of
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.scenario_tables import assumptions_table, problem_lines
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.experiments.sweep import Swept
    from sim.experiments.sweep_plan import Plan

PNG = ".{figure}.{language}.png"
SHORT = {"failed_requests": "failed", "users_hurt": "users"}


def what_if(order: JsonObject, progress: Progress) -> JsonObject:
    """Every run's harm, and what it rests on in every language."""
    study = Study.from_json(order)
    scenario = study.order.scenario()
    plan = study.plan(scenario)
    begun = time.monotonic()
    swept = _carried_out(plan, progress)
    seconds = time.monotonic() - begun
    return {
        "study": study.to_json(),
        "before": before_of(scenario),
        "window": plan.window.end - plan.window.first_write,
        "runs": study.runs,
        "sent": fmean(trial[0].sent for _, trials in swept.trials for trial in trials),
        "seconds": seconds,
        "cells": list(_cells(swept, study)),
        "refused": _refused(plan, study),
        "views": {
            language: {
                "warnings": problem_lines(scenario.warnings, language),
                "assumptions": assumptions_table(scenario, language).to_json(),
            }
            for language in LANGUAGES
        },
    }


def _carried_out(plan: Plan, progress: Progress) -> Swept:
    """Carry out *plan* in memory: what comes of it is small, and the shelf keeps it."""
    from sim.experiments.carry_out import carry_out
    from sim.experiments.sweep import Swept
    from sim.experiments.workforce import workforce_of
    from sim.traffic.engine import make_ready

    make_ready(plan.engine)
    by_point = [list(plan.chunks(point)) for point in plan.points]
    jobs = list({chunk.key: chunk for chunks in by_point for chunk in chunks}.values())
    answers = {}
    progress(0, len(jobs))
    for number, trials in carry_out(jobs, workforce_of(None, None, len(jobs))):
        answers[jobs[number].key] = trials
        progress(len(answers), len(jobs))
    found = [
        (point, tuple(trial for chunk in chunks for trial in answers[chunk.key]))
        for point, chunks in zip(plan.points, by_point, strict=True)
        if chunks
    ]
    return Swept(plan=plan, trials=tuple(found))


def _cells(swept: Swept, study: Study) -> Iterator[JsonObject]:
    """One for each fault, moment and strategy: the harm in every run."""
    written = dict(zip(swept.plan.axes[1].values, study.moments, strict=True))
    for point, trials in swept.trials:
        fault, at = point.values
        for strategy in study.order.strategies:
            figures = {key: swept.values(trials, strategy, key) for key in FIGURES}
            place = {"fault": fault, "moment": written[at], "strategy": strategy}
            yield {**place, **{key: list(values) for key, values in figures.items()}}


def _refused(plan: Plan, study: Study) -> list[JsonObject]:
    written = dict(zip(plan.axes[1].values, study.moments, strict=True))
    return [
        {
            "fault": point.values[0],
            "moment": written[point.values[1]],
            "why": {one: point.refused[0].message.render(one) for one in LANGUAGES},
        }
        for point in plan.points
        if point.refused
    ]


def draw_pictures(found: JsonObject, name: str) -> None:
    """The heat map of either figure in each language, beside the result."""
    from sim.analysis.heat_map import draw_heat_map

    for language in LANGUAGES:
        for figure in FIGURES:
            stream = io.BytesIO()
            drawn = draw_heat_map(heat_map(found, figure, language), language)
            drawn.savefig(stream, format="png")
            ending = PNG.format(figure=SHORT[figure], language=language)
            shelf.put(name + ending, stream.getvalue())


TASK = Task(carry_out=what_if, afterwards=draw_pictures, draws_again=True)
