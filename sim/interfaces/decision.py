"""A decision: what was required, what was found out, and whether that is good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import Problem, ScenarioError
from sim.i18n import message, translate
from sim.interfaces.compare_until import repeat_words

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.experiments.required import Standing
    from sim.experiments.requirement import Requirement
    from sim.experiments.stopped import Stopped
    from sim.experiments.ways_back import WaysBack
    from sim.interfaces.table import Table
    from sim.model.objects import JsonObject
    from sim.scenario.scenario import Scenario
    from sim.stats.estimates import Method


def read_requirements(texts: Sequence[str], scenario: Scenario) -> tuple[Requirement, ...]:
    """What `--require` says. Raise a `ScenarioError` with every mistake."""
    from sim.experiments.requirement import requirements

    return requirements(texts, priced=scenario.prices is not None)


def method_named(name: str | None) -> Method:
    """How intervals are made; Student's t without a *name*."""
    from sim.stats.estimates import Method

    known = [one.value for one in Method]
    if name is None:
        return Method.STUDENT
    if name not in known:
        text = message("there are no intervals called {name}", name=repr(name))
        hint = message("known: {known}", known=", ".join(known))
        raise ScenarioError([Problem(text, hint=hint)])
    return Method(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a comparison says beyond its figures; nothing for a fixed number without limits.

    *ways* are its ways back, drilled if something is required of them.
    """

    comparison: Comparison
    stopped: Stopped | None
    standings: tuple[Standing, ...]
    ways: WaysBack | None = None

    @classmethod
    def of(
        cls,
        comparison: Comparison,
        stopped: Stopped | None,
        required: Sequence[Requirement],
        method: Method,
        ways: WaysBack | None = None,
    ) -> Decision:
        """Hold *comparison*, and its *ways* back, against what is *required*."""
        from sim.experiments.required import standings

        found = standings(comparison, required, method, ways) if required else ()
        return cls(comparison=comparison, stopped=stopped, standings=found, ways=ways)

    @property
    def is_met(self) -> bool:
        """Whether a strategy meets everything that is required, if anything is."""
        return not self.standings or any(one.met for one in self.standings)

    def tables(self, language: str) -> list[Table]:
        """How likely who is better, what is required, trade-offs."""
        from sim.interfaces import decision_tables as tables

        found = []
        if self.stopped is not None:
            found.append(tables.superiority_table(self.stopped, language))
        if self.standings:
            found.append(tables.requirements_table(self.standings, language))
        if self.standings or self.stopped is not None:
            found.append(tables.trade_offs_table(self.comparison, language))
        return found

    def sentences(self, language: str) -> list[str]:
        """Who meets what is required, why it stopped, and how to have the same again."""
        from sim.experiments.required import reasons, sentence

        said = [sentence(self.standings), *reasons(self.standings)] if self.standings else []
        if self.ways is not None:
            said.append(self.ways.sentence())
        if self.stopped is not None:
            said += self.stopped.sentences()
        found = [translate(language, "{sentence}.", sentence=one) for one in said]
        if self.stopped is not None:
            words = repeat_words(self.stopped)
            found.append(translate(language, "The same figures again: {words}", words=words))
        return found

    def to_json(self) -> JsonObject:
        """Under stable names; nothing where nothing was asked."""
        from sim.experiments.pareto import dominated_by
        from sim.experiments.required import to_json

        found: JsonObject = {}
        if self.stopped is not None:
            found["stopping"] = self.stopped.to_json()
        if self.standings:
            found["requirements"] = to_json(self.standings)
        if self.ways is not None:
            found["waysBack"] = self.ways.to_json()
        if found:
            beaten = dominated_by(self.comparison)
            found["paretoFront"] = [name for name, better in beaten.items() if better is None]
        return found
