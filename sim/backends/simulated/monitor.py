"""The monitoring of the simulated cluster: a scraper, its targets, and who may ask.

It counts from the attempts that the data plane tells, so that what a scrape sees is what pods and
proxies had counted at that moment, and nothing of it reaches the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.control.clock import Environment
from sim.control.plane import ControlPlane
from sim.control.roster import PodRecord
from sim.control.versions import Versions
from sim.model.attempts import Attempts
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject, labels_of, name_of, namespace_of
from sim.model.run import Change
from sim.model.samples import Labels, Vector
from sim.model.template_hash import HASH_LABEL
from sim.model.tracks import TRACK_LABEL
from sim.model.version_queries import label_name
from sim.monitoring import exposition
from sim.monitoring.exposition import UNKNOWN
from sim.monitoring.promql.evaluate import query
from sim.monitoring.request_counters import RequestCounters
from sim.monitoring.rule_groups import RuleGroups
from sim.monitoring.scraper import Exposed, Scraper, Target
from sim.monitoring.series import SeriesStore
from sim.ports import DataPlane, PodCounters
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.resources import serving
from sim.scenario.scenario import Scenario

_PORT = 9090
ROLLOUT_HASH_LABEL = "rollouts-pod-template-hash"  # A Rollout's name for a template's hash.
OLD = "old"


class Monitor:
    """`model.samples.Metrics` of the simulated cluster; hand it each of the plane's *attempts*.

    Drive `scraper.watch` and `rules.watch` to let it run. A query sees what has been scraped.
    """

    def __init__(
        self, env: Environment, scenario: Scenario, versions: Versions, *, seed: int
    ) -> None:
        self._env = env
        self._scenario = scenario
        self._versions = versions
        self._bounds = scenario.monitoring.buckets
        self._counters = RequestCounters(
            self._bounds, scenario.connections.proxy, scenario.clients.attempt_timeout_seconds
        )
        self.store = SeriesStore()
        self.scraper = Scraper(
            self.store,
            self._targets,
            lambda: self._env.now,
            interval_seconds=scenario.monitoring.scrape_interval_seconds,
            seed=seed,
        )
        self.rules = RuleGroups(
            scenario.rules,
            self.store,
            lambda: self._env.now,
            settle=self.scraper.settle,
            is_away=lambda: self.scraper.is_blind,
            interval_seconds=scenario.monitoring.evaluation_interval_seconds,
            seed=seed,
        )
        self._restarts: dict[str, int] = {}
        self._cpu_before: dict[int, float] = {}
        self._looked: tuple[float, dict[int, PodCounters]] = (float("-inf"), {})

    def tie(self, control: ControlPlane, data: DataPlane) -> None:
        """Watch these two planes."""
        self._control = control
        self._data = data
        control.store.subscribe("Pod", self._on_pod)

    def take(self, attempts: Attempts) -> None:
        """Some attempts more have ended."""
        self._counters.take(attempts)

    def query(self, promql: str) -> Vector | float:
        """The value of an instant query now. Raise a `QueryError` for one that has none."""
        self.scraper.settle()
        return query(self.store, promql, self._env.now)

    def _on_pod(self, change: Change) -> None:
        """A container that was started again counts from 0."""
        pod = change.object
        uid = pod["metadata"]["uid"]
        name = serving(pod)["name"]
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        count = next((one["restartCount"] for one in statuses if one["name"] == name), 0)
        if count > self._restarts.get(uid, 0):
            number = self._control.roster.by_uid(uid).number
            self._data.flush_log()
            self._counters.restart(number)
            found = self._data.pods().get(number)
            self._cpu_before[number] = 0.0 if found is None else found.cpu_seconds
        self._restarts[uid] = count

    def _pods(self) -> dict[int, PodCounters]:
        """All pods as they are now, looked up once for all targets of a moment."""
        if self._looked[0] != self._env.now:
            self._looked = (self._env.now, dict(self._data.pods()))
        return self._looked[1]

    def _targets(self) -> Sequence[Target]:
        """Whoever can be scraped now."""
        return [
            *map(self._of_pod, self._running()),
            *map(self._of_proxy, range(self._proxies())),
            *(self._of_node(number) for number in range(len(self._scenario.nodes))),
            Target(
                kind="objects",
                number=0,
                labels=(("job", "kube-state-metrics"), ("instance", "kube-state-metrics:8080")),
                expose=self._objects,
            ),
        ]

    def _running(self) -> list[PodRecord]:
        return [
            record
            for record in self._control.roster.present()
            if record.number >= 0 and record.address and not record.finished
        ]

    def _of_pod(self, record: PodRecord) -> Target:
        container = serving(record.pod)
        ports = container.get("ports") or ({"containerPort": _PORT},)
        pod = record.pod
        labels = {label_name(key): text for key, text in labels_of(pod).items()}
        labels |= {
            **self._service_labels(pod),
            "instance": f"{record.address}:{ports[0]['containerPort']}",
            "namespace": record.namespace,
            "pod": record.name,
            "container": container["name"],
        }
        return Target(
            kind="pods",
            number=record.ordinal,
            labels=tuple(labels.items()),
            expose=lambda: self._process(record),
        )

    def _service_labels(self, pod: JsonObject) -> dict[str, str]:
        """The Service through which the pod is found; of a Rollout's two, the one that selects it.

        A Rollout's pods tell their template's hash under its own name too.
        """
        live, own = name_of(self._scenario.service), self._scenario.own
        if own is None:
            return {"job": live}
        labels = labels_of(pod)
        name = self._of_rollout(own, labels) or live
        hash_label = {label_name(ROLLOUT_HASH_LABEL): labels.get(HASH_LABEL, "")}
        return {"job": name, "service": name, **hash_label}

    def _of_rollout(self, own: OwnStrategy, labels: Mapping[str, str]) -> str:
        """The Service of the new pods alone, until the live one is theirs alone as well."""
        if not own.new_service or TRACK_LABEL not in labels:
            return ""
        at = namespace_of(self._scenario.service)
        found = self._control.store.get("Service", name_of(self._scenario.service), at)
        selector = found["spec"].get("selector") or {}
        return "" if TRACK_LABEL in selector else own.new_service

    def _called(self, version: str) -> str:
        """The Service by which clients of a mesh reach *version*."""
        own = self._scenario.own
        if own is not None and own.is_host and own.new_service and version not in (OLD, UNKNOWN):
            return own.new_service
        return name_of(self._scenario.service)

    def _process(self, record: PodRecord) -> Exposed:
        found = self._pods().get(record.number)
        if found is None or not self._is_alive(record, found):
            return None
        self._data.flush_log()
        book = self._counters.of_pod(record.number)
        return list(exposition.of_pod(book, self._versions.names, self._bounds))

    def _is_alive(self, record: PodRecord, found: PodCounters) -> bool:
        """Whether a process is there to answer, and a way to it: only a process has memory."""
        if self._control.is_lost(record.node):
            return False
        return found.memory_bytes > 0.0 or record.ready_since is not None

    def _proxies(self) -> int:
        """How many proxies count requests: none of kube-proxy's do."""
        return 0 if self._kind is ProxyKind.KUBE_PROXY else self._scenario.proxies

    @property
    def _kind(self) -> ProxyKind:
        return self._scenario.connections.proxy

    def _of_proxy(self, number: int) -> Target:
        job = exposition.JOB_OF_PROXY[self._kind]
        return Target(
            kind="proxies",
            number=number,
            labels=(("job", job), ("instance", f"{job}-{number}:{_PORT}")),
            expose=lambda: self._proxy(number),
        )

    def _proxy(self, number: int) -> Exposed:
        self._data.flush_log()
        book = self._counters.of_proxy(number)
        service = self._scenario.service
        if self._kind is ProxyKind.ISTIO:
            names = self._versions.names
            at = namespace_of(service)
            return list(exposition.of_sidecar(book, self._called, at, names, self._bounds))
        name, namespace = name_of(service), namespace_of(service)
        return list(exposition.of_ingress(book, name, namespace, self._bounds))

    def _of_node(self, number: int) -> Target:
        name = self._scenario.nodes[number].name
        return Target(
            kind="nodes",
            number=number,
            labels=(("job", "kubelet"), ("instance", f"{name}:10250"), ("node", name)),
            expose=lambda: self._node(name),
        )

    def _node(self, name: str) -> Exposed:
        """The containers on that machine that run, by cAdvisor in its kubelet."""
        if self._control.is_lost(name):
            return None
        found: list[tuple[Labels, float]] = []
        for record in self._running():
            counters = self._pods().get(record.number)
            if record.node == name and counters is not None and self._is_alive(record, counters):
                at = (
                    ("namespace", record.namespace),
                    ("pod", record.name),
                    ("container", serving(record.pod)["name"]),
                )
                before = self._cpu_before.get(record.number, 0.0)
                found.extend(exposition.of_container(at, counters, before))
        return found

    def _objects(self) -> Exposed:
        """What the API server has, by kube-state-metrics."""
        found: list[tuple[Labels, float]] = []
        for deployment in self._objects_of("Deployment"):
            found.extend(exposition.of_deployment(deployment))
        for pod in self._objects_of("Pod"):
            found.extend(exposition.of_pod_object(pod))
        return found

    def _objects_of(self, kind: str) -> Sequence[JsonObject]:
        return self._control.store.objects_of(kind)
