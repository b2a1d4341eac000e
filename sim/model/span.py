"""When something goes wrong and for how long: `40s..70s`, or `40s` for the rest of the run."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.model.duration import duration, duration_range
from sim.model.unreadable import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From *start* until *end*, seconds of the run; both infinite: all of it, to the end."""

    start: float = float("-inf")
    end: float = float("inf")

    @classmethod
    def parse(cls, text: str) -> Span:
        """`40s..70s` has an end, `40s` has none. Raise `Unreadable` for anything else."""
        if ".." not in text:
            return cls(start=duration(text))
        start, end = duration_range(text)
        if start == end:
            raise Unreadable(
                message("{found} lasts no time", found=repr(text)), message("such as 40s..70s")
            )
        return cls(start=start, end=end)

    def describe(self) -> Message:
        """In words, to stand behind what happens."""
        if self.start == float("-inf"):
            return message("all the time")
        if self.end == float("inf"):
            return message("from {start} s on", start=f"{self.start:g}")
        return message("from {start} s to {end} s", start=f"{self.start:g}", end=f"{self.end:g}")


ALWAYS = Span()


def timed(text: str) -> tuple[str, Span]:
    """An amount and when it holds: `3x@40s..70s`; without `@` all the time."""
    amount, at, when = text.partition("@")
    return amount, Span.parse(when) if at else ALWAYS
