"""How much of a new version a rule sees: a number of requests, or a part of the user's traffic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.i18n import Message, message

if TYPE_CHECKING:
    from sim.errors import ScenarioError

MOST = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """*requests* of the new version: *weight* of *per_second* for *seconds*, if that is known."""

    requests: int
    per_second: float | None = None
    weight: float | None = None
    seconds: float | None = None

    def seconds_for(self, requests: int) -> float | None:
        """How long so many requests of the new version take; None if the rate is not known."""
        if self.per_second is None or self.weight is None:
            return None
        return requests / (self.per_second * self.weight)


def read_traffic(requests: int | None, rps: str | None, weight: str, for_: str | None) -> Traffic:
    """What the options say. Raise a `ScenarioError` unless they say it in exactly one way."""
    if requests is not None and rps is None and for_ is None:
        if requests > MOST:
            raise mistake(
                "--requests",
                message("{found} is too much", found=f"{requests:,}"),
                message("at most {most}", most=f"{MOST:,}"),
            )
        return Traffic(requests=requests)
    if requests is not None or rps is None or for_ is None:
        raise mistake(
            "",
            message("give either --requests, or --rps and --for"),
            message("for example --requests 100, or --rps 20 --weight 5 --for 30m"),
        )
    per_second, share, seconds = _rate(rps), _weight(weight), _seconds(for_)
    # Ten decimals: 20/s x 0.05 x 1,800 s is 1,800, and not one request less.
    count = int(round(per_second * share * seconds, 10))
    if not 1 <= count <= MOST:
        raise mistake(
            "",
            message("that makes {count} requests of the new version", count=f"{count:,}"),
            message("from 1 to {most}", most=f"{MOST:,}"),
        )
    return Traffic(requests=count, per_second=per_second, weight=share, seconds=seconds)


def read_share(name: str, text: str, *, more_than_nothing: bool = False) -> float:
    """The share that option *name* says. Raise a `ScenarioError` if it is none, or all."""
    from sim.model.duration import share
    from sim.model.unreadable import Unreadable

    try:
        found = share(text)
    except Unreadable as wrong:
        raise mistake(name, wrong.message, wrong.hint) from None
    if found == 1.0 or (more_than_nothing and found == 0.0):
        raise mistake(
            name,
            message("{found} leaves nothing to decide", found=repr(text)),
            message("a percentage, such as 5% or 99.9%"),
        )
    return found


def _rate(text: str) -> float:
    from sim.model.duration import rate
    from sim.model.unreadable import Unreadable

    try:
        return rate(text if "/" in text else f"{text}/s")
    except Unreadable as wrong:
        raise mistake("--rps", wrong.message, wrong.hint) from None


def _weight(text: str) -> float:
    from sim.model.duration import share
    from sim.model.unreadable import Unreadable

    try:
        return share(text if text.endswith("%") else f"{text}%")
    except Unreadable as wrong:
        raise mistake("--weight", wrong.message, wrong.hint) from None


def _seconds(text: str) -> float:
    from sim.model.duration import duration
    from sim.model.unreadable import Unreadable

    try:
        return duration(text)
    except Unreadable as wrong:
        raise mistake("--for", wrong.message, wrong.hint) from None


def mistake(option: str, text: Message, hint: Message | None) -> ScenarioError:
    """One mistake in an *option*."""
    from sim.errors import Problem, ScenarioError

    return ScenarioError([Problem(text, field=option, hint=hint)])
