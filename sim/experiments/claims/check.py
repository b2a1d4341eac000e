"""Put a chapter's claims to the test: every case, every strategy, paired seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from sim.errors import Problem, ScenarioError
from sim.experiments.claims.chapter import Case, Chapter
from sim.experiments.claims.handbook import CHAPTERS
from sim.experiments.claims.judging import judged
from sim.experiments.claims.measures import MEASURES
from sim.experiments.claims.report import CaseResult, ClaimReport
from sim.experiments.claims.trial import ClaimTrial, Measured, Place
from sim.experiments.compare import DEFAULT_SEEDS, require_seeds
from sim.experiments.replicate import replicate
from sim.experiments.window import measured_window
from sim.i18n import message
from sim.model.run import Window
from sim.scenario.load import load
from sim.stats import mean_interval
from sim.strategies import STRATEGIES
from sim.traffic.engine import DEFAULT, make_ready


def chapter_called(key: str) -> Chapter:
    """The chapter of the handbook with that number. Raise a `ScenarioError` for another."""
    if key not in CHAPTERS:
        text = message("no claims of a chapter {name} are known", name=key)
        raise ScenarioError(
            [Problem(text, hint=message("known: {known}", known=", ".join(CHAPTERS)))]
        )
    return CHAPTERS[key]


def check_claims(
    chapter: Chapter,
    *,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = DEFAULT,
) -> ClaimReport:
    """Run all of *chapter*'s strategies that there are in all its cases under each of *seeds*.

    *progress* hears (done, all). Raise a `ScenarioError` for fewer than two different seeds.
    """
    if problems := require_seeds(seeds):
        raise ScenarioError(problems)
    make_ready(engine)
    known = tuple(name for name in chapter.strategies() if name in STRATEGIES)
    places = tuple(_place(chapter, case, known) for case in chapter.cases)
    ran = tuple(name for name in known if any(name in place.strategies for place in places))
    trial = ClaimTrial(places=places, seeds=tuple(seeds), engine=engine)
    numbers = range(len(places) * len(seeds))
    rows = replicate(trial, numbers, workers=workers, progress=progress)
    size = len(seeds)
    cases = tuple(
        _result(case, place, rows[n * size : (n + 1) * size])
        for n, (case, place) in enumerate(zip(chapter.cases, places, strict=True))
    )
    return ClaimReport(
        chapter=chapter,
        scenario_digest=load([chapter.scenario]).digest,
        seeds=tuple(seeds),
        strategies=ran,
        cases=cases,
        judged=tuple(judged(one, cases, ran) for one in chapter.orderings),
    )


def _place(chapter: Chapter, case: Case, known: Sequence[str]) -> Place:
    scenario = load([chapter.scenario], faults=case.faults, overrides=case.settings(known))
    left_out: dict[str, Problem] = {}
    windows: dict[str, Window] = {}
    for name in known:
        try:
            windows[name] = measured_window(scenario, [name])
        except ScenarioError as unfit:
            left_out[name] = unfit.problems[0]
    return Place(
        scenario=scenario,
        window=max(windows.values(), key=lambda one: one.end),
        strategies=tuple(windows),
        left_out=left_out,
    )


def _result(case: Case, place: Place, rows: Sequence[tuple[Measured, ...]]) -> CaseResult:
    arms = tuple(zip(*rows, strict=True))
    values = {
        (arm[0].strategy, key): tuple(found.values[key] for found in arm)
        for arm in arms
        for key in MEASURES
    }
    return CaseResult(
        case=case,
        window=place.window,
        strategies=place.strategies,
        left_out=place.left_out,
        values=values,
        estimates={key: mean_interval(numbers) for key, numbers in values.items()},
        phases={arm[0].strategy: dict(Counter(found.phase for found in arm)) for arm in arms},
    )
