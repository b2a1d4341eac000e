"""Warm-up: a fresh process serves more slowly, until caches are full and code is compiled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """A process that has just begun to listen takes *slowdown* times as long for a request.

    That falls in a straight line to 1 within *seconds*. With 3 and 60 s, a request taken up after
    30 s takes twice as long.
    """

    seconds: float
    slowdown: float

    def __post_init__(self) -> None:
        if not self.seconds > 0.0:
            raise ValueError(f"seconds must be more than 0, not {self.seconds}")
        if not 1.0 <= self.slowdown < float("inf"):
            raise ValueError(f"slowdown must be 1 or more, not {self.slowdown}")

    def factor(self, age: float) -> float:
        """How many times as long a request takes, *age* seconds after the process began."""
        if age >= self.seconds:
            return 1.0
        return 1.0 + (self.slowdown - 1.0) * (1.0 - age / self.seconds)
