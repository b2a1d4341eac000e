"""What a proxy allows: rates and limits, outliers ejected, a budget for its clients' retries.

See `sim.traffic.gate`, `sim.traffic.outliers` and `sim.traffic.retry_budget`.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from sim.model.causes import Cause
from sim.model.protection import MOST_EJECTION_SECONDS, ROUNDING
from sim.traffic.kernel.access import guard_at, healthy_at, link_at, listed_at, proxy_at
from sim.traffic.kernel.compiled import called, compiled, inlined
from sim.traffic.kernel.lists import take_up
from sim.traffic.kernel.records import Records, State

_NONE, _LIMITED = int(Cause.NONE), int(Cause.RATE_LIMITED)
_OVERFLOW = int(Cause.POOL_OVERFLOW)
_FEW_RETRIES = 3.0  # As `sim.model.retry.most_retries` always allows.


@called
def pass_gate(s: State, x: int, now: float) -> int:
    """Let a request in at proxy *x* (NONE), or say why not."""
    guard = guard_at(s, x)
    if s.most_in_flight > 0 and s.most_in_flight <= guard.in_flight:
        return _OVERFLOW
    if s.per_second > 0.0:
        filled = guard.tokens + s.per_second * (now - guard.filled)
        guard.tokens = min(filled, s.burst)
        guard.filled = now
        if guard.tokens < 1.0:
            return _LIMITED
        guard.tokens -= 1.0
    guard.in_flight += 1
    return _NONE


@inlined
def is_out(s: State, x: int, p: int, now: float) -> bool:
    """Whether proxy *x* has ejected pod *p*."""
    link = link_at(s, x, p)
    return link.ejections > 0 and now < link.ends


@compiled
def find_healthy(s: State, x: int, row: int, now: float) -> int:
    """Write those of a *row* that proxy *x* knows of and has not ejected to `healthy`; how many."""
    proxy = proxy_at(s, row)
    count = 0
    for place in range(proxy.count):
        p = listed_at(s, proxy.offset + place).pod
        if not is_out(s, x, p, now):
            healthy_at(s, count).pod = p
            count += 1
    return count


@called
def judge_pod(s: State, x: int, row: int, p: int, failed: int, now: float) -> None:
    """Pod *p*, one of that *row*, has served proxy *x* well, or *failed* it."""
    link = link_at(s, x, p)
    if is_out(s, x, p, now):
        return
    if not failed:
        link.in_a_row = 0
        return
    link.in_a_row += 1
    if link.in_a_row >= s.consecutive_errors:
        _eject(s, x, row, link, now)


@compiled
def _eject(s: State, x: int, row: int, link: Records, now: float) -> None:
    take_up(s, row, now)
    proxy, guard = proxy_at(s, row), guard_at(s, x)
    link.in_a_row = 0
    out = 0
    for place in range(proxy.count):
        if is_out(s, x, listed_at(s, proxy.offset + place).pod, now):
            out += 1
    if not out + 1 <= s.most_share * proxy.count + ROUNDING:
        return
    swept = np.int64(0)
    if link.ejections > 0:
        swept = np.int64((now - link.ends) / s.sweep)
    link.ejections = max(link.ejections - swept, 0) + 1
    most = max(MOST_EJECTION_SECONDS, s.base_ejection)
    over = now + min(s.base_ejection * link.ejections, most)
    link.ends = guard.phase + ceil((over - guard.phase) / s.sweep) * s.sweep
    guard.latest = max(guard.latest, link.ends)


@inlined
def begin_attempt(s: State, x: int) -> None:
    """One more is under way by proxy *x*, a first one or one that has been granted."""
    guard_at(s, x).attempts += 1


@called
def end_attempt(s: State, slot: Records) -> None:
    """The attempt in *slot* has its answer."""
    guard = guard_at(s, slot.proxy)
    guard.attempts -= 1
    if slot.attempt > 0:
        guard.retries -= 1


@called
def grant_retry(s: State, x: int) -> bool:
    """Whether one more retry may be made by proxy *x*; if so it counts from now on."""
    guard = guard_at(s, x)
    if guard.retries < max(s.budget * guard.attempts, _FEW_RETRIES):
        guard.retries += 1
        return True
    return False
