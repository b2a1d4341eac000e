"""What one request asks of a worker, as a scenario says it, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Annotated

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model import duration as words
from sim.model.demand import Demand
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Strict

SPREAD_BY_CV = (Demand.LOGNORMAL, Demand.GAMMA)
Spread = Annotated[float, Field(strict=True, gt=0, le=100)]


class Service(Strict):
    """What one request asks of a worker: computing and waiting told apart.

    Measured *durations* are of both together.
    """

    cpu: Duration = 0.005
    wait: Duration = 0.045
    distribution: Demand = Demand.EXPONENTIAL
    cv: Spread = 1.0
    durations: Annotated[list[Duration], Field(min_length=1, max_length=1000)] | None = None
    probe: Duration = 0.001

    @model_validator(mode="after")
    def _takes_time(self) -> Service:
        if self.durations is not None and min(self.durations) <= 0:
            raise Unreadable(
                message("{field} must be longer than nothing", field="durations"),
                message("for example 5s"),
            )
        return self

    def over(self, below: Service) -> Service:
        """This laid over *below*: what it does not say is as there."""
        parts = {name: getattr(self, name) for name in self.model_fields_set}
        return below.model_copy(update=parts)

    @property
    def measured(self) -> tuple[float, ...]:
        """The measured durations, where the distribution is empirical."""
        is_empirical = self.distribution is Demand.EMPIRICAL
        return tuple(self.durations or ()) if is_empirical else ()

    @property
    def computing(self) -> float:
        """Seconds that a request computes on average; no more than it takes in all."""
        return min(self.cpu, fmean(self.measured)) if self.measured else self.cpu

    @property
    def waiting(self) -> float:
        """Seconds that it waits on average: of measured durations what computing leaves."""
        return fmean(self.measured) - self.computing if self.measured else self.wait


def rows(path: str, service: Service) -> Iterator[tuple[str, str]]:
    """One row of the table of assumptions for each field that says how long a request takes."""
    yield f"{path}.cpu", words.show_duration(service.computing)
    if not service.measured:
        yield f"{path}.wait", words.show_duration(service.wait)
    yield f"{path}.distribution", service.distribution.value
    if service.distribution in SPREAD_BY_CV:
        yield f"{path}.cv", f"{service.cv:g}"
    if service.measured:
        shown = ", ".join(words.show_duration(one) for one in service.measured[:6])
        yield f"{path}.durations", shown + (", …" if len(service.measured) > 6 else "")
