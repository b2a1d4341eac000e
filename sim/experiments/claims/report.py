"""The report on a chapter: what was measured in every case, and what that makes of each claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import Problem
from sim.experiments.claims.chapter import Case, Chapter, Ordering
from sim.experiments.claims.findings import Finding, Verdict
from sim.model.run import Window
from sim.stats import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What every strategy measured in one case: by strategy and measure, over all seeds.

    *left_out* are those that make no sense in it, and why.
    """

    case: Case
    window: Window
    strategies: tuple[str, ...]
    left_out: Mapping[str, Problem]
    values: Mapping[tuple[str, str], tuple[float | None, ...]]
    estimates: Mapping[tuple[str, str], Estimate | None]
    phases: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one case says of one statement: the paired difference of its two strategies."""

    case: Case
    gap: Estimate | None
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """*less* has less than *more* by one *measure*; None for the verdict if that was not tried."""

    less: str
    more: str
    measure: str
    told: tuple[Told, ...]
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An ordering and its statements. *whole* is what each case says of all of them at once.

    *level* is that of one interval, such that all of the ordering's together hold at 95 %.
    """

    ordering: Ordering
    missing: tuple[str, ...]
    level: float
    statements: tuple[Statement, ...]
    whole: tuple[tuple[Case, str, Finding], ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """A chapter that was put to the test on *seeds*, with the *strategies* that could be run."""

    chapter: Chapter
    scenario_digest: str
    seeds: tuple[int, ...]
    strategies: tuple[str, ...]
    cases: tuple[CaseResult, ...]
    judged: tuple[Judged, ...]

    def command(self, found: CaseResult) -> str:
        """What to type to see the runs behind a case again, in the same window."""
        case = found.case
        words = ["seatrial compare", self.chapter.scenario]
        words += [f"--strategy {name}" for name in found.strategies]
        words += [f"--fault {fault}" for fault in case.faults]
        words += [f"--set {override}" for override in case.settings(self.strategies)]
        return " ".join([*words, f"--seed {self.seeds[0]} --runs {len(self.seeds)}"])
