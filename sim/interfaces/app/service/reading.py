"""A reading: what an order was understood to be, or every mistake in it, in every language."""

from __future__ import annotations

from functools import lru_cache

from sim.errors import Problem, ScenarioError
from sim.i18n import LANGUAGES, message, translate
from sim.interfaces.app.order import MANIFEST_FILE, SCENARIO_FILE, Order
from sim.interfaces.app.service.excerpt import excerpt
from sim.interfaces.app.service.own_facts import facts_of
from sim.interfaces.app.service.plan import plan_of
from sim.interfaces.app.work.jobs import State
from sim.interfaces.app.work.server import done_at_once
from sim.interfaces.app.work.task import Work
from sim.interfaces.scenario_tables import assumptions_table
from sim.model.objects import JsonObject


def document(order: Order) -> JsonObject:
    """Read *order*; a mistake is an answer too."""
    try:
        scenario = order.scenario()
    except ScenarioError as error:
        return {"problems": _mistakes(error.problems, order)}
    return {
        "problems": {},
        "name": scenario.name,
        "digest": scenario.digest,
        "own": None if scenario.own is None else scenario.own.name,
        "plan": plan_of(scenario),
        "facts": facts_of(scenario),
        "warnings": _in_every_language(scenario.warnings),
        "assumptions": {
            language: assumptions_table(scenario, language).to_json() for language in LANGUAGES
        },
    }


def read(order: Order) -> JsonObject:
    """The reading of *order*; what a visitor wrote is read in a process with limits of its own."""
    part = order.to_json() | {"strategies": [], "runs": 0, "seed": 0}
    work = Work(task="read", order=part)
    if order.bundled is not None:
        return _read_here(work.name, Order.from_json(part))
    found, job = done_at_once(work)
    if found is not None:
        return found
    if job is not None and job.state is State.FAILED:
        said = job.error
    else:
        text = message("This could not be read in time; the machine may be busy.")
        said = {language: text.render(language) for language in LANGUAGES}
    return {"problems": {language: [["", said[language], "", ""]] for language in LANGUAGES}}


@lru_cache(maxsize=64)
def _read_here(name: str, order: Order) -> JsonObject:
    assert name
    return document(order)


def _in_every_language(problems: tuple[Problem, ...]) -> JsonObject:
    """Place and sentence of each of *problems*; the one file that was pasted goes unnamed."""
    return {
        language: [
            [_place(problem, language), _sentence(problem, language)] for problem in problems
        ]
        for language in LANGUAGES
    }


def _mistakes(problems: tuple[Problem, ...], order: Order) -> JsonObject:
    """Place and sentence of each, the lines around it, and in which of the two texts they are."""
    texts = {MANIFEST_FILE: order.manifest, SCENARIO_FILE: order.description}
    if order.bundled is not None:
        texts = {}
    around = [excerpt(texts.get(one.file, ""), one.line, one.column) for one in problems]
    return {
        language: [
            [*said, lines, one.file if one.file in texts else ""]
            for said, lines, one in zip(told, around, problems, strict=True)
        ]
        for language, told in _in_every_language(problems).items()
    }


def _place(problem: Problem, language: str) -> str:
    if not problem.line:
        return ""
    where = translate(
        language, "line {line}, column {column}", line=problem.line, column=problem.column
    )
    if problem.file == MANIFEST_FILE:
        return where
    return translate(language, "{file}, {place}", file=problem.file, place=where)


def _sentence(problem: Problem, language: str) -> str:
    bare = Problem(problem.message, field=problem.field, hint=problem.hint)
    return bare.render(language)
