"""A person on call: how long a page takes to wake somebody, and they to do something."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.draws import Purpose, Stream

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """*pager_seconds* pass from the alert to the page, *reaction_seconds* from it to the deed.

    Both are drawn evenly between their bounds, by seed and page: two strategies have the same
    person on call, who is as quick for both.
    """

    pager_seconds: Bounds = (30.0, 30.0)
    reaction_seconds: Bounds = (60.0, 300.0)

    def __post_init__(self) -> None:
        for name in ("pager_seconds", "reaction_seconds"):
            low, high = getattr(self, name)
            if not 0.0 <= low <= high:
                raise ValueError(f"{name} must ascend from 0 on, not {low} to {high}")

    def reacts_after(self, seed: int, page: int = 0) -> float:
        """Seconds from the alert until this person does something, for that *page* of the run."""
        pager = Stream(seed, Purpose.PAGER).between(self.pager_seconds, page)
        return pager + Stream(seed, Purpose.REACTION).between(self.reaction_seconds, page)

    @property
    def longest_seconds(self) -> float:
        """What it takes at most."""
        return self.pager_seconds[1] + self.reaction_seconds[1]
