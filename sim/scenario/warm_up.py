"""How a version's fresh processes are slower than others, as a scenario says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model import warm_up
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Factor, Strict


class WarmUp(Strict):
    """A fresh process takes *slowdown* times as long, falling in a straight line to 1."""

    lasts: Annotated[Duration, Field(alias="for")]
    slowdown: Factor

    @model_validator(mode="after")
    def _slows_down_for_a_while(self) -> WarmUp:
        if self.lasts <= 0:
            raise Unreadable(
                message("{field} must be longer than nothing", field="for"),
                message("for example 5s"),
            )
        if self.slowdown < 1:
            raise Unreadable(
                message("a fresh process is not faster than an old one"),
                message("at least {least}", least="1x"),
            )
        return self

    @property
    def numbers(self) -> warm_up.WarmUp:
        """The same as the planes read it."""
        return warm_up.WarmUp(seconds=self.lasts, slowdown=self.slowdown)
