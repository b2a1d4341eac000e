"""Hedging: a second try at a request that takes long, beside the first; whoever answers well wins.

As Envoy's hedge_on_per_try_timeout: the first is not reset when the second is sent, the first good
answer is the client's, and a failure is discarded while the other is still on its way. Here the
wait before the second is a setting of its own, and both share the patience of the attempt that they
are. (`envoyproxy/envoy:api/envoy/config/route/v3/route_components.proto`, HedgePolicy)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.model.causes import Cause
from sim.traffic.attempt import FIRST_HEDGE, Attempt
from sim.traffic.client import Client
from sim.traffic.clock import Clock, Due, Kind
from sim.traffic.pod import Pod


class Hedging:
    """Sends a hedge for every attempt of *client* without an answer after *after_seconds*.

    A hedge is a retry to a retry budget. Who has lost is left by its client at that moment: one
    that waits leaves the queue, one in service stays with its worker, and both end as given up.
    """

    def __init__(
        self,
        after_seconds: float,
        client: Client,
        clock: Clock,
        pods: Sequence[Pod],
        send: Callable[[Attempt], None],
    ) -> None:
        self._after_seconds = after_seconds
        self._client = client
        self._clock = clock
        self._pods = pods
        self._send = send

    def plan(self, attempt: Attempt) -> None:
        """*attempt* is sent now; its hedge will be, unless its client would not wait so long."""
        when = attempt.sent + self._after_seconds
        if when < attempt.gives_up:
            name = (attempt.request.number, FIRST_HEDGE + attempt.number, Kind.SEND)
            attempt.plan = self._clock.schedule_at(when, name, self._hedge, attempt)

    def decides(self, attempt: Attempt, cause: Cause) -> bool:
        """Whether *cause*, with which *attempt* ended now, is the answer of the two."""
        if attempt.has_lost:
            return False
        if attempt.plan is not None:
            attempt.plan.withdraw()
            attempt.plan = None
        other, attempt.twin = attempt.twin, None
        if other is None:
            return True
        other.twin = None
        if cause is not Cause.NONE:
            return False
        other.has_lost = True
        self._pods[other.pod].hurry(other)
        return True

    def _hedge(self, due: Due) -> None:
        first: Attempt = due.value
        first.plan = None
        hedge = self._client.hedge(first, self._clock.now)
        if hedge is not None:
            first.twin, hedge.twin = hedge, first
            self._send(hedge)
