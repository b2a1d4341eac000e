"""Connections that are kept open between requests, and what is left of them when one is needed.

Nothing happens to an idle connection that anybody would see before somebody wants to use it. So it
is looked at only then: is it still open, has it been closed and the news arrived, or is the news
still on its way? In the last case the request is sent into a connection that nobody reads any more.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from sim.model.network import Connections
from sim.traffic.connection import Connection
from sim.traffic.pod import Pod


class IdleConnections:
    """The idle connections to *pods*, each with an owner: a user, or a proxy on its way to one pod.

    The one used last is used first, as Go's and Envoy's clients do, so that those which nobody
    needs grow old. Memory is that of the most that were ever in use at once.
    """

    def __init__(self, rules: Connections, pods: Sequence[Pod]) -> None:
        self._rules = rules
        self._pods = pods
        self._idle: dict[Hashable, list[Connection]] = {}

    def take(self, owner: Hashable, now: float) -> Connection | None:
        """The *owner*'s last used connection that it still believes to be open."""
        idle = self._idle.get(owner)
        while idle:
            connection = idle.pop()
            if not self._is_gone(connection, now):
                return connection
        return None

    def is_reset(self, connection: Connection, now: float) -> bool:
        """Whether the server has closed this idle *connection*, and its owner does not know yet."""
        return now >= self._closed_at(connection)

    def give_back(self, owner: Hashable, connection: Connection, now: float) -> None:
        """An answer came on *connection*: keep it, unless it has served or lived long enough.

        A process that drains, or keeps none, says `Connection: close` with its answer.
        """
        rules = self._rules
        worn = 0 < rules.requests_each <= connection.served
        old = now >= connection.opened + rules.lifetime_seconds
        pod = self._pods[connection.pod]
        if not (worn or old or pod.draining or pod.keep_alive_seconds <= 0.0):
            connection.idle_since = now
            self._idle.setdefault(owner, []).append(connection)

    def _is_gone(self, connection: Connection, now: float) -> bool:
        """Whether its owner has closed it, or knows that the server has."""
        rules = self._rules
        if now >= connection.idle_since + rules.keep_alive_seconds:
            return True
        return now >= self._closed_at(connection) + rules.close_notice_seconds

    def _closed_at(self, connection: Connection) -> float:
        """When the server closed it: with its process, or because it was idle for too long.

        Infinite while its node cannot be reached, for no news comes from there.
        """
        pod = self._pods[connection.pod]
        if not pod.reachable:
            return float("inf")
        idle = connection.idle_since + pod.keep_alive_seconds
        return min(idle, pod.ended_at(connection.process))
