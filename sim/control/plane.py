"""The control plane of one simulated cluster: the store and everything that works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sim.control.autoscaler import Autoscaler
from sim.control.clock import Environment
from sim.control.deployment import DeploymentController
from sim.control.disruption import Disruptions
from sim.control.drain import Drain, cordon
from sim.control.endpoints import Endpoints
from sim.control.feature_flags import FeatureFlags
from sim.control.garbage import GarbageCollector
from sim.control.kubelet import Kubelets
from sim.control.news import news
from sim.control.node_lifecycle import NodeLifecycle
from sim.control.nodes import register
from sim.control.outbox import Outbox
from sim.control.pod_worker import Surroundings
from sim.control.quota import Quotas
from sim.control.recorder import Recorder
from sim.control.replica_set import ReplicaSetController
from sim.control.resource_metrics import ResourceMetrics
from sim.control.roster import Roster
from sim.control.routing import Routing
from sim.control.scheduler import Scheduler
from sim.control.store import Store
from sim.control.timeline import Timeline
from sim.control.versions import Versions
from sim.control.work_queue import WatchDelay
from sim.model.behaviour import CpuShare, Delays, Node
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject
from sim.model.routing import Attribute
from sim.model.run import CodePath, KubeEvent, PodSpan
from sim.ports import DataPlane, Signal


class ControlPlane:
    """Kubernetes as far as rollouts feel it, on the clock *env* and on top of *data_plane*.

    *pod_requests* tells the cores and bytes that a pod or template asks for, *memory_limit* the
    bytes at which it is killed (None: the node's memory), *cpu_share* what it may compute;
    *attributes* are what users differ in, as proxies may see it.
    """

    def __init__(
        self,
        env: Environment,
        *,
        seed: int,
        delays: Delays,
        nodes: Sequence[Node],
        data_plane: DataPlane,
        versions: Versions,
        proxies: int,
        pod_requests: Callable[[JsonObject], tuple[float, float]],
        memory_limit: Callable[[JsonObject], float | None],
        cpu_share: Callable[[JsonObject], CpuShare],
        attributes: Sequence[Attribute] = (),
    ) -> None:
        versions.on_change = data_plane.set_behaviour
        versions.tell_all()
        self._env = env
        self._data_plane = data_plane
        self.store = store = Store(env, seed)
        self._recorder = recorder = Recorder(env)
        # Subscribers are called in this order: who a pod is must be known before anybody asks.
        self._roster = roster = Roster(store, versions)
        self._timeline = Timeline(env, roster, pod_requests)

        def watch(listener: str) -> WatchDelay:
            return WatchDelay(seed, listener, delays.watch)

        Quotas(env, store, watch("quota"))
        DeploymentController(env, store, recorder, watch("deployment"), roster=roster)
        ReplicaSetController(env, store, recorder, watch("replicaset"), roster=roster)
        GarbageCollector(env, store, watch("garbage"))
        Scheduler(env, store, recorder, seed=seed, delays=delays, roster=roster)
        self._flags = flags = FeatureFlags(
            env, store, data_plane, seed=seed, delays=delays, attributes=attributes
        )
        self._kubelets = Kubelets(
            Surroundings(
                env=env,
                store=store,
                recorder=recorder,
                data_plane=data_plane,
                versions=versions,
                started=flags.started,
            ),
            seed=seed,
            delays=delays,
            nodes=nodes,
            roster=roster,
            memory_limit=memory_limit,
            cpu_share=cpu_share,
        )
        self._outbox = Outbox(env, news(seed, delays), proxies)
        endpoints = Endpoints(
            env,
            store,
            data_plane,
            watch("endpoints"),
            outbox=self._outbox,
            also_terminating=delays.proxy is ProxyKind.KUBE_PROXY,
            roster=roster,
        )
        Routing(
            store,
            data_plane,
            endpoints,
            outbox=self._outbox,
            proxy=delays.proxy,
            attributes=attributes,
        )
        Autoscaler(env, store, recorder, ResourceMetrics(env, data_plane, roster))
        self._disruptions = Disruptions(env, store, watch("disruption"), roster=roster)
        self._lifecycle = NodeLifecycle(
            env, store, recorder, watch("nodes"), seed=seed, roster=roster
        )
        for node in nodes:
            data_plane.set_node(node.name, cores=node.cpu_cores)
        register(store, nodes, env.now)

    @property
    def events(self) -> list[KubeEvent]:
        """Everything the controllers said so far, in order."""
        return self._recorder.events

    @property
    def roster(self) -> Roster:
        """Who is who among the pods."""
        return self._roster

    def is_lost(self, node: str) -> bool:
        """Whether that machine stands still."""
        return self._kubelets.is_lost(node)

    @property
    def restarts(self) -> int:
        """Container restarts so far."""
        return self._kubelets.restarts

    def apply(self, objects: Iterable[JsonObject]) -> None:
        """Create *objects* now."""
        for number, obj in enumerate(objects, start=1):
            spec = obj.get("spec") or {}
            if obj["kind"] == "Service" and spec.get("type") != "ExternalName":
                # A virtual address out of the usual range for Services, as the API server gives.
                obj = {**obj, "spec": {"clusterIP": f"10.96.0.{number}", **spec}}
            self.store.create(obj)

    def evict(self, pod: str, namespace: str = "default") -> None:
        """Evict *pod*. Raise `TooManyRequests` if its disruption budget does not allow that now."""
        self._disruptions.evict(pod, namespace)

    def drain(self, node: str) -> None:
        """Cordon *node* and evict its pods, one by one, as budgets allow."""
        self.store.get("Node", node)
        Drain(self._env, self.store, self._disruptions, node)

    def cordon(self, node: str, *, unschedulable: bool = True) -> None:
        """Let no new pods come to *node*, or let them come again."""
        cordon(self.store, node, unschedulable=unschedulable)

    def lose_node(self, node: str) -> None:
        """The machine stops: its pods' processes, its kubelet, and every answer from it."""
        self.store.get("Node", node)
        if self._kubelets.is_lost(node):
            return
        self._data_plane.set_node(node, reachable=False)
        self._kubelets.lose(node)
        self._lifecycle.lost(node)

    def return_node(self, node: str) -> None:
        """The machine has booted again."""
        self.store.get("Node", node)
        if not self._kubelets.is_lost(node):
            return
        self._data_plane.set_node(node, reachable=True)
        self._lifecycle.returned(node)
        self._kubelets.return_(node)

    def hear(self, signal: Signal) -> None:
        """Something happened in the data plane, now."""
        self._kubelets.hear(signal)

    def pod_spans(self, end: float) -> tuple[PodSpan, ...]:
        """Every pod's phases up to *end*; see `Timeline.spans`."""
        return self._timeline.spans(end)

    def code_paths(self) -> tuple[CodePath, ...]:
        """What pods behind a flag got to know of it so far; see `FeatureFlags`."""
        return tuple(self._flags.code_paths)

    def pod_name(self, number: int) -> str:
        """What the data plane's pod *number* is called; nothing if there is none."""
        record = self._roster.numbered(number)
        return "" if record is None else record.name

    def heard_by_all(self) -> bool:
        """Whether every list and table published so far has reached every proxy."""
        return self._outbox.heard_by_all()
