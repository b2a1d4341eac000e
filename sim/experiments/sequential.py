"""Comparing until it is enough: a pilot chooses how precise, the runs after it are the answer.

What is reported is what `compare` gives for the reported seeds, to the byte, whatever the pilot
saw; see `sim.stats.stopping` for why its intervals cover what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations

from sim.experiments.compare import check_strategies, comparison_of
from sim.experiments.comparison import Comparison
from sim.experiments.outcome import Outcome
from sim.experiments.question import Question, about_failures, about_requirement
from sim.experiments.replicate import replicate
from sim.experiments.requirement import Requirement
from sim.experiments.stopped import Stopped, Why, stopped
from sim.experiments.trial import Trial
from sim.experiments.window import measured_window
from sim.experiments.workforce import Workforce, held_open, workforce_of
from sim.i18n import Message
from sim.model.run import Window
from sim.scenario.scenario import Scenario
from sim.stats.estimates import Method
from sim.stats.stopping import LEAST_RUNS, PILOT_RUNS, Aim, aim_of, more_runs
from sim.traffic.engine import DEFAULT, make_ready

PRECISION = 0.1
MOST_RUNS = 200
Trials = tuple[tuple[Outcome, ...], ...]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop at the latest, and how precise is precise enough.

    *precision* is the half-width of a difference over the larger of the two means. *out_of_budget*
    is asked after every seed; what it says may depend on the time, never on the results.
    """

    precision: float = PRECISION
    most_runs: int = MOST_RUNS
    out_of_budget: Callable[[], bool] = _never


def compare_until_precise(
    scenario: Scenario,
    strategies: Sequence[str],
    *,
    first_seed: int = 0,
    limits: Limits | None = None,
    required: Sequence[Requirement] = (),
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    first_look: Callable[[Message], None] | None = None,
    window: Window | None = None,
    engine: str = DEFAULT,
    intervals: Method = Method.BCA,
) -> tuple[Comparison, Stopped]:
    """Compare *strategies* until every difference and all of *required* are precise or clear.

    The pilot has the ten seeds from *first_seed* on, the answer those after them. *first_look*
    hears the pilot's verdict. Raise a `ScenarioError` as `compare` does.
    """
    check_strategies(strategies)
    make_ready(engine)
    limits = limits or Limits()
    window = window or measured_window(scenario, strategies)
    start = first_seed + PILOT_RUNS
    trial = Trial(
        scenario=scenario,
        strategies=tuple(strategies),
        window=window,
        keep_runs_of=(first_seed, start),
        engine=engine,
    )
    questions = _questions(strategies, required)
    with held_open(workforce_of(executor, workers, LEAST_RUNS)) as workforce:
        study = _Study(trial, workforce, limits, progress)
        pilot = study.carry_out(range(first_seed, start))
        if first_look is not None and len(pilot) > 1:
            first_look(comparison_of(trial, range(first_seed, start), pilot).verdict)
        answer, why = study.answer(questions, pilot, start)
    if len(answer) < len(pilot):  # Out of time: the pilot chose nothing yet, so it can answer.
        answer, start, why = pilot, first_seed, Why.BUDGET
    seeds = range(start, start + len(answer))
    found = comparison_of(trial, seeds, answer, intervals)
    return found, stopped(found, answer, questions, why, limits.precision, intervals)


def _questions(strategies: Sequence[str], required: Sequence[Requirement]) -> list[Question]:
    """Every pair of strategies, one alone against no release; and each requirement of each.

    Not those that a drill measures: it comes afterwards, under the seeds that it took to answer.
    """
    pairs = list(combinations(range(1, len(strategies) + 1), 2)) or [(1, 0)]
    questions = [about_failures(first, second) for first, second in pairs]
    arms = range(1, len(strategies) + 1)
    asked = [one for one in required if not one.is_drilled]
    return questions + [about_requirement(one, arm) for one in asked for arm in arms]


class _Study:
    """The seeds that were carried out so far, and what is known about how many there will be."""

    def __init__(
        self,
        trial: Trial,
        workforce: Workforce,
        limits: Limits,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._trial, self._workforce, self._limits = trial, workforce, limits
        self._told = progress
        self._done = 0

    def carry_out(self, seeds: range, planned: int = LEAST_RUNS) -> Trials:
        """The trials of *seeds*, or of the first of them if the budget ends; *planned* follow."""
        before, self._done = self._done, self._done + len(seeds)

        def hear(done: int, total: int) -> None:
            if self._told is not None:
                self._told(before + done, before + total + planned)

        return replicate(
            self._trial,
            seeds,
            workforce=self._workforce,
            progress=hear,
            stop=self._limits.out_of_budget,
        )

    def answer(
        self, questions: Sequence[Question], pilot: Trials, start: int
    ) -> tuple[Trials, Why]:
        """The trials from seed *start* on, until all *questions* are as precise as it takes."""
        if self._limits.out_of_budget():
            return (), Why.BUDGET
        aims = [_aim(question, pilot, self._limits.precision) for question in questions]
        wanted = self._wanted(questions, aims, pilot)
        trials: Trials = ()
        while len(trials) < wanted:
            trials += self.carry_out(range(start + len(trials), start + wanted), planned=0)
            if len(trials) < wanted:
                return trials, Why.BUDGET
            wanted = self._wanted(questions, aims, trials)
        most = self._limits.most_runs
        return trials, Why.MOST_RUNS if wanted == most else Why.ENOUGH

    def _wanted(self, questions: Sequence[Question], aims: Sequence[Aim], trials: Trials) -> int:
        most = self._limits.most_runs
        pairs = zip(questions, aims, strict=True)
        found = [more_runs(aim, question.gaps(trials), most=most) for question, aim in pairs]
        return min(max(found), most)


def _aim(question: Question, pilot: Trials, precision: float) -> Aim:
    gaps = question.gaps(pilot)
    gap = sum(gaps) / len(gaps)
    return aim_of(gap, question.scale(pilot), precision, question.floor)
