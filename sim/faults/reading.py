"""From `kind:version:amount`, as a scenario or a flag writes it, to a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sim.errors import Problem, ScenarioError
from sim.faults import FAULTS
from sim.faults.later import Later
from sim.i18n import message
from sim.model.span import Span
from sim.model.unreadable import Unreadable
from sim.scenario.fault_checks import (
    NOT_OF_A_VERSION,
    without_a_class,
    without_a_dependency,
    without_a_machine,
)
from sim.scenario.fault_spec import FaultSpec, parse, split_moment
from sim.scenario.node import Place
from sim.world import Fault


def fault_of(spec: FaultSpec) -> Fault:
    """The fault that *spec* asks for. Raise a `ScenarioError` at its place if there is none."""
    place = Place(spec.file, spec.line, spec.column)
    if spec.kind not in FAULTS:
        unknown = FAULTS.unknown(spec.kind)
        raise ScenarioError([place.problem(unknown.message, hint=unknown.hint)])
    kind = FAULTS[spec.kind]
    amount, when = spec.amount, ""
    if spec.kind not in NOT_OF_A_VERSION:
        amount, when = split_moment(spec.amount)
    try:
        fault: Fault = kind.parse(spec.version, amount)
        span = Span.parse(when) if when else None
    except Unreadable as wrong:
        text = message("fault {fault}: {reason}", fault=repr(spec.text), reason=wrong.message)
        hint = message("write it like {example}", example=kind.example)
        raise ScenarioError([place.problem(text, hint=hint)]) from wrong
    return fault if span is None else Later(fault=fault, span=span)


def fault_written(
    text: str,
    dependencies: Collection[str],
    machines: Collection[str],
    classes: Collection[str] = (),
) -> Fault:
    """The fault that a command writes as *text*, in a world with these *dependencies*, *machines*
    and *classes* of requests. Raise a `ScenarioError` if there is none.
    """
    spec = parse(text, Place("fault"))
    if isinstance(spec, Problem):
        raise ScenarioError([spec])
    fault = fault_of(spec)
    problems = [
        *without_a_dependency([spec], dependencies),
        *without_a_machine([spec], machines),
        *without_a_class([spec], classes),
    ]
    if problems:
        raise ScenarioError(problems)
    return fault


def faults_of(specs: Iterable[FaultSpec]) -> tuple[Fault, ...]:
    """All faults, in order. Raise one `ScenarioError` with every problem."""
    faults: list[Fault] = []
    problems: list[Problem] = []
    for spec in specs:
        try:
            faults.append(fault_of(spec))
        except ScenarioError as wrong:
            problems += wrong.problems
    if problems:
        raise ScenarioError(problems)
    return tuple(faults)
