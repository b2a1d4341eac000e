"""From a comparison to its pictures, each under its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.analysis.units import scaled
from sim.experiments.comparison import Arm, Comparison
from sim.experiments.pareto import dominated_by, objectives
from sim.experiments.sweep_pictures import titled
from sim.i18n import message
from sim.stats.superiority import Superiority, less_each

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.analysis.trade_off_picture import TradeOff

LOST = "failed_requests"


def pictures(comparison: Comparison, language: str = "en") -> Mapping[str, Figure]:
    """Everything that can be drawn of *comparison*.

    `timeline`, `latency` and `budget` show one run of each strategy, `pareto` and `better` what
    all runs came to. There is no `budget` without one, and no `pareto` or `better` of one strategy.
    """
    from sim.analysis.budget_picture import draw_budget
    from sim.analysis.latency_map import draw_latency_map
    from sim.analysis.picture import draw

    no_release, *releases = comparison.example_runs
    slo = comparison.scenario.slo_availability
    found = {
        "timeline": draw(comparison.example_runs, language),
        "latency": draw_latency_map(comparison.example_runs, language),
    }
    if (drawn := draw_budget(releases, no_release, slo, language)) is not None:
        found["budget"] = drawn
    if len(releases) > 1:
        found["pareto"] = _pareto(comparison, language)
        found["better"] = _better(comparison, language)
    return found


def _pareto(comparison: Comparison, language: str) -> Figure:
    """Cost along, all other objectives up."""
    from sim.analysis.trade_off_picture import draw_trade_offs

    downtime, cost, *rest = objectives(comparison)
    keys = (cost, downtime, *rest)
    beaten = dominated_by(comparison)
    found = [
        _trade_off(arm, keys, on_front=beaten[str(arm.strategy)] is None)
        for arm in comparison.releases
    ]
    return draw_trade_offs(found, [titled(key) for key in keys], language)


def _trade_off(arm: Arm, keys: tuple[str, ...], *, on_front: bool) -> TradeOff:
    from sim.analysis.trade_off_picture import TradeOff

    means = [arm.estimates[key] for key in keys]
    values = [
        None if mean is None or mean.n < mean.of else scaled(mean.value, FIGURES[key].unit)
        for key, mean in zip(keys, means, strict=True)
    ]
    return TradeOff(strategy=str(arm.strategy), values=tuple(values), on_front=on_front)


def _better(comparison: Comparison, language: str) -> Figure:
    """Who loses fewer requests than whom, in one paired release and on the average."""
    from sim.analysis.better_matrix import draw_better_matrix

    pairs = superiorities(comparison)
    once = {place: one.once.count / one.once.n for place, one in pairs.items()}
    mean = {place: one.mean for place, one in pairs.items() if one.mean is not None}
    n = len(comparison.seeds)
    panels = [
        (message("in one release (share of {n} pairs)", n=n), once),
        (message("on the average ({n} pairs)", n=n), mean),
    ]
    return draw_better_matrix([str(arm.strategy) for arm in comparison.releases], panels, language)


def superiorities(comparison: Comparison) -> Mapping[tuple[int, int], Superiority]:
    """How likely each strategy loses fewer requests than each other, by their numbers."""
    return less_each(
        [
            [0.0 if value is None else value for value in arm.values[LOST]]
            for arm in comparison.releases
        ]
    )
