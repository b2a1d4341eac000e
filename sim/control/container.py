"""One container of a pod: its image, its process, its probes, its restarts, its end.

(kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go, kuberuntime_container.go)
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from sim.control.blueprint import ContainerBlueprint, Role
from sim.control.host import Host
from sim.control.image import ImagePull
from sim.control.probes import Prober
from sim.control.server_process import Process
from sim.control.termination import Stop
from sim.model.age import go_duration
from sim.model.backoff import BackOff
from sim.model.pod_status import INITIALIZING, ContainerState
from sim.model.probe import Probe
from sim.ports import ProbeKind


class Stage(Enum):
    """Where it stands."""

    IDLE = auto()
    PULLING = auto()
    RUNNING = auto()
    WAITING = auto()  # It has ended and will be started again.
    DONE = auto()  # An init container that succeeded.


class ContainerHost(Host, Protocol):
    """The pod's worker, as its containers know it."""

    grace_seconds: float
    full_name: str  # name_namespace(uid), as a kubelet writes it.

    def moved(self, container: Container) -> None:
        """A container has started, is done, or has ended in the pod's end."""
        ...


class Container:
    """One container from its first pull to the end of its pod; every end leads to a restart,
    but an init container's success.

    *process* and *prober* are its own. `stop` begins its part of the pod's termination.
    """

    def __init__(
        self, host: ContainerHost, plan: ContainerBlueprint, process: Process, *, first: bool
    ) -> None:
        self._host = host
        self._plan = plan
        self.role = plan.role
        self.process = process
        self.stage = Stage.IDLE
        self.prober: Prober | None = None
        self.state = ContainerState(name=plan.name, image=plan.image)
        if not first:
            self.state.state = INITIALIZING
        self._back_off = BackOff()
        self._image = ImagePull(host, plan, self.state, self._start)
        self._killed = False  # While a probe or a failed hook has it killed.
        self._stop: Stop | None = None  # While the pod is being deleted.
        self._starts = 0

    @property
    def name(self) -> str:
        """Its name in the pod."""
        return self.state.name

    @property
    def complete(self) -> bool:
        """Whether what comes after this init container may begin."""
        if self.role is Role.SIDECAR:
            return self.stage is Stage.RUNNING and self.state.started
        return self.stage is Stage.DONE

    def ensure(self) -> None:
        """Begin, if that has not happened yet."""
        if self.stage is Stage.IDLE:
            self.stage = Stage.PULLING
            self._image.begin()

    def stop(self, grace_seconds: float, turn: Callable[[], bool] | None) -> None:
        """The pod is being deleted: stop what runs; a stop that is under way goes on."""
        if not self.process.alive or self._killed:
            return
        self._host.emit("Killing", f"Stopping container {self.name}")
        self._stop = self._begin_stop(grace_seconds, turn)

    def look(self) -> None:
        """Another container has ended: perhaps it is this one's turn."""
        if self._stop is not None:
            self._stop.look()

    def shorten(self, grace_seconds: float) -> None:
        """The pod was deleted again, with less grace."""
        if self._stop is not None and self.process.alive:
            self._stop.shorten(grace_seconds)

    def readiness_changed(self) -> None:
        """The prober's view of it is another now."""
        assert self.prober is not None
        before = self.state.started
        self.state.started = self.prober.started
        self.state.ready = self.prober.ready
        self._host.publish()
        if self.state.started and not before:
            self._host.moved(self)

    def probe_failed(self, kind: ProbeKind, probe: Probe, often_enough: bool) -> None:
        """A probe has failed; a startup or liveness probe *often_enough* kills the container."""
        why = "" if often_enough else ": connection refused"
        self._host.emit("Unhealthy", f"{kind.value.capitalize()} probe failed{why}")
        if not often_enough or kind is ProbeKind.READINESS:
            return
        self._kill_for(f"failed {kind} probe, will be restarted", probe.grace_seconds)

    def ended(self) -> None:
        """Its process has ended."""
        killed, self._killed = self._killed, False
        if self.prober is not None and not self._host.deleted():
            self.prober.stop()
        if self._host.deleted():
            self._host.moved(self)
            return
        self.stage = Stage.WAITING
        exit_ = self.process.exit
        assert exit_ is not None
        if killed and not self._back_off.wait_after(exit_.time):
            # A kubelet that kills notices at once, and starts again in the same sync.
            self._note_end()
            self._restart(exit_.time)
        else:
            self._host.later(self._host.machine.next_relist(), self._notice_end)

    def finish(self) -> None:
        """The pod is over: what became of the process, if it ever ran."""
        self._note_end()

    def lost(self) -> None:
        """The machine is gone; what runs then begins anew, if it comes back."""
        if self.prober is not None:
            self.prober.stop()
        if self.stage is Stage.DONE:
            return
        if self.stage in (Stage.RUNNING, Stage.WAITING):
            self.state.restarts += 1
            if "running" in self.state.state:
                self.state.end(255, "Unknown", self._host.env.now)
        self.stage = Stage.IDLE
        self._killed, self._stop = False, None

    def _start(self) -> None:
        host, now = self._host, self._host.env.now
        if host.deleted():
            return
        self.stage = Stage.RUNNING
        self._starts += 1
        self.state.run(now)
        self.process.start(host.behaviour())
        host.emit("Created", f"Created container: {self.name}")
        host.emit("Started", f"Started container {self.name}")
        start = self._starts
        if self._plan.post_start.exists:
            after = now + self._plan.post_start.seconds
            host.later(after, lambda: self._hook_returned(start, now))
            return
        # The kubelet sees its own container run at its next look around, and only then do the
        # status say so and the probes begin.
        host.later(host.machine.next_relist(), lambda: self._notice_running(start, now))

    def _hook_returned(self, start: int, began: float) -> None:
        if start != self._starts or not self.process.alive:
            return
        if self._plan.post_start.asked and not self.process.listening:
            self._host.emit("FailedPostStartHook", "PostStartHook failed")
            self._kill_for("failed PostStartHook", None)
            return
        self._host.later(
            self._host.machine.next_relist(), lambda: self._notice_running(start, began)
        )

    def _notice_running(self, start: int, began: float) -> None:
        if self.process.alive and start == self._starts and self.prober is not None:
            self.prober.begin(began)
            self.readiness_changed()

    def _kill_for(self, why: str, grace_seconds: int | None) -> None:
        if self._killed or not self.process.alive:
            return
        self._host.emit("Killing", f"Container {self.name} {why}")
        grace = self._host.grace_seconds if grace_seconds is None else float(grace_seconds)
        self._killed = True
        self._begin_stop(grace, None)

    def _begin_stop(self, grace_seconds: float, turn: Callable[[], bool] | None) -> Stop:
        hook = self._plan.pre_stop
        if grace_seconds > 0:
            if hook.unknown:
                # Our own reason: the hook does not fail, it only takes no time here.
                note = f"PreStopHook ({hook.unknown}) is not simulated and returns at once"
                self._host.emit("PreStopHookNotSimulated", note)
            if hook.asked and not self.process.listening:
                self._host.emit("FailedPreStopHook", "PreStopHook failed")
        return Stop(
            self._host.env,
            self.process,
            grace_seconds=grace_seconds,
            hook_seconds=hook.seconds,
            reaction=lambda: self._host.behaviour().reaction,
            turn=turn,
        )

    def _notice_end(self) -> None:
        if self.stage is not Stage.WAITING or self._host.deleted():
            return
        exit_ = self._note_end()
        if self.role is Role.INIT and exit_ == 0:
            self.stage = Stage.DONE
            self.state.ready = True
            self._host.publish()
            self._host.moved(self)
            return
        assert self.process.exit is not None
        ended, now = self.process.exit.time, self._host.env.now
        wait = self._back_off.wait_after(ended)
        due = max(now, ended + wait)
        if due > now:
            pod = self._host.full_name
            note = f"restarting failed container={self.name} pod={pod}"
            self.state.wait("CrashLoopBackOff", f"back-off {go_duration(wait)} {note}")
            note = f"Back-off restarting failed container {self.name} in pod {pod}"
            self._host.emit("BackOff", note)
        self._host.publish()
        self._host.later(due, lambda: self._restart(ended))

    def _restart(self, ended: float) -> None:
        if self._host.deleted():
            return
        self._back_off = self._back_off.stepped(ended, self._host.env.now)
        self.state.restarts += 1
        self.stage = Stage.PULLING
        self._image.begin()

    def _note_end(self) -> int | None:
        """Write the end of the process into the state, once; its exit code."""
        exit_ = self.process.exit
        if exit_ is None:
            return None
        if "running" in self.state.state:
            self.state.end(exit_.code, exit_.reason, exit_.time)
        return exit_.code
