"""Why a release was given up: what its operator saw, as a note that outlives the operator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from sim.i18n import Message, message
from sim.model.objects import JsonObject, annotations_of
from sim.model.tracks import NOTE

GIVEN_UP = "given-up"  # The note's mark.


class Why(StrEnum):
    """What made an operator give a release up."""

    DEADLINE = "deadline"  # Pods did not come up as long as the progress deadline allows.
    ANALYSIS = "analysis"  # Its measurements were not good.
    COMMAND = "command"  # Somebody said so.
    PLAN = "plan"  # It was never meant to stay.


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A command, a failed *analysis*, or *available* of *wanted* pods of *deployment* in time."""

    why: Why
    deployment: str = ""
    available: int = 0
    wanted: int = 0
    seconds: float = 0.0
    analysis: str = ""

    def note(self) -> str:
        """What is written into the objects."""
        return json.dumps(self.to_json(), sort_keys=True)

    def describe(self) -> Message:
        """What fits after "gives the release up: "."""
        if self.why is Why.COMMAND:
            return message("somebody asked for it")
        if self.why is Why.PLAN:
            return message("it was to be looked at only")
        if self.why is Why.ANALYSIS:
            return message("its {analysis} was not successful", analysis=self.analysis)
        return message(
            "{deployment} has {available} of {wanted} pods available after {seconds} s",
            deployment=self.deployment,
            available=self.available,
            wanted=self.wanted,
            seconds=f"{self.seconds:g}",
        )

    def to_json(self) -> JsonObject:
        """Its fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: JsonObject | None) -> GivenUp | None:
        """What `to_json` made; None stays None."""
        return None if fields is None else cls(**{**fields, "why": Why(fields["why"])})


def missing(deployment: str, available: int, wanted: int, seconds: float) -> GivenUp:
    """That pods of *deployment* did not come up in time."""
    return GivenUp(
        why=Why.DEADLINE,
        deployment=deployment,
        available=available,
        wanted=wanted,
        seconds=seconds,
    )


def given_up_of(objects: Iterable[JsonObject]) -> GivenUp | None:
    """What the note on one of *objects* says; None if no release was given up."""
    for one in objects:
        if found := annotations_of(one).get(NOTE + GIVEN_UP):
            return GivenUp.from_json(json.loads(found))
    return None
