"""Duty: what somebody on duty has at hand while a release runs, and where their deeds are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sim.cluster import Cluster
from sim.model.deed import Deed, DeedKind
from sim.model.objects import JsonObject
from sim.operators.releaser import Releaser
from sim.ports import Clock, Process, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The words of the cluster, a clock, the release under way, and the way back of its strategy.

    *seed* is what the operator's own draws are keyed by. Nobody on duty sees the simulator's
    truth: only the cluster's objects and what the monitoring shows.
    """

    who: str
    cluster: Cluster
    clock: Clock
    seed: int
    template: JsonObject  # Of the release.
    releaser: Releaser
    send_back: Callable[[], None]
    deeds: list[Deed]

    def say(self, kind: DeedKind, note: str = "") -> None:
        """Keep what was found or done now."""
        self.deeds.append(Deed(time=self.clock.now(), who=self.who, kind=kind, note=note))

    def until_finished(self, deadline: float | None = None) -> Wait:
        """Until the release has come to its end, or to the absolute *deadline*."""
        return self.clock.until(lambda: self.releaser.finished_at is not None, deadline)

    def go_back(self, note: str = "") -> Process[None]:
        """Decide to go back, go the way back of the strategy, and stay until it ends."""
        self.say(DeedKind.DECIDED, note)
        self.send_back()
        yield self.clock.until(lambda: self.releaser.back_at is not None)
        if self.releaser.refusal:
            self.say(DeedKind.REFUSED, self.releaser.refusal)
        else:
            self.say(DeedKind.WENT_BACK)


class Operator(Protocol):
    """Somebody or something that watches a release and is not its strategy."""

    def watch(self, duty: Duty) -> Process[None]:
        """Be on duty from the start of the run; the end of this is the end of the duty."""
        ...
