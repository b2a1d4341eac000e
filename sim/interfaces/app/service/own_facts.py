"""What a form and its page need to know of a scenario, as JSON: values, containers, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.app.service.sentences import sentences
from sim.interfaces.scenario_tables import shown
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def facts_of(scenario: Scenario) -> JsonObject:
    """The values of *scenario* with their sources, whom a fault may be about, and sentences."""
    pod = scenario.deployment["spec"]["template"]["spec"]
    containers = [*(pod.get("initContainers") or []), *pod["containers"]]
    return {
        "values": {
            one.field: {
                "value": shown(one.value, "en"),
                "origin": one.origin,
                "why": {language: one.why.render(language) for language in LANGUAGES},
            }
            for one in scenario.assumptions
        },
        "service": scenario.deployment["metadata"]["name"],
        "containers": [
            {
                "name": one["name"],
                "image": one.get("image") or "",
                "variables": {v["name"]: v.get("value") for v in one.get("env") or []},
            }
            for one in containers
        ],
        "release": scenario.release.kind,
        "machines": [node.name for node in scenario.nodes],
        "dependencies": [one.name for one in scenario.dependencies],
        "classes": [one.name for one in scenario.classes],
        "sentences": {
            language: [one.render(language) for one in sentences(scenario)]
            for language in LANGUAGES
        },
    }
