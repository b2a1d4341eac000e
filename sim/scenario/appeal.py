"""What a scenario says of its users' decisions: who stays, who buys, and what drives them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.conversion import Appeal as Meant
from sim.model.demand import Demand
from sim.model.duration import show_share
from sim.model.unreadable import Unreadable
from sim.scenario.service import Spread
from sim.scenario.words import Duration, Share, Strict

Money = Annotated[float, Field(ge=0, le=1e12)]


class Appeal(Strict):
    """How users take one version; what is not said is as in `old`."""

    conversion: Share | None = None
    revenue: Money | None = None
    dwell: Duration | None = None
    bounce: Share | None = None

    def over(self, below: Appeal) -> Meant:
        """This laid over *below*; what neither says is nothing."""

        def said(name: str) -> float:
            own = getattr(self, name)
            found = getattr(below, name) if own is None else own
            return 0.0 if found is None else float(found)

        return Meant(
            conversion=said("conversion"),
            revenue=said("revenue"),
            dwell_seconds=said("dwell"),
            bounce=said("bounce"),
        )


def _alias(name: str) -> str:
    return "lossPer100ms" if name == "loss_per_100ms" else to_camel(name)


class UserBehaviour(Strict):
    """The behaviour model of all versions."""

    model_config = ConfigDict(alias_generator=_alias)

    versions: Annotated[dict[str, Appeal], Field(min_length=1, max_length=20)]
    loss_per_100ms: Share = 0.0
    loss_per_failure: Share = 0.0
    revenue_distribution: Literal[Demand.CONSTANT, Demand.EXPONENTIAL, Demand.LOGNORMAL] = (
        Demand.EXPONENTIAL
    )
    revenue_cv: Spread = 1.0

    @model_validator(mode="after")
    def _says_what_old_does(self) -> UserBehaviour:
        old = self.versions.get("old")
        if old is None or old.conversion is None:
            raise Unreadable(
                message("users.behaviour needs the conversion of old, which others are laid over"),
                message("for example {example}", example="versions: {old: {conversion: 5%}}"),
            )
        return self


def rows(behaviour: UserBehaviour) -> Iterator[tuple[str, str]]:
    """Every part of it as people write it."""
    for name, one in behaviour.versions.items():
        said = one.model_dump(mode="python", exclude_none=True)
        yield f"versions.{name}", ", ".join(f"{key} {value:g}" for key, value in said.items())
    yield "lossPer100ms", show_share(behaviour.loss_per_100ms)
    yield "lossPerFailure", show_share(behaviour.loss_per_failure)
    yield "revenueDistribution", behaviour.revenue_distribution.value
