"""Probes of one container: when each starts, is held back, and what its verdicts mean.

Ticks and thresholds run elsewhere (`asks`), which tells transitions; which ticks count is decided
here. A worker per probe ticks from the moment the kubelet admitted the pod; its ticks do nothing
until the container runs, its initial delay is over, and the startup probe has passed.
(kubernetes/kubernetes pkg/kubelet/prober/worker.go, prober_manager.go)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.control.asks import Asks
from sim.control.clock import Environment
from sim.model.probe import Probe, first_tick, next_beat
from sim.ports import ProbeKind


class Prober:
    """All probes of one container; *changed* hears that `started` or `ready` changed, *failed*
    that a probe failed: often enough for its verdict (True), or for the first time, because the
    process does not answer yet, which *answers* tells.
    """

    def __init__(
        self,
        env: Environment,
        asks: Asks,
        probes: Mapping[ProbeKind, Probe],
        *,
        answers: Callable[[], bool],
        changed: Callable[[], None],
        failed: Callable[[ProbeKind, Probe, bool], None],
    ) -> None:
        self._env = env
        self._asks = asks
        self._answers = answers
        self._changed = changed
        self._failed = failed
        self._admitted = env.now
        self._probes = probes
        self._running: set[ProbeKind] = set()
        self._container_start = 0.0
        self._terminating = False
        self.started = False
        self.ready = False

    def admit(self) -> None:
        """The kubelet takes the pod now: from here the workers tick."""
        self._admitted = self._env.now

    def begin(self, container_start: float) -> None:
        """The kubelet has noticed that a container runs since *container_start*."""
        self._container_start = container_start
        self.started = ProbeKind.STARTUP not in self._probes or self._terminating
        self.ready = self.started and ProbeKind.READINESS not in self._probes
        if not self.started:
            self._begin_startup(self._probes[ProbeKind.STARTUP])
            return
        self._begin_gated()

    def stop(self) -> None:
        """The container is gone: no probe has anything to ask."""
        for kind in ProbeKind:
            self._end(kind)
        self.started = self.ready = False

    def terminate(self) -> None:
        """The pod is being deleted: only readiness is still of interest.

        A startup probe that has not passed yet is taken to have, so readiness is asked from now on.
        """
        self._terminating = True
        self._end(ProbeKind.LIVENESS)
        self.heard(ProbeKind.STARTUP, success=True)

    def heard(self, kind: ProbeKind, success: bool) -> None:
        """The data plane tells that a probe's verdict changed."""
        if kind not in self._running:
            return
        if kind is ProbeKind.READINESS:
            self.ready = success
            if not success:
                self._failed(kind, self._probes[kind], True)
            self._changed()
        elif kind is ProbeKind.STARTUP and success:
            self._end(kind)
            self.started = True
            self.ready = ProbeKind.READINESS not in self._probes
            self._begin_gated()
            self._changed()
        elif not success:
            self._fail(kind)

    def _begin_startup(self, probe: Probe) -> None:
        earliest = max(self._env.now, self._container_start + probe.initial_delay_seconds)
        first = first_tick(self._admitted, probe.period_seconds, earliest)
        self._start(ProbeKind.STARTUP, probe, first)

    def _begin_gated(self) -> None:
        """What the startup probe held back."""
        now = self._env.now
        if (probe := self._probes.get(ProbeKind.LIVENESS)) and not self._terminating:
            earliest = self._container_start + probe.initial_delay_seconds
            after_now = next_beat(self._admitted, probe.period_seconds, now)
            first = first_tick(self._admitted, probe.period_seconds, max(after_now, earliest))
            self._start(ProbeKind.LIVENESS, probe, first)
        if probe := self._probes.get(ProbeKind.READINESS):
            # The status refresh of this moment triggers a probe at once and restarts its ticker;
            # if the initial delay is not over, that probe is void and the ticks go on from here.
            earliest = self._container_start + probe.initial_delay_seconds
            first = first_tick(now, probe.period_seconds, max(now, earliest))
            self._start(ProbeKind.READINESS, probe, first)

    def _fail(self, kind: ProbeKind) -> None:
        # The worker holds until a new container appears.
        self._end(kind)
        self._failed(kind, self._probes[kind], True)

    def _start(self, kind: ProbeKind, probe: Probe, first: float) -> None:
        self._running.add(kind)
        self._asks.probe(kind, probe, first)
        if probe.failure_threshold == 1 or self._answers():
            return  # The first failure is the verdict, or there will be none now.
        if first > self._env.now:
            start = self._container_start
            self._env.call_at(first, lambda: self._first_ask(kind, start))
        else:
            self._first_ask(kind, self._container_start)

    def _first_ask(self, kind: ProbeKind, container_start: float) -> None:
        """Tell of the first failure; the ticks after it say the same until the verdict."""
        same = kind in self._running and container_start == self._container_start
        if same and not self._answers():
            self._failed(kind, self._probes[kind], False)

    def _end(self, kind: ProbeKind) -> None:
        if kind in self._running:
            self._running.remove(kind)
            self._asks.unprobe(kind)
