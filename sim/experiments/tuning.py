"""A tuning: what was chosen for each strategy, from what, and on which seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim.experiments.tuning_grids import Candidate
from sim.i18n import message
from sim.model.objects import JsonObject
from sim.model.run import Setting
from sim.scenario.scenario import Scenario
from sim.stats import Estimate

OBJECTIVE = message(
    "most often Healthy; then the fewest failed requests (what paired runs cannot tell from the "
    "fewest is as good); then the soonest with only the final pods left; then the fewest "
    "pod-seconds"
)
TUNED = "tuned"  # Where a setting comes from.


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A *candidate* (None: what the scenario says) and what it came to over the tuning seeds.

    *healthy* counts runs; the rest are means. A clock that did not stop has the whole window.
    """

    candidate: Candidate | None
    healthy: int
    failed: Estimate
    settled_seconds: float
    pod_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was *chosen* for a *strategy*, by number, from what was *tried*."""

    strategy: str
    tried: tuple[Tried, ...]
    chosen: int

    @property
    def candidate(self) -> Candidate | None:
        """The one that was chosen; None if the scenario's own settings are the best."""
        return self.tried[self.chosen].candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What was chosen for every strategy that has a grid, and on which *seeds*."""

    seeds: tuple[int, ...]
    choices: tuple[Choice, ...]

    def variants(self, scenario: Scenario, seeds: Sequence[int]) -> Mapping[str, Scenario]:
        """*scenario* as each tuned strategy runs on it, to be compared on *seeds*.

        Raise a `ValueError` if it was tuned on one of them: the winner would be flattered.
        """
        if both := set(seeds) & set(self.seeds):
            raise ValueError(f"tuned on seeds that are compared on: {sorted(both)}")
        return {
            one.strategy: variant(scenario, one.strategy, one.candidate) for one in self.choices
        }

    def marked(self, strategy: str | None, settings: Sequence[Setting]) -> tuple[Setting, ...]:
        """*settings* of *strategy*, what was tuned among them marked as such."""
        chosen = {one.strategy: one.candidate for one in self.choices}
        candidate = chosen.get(strategy or "")
        names = () if candidate is None else candidate.names
        return tuple(replace(one, source=TUNED) if one.name in names else one for one in settings)


def variant(scenario: Scenario, strategy: str, candidate: Candidate | None) -> Scenario:
    """*scenario* with the *candidate*'s settings for *strategy*; everything else is as it was."""
    if candidate is None:
        return scenario
    given = {**scenario.strategies.get(strategy, {}), **candidate.settings}
    changed = replace(scenario, strategies={**scenario.strategies, strategy: given})
    if candidate.budget is None:
        return changed
    surge, unavailable = candidate.budget
    budget = {"maxSurge": surge, "maxUnavailable": unavailable}
    rolling = {"type": "RollingUpdate", "rollingUpdate": budget}
    deployment, written = (
        {**obj, "spec": {**obj["spec"], "strategy": rolling}}
        for obj in (scenario.deployment, scenario.written)
    )
    return replace(changed, deployment=deployment, written=written)


def to_json(tuning: Tuning) -> JsonObject:
    """What was chosen, and from what."""
    return {
        "seeds": list(tuning.seeds),
        "objective": OBJECTIVE.render("en"),
        "strategies": {
            one.strategy: {
                "chosen": one.chosen,
                "tried": [_tried(found) for found in one.tried],
            }
            for one in tuning.choices
        },
    }


def _tried(found: Tried) -> JsonObject:
    return {
        "settings": None if found.candidate is None else f"{found.candidate}",
        "healthy": found.healthy,
        "failedRequests": found.failed.value,
        "settledSeconds": found.settled_seconds,
        "podSeconds": found.pod_seconds,
    }
