"""One pod on one node: sandbox, image, container, process, restarts, and its winding up.

(kubernetes/kubernetes pkg/kubelet/kubelet.go SyncPod, pod_workers.go, kuberuntime)
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from simpy.events import Event

from sim.control.clock import Environment
from sim.control.machine import Machine
from sim.control.probes import Prober
from sim.control.recorder import Recorder
from sim.control.roster import PodRecord
from sim.control.server_process import Exit, ServerProcess
from sim.control.store import Store
from sim.control.termination import stop
from sim.control.versions import Versions
from sim.control.waiting import Steps, Waiting
from sim.model.backoff import BackOff
from sim.model.objects import JsonObject
from sim.model.pod import grace_of, serving_container
from sim.model.pod_status import ContainerState, PodFacts, pod_status
from sim.model.probe import Probe
from sim.model.termination import pre_stop
from sim.ports import DataPlane, ProbeKind, Signal, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every pod's worker works with."""

    env: Environment
    store: Store
    recorder: Recorder
    data_plane: DataPlane
    versions: Versions


class PodWorker:
    """The kubelet's work on one pod, from admission to the removal of the object.

    Every end of the container leads to a restart: restartPolicy Always is the only one that a
    Deployment may have. `live` is the worker's one SimPy process; what happens to the pod
    meanwhile (a deletion, a probe's kill, the end of the process) is noted as state and seen
    wherever `live` stands.
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
        self._env = around.env
        self._machine = machine
        self._pod = pod
        self._record = record
        self._sandbox_seconds = sandbox_seconds
        spec = serving_container(pod["spec"])
        self._hook = pre_stop(spec)
        self._image: str = spec.get("image", "")
        self._container = ContainerState(name=spec["name"], image=self._image)
        self._waiting = Waiting(self._env)
        self._process = ServerProcess(
            self._env, around.data_plane, record.number, self._waiting.poke
        )
        self._prober = Prober(
            self._env,
            around.data_plane,
            record.number,
            spec,
            changed=self._on_readiness,
            failed=self._on_probe_failure,
        )
        self._back_off = BackOff()
        self._admitted_at = self._env.now
        self._sandbox = False
        self._grace: float | None = None  # Set once the pod is being deleted.
        self._kill_grace: float | None = None  # Set while a probe wants the container killed.
        self._final_phase = ""

    @property
    def restarts(self) -> int:
        """How often the container was started again."""
        return self._container.restarts

    def delete(self, grace_seconds: float) -> None:
        """The kubelet hears that the pod is being deleted; only the first time counts."""
        if self._grace is None:
            self._grace = grace_seconds
            self._around.data_plane.set_pod(self._record.number, terminating=True)
            self._prober.terminate()
            self._waiting.poke()

    def hear(self, signal: Signal) -> None:
        """The data plane tells something about this pod."""
        if signal.kind is SignalKind.OOM:
            self._process.out_of_memory()
        elif signal.kind is SignalKind.DRAINED:
            self._process.drained()
        elif signal.detail is not None:
            self._prober.heard(ProbeKind(signal.detail[0]), signal.detail[1])

    def begin(self) -> None:
        """The kubelet hears that the pod is its own."""
        self._env.process(self.live())

    def live(self) -> Steps:
        """Everything in order; ends when the pod object is gone."""
        self._admitted_at = self._env.now
        self._prober.admit()
        self._publish()
        yield from self._prepare()
        while not self._deleted():
            self._start_container()
            yield from self._waiting.until(self._container_must_end)
            if self._deleted():
                break
            noticed = yield from self._end_of_container()
            yield from self._restart_delay(noticed)
        yield from self._wind_up()

    def _deleted(self) -> bool:
        return self._grace is not None

    def _container_must_end(self) -> bool:
        return self._deleted() or self._kill_grace is not None or self._process.ended

    def _prepare(self) -> Steps:
        """Sandbox and network, then the image."""
        yield from self._waiting.until(self._deleted, self._env.now + self._sandbox_seconds)
        if self._deleted():
            return
        self._sandbox = True
        self._publish()
        if not self._machine.has(self._image):
            self._emit("Pulling", f'Pulling image "{self._image}"')
            pulled = self._machine.pulled_at(self._image)
            yield from self._waiting.until(self._deleted, pulled)
            if not self._deleted():
                self._emit("Pulled", f'Successfully pulled image "{self._image}"')

    def _start_container(self) -> None:
        now = self._env.now
        self._container.run(now)
        behaviour = self._around.versions.behaviour(self._record.version)
        self._process.start(behaviour.startup_seconds)
        self._emit("Started", f"Started container {self._container.name}")
        # The kubelet sees its own container run at its next look around, and only then do the
        # status say so and the probes begin.
        restarts = self._container.restarts
        self._env.call_at(self._machine.next_relist(), lambda: self._notice_running(restarts, now))

    def _notice_running(self, restarts: int, container_start: float) -> None:
        if self._process.alive and restarts == self._container.restarts:
            self._prober.begin(container_start)
            self._on_readiness()

    def _on_readiness(self) -> None:
        self._container.started = self._prober.started
        self._container.ready = self._prober.ready
        self._publish()

    def _on_probe_failure(self, kind: ProbeKind, probe: Probe) -> None:
        name = self._container.name
        self._emit("Unhealthy", f"{kind.value.capitalize()} probe failed")
        self._emit("Killing", f"Container {name} failed {kind} probe, will be restarted")
        grace = grace_of(self._pod) if probe.grace_seconds is None else probe.grace_seconds
        self._kill_grace = float(grace)
        self._waiting.poke()

    def _end_of_container(self) -> Generator[Event, None, float]:
        """Stop it if a probe wants that, and answer when the kubelet notices that it has ended.

        A kubelet that kills notices at once, and starts the container again in the same sync; a
        process that ends by itself is noticed at the next look around.
        """
        killed = self._process.alive and self._kill_grace is not None
        if killed:
            yield from self._stop(self._kill_grace or 0.0)
        self._kill_grace = None
        self._prober.stop()
        return self._env.now if killed else self._machine.next_relist()

    def _restart_delay(self, noticed: float) -> Steps:
        """Wait as the back-off says, then count a restart; the status tells of it on the way."""
        ended = self._ended()
        wait = self._back_off.wait_after(ended.time)
        due = max(noticed, ended.time + wait)
        if due > self._env.now:
            seen = max(noticed, self._machine.next_relist()) if noticed == ended.time else noticed
            yield from self._waiting.until(self._deleted, seen)
            if self._deleted():
                return
            self._container.end(ended.code, ended.reason, ended.time)
            if due > self._env.now:
                self._container.back_off(wait, self._record.name)
                self._emit("BackOff", "Back-off restarting failed container")
            self._publish()
            yield from self._waiting.until(self._deleted, due)
        if not self._deleted():
            if "running" in self._container.state:
                self._container.end(ended.code, ended.reason, ended.time)
            self._back_off = self._back_off.stepped(ended.time, self._env.now)
            self._container.restarts += 1

    def _ended(self) -> Exit:
        assert self._process.exit is not None
        return self._process.exit

    def _wind_up(self) -> Steps:
        """Stop what runs, then let the object go at the kubelet's next look around."""
        if self._process.alive:
            self._emit("Killing", f"Stopping container {self._container.name}")
            yield from self._stop(self._grace or 0.0)
        self._prober.stop()
        yield from self._waiting.until(lambda: False, self._machine.next_relist())
        ended = self._process.exit
        if ended is not None:
            self._container.end(ended.code, ended.reason, ended.time)
            self._final_phase = "Failed" if ended.code else "Succeeded"
            self._publish()
        self._around.data_plane.forget_pod(self._record.number)
        if self._current() is not None:
            self._around.store.delete("Pod", self._record.name, self._record.namespace, 0)

    def _stop(self, grace_seconds: float) -> Steps:
        if self._hook.unknown and grace_seconds > 0:
            # Our own reason: the hook does not fail, it only takes no time here.
            note = f"PreStopHook ({self._hook.unknown}) is not simulated and returns at once"
            self._emit("PreStopHookNotSimulated", note)
        versions, version = self._around.versions, self._record.version
        yield from stop(
            self._env,
            self._waiting,
            self._process,
            grace_seconds=grace_seconds,
            hook=self._hook,
            reaction=lambda: versions.behaviour(version).reaction,
        )

    def _current(self) -> JsonObject | None:
        """The pod object as it is now; None if it was removed by force meanwhile."""
        found = self._around.store.find("Pod", self._record.name, self._record.namespace)
        same = found is not None and found["metadata"]["uid"] == self._record.uid
        return found if same else None

    def _publish(self) -> None:
        """Write the status as the kubelet knows it."""
        pod = self._current()
        if pod is None:
            return
        began = self._container.restarts > 0 or "waiting" not in self._container.state
        facts = PodFacts(
            phase=self._final_phase or ("Running" if began else "Pending"),
            has_sandbox=self._sandbox,
            ip=address(self._record.number) if self._sandbox else "",
            start_time=self._admitted_at,
        )
        status = pod_status(pod["status"], facts, self._container, self._env.now)
        self._around.store.put_status(pod, status)

    def _emit(self, reason: str, note: str) -> None:
        self._around.recorder.emit(self._pod, reason, note)


def address(number: int) -> str:
    """The address of data-plane pod *number*, one of 16 million in 10.0.0.0/8."""
    high, low = divmod(number + 1, 256)
    top, middle = divmod(high, 256)
    return f"10.{top % 256}.{middle}.{low}"
