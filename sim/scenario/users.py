"""Who sends: how many users there are, and how long their visits are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model.duration import show_duration
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Share, Strict

LONGEST_VISIT_SECONDS = 900.0  # The warm-up before the window is four of them.


class Visits(Strict):
    """What one user does in a row: some requests, with time to think in between."""

    requests: Annotated[float, Field(strict=True, ge=1, le=1000)] = 5.0
    think: Duration = 10.0
    leave_after_failure: Share = 0.0

    @model_validator(mode="after")
    def _ends_in_time(self) -> Visits:
        if self.requests * self.think > LONGEST_VISIT_SECONDS:
            raise Unreadable(
                message("visits of {found} on average are too long", found=self.length),
                message("requests x think: at most {most}", most="15m"),
            )
        return self

    @property
    def length(self) -> str:
        """How long visits are, as people write it."""
        return show_duration(self.requests * self.think)


class Users(Strict):
    """How many distinct users share the traffic; they come back."""

    population: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] = 10_000
    visits: Visits | None = None
