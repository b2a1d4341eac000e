"""The simulated backend: a cluster, its traffic and its faults, wired to one clock and one seed."""

from __future__ import annotations

from simpy.events import Process as SimProcess

from sim.analysis.experiment import ALPHA, experiment, stretch_of
from sim.backends.simulated.alterations import Alterations
from sim.backends.simulated.driver import Driver, SimulatedClock
from sim.backends.simulated.environment import TwoPlaneEnvironment
from sim.backends.simulated.log import LogReaders
from sim.backends.simulated.monitor import Monitor
from sim.backends.simulated.world import SimulatedWorld
from sim.cluster import Cluster
from sim.control.news import heard_within
from sim.control.plane import ControlPlane
from sim.control.versions import Versions
from sim.model.attempts import Attempts, Recorder
from sim.model.behaviour import Behaviour, Workload
from sim.model.experiment import Experiment
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.route_conditions import paths_of
from sim.model.rules import AlertChange
from sim.model.run import Change
from sim.model.second import Second, Tracks
from sim.model.visitors import Ledger
from sim.ports import Process
from sim.scenario.scenario import Scenario
from sim.traffic.engine import new_plane
from sim.world import Fault


class SimulatedBackend:
    """Everything that one run simulates, from *start* (before 0) on.

    The old version is applied at *start* and has until 0 to become ready; traffic arrives as
    *workload* says and is carried by *engine*; *recorder* is told every attempt. Only one that is
    *monitored* has metrics, which it pays for.
    """

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        seed: int,
        start: float,
        engine: str,
        recorder: Recorder | None = None,
        *,
        monitored: bool = False,
        second: Second | None = None,
    ) -> None:
        self._scenario = scenario
        self._seed = seed
        self.env = TwoPlaneEnvironment(start)
        self.clock = SimulatedClock(self.env)
        self.ledger = None if scenario.user_behaviour is None else Ledger()
        told: list[Recorder | None] = [recorder, self.ledger]
        self._recorders = [one for one in told if one is not None]
        self.log = LogReaders()
        self.data_plane = new_plane(
            engine,
            workload,
            seed,
            start=start,
            log=self.log.take if monitored or self._recorders else None,
        )
        self._dependencies = {one.name: one for one in workload.dependencies}
        self._dependency_rows = Alterations(
            self._dependencies.__getitem__, self._dependency_altered
        )
        self.world = SimulatedWorld(
            self.clock, self._healthy, self._altered, self, self._dependency_rows
        )
        self._driven: list[SimProcess] = []
        self._templates: dict[str, JsonObject] = {}
        old = scenario.deployment["spec"]["template"]
        tracks = Tracks(deployment=name_of(scenario.deployment), second=second)
        self.versions = Versions(old, scenario.release.template, self._behaviour, tracks)
        self.control_plane = ControlPlane(
            self.env,
            seed=seed,
            delays=scenario.delays,
            nodes=scenario.nodes,
            data_plane=self.data_plane,
            versions=self.versions,
            proxies=scenario.proxies,
            pod_requests=scenario.pod_requests,
            memory_limit=scenario.memory_limit,
            cpu_share=scenario.cpu_share,
            attributes=workload.attributes + paths_of(workload.classes),
        )
        self.env.tie(self.data_plane, self.control_plane.hear)
        if self._recorders:
            self.log.patient = self._record
        self.monitor: Monitor | None = None
        if monitored:
            self.monitor = Monitor(self.env, scenario, self.versions, seed=seed)
            self.monitor.tie(self.control_plane, self.data_plane)
            self.log.prompt = self.monitor.take
            self.world.watcher = self.monitor.scraper
        self._driver = Driver(self.env, latency_seconds=scenario.delays.watch[1])
        if self.monitor is not None:
            self.monitor.rules.told = self.notice
        self.control_plane.store.subscribe("Deployment", self._changed)
        self.cluster = Cluster(
            self.control_plane.store,
            self.clock,
            deployment=name_of(scenario.deployment),
            namespace=namespace_of(scenario.deployment),
            service=name_of(scenario.service),
            second=second,
            hearing_seconds=heard_within(scenario.delays),
            metrics=self.monitor,
            analytics=self,
        )

    @property
    def alerts(self) -> tuple[AlertChange, ...]:
        """What happened to alerts so far."""
        return () if self.monitor is None else tuple(self.monitor.rules.changes)

    def start(self, objects: tuple[JsonObject, ...]) -> None:
        """Apply *objects* now, as the cluster's first content."""
        self.control_plane.apply(objects)
        if self.monitor is not None:
            self.drive(self.monitor.scraper.watch())
            self.drive(self.monitor.rules.watch())

    def drive(self, process: Process[object]) -> SimProcess:
        """Let *process* run on the simulation's clock."""
        driven = self.env.process(self._driver.drive(process))
        # One that waits forever is known to nobody else; forgotten, it would be closed, and a
        # fault healed, whenever Python tidies up.
        self._driven.append(driven)
        return driven

    def notice(self) -> None:
        """Something came to its end that no object of the cluster tells."""
        self._driver.notice()

    def lose_node(self, node: str) -> None:
        """The machine stops."""
        self.control_plane.lose_node(node)

    def return_node(self, node: str) -> None:
        """The machine boots again."""
        self.control_plane.return_node(node)

    def slow_node(self, node: str, slowdown: float) -> None:
        """The machine's pods serve so many times slower from now on."""
        self.data_plane.set_node(node, slowdown=slowdown)

    def inject(self, fault: Fault) -> SimProcess:
        """Let *fault* happen from now on."""
        return self.drive(fault.inject(self.world))

    def _record(self, attempts: Attempts) -> None:
        for one in self._recorders:
            one.record(attempts, self.control_plane.pod_name, self.versions.names)

    def experiment(self, alpha: float = ALPHA) -> Experiment | None:
        """What is known of the last experiment up to now; `model.experiment.Analytics`."""
        model = self._scenario.user_behaviour
        held = stretch_of(self.control_plane.store.history, self.env.now)
        if model is None or held is None or self.ledger is None:
            return None
        self.data_plane.flush_log()
        self.log.flush()
        return experiment(self.ledger, held, model, self._seed, alpha)

    def _changed(self, change: Change) -> None:
        self._driver.notice()

    def _healthy(self, version: str) -> Behaviour:
        # A version that has not appeared yet behaves like the release.
        template = self._templates.get(version, self._scenario.release.template)
        return self._scenario.behaviour(version, template)

    def _behaviour(self, version: str, template: JsonObject) -> Behaviour:
        self._templates[version] = template
        return self.world.behaviour(version)

    def _dependency_altered(self, name: str) -> None:
        row = self._dependency_rows.row(name)
        self.data_plane.set_dependency(
            list(self._dependencies).index(name),
            capacity=row.capacity,
            latency_seconds=row.latency_seconds,
            error_ratio=row.error_ratio,
            up=row.up,
        )

    def _altered(self, version: str) -> None:
        if version in self.versions.names:
            number = self.versions.names.index(version)
            self.versions.alter(number, self.world.behaviour(version))
