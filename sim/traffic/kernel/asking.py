"""Probes that are requests and wait for a worker like any other. See `sim.traffic.asking`."""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import probe_at, slot_at
from sim.traffic.kernel.answering import settle_seldom
from sim.traffic.kernel.calendar import schedule, take_slot, withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.records import NOBODY, NOT_COMPUTING, OUT, STILL, State
from sim.traffic.kernel.station import take

_FIRST_KIND = int(Kind.STARTUP)
_FIRST_NUMBER = -4  # The request number of startup probes; readiness and liveness follow.


@compiled
def start_asking(s: State, row: int) -> None:
    """Tick as its record says from now on."""
    probe = probe_at(s, row)
    stop_asking(s, row)
    probe.ticks = 0
    probe.ticking = 1
    _expect_tick(s, row)


@compiled
def stop_asking(s: State, row: int) -> None:
    """Ask no more; an answer that is still to come is of no interest."""
    probe = probe_at(s, row)
    withdraw(s, probe.tick)
    probe.ticking = 0
    probe.asked = NOBODY
    probe.missed = 0


@compiled
def tick(s: State, row: int, now: float) -> None:
    """Ask, unless the last request is still out."""
    probe = probe_at(s, row)
    probe.ticks += 1
    _expect_tick(s, row)
    if probe.asked < 0:
        _ask(s, row, now)
    else:
        probe.missed = 1


@compiled
def make_up(s: State, row: int, now: float) -> None:
    """Ask now for the tick that was missed."""
    probe = probe_at(s, row)
    if probe.void:
        probe.void = 0
    elif probe.ticking and probe.asked < 0:
        _ask(s, row, now)


@compiled
def _expect_tick(s: State, row: int) -> None:
    probe = probe_at(s, row)
    when = probe.first + probe.ticks * probe.period
    schedule(s, probe.tick, when, _FIRST_KIND + probe.kind)


@compiled
def _ask(s: State, row: int, now: float) -> None:
    probe = probe_at(s, row)
    e = take_slot(s)
    slot = slot_at(s, e)
    slot.request, slot.attempt = _FIRST_NUMBER + probe.kind, probe.pod
    slot.user, slot.proxy = NOBODY, NOBODY
    slot.sent = slot.meant = now
    slot.gives_up = now + probe.timeout
    slot.probe = row
    slot.stage, slot.abandoned, slot.computing = OUT, 0, NOT_COMPUTING
    probe.asked = e
    cause = take(s, e, probe.pod, now)
    if cause != STILL:
        settle_seldom(s, e, cause, now)
