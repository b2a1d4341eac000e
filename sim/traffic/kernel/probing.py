"""Probes whose answers are known: only changes of verdict are events. See `sim.traffic.probing`."""

from __future__ import annotations

from math import floor

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import pod_at, probe_at
from sim.traffic.kernel.calendar import schedule, withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.judgement import judge, missing, note
from sim.traffic.kernel.records import PROBE_KINDS, QUIET, Records, State

_FIRST_KIND = int(Kind.STARTUP)


@compiled
def start_quiet(s: State, row: int, now: float) -> None:
    """Tick as its record says from now on."""
    probe = probe_at(s, row)
    probe.ticks = 0
    probe.ticking = 1
    plan(s, row, now)


@compiled
def stop_quiet(s: State, row: int, now: float) -> None:
    """Tick no more."""
    probe = probe_at(s, row)
    if probe.ticking:
        catch_up_ticks(s, row, pod_at(s, probe.pod).listening, 0, now)
        probe.ticking = 0
        withdraw(s, probe.tick)


@compiled
def listening_changed(s: State, p: int, killed: int, now: float) -> None:
    """The process of pod *p* began or ceased to listen, just now."""
    for row in range(PROBE_KINDS * p, PROBE_KINDS * (p + 1)):
        probe = probe_at(s, row)
        if probe.sort == QUIET and probe.ticking:
            catch_up_ticks(s, row, not pod_at(s, p).listening, killed, now)
            plan(s, row, now)


@compiled
def catch_up_ticks(s: State, row: int, listened: int, killed: int, now: float) -> None:
    """Take in all ticks before now, at which the process *listened* or not."""
    probe = probe_at(s, row)
    ticks = _ticks_before(probe, now)
    count = ticks - probe.ticks
    if count <= 0:
        return
    result = 1 if listened and probe.in_time else 0
    last_answer = _tick(probe, ticks - 1) + probe.answer_seconds
    cut_off = 1 if listened and killed and last_answer > now else 0
    note(probe, result, count - cut_off)
    probe.ticks = ticks - cut_off


@compiled
def plan(s: State, row: int, now: float) -> None:
    """Expect the tick that changes the verdict, if the process stays as it is."""
    probe = probe_at(s, row)
    withdraw(s, probe.tick)
    listening = pod_at(s, probe.pod).listening
    lacking = missing(probe, 1 if listening and probe.in_time else 0)
    if lacking == 0:
        return
    probe.turns_at = probe.ticks + lacking - 1
    when = _tick(probe, probe.turns_at) + (probe.answer_seconds if listening else 0.0)
    schedule(s, probe.tick, max(when, now), _FIRST_KIND + probe.kind)


@compiled
def turn_verdict(s: State, row: int, now: float) -> None:
    """The tick that changes the verdict is answered."""
    probe = probe_at(s, row)
    result = 1 if pod_at(s, probe.pod).listening and probe.in_time else 0
    note(probe, result, probe.turns_at - probe.ticks)
    probe.ticks = probe.turns_at + 1
    judge(s, probe, result, now)
    plan(s, row, now)


@compiled
def _tick(probe: Records, number: int) -> float:
    return probe.first + number * probe.period


@compiled
def _ticks_before(probe: Records, now: float) -> int:
    """How many ticks lie before *now*, itself not included."""
    count = max(0, floor((now - probe.first) / probe.period) + 1)
    while count > 0 and _tick(probe, count - 1) >= now:
        count -= 1
    while _tick(probe, count) < now:
        count += 1
    return count
