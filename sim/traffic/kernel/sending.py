"""The way of an attempt to a pod: meant by a user, sent by a proxy. See `sim.traffic.sending`."""

from __future__ import annotations

import numpy as np

from sim.model.causes import Cause
from sim.traffic.kernel.access import (
    drawn_choice_at,
    drawn_proxy_at,
    drawn_share_at,
    drawn_user_at,
    proxy_at,
    sent_at,
    slot_at,
)
from sim.traffic.kernel.arrivals import expect_arrival
from sim.traffic.kernel.balancers import pick
from sim.traffic.kernel.calendar import take_slot
from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.draws import uniform
from sim.traffic.kernel.hedging import begin_hedging
from sim.traffic.kernel.lists import take_up
from sim.traffic.kernel.records import (
    INF,
    MIRRORED,
    NOBODY,
    NOT_COMPUTING,
    OUT,
    STILL,
    State,
)
from sim.traffic.kernel.station import take
from sim.traffic.kernel.tally import add_user, in_window
from sim.traffic.kernel.way import enter

_NO_ENDPOINT = int(Cause.NO_ENDPOINT)


@inlined
def arrive(s: State, now: float) -> tuple[int, float]:
    """A user means to send the next request: its slot, and the draw by which a pod is chosen."""
    n = s.arrived - s.base
    e = take_slot(s)
    slot = slot_at(s, e)
    slot.request = s.arrived
    slot.attempt = 0
    slot.user = np.int64(drawn_user_at(s, n).drawn)
    slot.proxy = np.int32(drawn_proxy_at(s, n).drawn)
    slot.share = drawn_share_at(s, n).drawn
    slot.meant = now
    slot.probe = NOBODY
    draw = drawn_choice_at(s, n).drawn
    if in_window(s, now):
        add_user(sent_at(s, slot.user >> 3), slot.user)
    s.arrived += 1
    expect_arrival(s)
    return e, draw


@inlined
def draw_again(s: State, e: int) -> float:
    """The draw by which a pod is chosen for the retry in slot *e*."""
    slot = slot_at(s, e)
    return uniform(s.choice_keys, slot.request, slot.attempt)


@inlined
def send(s: State, e: int, draw: float, now: float) -> int:
    """Send the attempt in slot *e* where its proxy chooses; its cause if it ends at once."""
    slot = slot_at(s, e)
    slot.sent = now
    if slot.probe != MIRRORED:
        slot.gives_up = min(now + s.timeout, slot.meant + s.deadline)
    if s.hedge_after < INF and not begin_hedging(s, e, now):
        return STILL
    slot.stage, slot.abandoned, slot.computing = OUT, 0, NOT_COMPUTING
    if s.proxied:
        return enter(s, e, now)
    pod = choose(s, slot.proxy, draw, now)
    slot.listed, slot.heard = proxy_at(s, slot.proxy).count, proxy_at(s, slot.proxy).heard
    slot.tried_at = now
    if pod < 0:
        slot.pod, slot.version = NOBODY, NOBODY
        return _NO_ENDPOINT
    return take(s, e, pod, now)


@inlined
def choose(s: State, x: int, draw: float, now: float) -> int:
    """The pod that proxy *x* sends to; NOBODY if it knows of none."""
    proxy = proxy_at(s, x)
    if proxy.next_change <= now:
        take_up(s, x, now)
    if proxy.count == 0:
        return NOBODY
    return pick(s, proxy, draw)
