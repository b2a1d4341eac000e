"""Why a comparison stopped, what it can tell, and how many runs the rest would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.experiments.comparison import Comparison
from sim.experiments.question import Question, Trials
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.stats import Estimate
from sim.stats.estimates import Method, interval_of
from sim.stats.stopping import PILOT_RUNS, aim_of, runs_to_tell, spread_of
from sim.stats.superiority import Superiority, less


class Why(StrEnum):
    """Why it stopped; the value is its name in `--json`."""

    ENOUGH = "enough"
    MOST_RUNS = "maxRuns"
    BUDGET = "budget"


class Answer(StrEnum):
    """What is known about two arms; the value is its name in `--json`."""

    CLEAR = "clear"  # The interval of the difference excludes 0.
    SAME = "same"  # It holds 0, and nothing that would matter.
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known about which of two arms loses fewer requests, and how surely.

    *runs* is how many would tell an open question if the gap is as large as it looks.
    """

    first: str | None
    second: str | None
    answer: Answer
    within: float
    runs: int | None
    fewer: Superiority


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The end of a comparison that went on until it was enough."""

    why: Why
    runs: int
    first_seed: int
    piloted: bool
    precision: float
    intervals: Method
    told: tuple[Told, ...]

    def sentences(self) -> list[Message]:
        """Why it stopped, and for each open question what it would take."""
        return [_reason(self), *(_open(one) for one in self.told if one.answer is Answer.OPEN)]

    def to_json(self) -> JsonObject:
        """Under stable names."""
        return {
            "why": self.why.value,
            "runs": self.runs,
            "firstSeed": self.first_seed,
            "pilotRuns": PILOT_RUNS if self.piloted else 0,
            "precision": self.precision,
            "intervals": self.intervals.value,
            "pairs": [_pair(one) for one in self.told],
        }


def stopped(
    comparison: Comparison,
    trials: Trials,
    questions: Sequence[Question],
    why: Why,
    precision: float,
    intervals: Method,
) -> Stopped:
    """What *trials* tell about *questions*, those about two arms."""
    names = [arm.strategy for arm in comparison.arms]
    return Stopped(
        why=why,
        runs=len(trials),
        first_seed=comparison.seeds[0],
        piloted=why is not Why.BUDGET or len(trials) > PILOT_RUNS,
        precision=precision,
        intervals=intervals,
        told=tuple(
            _told(question, trials, names, precision, intervals)
            for question in questions
            if question.second is not None
        ),
    )


def _told(
    question: Question,
    trials: Trials,
    names: Sequence[str | None],
    precision: float,
    intervals: Method,
) -> Told:
    gaps = question.gaps(trials)
    gap = interval_of(gaps, intervals)
    assert gap is not None and question.second is not None
    slack = aim_of(gap.value, question.scale(trials), precision, question.floor).slack
    answer = _answer(gap, slack)
    return Told(
        first=names[question.first],
        second=names[question.second],
        answer=answer,
        within=max(abs(gap.low or 0.0), abs(gap.high or 0.0)),
        runs=runs_to_tell(gap.value, spread_of(gaps)) if answer is Answer.OPEN else None,
        fewer=less(gaps, [0.0] * len(gaps)),
    )


def _answer(gap: Estimate, slack: float) -> Answer:
    if gap.clear:
        return Answer.CLEAR
    narrow = gap.equal or (gap.half_width is not None and gap.half_width <= slack)
    return Answer.SAME if narrow else Answer.OPEN


def _reason(found: Stopped) -> Message:
    values = {"n": found.runs, "pilot": PILOT_RUNS, "percent": f"{100 * found.precision:g}"}
    if found.why is Why.ENOUGH:
        return message(
            "{n} runs were enough: every difference is clear, or known to within {percent} % of "
            "what is lost; {pilot} pilot runs before them chose how many, and are not counted",
            **values,
        )
    if found.why is Why.MOST_RUNS:
        return message("stopped at the most runs that were allowed, {n}", **values)
    return message("stopped when the time was over, after {n} runs", **values)


def _open(one: Told) -> Message:
    pair = {
        "first": one.first or message("no release"),
        "second": one.second or message("no release"),
    }
    if one.runs is None:
        return message("cannot tell {first} from {second} yet: so far they look the same", **pair)
    return message(
        "cannot tell {first} from {second} yet: about {runs} runs would, if they differ by as much "
        "as it looks",
        runs=f"{one.runs:,}",
        **pair,
    )


def _pair(one: Told) -> JsonObject:
    once = one.fewer.once
    return {
        "first": one.first,
        "second": one.second,
        "answer": one.answer.value,
        "runsToTell": one.runs,
        "firstLosesFewerInOneRelease": {
            "count": once.count,
            "n": once.n,
            "low": once.low,
            "high": once.high,
            "ties": one.fewer.ties,
        },
        "firstLosesFewerOnAverageProbability": one.fewer.mean,
    }
