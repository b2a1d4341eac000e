"""Where a container's probes go: to the data plane for the one that serves, else answered here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sim.control.clock import Environment
from sim.control.side_process import SideProcess
from sim.model.probe import Probe, first_tick
from sim.ports import DataPlane, ProbeKind


class Asks(Protocol):
    """Runs the ticks of probes; what comes of them is heard elsewhere."""

    def probe(self, kind: ProbeKind, probe: Probe, first: float) -> None:
        """Tick from *first* on."""
        ...

    def unprobe(self, kind: ProbeKind) -> None:
        """Stop, and forget the verdict."""
        ...


class ServedAsks:
    """Probes of the container that serves requests: the data plane answers them."""

    def __init__(self, data_plane: DataPlane, pod: int) -> None:
        self._plane = data_plane
        self._pod = pod

    def probe(self, kind: ProbeKind, probe: Probe, first: float) -> None:
        """Tick from *first* on."""
        self._plane.probe(
            self._pod,
            kind,
            first,
            probe.period_seconds,
            probe.success_threshold,
            probe.failure_threshold,
            probe.timeout_seconds,
            probe.served,
        )

    def unprobe(self, kind: ProbeKind) -> None:
        """Stop, and forget the verdict."""
        self._plane.unprobe(self._pod, kind)


class SideAsks:
    """Probes of another container: its process answers from a known moment until it ends.

    So there is one change to expect from each probe, and no ticks are needed: the success that
    completes a run, or before that the failure that does.
    """

    def __init__(
        self, env: Environment, process: SideProcess, heard: Callable[[ProbeKind, bool], None]
    ) -> None:
        self._env = env
        self._process = process
        self._heard = heard
        self._asked: dict[ProbeKind, int] = {}
        self._count = 0

    def probe(self, kind: ProbeKind, probe: Probe, first: float) -> None:
        """Expect what the ticks from *first* on will come to."""
        self._count += 1
        self._asked[kind] = ticket = self._count
        answered = first_tick(first, probe.period_seconds, max(first, self._process.answers_from))
        success = answered + (probe.success_threshold - 1) * probe.period_seconds
        failure = first + (probe.failure_threshold - 1) * probe.period_seconds
        fails_first = failure < answered
        if kind is not ProbeKind.READINESS and fails_first:
            self._env.call_at(failure, lambda: self._tell(kind, ticket, False))
        elif kind is not ProbeKind.LIVENESS:
            self._env.call_at(success, lambda: self._tell(kind, ticket, True))

    def unprobe(self, kind: ProbeKind) -> None:
        """Stop, and forget the verdict."""
        self._asked.pop(kind, None)

    def _tell(self, kind: ProbeKind, ticket: int, success: bool) -> None:
        if self._asked.get(kind) == ticket and self._process.alive:
            self._heard(kind, success)
