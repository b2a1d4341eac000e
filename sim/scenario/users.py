"""Who sends: how many users there are, and how long their visits are."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sim.i18n import message
from sim.model.duration import show_duration, show_share
from sim.model.unreadable import Unreadable
from sim.scenario.appeal import UserBehaviour
from sim.scenario.words import Duration, Share, Strict

MOST_ATTRIBUTES = 32
MOST_VALUES = 61  # And one for who has none of them.
ROUNDING = 1e-9
LONGEST_VISIT_SECONDS = 900.0  # The warm-up before the window is four of them.


def _attribute_name(name: str) -> str:
    kind, colon, rest = name.partition(":")
    if colon and kind in ("header", "cookie") and _TOKEN.fullmatch(rest):
        return f"header:{rest.lower()}" if kind == "header" else name
    if colon or not _TOKEN.fullmatch(name):
        raise Unreadable(
            message("{found} is not something users differ in", found=repr(name[:60])),
            message("a word (group, region), header:NAME or cookie:NAME"),
        )
    return name


# Names of headers (RFC 9110, token) and words like them.
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]{1,100}", re.ASCII)
AttributeName = Annotated[str, AfterValidator(_attribute_name)]


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
    attributes: Annotated[
        dict[AttributeName, Annotated[dict[str, Share], Field(max_length=MOST_VALUES)]],
        Field(max_length=MOST_ATTRIBUTES, default_factory=dict),
    ]
    behaviour: UserBehaviour | None = None

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> Users:
        for name, shares in self.attributes.items():
            total = sum(shares.values())
            if total > 1.0 + ROUNDING:
                raise Unreadable(
                    message(
                        "the shares of {name} add up to {total}", name=name, total=show_share(total)
                    ),
                    message("100 % or less; the others do not have it"),
                )
        return self
