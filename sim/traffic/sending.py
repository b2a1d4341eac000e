"""The way of every request: meant by a user, sent by a proxy, answered, and perhaps tried again."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.behaviour import Workload
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.traffic.arrivals import Arrivals
from sim.traffic.attempt import Attempt, Request
from sim.traffic.classes import Classes
from sim.traffic.client import Client
from sim.traffic.clock import Clock, Due, Kind
from sim.traffic.hedging import Hedging
from sim.traffic.pod import Pod
from sim.traffic.tally import Tally
from sim.traffic.visiting import Visiting
from sim.traffic.way import Way

MIRRORED = 128  # The copy of attempt k is attempt 128 + k.


class Sending:
    """Sends what users mean to send to *pods* (by number) and writes every answer to *tally*.

    User and proxy are drawn per request, so a retry comes from the same user by the same proxy;
    where the proxy is the user's own, it is drawn by user.
    """

    def __init__(
        self, workload: Workload, seed: int, clock: Clock, pods: Sequence[Pod], tally: Tally
    ) -> None:
        self._clock = clock
        self._tally = tally
        self._population = workload.population
        self._arrivals = Arrivals(workload.arrivals, seed)
        self._user_draws = Stream(seed, Purpose.USER)
        self._proxy_draws = Stream(seed, Purpose.PROXY)
        self._classes = Classes(workload.classes, seed)
        self._client = Client(workload.clients, workload.proxies, seed, workload.connections.proxy)
        self._proxy_by_user = workload.connections.proxy_of_the_user
        self._way = Way(
            workload.connections,
            workload.protection,
            balancer=workload.balancer,
            proxies=workload.proxies,
            seed=seed,
            clock=clock,
            pods=pods,
            answer=self.answer,
            mirror=self._mirror,
            attributes=workload.attributes,
            classes=workload.classes,
        )
        self.routing = self._way.routing
        self.proxies = self._way.proxies
        self._visiting = (
            None
            if workload.visits is None
            else Visiting(workload.visits, seed, workload.arrivals.end)
        )
        self._hedging = self._hedging_of(workload, pods)
        self._visits = 0
        self._expect_arrival()

    def _hedging_of(self, workload: Workload, pods: Sequence[Pod]) -> Hedging | None:
        after = workload.clients.hedge_after_seconds
        if after is None:
            return None
        return Hedging(after, self._client, self._clock, pods, self._way.send)

    def answer(self, attempt: Attempt, cause: Cause) -> None:
        """*attempt* ends now with *cause*; the client takes that, or will try again."""
        if attempt.request.hear is not None:
            attempt.request.hear(attempt, cause)
            return
        if self._way.ended(attempt, cause):
            return
        if attempt.mirrored:
            self._tally.answer_copy(attempt, cause)
            return
        now = self._clock.now
        if self._hedging is not None and not self._hedging.decides(attempt, cause):
            self._client.end(attempt)
            self._tally.answer(attempt, cause, False, now)
            return
        again = self._client.next_try(attempt, cause, now)
        self._tally.answer(attempt, cause, again is None, now)
        if again is not None:
            name = (attempt.request.number, attempt.turn + 1, Kind.SEND)
            self._clock.schedule_at(again, name, self._retry, attempt)
        elif self._visiting is not None:
            self._go_on(attempt.request, cause, now)

    def _expect_arrival(self) -> None:
        time = self._arrivals.next_time()
        if time < float("inf"):
            self._clock.schedule_at(time, (self._visits, 0, Kind.SEND), self._arrive)

    def _arrive(self, _: Due) -> None:
        number = self._visits
        self._visits += 1
        user = int(self._user_draws.uniform(number) * self._population)
        request = self._mean(number, user)
        self._expect_arrival()
        self._send(request, 0)

    def _go_on(self, request: Request, cause: Cause, now: float) -> None:
        """After its final answer the user may mean to send another request, later."""
        assert self._visiting is not None
        following = self._visiting.next_request(request.number, cause is not Cause.NONE, now)
        if following is not None:
            number, time = following
            self._clock.schedule_at(time, (number, 0, Kind.SEND), self._follow, (number, request))

    def _follow(self, due: Due) -> None:
        number, before = due.value
        self._send(self._mean(number, before.user), 0)

    def _mean(self, number: int, user: int) -> Request:
        """*user* means to send request *number* now."""
        drawn_by = user if self._proxy_by_user else number
        proxy = int(self._proxy_draws.uniform(drawn_by) * len(self.proxies))
        request = self._client.request(number, user, proxy, self._clock.now)
        request.endpoint_class = self._classes.of(number)
        self._tally.meant(request)
        return request

    def _mirror(self, attempt: Attempt, backend: int) -> None:
        """Send a copy of *attempt* to *backend* too; nobody waits for its answer."""
        number = MIRRORED + attempt.number
        name = (attempt.request.number, number, Kind.SEND)
        self._clock.schedule_at(self._clock.now, name, self._send_copy, (attempt, backend))

    def _send_copy(self, due: Due) -> None:
        attempt, backend = due.value
        now = self._clock.now
        copy = Attempt(attempt.request, MIRRORED + attempt.number, now, attempt.gives_up)
        copy.mirrored, copy.backend = True, backend
        self._way.send(copy)

    def _retry(self, due: Due) -> None:
        failed: Attempt = due.value
        self._send(failed.request, failed.turn + 1)

    def _send(self, request: Request, number: int) -> None:
        attempt = self._client.attempt(request, number, self._clock.now)
        if self._hedging is not None:
            self._hedging.plan(attempt)
        self._way.send(attempt)
