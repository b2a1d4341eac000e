"""`seatrial compare` without `--runs`: until it is precise enough, or out of budget."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError
from sim.i18n import message, translate
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.experiments.requirement import Requirement
    from sim.experiments.sequential import Limits
    from sim.experiments.stopped import Stopped
    from sim.i18n import Message
    from sim.scenario.scenario import Scenario
    from sim.stats.estimates import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """How long to go on, as it was written; None is the default of each."""

    precision: str | None
    budget: str | None
    most_runs: int | None

    def refuse(self) -> None:
        """Raise a `ScenarioError` if any is given: a fixed number of runs needs none of them."""
        given = {
            "--precision": self.precision,
            "--budget": self.budget,
            "--max-runs": self.most_runs,
        }
        names = [name for name, value in given.items() if value is not None]
        if names:
            text = message("--runs fixes the number; {names} would not be used", names=names[0])
            raise ScenarioError([Problem(text, hint=message("leave one of them out"))])

    def limits(self) -> Limits:
        """What it means, with the budget counted from now."""
        from sim.experiments.sequential import MOST_RUNS, PRECISION, Limits
        from sim.model.duration import duration, share
        from sim.model.unreadable import Unreadable

        try:
            precision = PRECISION if self.precision is None else share(self.precision)
            seconds = None if self.budget is None else duration(self.budget)
        except Unreadable as error:
            raise ScenarioError([Problem(error.message, hint=error.hint)]) from error
        if precision == 0.0:
            text = message("a precision of 0 % would take runs without end")
            raise ScenarioError([Problem(text, hint=message("such as 10%"))])
        return Limits(
            precision=precision,
            most_runs=self.most_runs or MOST_RUNS,
            out_of_budget=_clock(seconds),
        )


def _clock(seconds: float | None) -> Callable[[], bool]:
    end = None if seconds is None else time.monotonic() + seconds
    return lambda: end is not None and time.monotonic() >= end


def compare_until(
    scenario: Scenario,
    strategies: Sequence[str],
    *,
    seed: int,
    until: Until,
    required: Sequence[Requirement],
    workers: int | None,
    executor: str,
    engine: str,
    intervals: Method,
    terminal: Terminal,
) -> tuple[Comparison, Stopped]:
    """Compare until it is enough; somebody who watches sees the pilot's verdict at once."""
    from sim.experiments.sequential import compare_until_precise
    from sim.experiments.window import measured_window
    from sim.interfaces.waiting import progress_of

    limits = until.limits()
    window = measured_window(scenario, strategies)
    with progress_of(terminal) as progress:
        return compare_until_precise(
            scenario,
            strategies,
            first_seed=seed,
            limits=limits,
            required=required,
            workers=workers,
            executor=executor,
            progress=progress,
            first_look=_first_look(terminal),
            window=window,
            engine=engine,
            intervals=intervals,
        )


def _first_look(terminal: Terminal) -> Callable[[Message], None] | None:
    if not sys.stderr.isatty():
        return None

    def say(verdict: Message) -> None:
        text = verdict.render(terminal.language)
        terminal.complain(translate(terminal.language, "A first look: {verdict}", verdict=text))

    return say


def repeat_words(found: Stopped) -> str:
    """The options that give the same figures again."""
    return f"--runs {found.runs} --seed {found.first_seed} --intervals {found.intervals}"
