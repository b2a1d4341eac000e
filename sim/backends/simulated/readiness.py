"""Whether the old version stands when the measurement begins; else nothing can be measured."""

from __future__ import annotations

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model.objects import JsonObject
from sim.model.rollout_status import rollout_status


def require_ready(deployment: JsonObject, scenario: str) -> None:
    """Raise a `ScenarioError` that names the *scenario* if *deployment* is not rolled out."""
    status = rollout_status(deployment)
    if not status.done:
        text = message(
            "the old version is not up when the measurement begins: {status}", status=status.line
        )
        hint = message("look at its start-up time and its probes")
        raise ScenarioError([Problem(text, file=scenario, hint=hint)])
