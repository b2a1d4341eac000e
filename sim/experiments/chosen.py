"""Which strategies a comparison is about, where somebody names all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.scenario import Scenario
from sim.strategies import BUILT_IN, STRATEGIES
from sim.strategies.bound_router import unfit

ALL = "all"


def chosen_strategies(
    scenario: Scenario, names: Sequence[str]
) -> tuple[Sequence[str], list[Problem]]:
    """The strategies that *names* mean: `all` is every one that fits, none the two built-in ones.

    Where a Rollout says how it is released, none means its own before those. With them, why others
    were left out of `all`.
    """
    if ALL not in names:
        own = () if scenario.own is None else (scenario.own.name,)
        return names or (*own, *BUILT_IN), []
    every = [*STRATEGIES, *(name for name in names if name != ALL)]
    found = {name: unfit(name, scenario) for name in STRATEGIES if name not in names}
    left_out = {name: problem for name, problem in found.items() if problem is not None}
    problems = [
        replace(
            problem,
            message=message("{name} is left out: {why}", name=name, why=problem.message),
        )
        for name, problem in left_out.items()
    ]
    return [name for name in every if name not in left_out], problems
