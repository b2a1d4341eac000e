"""From the command line to a scenario: sources, the release, faults, overrides."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from sim.errors import Problem
from sim.i18n import translate
from sim.interfaces.terminal import Terminal

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcuts:
    """Options that are short for an override of one field."""

    rps: str | None = None
    users: int | None = None
    timeout: str | None = None
    attempts: int | None = None
    slo: str | None = None

    def overrides(self) -> tuple[str, ...]:
        """The same as `--set` would take it."""
        rate = self.rps if self.rps is None or "/" in self.rps else f"{self.rps}/s"
        fields = {
            "traffic.rate": rate,
            "users.population": self.users,
            "clients.attemptTimeout": self.timeout,
            "clients.attempts": self.attempts,
            "slo.availability": self.slo,
        }
        return tuple(f"{name}={value}" for name, value in fields.items() if value is not None)


def read_scenario(
    sources: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    deployment: str | None = None,
    images: Sequence[str] | None = None,
    to: str | None = None,
    faults: Sequence[str] | None = None,
    overrides: Sequence[str] = (),
) -> Scenario:
    """The scenario, with its faults known to exist. Raise a `ScenarioError` with every problem."""
    from sim.faults.reading import faults_of
    from sim.scenario.load import load

    scenario = load(
        sources,
        stdin=sys.stdin.buffer if stdin is None and "-" in sources else stdin,
        deployment=deployment,
        images=images or (),
        to=to,
        faults=faults or (),
        overrides=overrides,
    )
    faults_of(scenario.faults)
    return scenario


def warn(warnings: Iterable[Problem], terminal: Terminal) -> None:
    """Say *warnings* on standard error."""
    for problem in warnings:
        text = problem.render(terminal.language)
        terminal.complain(translate(terminal.language, "warning: {text}", text=text))
