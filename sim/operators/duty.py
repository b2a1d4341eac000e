"""Duty: what somebody on duty has at hand while a release runs, and where their deeds are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.cluster import Cluster
from sim.errors import RolloutError
from sim.model.available import available_of
from sim.model.deed import Deed, DeedKind
from sim.model.objects import JsonObject
from sim.model.rollout_status import RolloutStatus, rollout_status
from sim.model.rules import AlertChange
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
    first_write: float  # When it is to be released.
    releaser: Releaser
    send_back: Callable[[], None]
    alerts: Callable[[], Sequence[AlertChange]]  # What the monitoring told so far.
    deeds: list[Deed]

    def say(self, kind: DeedKind, note: str = "") -> None:
        """Keep what was found or done now."""
        self.deeds.append(Deed(time=self.clock.now(), who=self.who, kind=kind, note=note))

    def until_finished(self, deadline: float | None = None) -> Wait:
        """Until the release has come to its end, or to the absolute *deadline*."""
        return self.clock.until(lambda: self.releaser.finished_at is not None, deadline)

    def new_pods(self) -> int:
        """Available pods of the release, over all tracks."""
        sets = self.cluster.api.list("ReplicaSet", self.cluster.namespace)
        return available_of(self.template, sets)

    def until(self, time: float) -> Wait:
        """Until the absolute *time*; now, if that has passed."""
        return self.clock.sleep(max(0.0, time - self.clock.now()))

    def until_status(self, timeout_seconds: float) -> Process[bool]:
        """`kubectl rollout status --timeout`: whether it would end with exit code 0."""

        def over() -> RolloutStatus | None:
            status = rollout_status(self.cluster.deployment())
            return status if status.done or status.failed else None

        status = yield self.clock.until(over, self.clock.now() + timeout_seconds)
        return bool(status and status.done)

    def attempt(self, word: Callable[[], None]) -> bool:
        """Say *word* to the cluster; False if it refuses, and the reason is kept."""
        try:
            word()
        except RolloutError as refused:
            self.say(DeedKind.REFUSED, str(refused))
            return False
        return True

    def lay_down(self) -> None:
        """Let whoever releases stop here, for somebody else takes over."""
        self.releaser.begin_to_return()

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
