"""A comparison: what every arm measured on the same seeds, and what the arms differ by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.errors import Problem
from sim.experiments.arm import Arm as Arm
from sim.experiments.arm import Difference as Difference
from sim.experiments.arms_html import arms_html
from sim.experiments.frames import frame_of, pairs_of
from sim.experiments.programs import programs
from sim.experiments.tuning import Tuning, to_json
from sim.i18n import Message, message, preferred_language
from sim.model.objects import JsonObject
from sim.model.run import Run, Window
from sim.stats import LEVEL, Estimate, Proportion

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Prices, Scenario

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All arms, the no-release arm first, in one window and under the same seeds.

    *differences* has every pair of strategies once. *example_runs* are the whole records of the
    first seed, one for each arm, for a picture. *tuning* is what the strategies were tuned to.
    """

    scenario: Scenario
    window: Window
    seeds: tuple[int, ...]
    arms: tuple[Arm, ...]
    differences: tuple[Difference, ...]
    verdict: Message
    example_runs: tuple[Run, ...]
    tuning: Tuning | None = None

    @property
    def no_release(self) -> Arm:
        """The arm without a release."""
        return self.arms[0]

    @property
    def releases(self) -> tuple[Arm, ...]:
        """The arms with one, in the order of the strategies."""
        return self.arms[1:]

    def frame(self) -> pd.DataFrame:
        """Every figure of every run, one a row: strategy, seed, figure, unit, value."""
        return frame_of(self.arms, self.seeds)

    def pairs(self) -> pd.DataFrame:
        """What every two arms differ by, figure by figure, with its interval."""
        return pairs_of(self.arms, self.differences)

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for."""
        title = message(
            "Figures: mean ± half of the 95 % interval, {n} seeds, a window of {seconds} s",
            n=len(self.seeds),
            seconds=f"{self.window.seconds:g}",
        )
        prices = self.scenario.prices
        return arms_html(title, self.verdict, self.arms, prices, preferred_language())

    def to_json(self) -> JsonObject:
        """Everything, under stable names and in English; no NaN, no infinity."""
        tuned = {} if self.tuning is None else {"tuning": to_json(self.tuning)}
        return {
            "schemaVersion": SCHEMA_VERSION,
            "kind": "Comparison",
            "programs": dict(programs()),
            "scenario": scenario_json(self.scenario),
            "window": {
                "startSeconds": self.window.start,
                "firstWriteSeconds": self.window.first_write,
                "endSeconds": self.window.end,
            },
            "seeds": list(self.seeds),
            "level": LEVEL,
            "figures": {key: {"unit": figure.unit.value} for key, figure in FIGURES.items()},
            "arms": [_arm(arm) for arm in self.arms],
            "differences": [_difference(found) for found in self.differences],
            "verdict": self.verdict.render("en"),
            **tuned,
        }


def scenario_json(scenario: Scenario) -> JsonObject:
    """What was simulated: the release, what goes wrong, and all that is assumed."""
    return {
        "name": scenario.name,
        "digest": scenario.digest,
        "release": {"kind": scenario.release.kind, "text": scenario.release.describe.render("en")},
        "sloAvailability": scenario.slo_availability,
        "prices": None if scenario.prices is None else _prices(scenario.prices),
        "faults": [fault.text for fault in scenario.faults],
        "assumptions": [
            {
                "field": found.field,
                "value": found.value,
                "why": found.why.render("en"),
                "origin": found.origin,
            }
            for found in scenario.assumptions
        ],
        "warnings": [_warning(found) for found in scenario.warnings],
    }


def _prices(prices: Prices) -> JsonObject:
    return {
        "currency": prices.currency,
        "coreHour": prices.core_hour,
        "gibHour": prices.gib_hour,
    }


def _warning(found: Problem) -> JsonObject:
    return {
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "field": found.field,
        "text": found.message.render("en"),
        "hint": None if found.hint is None else found.hint.render("en"),
    }


def _arm(arm: Arm) -> JsonObject:
    return {
        "strategy": arm.strategy,
        "requests": _estimate(arm.requests),
        "phases": dict(arm.phases),
        "givenUp": [found.to_json() for found in arm.given_up],
        "settled": None if arm.settled is None else _proportion(arm.settled),
        "figures": {
            key: {
                "estimate": _estimate(arm.estimates[key]),
                "excess": _estimate(arm.excess.get(key)),
                "values": list(values),
            }
            for key, values in arm.values.items()
        },
        "causes": {
            key: {"estimate": _estimate(found), "excess": _estimate(arm.causes_excess.get(key))}
            for key, found in arm.causes.items()
        },
        **({"classes": _classes(arm)} if arm.classes else {}),
        "settings": [
            {"name": setting.name, "value": setting.value, "source": setting.source}
            for setting in arm.settings
        ],
        "digests": list(arm.digests),
    }


def _classes(arm: Arm) -> JsonObject:
    return {name: _estimate(found) for name, found in arm.classes.items()}


def _difference(found: Difference) -> JsonObject:
    return {
        "first": found.first,
        "second": found.second,
        "figures": {key: _estimate(estimate) for key, estimate in found.estimates.items()},
        "causes": {key: _estimate(estimate) for key, estimate in found.causes.items()},
        "settled": {"low": found.settled[0], "high": found.settled[1]},
    }


def _estimate(found: Estimate | None) -> JsonObject | None:
    if found is None:
        return None
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "of": found.of,
        "equal": found.equal,
    }


def _proportion(found: Proportion) -> JsonObject:
    return {"count": found.count, "n": found.n, "low": found.low, "high": found.high}
