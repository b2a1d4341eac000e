"""One pod on one node: sandbox, init containers, containers, and its winding up.

(kubernetes/kubernetes pkg/kubelet/kubelet.go SyncPod, pod_workers.go,
kuberuntime/kuberuntime_manager.go)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sim.control.asks import Asks, ServedAsks, SideAsks
from sim.control.blueprint import Blueprints, ContainerBlueprint, Role
from sim.control.clock import Environment
from sim.control.container import Container
from sim.control.machine import Machine
from sim.control.probes import Prober
from sim.control.recorder import Recorder
from sim.control.roster import PodRecord
from sim.control.server_process import Process, ServerProcess
from sim.control.side_process import SideProcess
from sim.control.store import Store
from sim.control.versions import Versions
from sim.model.behaviour import Behaviour
from sim.model.objects import JsonObject
from sim.model.pod import grace_of
from sim.model.pod_status import PodFacts, pod_status
from sim.ports import DataPlane, ProbeKind, Signal, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every pod's worker works with."""

    env: Environment
    store: Store
    recorder: Recorder
    data_plane: DataPlane
    versions: Versions
    blueprints: Blueprints = field(default_factory=Blueprints)
    started: Callable[[PodRecord], None] = lambda _: None  # A serving process begins.


class PodWorker:
    """The kubelet's work on one pod, from admission to the removal of the object.

    Each step plans the next one; what happens meanwhile (a deletion, a probe's kill, the end of a
    process) is noted as state, and every step looks at it first. The pod's first container is the
    one that serves; only its process is in the data plane.
    """

    def __init__(
        self,
        around: Surroundings,
        machine: Machine,
        pod: JsonObject,
        record: PodRecord,
        *,
        sandbox_seconds: float,
    ) -> None:
        self._around = around
        self.env = around.env
        self.machine = machine
        self.full_name = f"{record.name}_{record.namespace}({record.uid})"
        self.grace_seconds = float(grace_of(pod))
        self._pod = pod
        self._record = record
        self._sandbox_seconds = sandbox_seconds
        self._life = 0  # Grows when the machine is lost: what was planned before is void.
        self._begun = self._has_sandbox = self._initialized = False
        self._all_have_run = False
        self._over = self._gone = False  # Winding up is done; the kubelet has forgotten the pod.
        self._admitted_at = self.env.now
        self._grace: float | None = None  # Set once the pod is being deleted.
        self._final_phase = ""
        self._plan = plan = around.blueprints.of(pod["spec"])
        self._init = [self._container(one) for one in plan.init]
        self._apps = [self._container(one) for one in plan.apps]
        self._init_states = [one.state for one in self._init]
        self._app_states = [one.state for one in self._apps]
        sidecars = [one.state for one in self._init if one.role is Role.SIDECAR]
        self._must_be_ready = sidecars + self._app_states
        self._address = address(record.number)

    @property
    def restarts(self) -> int:
        """How often its containers were started again."""
        return sum(one.state.restarts for one in (*self._apps, *self._init))

    # What it hears.

    def begin(self) -> None:
        """The kubelet hears that the pod is its own."""
        if self._begun or self.machine.lost:
            return
        self._begun = True
        self._admitted_at = self.env.now
        for one in (*self._init, *self._apps):
            if one.prober is not None:
                one.prober.admit()
        self.publish()
        if self.deleted():
            self._wind_up()
        else:
            self.later(self.env.now + self._sandbox_seconds, self._sandbox_ready)

    def delete(self, grace_seconds: float) -> None:
        """The kubelet hears that the pod is being deleted; later only a shorter grace counts."""
        if self._grace is not None:
            if grace_seconds < self._grace and not self.machine.lost:
                self._grace = grace_seconds
                for one in (*self._apps, *self._init):
                    one.shorten(grace_seconds)
            return
        self._grace = grace_seconds
        self._around.data_plane.set_pod(self._record.number, terminating=True)
        if self.machine.lost or not self._begun:
            return
        self._wind_up()

    def hear(self, signal: Signal) -> None:
        """The data plane tells something about this pod."""
        serving = self._apps[0]
        assert isinstance(serving.process, ServerProcess)
        if signal.kind is SignalKind.OOM:
            serving.process.out_of_memory()
        elif signal.kind is SignalKind.CRASH:
            serving.process.crash()
        elif signal.kind is SignalKind.DRAINED:
            serving.process.drained()
        elif signal.detail is not None and serving.prober is not None:
            serving.prober.heard(ProbeKind(signal.detail[0]), signal.detail[1])

    def noticed(self) -> None:
        """Somebody else changed the pod: a readiness gate may have opened or shut."""
        if self._plan.gates and self._has_sandbox and not self._over and not self.machine.lost:
            self.publish()

    def lose(self) -> None:
        """The machine stops: every process is gone, and nobody is left to say so."""
        if self._gone:
            return
        self._life += 1
        self._has_sandbox = self._initialized = self._over = False
        for one in (*self._apps, *self._init):
            one.process.lose()
            one.lost()

    def boot(self) -> None:
        """The machine is back: clean up a deleted pod, start any other once more."""
        if self._gone or (self._current() is None and not self.deleted()):
            return
        if not self._begun:
            self.begin()
        elif self.deleted():
            self._finish()
        else:
            self.later(self.env.now + self._sandbox_seconds, self._sandbox_ready)

    # What its containers ask of it.

    def emit(self, reason: str, note: str) -> None:
        """An event about the pod."""
        self._around.recorder.emit(self._pod, reason, note)

    def behaviour(self) -> Behaviour:
        """How the pod's version behaves now."""
        return self._around.versions.behaviour(self._record.version)

    def later(self, time: float, call: Callable[[], None]) -> None:
        """Call at *time*, unless the machine is lost before."""
        life = self._life
        self.env.call_at(time, lambda: call() if life == self._life else None)

    def deleted(self) -> bool:
        """Whether the pod is being deleted."""
        return self._grace is not None

    def moved(self, container: Container) -> None:
        """A container has started, is done, or has ended in the pod's end."""
        if self.deleted():
            self._after_an_end()
        elif container.role in (Role.INIT, Role.SIDECAR):
            self._advance()

    def publish(self) -> None:
        """Write the status as the kubelet knows it."""
        pod = self._current()
        if pod is None:
            return
        apps = self._app_states
        if not self._all_have_run:
            self._all_have_run = all(state.has_run for state in apps)
        running = self._initialized and self._all_have_run
        facts = PodFacts(
            phase=self._final_phase or ("Running" if running else "Pending"),
            has_sandbox=self._has_sandbox,
            ip=self._address if self._has_sandbox else "",
            host_ip=self.machine.address,
            start_time=self._admitted_at,
            qos=self._plan.qos,
            incomplete=[]
            if self._initialized
            else [one.name for one in self._init if not one.complete],
            unready=[state.name for state in self._must_be_ready if not state.ready],
            gates=self._plan.gates,
        )
        status = pod_status(pod["status"], facts, apps, self._init_states, self.env.now)
        self._around.store.put_status(pod, status)

    # Its steps.

    def _sandbox_ready(self) -> None:
        if self.deleted():
            return
        self._has_sandbox = True
        self._initialized = not self._init
        self._advance()
        # The status tells at the kubelet's next look around, together with what runs by then.
        self.later(self.machine.next_relist(), self._notice_sandbox)

    def _notice_sandbox(self) -> None:
        if not self._over:
            self.publish()

    def _advance(self) -> None:
        """Start what may be started now: init containers one by one, then the others together."""
        if self.deleted() or not self._has_sandbox:
            return
        for one in self._init:
            one.ensure()
            if not one.complete:
                return
        if not self._initialized:
            self._initialized = True
            self.publish()
        for one in self._apps:
            one.ensure()

    def _wind_up(self) -> None:
        """Stop all that runs: the containers at once, then the sidecars, the last one first."""
        grace = self._grace or 0.0
        for one in (*self._apps, *self._init):
            if one.prober is not None:
                one.prober.terminate()
        for one in self._apps:
            one.stop(grace, None)
        for one in self._init:
            is_sidecar = one.role is Role.SIDECAR
            one.stop(grace, partial(self._turn_of, one) if is_sidecar else None)
        self._after_an_end()

    def _turn_of(self, sidecar: Container) -> bool:
        place = self._init.index(sidecar)
        return not any(one.process.alive for one in (*self._apps, *self._init[place + 1 :]))

    def _after_an_end(self) -> None:
        for one in self._init:
            one.look()
        if not any(one.process.alive for one in (*self._apps, *self._init)):
            self._finish()

    def _finish(self) -> None:
        """Let the object go at the kubelet's next look around."""
        if not self._over:
            self._over = True
            self.later(self.machine.next_relist(), self._remove)

    def _remove(self) -> None:
        for one in (*self._apps, *self._init):
            if one.prober is not None:
                one.prober.stop()
            one.finish()
        codes = [one.process.exit.code for one in self._apps if one.process.exit is not None]
        if codes:
            self._final_phase = "Failed" if any(codes) else "Succeeded"
            self.publish()
        self._gone = True
        self._around.data_plane.forget_pod(self._record.number)
        if self._current() is not None:
            self._around.store.delete("Pod", self._record.name, self._record.namespace, 0)

    def _container(self, plan: ContainerBlueprint) -> Container:
        around = self._around
        ends: list[Container] = []

        def ended() -> None:
            ends[0].ended()

        process: Process
        asks: Asks
        if plan.role is Role.SERVING:
            process = ServerProcess(
                self.env,
                around.data_plane,
                self._record.number,
                ended,
                limit_cores=plan.limit_cores,
                begun=lambda: around.started(self._record),
            )
            asks = ServedAsks(around.data_plane, self._record.number)
        else:
            side = SideProcess(self.env, plan.name, ends=plan.role is Role.INIT, changed=ended)
            process = side
            asks = SideAsks(self.env, side, lambda kind, ok: _heard(ends[0], kind, ok))
        container = Container(self, plan, process, first=not self._plan.init)
        ends.append(container)
        container.prober = Prober(
            self.env,
            asks,
            plan.probes,
            answers=lambda: process.listening,
            changed=container.readiness_changed,
            failed=container.probe_failed,
        )
        return container

    def _current(self) -> JsonObject | None:
        """The pod object as it is now; None if it was removed by force meanwhile."""
        found = self._around.store.find("Pod", self._record.name, self._record.namespace)
        same = found is not None and found["metadata"]["uid"] == self._record.uid
        return found if same else None


def _heard(container: Container, kind: ProbeKind, success: bool) -> None:
    if container.prober is not None:
        container.prober.heard(kind, success)


def address(number: int) -> str:
    """The address of data-plane pod *number*, one of 16 million in 10.0.0.0/8."""
    high, low = divmod(number + 1, 256)
    top, middle = divmod(high, 256)
    return f"10.{top % 256}.{middle}.{low}"
