"""From figures to a decision, as tables: who does better how surely, limits, trade-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.analysis.units import number, scaled
from sim.i18n import message, translate
from sim.interfaces.comparison_tables import NOT_FINISHED, arm_name
from sim.interfaces.numbers import NOTHING, shown_estimate
from sim.interfaces.table import Row, Table

if TYPE_CHECKING:
    from sim.experiments.comparison import Arm, Comparison
    from sim.experiments.required import Answer, Standing
    from sim.experiments.stopped import Stopped, Told
    from sim.stats import Proportion

_TOLD = {
    "clear": message("clear"),
    "same": message("no difference that matters"),
    "open": message("cannot tell yet"),
}
_MET = {True: message("met"), False: message("not met"), None: message("cannot tell yet")}
_CANNOT_TELL = message("cannot tell")  # However many runs.
ALMOST = 0.9995  # Closer to certainty than three digits can say.


def superiority_table(found: Stopped, language: str) -> Table:
    """How likely each strategy loses fewer requests: in one release, and on the average."""
    headings = (
        message("loses fewer"),
        message("than"),
        message("in one release"),
        message("on the average"),
        message("so far"),
    )
    return Table(
        title=translate(language, "How likely one strategy loses fewer requests than another"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(_superiority_row(one, language) for one in found.told),
    )


def _superiority_row(one: Told, language: str) -> Row:
    once = shown_proportion(one.fewer.once, language)
    if one.fewer.ties:
        once += translate(language, ", the same in {n}", n=one.fewer.ties)
    cells = (
        arm_name(one.first, language),
        arm_name(one.second, language),
        once,
        shown_probability(one.fewer.mean),
        _TOLD[one.answer.value].render(language),
    )
    return Row(cells=cells)


def requirements_table(found: Sequence[Standing], language: str) -> Table:
    """Each strategy against each requirement: the mean, what is known of it, single releases."""
    headings = (
        message("strategy"),
        message("requirement"),
        message("mean"),
        message("kept by the mean"),
        message("kept by one release"),
    )
    rows = []
    for one in found:
        rows += [_requirement_row(one.strategy, answer, language) for answer in one.answers]
        if len(one.answers) > 1:
            every = translate(language, "all of them")
            state = _MET[one.met].render(language)
            cells = (one.strategy, every, "", state, shown_proportion(one.releases, language))
            rows.append(Row(cells=cells))
    return Table(
        title=translate(language, "Requirements"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
    )


def _requirement_row(strategy: str, answer: Answer, language: str) -> Row:
    factor = scaled(1.0, answer.requirement.figure.unit)
    cells = (
        strategy,
        answer.requirement.text,
        shown_estimate(answer.value, factor, language),
        *_kept(answer, language),
    )
    return Row(cells=cells, explains=answer.requirement.figure.definition.render(language))


def _kept(answer: Answer, language: str) -> tuple[str, str]:
    """By the mean, and by how many single releases; nothing where nothing was measured."""
    if answer.met is None and answer.reason is not None:
        return _CANNOT_TELL.render(language), NOTHING
    mean = f"{_MET[answer.met].render(language)} ({shown_probability(answer.mean_meets)})"
    return mean, shown_proportion(answer.releases, language)


def trade_offs_table(comparison: Comparison, language: str) -> Table:
    """Downtime, cost, rollout time and exposure of each, and who is on the Pareto front."""
    from sim.experiments.pareto import dominated_by, objectives

    beaten = dominated_by(comparison)
    keys = objectives(comparison)
    prices = comparison.scenario.prices
    cost = (
        message("core-seconds")
        if prices is None
        else message("cost ({unit})", unit=prices.currency)
    )
    heads = (message("downtime (s)"), cost, message("rollout (s)"), message("users exposed"))
    names = [head.render(language) for head in heads]
    return Table(
        title=translate(language, "Trade-offs: who is on the Pareto front"),
        headings=(translate(language, "strategy"), *names, translate(language, "Pareto front")),
        rows=tuple(
            Row(
                cells=(
                    arm_name(arm.strategy, language),
                    *(_objective(arm, key, language) for key in keys),
                    _on_front(beaten[str(arm.strategy)], language),
                )
            )
            for arm in comparison.releases
        ),
    )


def _objective(arm: Arm, key: str, language: str) -> str:
    found = arm.estimates[key]
    if found is None or found.n < found.of:
        return NOT_FINISHED.render(language)
    return number(found.value, FIGURES[key].unit, spread=found.half_width or 0.0)


def _on_front(better: str | None, language: str) -> str:
    if better is None:
        return translate(language, "yes")
    return translate(language, "no: {strategy} is better", strategy=better)


def shown_proportion(found: Proportion, language: str) -> str:
    """`28 of 30 (79 to 98 %)`."""
    return translate(
        language,
        "{k} of {n} ({low} to {high} %)",
        k=found.count,
        n=found.n,
        low=f"{100 * found.low:.0f}",
        high=f"{100 * found.high:.0f}",
    )


def shown_probability(found: float | None) -> str:
    """`97.3 %`, and never a certainty that the digits only seem to say."""
    if found is None:
        return NOTHING
    if found > ALMOST:
        return "> 99.9 %"
    return "< 0.1 %" if found < 1 - ALMOST else f"{100 * found:.1f} %"
