"""Connections that are kept open, in one stack for each owner. See `sim.traffic.idle`.

A stack's links are in the connections themselves, so memory is that of the most that were ever
open at once, and a few bytes for each owner.
"""

from __future__ import annotations

from sim.traffic.kernel.access import connection_at, idle_at, pod_at, version_at
from sim.traffic.kernel.compiled import called, inlined
from sim.traffic.kernel.records import INF, NOBODY, Records, State


@inlined
def owner_of(s: State, slot: Records, p: int) -> int:
    """Whose connections to pod *p* the attempt in *slot* may travel on."""
    if s.per_request:
        return p * s.proxies + slot.proxy
    return slot.user


@inlined
def connect(s: State, p: int, now: float) -> int:
    """A new connection to pod *p*; there is a free one, for the loop looks after that."""
    c = s.free_connection
    connection = connection_at(s, c)
    s.free_connection = connection.next
    s.free_connections -= 1
    if s.free_connections == 0:
        s.lacks = 1
    connection.pod, connection.process = p, pod_at(s, p).process
    connection.opened = connection.idle_since = now
    connection.served = 0
    return c


@inlined
def disconnect(s: State, c: int) -> None:
    """Connection *c* is no more."""
    connection_at(s, c).next = s.free_connection
    s.free_connection = c
    s.free_connections += 1


@called
def take_idle(s: State, owner: int, now: float) -> int:
    """The *owner*'s last used connection that it still believes to be open, or NOBODY."""
    idle = idle_at(s, owner)
    while idle.top > 0:
        c = idle.top - 1
        idle.top = connection_at(s, c).next
        if not _is_gone(s, c, now):
            return c
        disconnect(s, c)
    return NOBODY


@called
def give_connection_back(s: State, owner: int, c: int, now: float) -> None:
    """An answer came on connection *c*: keep it, unless it has served or lived long enough."""
    connection = connection_at(s, c)
    worn = s.requests_each > 0 and s.requests_each <= connection.served
    pod = pod_at(s, connection.pod)
    closes = pod.draining or version_at(s, pod.version).keep_alive <= 0.0
    if worn or closes or now >= connection.opened + s.lifetime:
        disconnect(s, c)
        return
    connection.idle_since = now
    connection.next = idle_at(s, owner).top
    idle_at(s, owner).top = c + 1


@inlined
def closed_at(s: State, c: int) -> float:
    """When the server closed idle connection *c*; never while its node cannot be reached."""
    connection = connection_at(s, c)
    pod = pod_at(s, connection.pod)
    if not pod.reachable:
        return INF
    idle = connection.idle_since + version_at(s, pod.version).keep_alive
    return min(idle, _ended_at(pod, connection.process))


@inlined
def _is_gone(s: State, c: int, now: float) -> bool:
    """Whether its owner has closed connection *c*, or knows that the server has."""
    if now >= connection_at(s, c).idle_since + s.keep_alive:
        return True
    return now >= closed_at(s, c) + s.close_notice


@inlined
def _ended_at(pod: Records, process: int) -> float:
    """When that *process* ended; long ago for all but the last two."""
    if process == pod.process:
        return INF if pod.has_process else pod.ended_at
    if pod.has_process and process == pod.process - 1:
        return pod.ended_at
    return -INF
