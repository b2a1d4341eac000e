"""What one request asks of a worker, as a scenario says it, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean
from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from sim.i18n import message
from sim.model import duration as words
from sim.model.demand import Demand
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Share, Strict

SPREAD_BY_CV = (Demand.LOGNORMAL, Demand.GAMMA)
Spread = Annotated[float, Field(strict=True, gt=0, le=100)]


def _each_once(found: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    read = handler(found)
    if len(read) < len(found):
        raise Unreadable(
            message("quantiles at one share twice"), message("each share once, such as 50% and 99%")
        )
    return read


Quantiles = Annotated[
    dict[Share, Duration], Field(min_length=2, max_length=1000), WrapValidator(_each_once)
]


class Service(Strict):
    """What one request asks of a worker: computing and waiting told apart.

    Measured *durations* are of both together, and so are measured *quantiles*, by share.
    """

    cpu: Duration = 0.005
    wait: Duration = 0.045
    distribution: Demand = Demand.EXPONENTIAL
    cv: Spread = 1.0
    durations: Annotated[list[Duration], Field(min_length=1, max_length=1000)] | None = None
    quantiles: Quantiles | None = None
    probe: Duration = 0.001

    @model_validator(mode="after")
    def _takes_time(self) -> Service:
        if self.durations is not None and min(self.durations) <= 0:
            raise Unreadable(
                message("{field} must be longer than nothing", field="durations"),
                message("for example 5s"),
            )
        if self.quantiles is not None:
            times = [time for _, time in sorted(self.quantiles.items())]
            if min(times) <= 0:
                raise Unreadable(
                    message("{field} must be longer than nothing", field="quantiles"),
                    message("for example 5s"),
                )
            if times != sorted(times):
                raise Unreadable(
                    message("a larger share of requests is faster than a smaller one"),
                    message("quantiles that do not fall, such as 50%: 20ms and 99%: 300ms"),
                )
        return self

    def over(self, below: Service) -> Service:
        """This laid over *below*: what it does not say is as there."""
        parts = {name: getattr(self, name) for name in self.model_fields_set}
        if self.durations is not None:
            parts = {"quantiles": None} | parts
        if self.quantiles is not None:
            parts = {"durations": None} | parts
        return below.model_copy(update=parts)

    @property
    def is_measured(self) -> bool:
        """Whether somebody measured how long requests take."""
        return self.durations is not None or self.quantiles is not None

    @property
    def measured(self) -> tuple[float, ...]:
        """The measured durations, or quantiles, where the distribution is empirical."""
        if self.distribution is not Demand.EMPIRICAL:
            return ()
        if self.quantiles is not None:
            return tuple(time for _, time in sorted(self.quantiles.items()))
        return tuple(self.durations or ())

    @property
    def measured_shares(self) -> tuple[float, ...]:
        """At which shares those are quantiles; none if they are single durations."""
        return tuple(sorted(self.quantiles or ())) if self.measured else ()

    @property
    def mean_measured(self) -> float:
        """The mean of what was measured: of durations, or of the lines through quantiles."""
        times, shares = self.measured, self.measured_shares
        if not shares:
            return fmean(times)
        lines = zip(pairwise(shares), pairwise(times), strict=True)
        between = sum((b - a) * (first + last) / 2.0 for (a, b), (first, last) in lines)
        return shares[0] * times[0] + between + (1.0 - shares[-1]) * times[-1]

    @property
    def computing(self) -> float:
        """Seconds that a request computes on average; no more than it takes in all."""
        return min(self.cpu, self.mean_measured) if self.measured else self.cpu

    @property
    def waiting(self) -> float:
        """Seconds that it waits on average: of measured durations what computing leaves."""
        return self.mean_measured - self.computing if self.measured else self.wait


def rows(path: str, service: Service) -> Iterator[tuple[str, str]]:
    """One row of the table of assumptions for each field that says how long a request takes."""
    yield f"{path}.cpu", words.show_duration(service.computing)
    if not service.measured:
        yield f"{path}.wait", words.show_duration(service.wait)
    yield f"{path}.distribution", service.distribution.value
    if service.distribution in SPREAD_BY_CV:
        yield f"{path}.cv", f"{service.cv:g}"
    if service.measured_shares:
        pairs = list(zip(service.measured_shares, service.measured, strict=True))
        told = ", ".join(f"{words.show_share(p)}: {words.show_duration(t)}" for p, t in pairs[:6])
        yield f"{path}.quantiles", told + (", …" if len(pairs) > 6 else "")
    elif service.measured:
        shown = ", ".join(words.show_duration(one) for one in service.measured[:6])
        yield f"{path}.durations", shown + (", …" if len(service.measured) > 6 else "")
