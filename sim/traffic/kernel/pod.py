"""A pod's listener, drain and end, and the events that are its own. See `sim.traffic.pod`."""

from __future__ import annotations

from sim.traffic.clock import Kind
from sim.traffic.kernel.access import pod_at, probe_at, slot_at
from sim.traffic.kernel.asking import make_up, tick
from sim.traffic.kernel.calendar import withdraw
from sim.traffic.kernel.compiled import compiled
from sim.traffic.kernel.cores import catch_up, share_out, turned
from sim.traffic.kernel.judgement import signal
from sim.traffic.kernel.memory import change_leak, start_process, stop_process
from sim.traffic.kernel.meter import employ
from sim.traffic.kernel.probing import listening_changed, turn_verdict
from sim.traffic.kernel.records import QUIET, SIGNAL_DRAINED, SIGNAL_OOM, State
from sim.traffic.kernel.station import take_waiting, tell_if_empty

_OOM, _DRAINED, _CPU = int(Kind.OOM), int(Kind.DRAINED), int(Kind.CPU)


@compiled
def happen(s: State, e: int, kind: int, now: float) -> None:
    """The event of a pod that slot *e* stands for."""
    slot = slot_at(s, e)
    p = slot.attempt
    if kind == _OOM:
        pod_at(s, p).crossed = 1
        signal(s, SIGNAL_OOM, p, now, 0, 0)
    elif kind == _DRAINED:
        signal(s, SIGNAL_DRAINED, p, now, 0, 0)
    elif kind == _CPU:
        turned(s, p, now)
    elif e == probe_at(s, slot.probe).make_up:
        make_up(s, slot.probe, now)
    elif probe_at(s, slot.probe).sort == QUIET:
        turn_verdict(s, slot.probe, now)
    else:
        tick(s, slot.probe, now)


@compiled
def set_listening(s: State, p: int, listening: int, killed: int, now: float) -> None:
    """Its process listens or not, from now on."""
    pod = pod_at(s, p)
    if pod.listening != listening:
        pod.listening = listening
        listening_changed(s, p, killed, now)


@compiled
def listen(s: State, p: int, now: float) -> None:
    """Begin to listen with a fresh process."""
    drain(s, p, 0, now)
    _end_connections(s, p, now)
    pod_at(s, p).process += 1
    pod_at(s, p).began = now
    start_process(s, p, now)
    set_listening(s, p, 1, 0, now)


@compiled
def drain(s: State, p: int, draining: int, now: float) -> None:
    """Close the listener, finish what was accepted, and signal when that is done; or do not."""
    pod = pod_at(s, p)
    if pod.draining == draining:
        return
    pod.draining = draining
    if draining:
        set_listening(s, p, 0, 0, now)
        tell_if_empty(s, p, now)
    else:
        withdraw(s, pod.drained)


@compiled
def end_process(s: State, p: int, now: float) -> None:
    """The process is gone; what was in flight is another matter."""
    set_listening(s, p, 0, 1, now)
    drain(s, p, 0, now)
    _end_connections(s, p, now)
    stop_process(s, p)


@compiled
def _end_connections(s: State, p: int, now: float) -> None:
    """With a process its connections end."""
    if pod_at(s, p).has_process:
        pod_at(s, p).ended_at = now


@compiled
def change_version(s: State, version: int, count: int, now: float) -> None:
    """The pods of *version*, of *count* in all, behave as its row says from now on."""
    for p in range(count):
        if pod_at(s, p).version == version:
            catch_up(s, pod_at(s, p).node, now)
            employ(s, p, now)
            share_out(s, pod_at(s, p).node, now)
            change_leak(s, p, now)
            take_waiting(s, p, now)
