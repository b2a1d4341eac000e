"""A rollback drill's result: every way back from every moment, and what they differ by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.notebook_table import Line, notebook_block, notebook_table
from sim.analysis.rollback_figures import DRILL_FIGURES
from sim.analysis.units import label
from sim.experiments.arms_html import estimate_text
from sim.experiments.comparison import scenario_json
from sim.experiments.drill_ending import Ending
from sim.experiments.drill_moments import MOMENT_NAMES, Moment, Plan
from sim.experiments.programs import programs
from sim.i18n import Message, message, preferred_language
from sim.model.objects import JsonObject
from sim.model.run import Setting
from sim.stats import LEVEL, Estimate

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario

SCHEMA_VERSION = 1
NOT_REACHED = "not in the window"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """One strategy sent back at one moment, over all seeds. Figures and causes go by their keys.

    *endings* say by seed how it ended. *broken* are requests that the way back broke, by cause.
    *refusals* are the cluster's reasons for not doing it, each once.
    """

    strategy: str
    values: Mapping[str, tuple[float | None, ...]]
    estimates: Mapping[str, Estimate | None]
    broken: Mapping[str, Estimate]
    phases: Mapping[str, int]
    endings: tuple[Ending, ...]
    refusals: tuple[str, ...]
    settings: tuple[Setting, ...]
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """*first* - *second*, pair by pair, by figure."""

    first: str
    second: str
    estimates: Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrilledMoment:
    """All strategies at one moment."""

    plan: Plan
    ways: tuple[WayBack, ...]
    gaps: tuple[Gap, ...]
    verdict: Message

    @property
    def moment(self) -> Moment:
        """When it was decided."""
        return self.plan.moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """The whole drill, moment by moment, under the same seeds."""

    scenario: Scenario
    seeds: tuple[int, ...]
    moments: tuple[DrilledMoment, ...]

    def frame(self) -> pd.DataFrame:
        """Every figure of every run: moment, strategy, seed, figure, unit, value.

        A clock that was not reached is NaN.
        """
        import pandas as pd

        rows = [
            (found.moment.value, way.strategy, seed, key, DRILL_FIGURES[key].unit.value, value)
            for found in self.moments
            for way in found.ways
            for key, values in way.values.items()
            for seed, value in zip(self.seeds, values, strict=True)
        ]
        columns = ["moment", "strategy", "seed", "figure", "unit", "value"]
        return pd.DataFrame(rows, columns=columns).astype({"value": float})

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for."""
        language = preferred_language()
        return "".join(
            notebook_block(found.verdict, [_html(found, language)], language)
            for found in self.moments
        )

    def to_json(self) -> JsonObject:
        """Everything, under stable names and in English; a clock not reached is null."""
        return {
            "schemaVersion": SCHEMA_VERSION,
            "kind": "RollbackDrill",
            "programs": dict(programs()),
            "scenario": scenario_json(self.scenario),
            "seeds": list(self.seeds),
            "level": LEVEL,
            "figures": {key: {"unit": one.unit.value} for key, one in DRILL_FIGURES.items()},
            "moments": [_moment(found) for found in self.moments],
        }


def _html(found: DrilledMoment, language: str) -> str:
    """A line for each figure, a column for each strategy."""
    title = message(
        "Decided {moment}: mean ± half of the 95 % interval, {n} seeds",
        moment=MOMENT_NAMES[found.moment],
        n=len(found.ways[0].digests),
    )
    lines = [
        Line(
            cells=(
                one.heading.render(language),
                label(one.unit).render(language),
                *(estimate_text(way.estimates[key], one.unit, language) for way in found.ways),
            ),
            why=one.definition.render(language),
        )
        for key, one in DRILL_FIGURES.items()
    ]
    heads = [message("figure"), message("unit"), *(Message(way.strategy) for way in found.ways)]
    return notebook_table(title, heads, lines, language, numbers=range(2, len(heads)))


def _moment(found: DrilledMoment) -> JsonObject:
    window = found.plan.window
    return {
        "moment": found.moment.value,
        "policy": _policy(found.plan) if found.moment.is_watched else None,
        "window": {
            "startSeconds": window.start,
            "firstWriteSeconds": window.first_write,
            "endSeconds": window.end,
        },
        "strategies": [_way(way) for way in found.ways],
        "differences": [
            {
                "first": gap.first,
                "second": gap.second,
                "figures": {key: estimate_json(one) for key, one in gap.estimates.items()},
            }
            for gap in found.gaps
        ],
        "verdict": found.verdict.render("en"),
    }


def _policy(plan: Plan) -> JsonObject:
    policy, person = plan.policy, plan.policy.person
    return {
        "alert": policy.alert,
        "expr": policy.expr if policy.alert is None else None,
        "forSeconds": policy.for_seconds,
        "evaluationSeconds": plan.evaluation_seconds,
        "pagerSeconds": None if person is None else list(person.pager_seconds),
        "reactionSeconds": None if person is None else list(person.reaction_seconds),
        "symptom": policy.symptom,
    }


def _way(way: WayBack) -> JsonObject:
    return {
        "strategy": way.strategy,
        "phases": dict(way.phases),
        "figures": {
            key: {
                "estimate": estimate_json(way.estimates[key]),
                "values": list(values),
                "notReached": sum(value is None for value in values),
            }
            for key, values in way.values.items()
        },
        "broken": {key: estimate_json(found) for key, found in way.broken.items()},
        "refusals": list(way.refusals),
        "settings": [
            {"name": setting.name, "value": setting.value, "source": setting.source}
            for setting in way.settings
        ],
        "digests": list(way.digests),
    }


def estimate_json(found: Estimate | None) -> JsonObject | None:
    """An estimate under stable names; null where no run had a value."""
    if found is None:
        return None
    return {name: getattr(found, name) for name in ("value", "low", "high", "n", "of", "equal")}


def reached(values: Sequence[float | None]) -> int:
    """In how many runs a clock was reached."""
    return sum(value is not None for value in values)
