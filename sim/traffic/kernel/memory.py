"""A process's memory, and the moment at which it meets its limit. See `sim.traffic.memory`."""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import pod_at, version_at
from sim.traffic.kernel.calendar import schedule, withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.records import INF, State

_OOM = int(Kind.OOM)


@compiled
def start_process(s: State, p: int, now: float) -> None:
    """A fresh process of pod *p*: back to the base, leaking from here."""
    pod = pod_at(s, p)
    row = version_at(s, pod.version)
    pod.has_process = 1
    pod.base_bytes, pod.leak = row.base_bytes, row.leak
    pod.leaked_bytes = 0.0
    pod.leaks_since = now
    pod.crossed = 0
    _expect_crossing(s, p)


@compiled
def change_leak(s: State, p: int, now: float) -> None:
    """Leak as the version does from now on; what has leaked stays."""
    pod = pod_at(s, p)
    if pod.has_process:
        row = version_at(s, pod.version)
        pod.leaked_bytes = pod.leaked_bytes + pod.leak * (now - pod.leaks_since)
        pod.leaks_since = now
        pod.base_bytes, pod.leak = row.base_bytes, row.leak
        _expect_crossing(s, p)


@compiled
def grow(s: State, p: int, size: float, now: float) -> None:
    """A request leaves so many bytes behind in the process of pod *p*."""
    pod = pod_at(s, p)
    if pod.has_process:
        pod.leaked_bytes = pod.leaked_bytes + pod.leak * (now - pod.leaks_since) + size
        pod.leaks_since = now
        _expect_crossing(s, p)


@compiled
def stop_process(s: State, p: int) -> None:
    """The process is gone, and its memory with it."""
    pod_at(s, p).has_process = 0
    withdraw(s, pod_at(s, p).oom)


@compiled
def _expect_crossing(s: State, p: int) -> None:
    pod = pod_at(s, p)
    withdraw(s, pod.oom)
    room = pod.limit_bytes - pod.base_bytes - pod.leaked_bytes
    if pod.crossed or (room > 0.0 and pod.leak <= 0.0) or room == INF:
        return
    when = pod.leaks_since + room / pod.leak if room > 0.0 else pod.leaks_since
    schedule(s, pod.oom, when, _OOM)
