"""What a probe's results add up to, and what its request's answer means.

See `sim.traffic.judgement` and `sim.traffic.asking`.
"""

from __future__ import annotations

from sim.model.causes import Cause
from sim.traffic.clock import Kind
from sim.traffic.kernel.access import probe_at, signal_at, slot_at
from sim.traffic.kernel.calendar import schedule
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.records import NOBODY, SIGNAL_PROBE, Records, State

_NONE = int(Cause.NONE)
_FIRST_KIND = int(Kind.STARTUP)


@compiled
def signal(s: State, what: int, pod: int, now: float, kind: int, result: int) -> None:
    """The control plane must hear this."""
    told = signal_at(s, s.signals)
    told.time, told.pod, told.what, told.kind, told.result = now, pod, what, kind, result
    s.signals += 1


@compiled
def note(probe: Records, result: int, times: int) -> None:
    """*times* such results came in."""
    if times > 0:
        probe.run = probe.run + times if result == probe.last else times
        probe.last = result


@compiled
def missing(probe: Records, result: int) -> int:
    """How many more such results it takes to change the verdict; 0 if they cannot."""
    if result == probe.verdict:
        return 0
    threshold = probe.success if result else probe.failure
    run = probe.run if result == probe.last else 0
    return max(1, threshold - run)


@compiled
def judge(s: State, probe: Records, result: int, now: float) -> None:
    """Take in one *result*, and signal it if the verdict changes by it."""
    changes = missing(probe, result) == 1
    note(probe, result, 1)
    if changes:
        probe.verdict = result
        signal(s, SIGNAL_PROBE, probe.pod, now, probe.kind, result)


@compiled
def hear(s: State, e: int, cause: int, now: float) -> None:
    """The request of a probe, in slot *e*, ended with *cause*."""
    probe = probe_at(s, slot_at(s, e).probe)
    if probe.asked != e:
        return
    probe.asked = NOBODY
    judge(s, probe, 1 if cause == _NONE else 0, now)
    if probe.missed and probe.ticking:
        probe.missed = 0
        schedule(s, probe.make_up, now, _FIRST_KIND + probe.kind)
