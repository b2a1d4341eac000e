"""What is on its way to the proxies: endpoint lists and routing tables, in one stream for each.

A proxy never hears of an older change after a newer one, whatever they are about. What becomes
known while it is held back (Istio's debounce) travels in one push: lists first, then the table
that names them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import inf
from typing import TypeAlias

from sim.control.clock import Environment
from sim.control.news import News

Tell: TypeAlias = Callable[[tuple[float, ...]], None]
ROUTES = 1 << 15  # The slot of the routing table; smaller ones are backends' lists.
_COUNT_BITS = 20


class Outbox:
    """Sends what is put into it on the way of *news*, to as many *proxies*.

    Each slot holds one thing that is told whole, so that a later version replaces an earlier one.
    Delays are drawn by slot and how often it was sent: one slot never shifts another's.
    """

    def __init__(self, env: Environment, news: News, proxies: int) -> None:
        self._env = env
        self._news = news
        self._apply_at = [-inf] * proxies
        self._waiting: dict[int, Tell] = {}
        self._due: float | None = None  # When that will be sent; None: it has been.
        self._since = 0.0  # The first change that has not been.
        self._sent: defaultdict[int, int] = defaultdict(int)

    def heard_by_all(self) -> bool:
        """Whether everything that was put here has reached every proxy."""
        return self._due is None and max(self._apply_at, default=-inf) <= self._env.now

    def put(self, slot: int, tell: Tell) -> None:
        """Something has changed: *tell* the data plane when each proxy hears of it."""
        if self._due is None:
            self._since = self._env.now
        self._waiting[slot] = tell
        due = self._news.due(self._env.now, self._since)
        if due <= self._env.now:
            self._send()
        elif due != self._due:
            self._due = due
            self._env.call_at(due, lambda: self._send_if_due(due))

    def _send_if_due(self, due: float) -> None:
        if due == self._due:
            self._send()

    def _send(self) -> None:
        self._due = None
        waiting, self._waiting = self._waiting, {}
        first = min(waiting)
        number = (first << _COUNT_BITS) | self._sent[first]
        self._sent[first] += 1
        now = self._env.now
        for proxy, before in enumerate(self._apply_at):
            self._apply_at[proxy] = max(before, self._news.heard(now, proxy, number))
        for slot in sorted(waiting):
            waiting[slot](tuple(self._apply_at))
