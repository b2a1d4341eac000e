"""What a pod computes under a quota, or in a crowd. See `sim.traffic.meter`.

The jobs of a meter are a list of slots by (work at the end, request, attempt, sent), linked by
`behind`.
"""

from __future__ import annotations

from math import floor

from sim.model.cfs import PERIOD_SECONDS
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import meter_at, pod_at, slot_at, version_at
from sim.traffic.kernel.calendar import schedule, withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.records import (
    DONE,
    INF,
    METERED,
    NOBODY,
    NOT_COMPUTING,
    PERIOD,
    QUOTA,
    State,
)

_CPU = int(Kind.CPU)


@compiled
def employ(s: State, p: int, now: float) -> None:
    """The process of pod *p* has as many workers and places as its version from now on."""
    pod, meter = pod_at(s, p), meter_at(s, p)
    row = version_at(s, pod.version)
    pod.concurrency, pod.queue_limit = row.concurrency, row.queue_limit
    pod.limited = meter.limit_cores < row.concurrency
    if not pod.limited:
        meter.throttled = 0
    elif meter.jobs > 0:
        _enter_period(s, p, now)
    meter.stale = 1


@compiled
def catch_up_meter(s: State, p: int, now: float) -> None:
    """Take in what has been computed up to this moment."""
    meter = meter_at(s, p)
    seconds = now - meter.since
    meter.since = now
    if meter.throttled:
        meter.throttled_seconds += seconds
    else:
        gained = meter.rate * seconds
        meter.work += gained
        meter.used += gained * meter.jobs
        pod_at(s, p).spent_seconds += gained * meter.jobs


@compiled
def add_job(s: State, p: int, e: int, seconds: float, now: float) -> None:
    """One more thread, that computes *seconds* for the attempt in slot *e*."""
    catch_up_meter(s, p, now)
    meter, slot = meter_at(s, p), slot_at(s, e)
    meter.stale = 1
    if meter.jobs == 0:
        _enter_period(s, p, now)
    slot.computing = METERED
    slot.computed = meter.work + seconds
    before, after = NOBODY, meter.head
    while after >= 0 and _done_before(s, after, e):
        before, after = after, slot_at(s, after).behind
    slot.behind = after
    if before >= 0:
        slot_at(s, before).behind = e
    else:
        meter.head = e
    meter.jobs += 1


@compiled
def _done_before(s: State, one: int, other: int) -> bool:
    a, b = slot_at(s, one), slot_at(s, other)
    if a.computed != b.computed:
        return a.computed < b.computed
    if a.request != b.request:
        return a.request < b.request
    if a.attempt != b.attempt:
        return a.attempt < b.attempt
    return a.sent < b.sent


@compiled
def turn(s: State, p: int, now: float) -> int:
    """Do what was due at this moment; how many jobs are done, from the head of the list that was.

    They stay linked by `behind`.
    """
    catch_up_meter(s, p, now)
    meter = meter_at(s, p)
    meter.stale = 1
    done = 0
    if meter.turn == DONE:
        end = meter.work = slot_at(s, meter.head).computed
        while meter.jobs > 0 and slot_at(s, meter.head).computed <= end:
            slot_at(s, meter.head).computing = NOT_COMPUTING
            meter.head = slot_at(s, meter.head).behind
            meter.jobs -= 1
            done += 1
        rest_if_idle(s, p)
    elif meter.turn == QUOTA:
        meter.throttled = 1
    else:
        meter.throttled = 0
        _enter_period(s, p, now)
    return done


@compiled
def drop_jobs(s: State, p: int) -> None:
    """The process is gone."""
    meter = meter_at(s, p)
    meter.head, meter.jobs = NOBODY, 0
    meter.stale = 1
    rest_if_idle(s, p)


@compiled
def rest_if_idle(s: State, p: int) -> None:
    """Begin to count afresh if there is nothing to compute."""
    meter = meter_at(s, p)
    if meter.jobs == 0:
        meter.work = 0.0
        meter.throttled = 0


@compiled
def run_at(s: State, p: int, rate: float, now: float) -> None:
    """Let each thread have *rate* of a core from now on."""
    meter = meter_at(s, p)
    if rate == meter.rate and not meter.stale:
        return
    meter.rate = rate
    meter.stale = 0
    withdraw(s, pod_at(s, p).turn)
    if meter.jobs > 0:
        schedule(s, pod_at(s, p).turn, _next_turn(s, p, now), _CPU)


@compiled
def _next_turn(s: State, p: int, now: float) -> float:
    """When something happens next; `turn` says what, of several at one moment the first."""
    pod, meter = pod_at(s, p), meter_at(s, p)
    when, meter.turn = INF, PERIOD
    if pod.limited:
        when = meter.period_end
    if meter.jobs > 0 and not meter.throttled and meter.rate > 0.0:
        done = now + (slot_at(s, meter.head).computed - meter.work) / meter.rate
        done = max(done, now)
        if done <= when:
            when, meter.turn = done, DONE
        if pod.limited:
            left = max(0.0, meter.quota - meter.used)
            used_up = now + left / (meter.rate * meter.jobs)
            if used_up < when:
                when, meter.turn = used_up, QUOTA
    return when


@compiled
def _enter_period(s: State, p: int, now: float) -> None:
    """The period of this moment; what is left of an earlier one's quota is lost."""
    meter = meter_at(s, p)
    if pod_at(s, p).limited and now >= meter.period_end:
        number = floor((now - meter.origin) / PERIOD_SECONDS) + 1
        while meter.origin + number * PERIOD_SECONDS <= now:
            number += 1
        meter.period_end = meter.origin + number * PERIOD_SECONDS
        meter.used = 0.0
