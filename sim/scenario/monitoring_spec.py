"""What a scenario says of its monitoring: how often it looks."""

from __future__ import annotations

from pydantic import model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.monitoring import USUAL_SECONDS
from sim.model.monitoring import Monitoring as Meant
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Strict

LEAST_SECONDS = 0.1


class Monitoring(Strict):
    """A Prometheus server; the defaults are those of the file that it comes with."""

    scrape_interval: Duration = USUAL_SECONDS
    evaluation_interval: Duration = USUAL_SECONDS

    @model_validator(mode="after")
    def _looks(self) -> Monitoring:
        for name in ("scrape_interval", "evaluation_interval"):
            if getattr(self, name) < LEAST_SECONDS:
                raise Unreadable(
                    message("{field} is too short", field=to_camel(name)),
                    message("at least 100ms"),
                )
        return self

    def meant(self) -> Meant:
        """The settings as the monitoring takes them."""
        return Meant(
            scrape_interval_seconds=self.scrape_interval,
            evaluation_interval_seconds=self.evaluation_interval,
        )
