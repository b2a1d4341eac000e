"""Clients as a scenario says them: their patience, their retries, second tries beside slow ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model.duration import show_duration
from sim.model.retry import EVERY_FAILURE, MOST_HEDGED_ATTEMPTS, RetryOn
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Share, Strict


class Clients(Strict):
    """How a client waits and tries again, and whether it sends a second try beside a slow one."""

    attempt_timeout: Duration = 5.0
    deadline: Duration = 10.0
    attempts: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    backoff: Duration = 0.1
    retry_on: Annotated[
        list[RetryOn], Field(min_length=1, default_factory=lambda: list(EVERY_FAILURE))
    ]
    retry_budget: Share | None = None
    hedge_after: Duration | None = None

    @model_validator(mode="after")
    def _waits(self) -> Clients:
        for name, seconds in (
            ("attemptTimeout", self.attempt_timeout),
            ("deadline", self.deadline),
        ):
            if seconds <= 0:
                raise Unreadable(
                    message("{field} must be longer than nothing", field=name),
                    message("for example 5s"),
                )
        return self

    @model_validator(mode="after")
    def _hedges_before_it_gives_up(self) -> Clients:
        after = self.hedge_after
        if after is not None and not 0.0 < after < min(self.attempt_timeout, self.deadline):
            raise Unreadable(
                message("no second try is ever sent after {found}", found=show_duration(after)),
                message("longer than nothing, and less than attemptTimeout and deadline"),
            )
        if after is not None and self.attempts > MOST_HEDGED_ATTEMPTS:
            raise Unreadable(
                message("too many attempts beside hedgeAfter"),
                message("at most {most}", most=MOST_HEDGED_ATTEMPTS),
            )
        return self
