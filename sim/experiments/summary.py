"""The summary of a comparison: outcomes by seed become arms with intervals and differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from sim.analysis.figures import FIGURES
from sim.experiments.comparison import Arm, Difference
from sim.experiments.outcome import Outcome
from sim.model.causes import Cause
from sim.stats import Estimate, newcombe, wilson
from sim.stats.estimates import Method, estimates_of, interval_of
from sim.stats.intervals import paired


def summary(
    trials: Sequence[tuple[Outcome, ...]], method: Method = Method.STUDENT
) -> tuple[tuple[Arm, ...], tuple[Difference, ...]]:
    """The arms, no release first, and every pair of strategies, with intervals by *method*.

    *trials* has one row for each seed, with the arms in the same order in each.
    """
    columns = tuple(zip(*trials, strict=True))
    met = _causes_met(outcome for trial in trials for outcome in trial)
    arms = tuple(_arm(outcomes, columns[0], met, method) for outcomes in columns)
    pairs = combinations(zip(arms[1:], columns[1:], strict=True), 2)
    return arms, tuple(_difference(first, second, met, method) for first, second in pairs)


def _causes_met(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """The causes that anybody met, in the order of the closed list."""
    met = {key for outcome in outcomes for key in outcome.causes}
    return tuple(cause.key for cause in Cause if cause.key in met)


def _arm(
    outcomes: Sequence[Outcome],
    no_release: Sequence[Outcome],
    met: Sequence[str],
    method: Method,
) -> Arm:
    strategy = outcomes[0].strategy
    values = {key: tuple(found.figures[key] for found in outcomes) for key in FIGURES}
    released = strategy is not None
    settled = sum(found.settled for found in outcomes)
    return Arm(
        strategy=strategy,
        values=values,
        estimates=estimates_of(values, method),
        excess=_figure_differences(outcomes, no_release, method) if released else {},
        causes=_all_certain(estimates_of({key: _by_cause(outcomes, key) for key in met}, method)),
        causes_excess=_cause_differences(outcomes, no_release, met, method) if released else {},
        classes=_all_certain(estimates_of(_by_class(outcomes), method)),
        requests=_certain(interval_of([float(found.sent) for found in outcomes], method)),
        phases=dict(sorted(Counter(found.phase for found in outcomes).items())) if released else {},
        given_up=tuple(found.given_up for found in outcomes if found.given_up is not None),
        settled=wilson(settled, len(outcomes)) if released else None,
        settings=outcomes[0].settings,
        digests=tuple(found.digest for found in outcomes),
    )


def _difference(
    first: tuple[Arm, Sequence[Outcome]],
    second: tuple[Arm, Sequence[Outcome]],
    met: Sequence[str],
    method: Method,
) -> Difference:
    (one, ones), (other, others) = first, second
    assert one.strategy is not None and other.strategy is not None
    assert one.settled is not None and other.settled is not None
    return Difference(
        first=one.strategy,
        second=other.strategy,
        estimates=_figure_differences(ones, others, method),
        causes=_cause_differences(ones, others, met, method),
        settled=newcombe(one.settled, other.settled),
    )


def _figure_differences(
    ones: Sequence[Outcome], others: Sequence[Outcome], method: Method
) -> Mapping[str, Estimate | None]:
    columns = {
        key: paired([a.figures[key] for a in ones], [b.figures[key] for b in others])
        for key in FIGURES
    }
    return estimates_of(columns, method)


def _cause_differences(
    ones: Sequence[Outcome], others: Sequence[Outcome], met: Sequence[str], method: Method
) -> Mapping[str, Estimate]:
    columns = {key: paired(_by_cause(ones, key), _by_cause(others, key)) for key in met}
    return _all_certain(estimates_of(columns, method))


def _by_cause(outcomes: Sequence[Outcome], key: str) -> list[float]:
    return [float(found.causes.get(key, 0)) for found in outcomes]


def _by_class(outcomes: Sequence[Outcome]) -> Mapping[str, list[float]]:
    names = outcomes[0].classes
    return {name: [float(found.classes[name]) for found in outcomes] for name in names}


def _all_certain(found: Mapping[str, Estimate | None]) -> Mapping[str, Estimate]:
    return {key: _certain(estimate) for key, estimate in found.items()}


def _certain(found: Estimate | None) -> Estimate:
    assert found is not None, "counts exist in every run"
    return found
