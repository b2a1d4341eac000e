"""Crash: the process ends by itself, after a while or by a request that it cannot bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.class_rows import either
from sim.model.duration import duration, share
from sim.ports import Process
from sim.scenario.fault_spec import split_class
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """Every process of *version* ends with exit code 1, *after_seconds* after each start.

    Or, where there is a *ratio*, when it is done with one of so many requests (of *endpoint_class*,
    if that is given). Such a request ends every process that it is tried on.
    """

    example: ClassVar[str] = "crash:new:30s"

    version: str
    after_seconds: float | None = None
    ratio: float = 0.0
    endpoint_class: str = ""  # All requests.

    @classmethod
    def parse(cls, version: str, amount: str) -> Crash:
        """Read an amount like `30s`, `0.1%` or `5%@upload`. Raise `Unreadable` if it is neither."""
        size, endpoint_class = split_class(amount)
        if size.endswith("%"):
            return cls(version=version, ratio=share(size), endpoint_class=endpoint_class)
        return cls(version=version, after_seconds=duration(amount))

    def inject(self, world: World) -> Process[None]:
        """Let processes that start from now on end so, until the fault is taken back."""

        def sooner(now: float | None) -> float | None:
            times = [time for time in (now, self.after_seconds) if time is not None]
            return min(times, default=None)

        of, ratio = self.endpoint_class, self.ratio
        if self.after_seconds is None:
            altered = world.altered(self.version, of, crash_ratio=lambda now: either(now, ratio))
        else:
            altered = world.altered(self.version, crash_after_seconds=sooner)
        with altered:
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        if self.after_seconds is not None:
            return message(
                "processes of version {version} end by themselves {seconds} s after each start",
                version=self.version,
                seconds=f"{self.after_seconds:g}",
            )
        percent = f"{self.ratio * 100:g}"
        if self.endpoint_class:
            return message(
                "{percent} % of the {name} requests end the process of version {version} that they"
                " are tried on",
                percent=percent,
                name=self.endpoint_class,
                version=self.version,
            )
        return message(
            "{percent} % of the requests end the process of version {version} that they are tried"
            " on",
            percent=percent,
            version=self.version,
        )
