"""A run is a session: advance it, command it, look at it, finish it.

Its state is a function of scenario, strategy, seed and the log of commands with their simulated
times; rewinding and forking are replays. A batch run is a session advanced to its end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from sim.analysis.experiment import ALPHA
from sim.backends.simulated.backend import SimulatedBackend
from sim.backends.simulated.collector import patient_collector
from sim.backends.simulated.world import behaviour_from_the_start
from sim.control.checks import Checks
from sim.errors import Problem, ScenarioError
from sim.faults.reading import fault_written, faults_of
from sim.i18n import message
from sim.model.asked_share import asked_shares
from sim.model.attempts import Recorder
from sim.model.boot import boot_seconds
from sim.model.command import Command, Commanded, Verb
from sim.model.defaults import pod_template
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.rollout_status import rollout_status
from sim.model.run import AskedShare, Change, KubeEvent, Phase, PodSpan, Run, Setting, Window
from sim.model.settling import goal_of, settled_at
from sim.ports import Process, Wait
from sim.scenario.scenario import Scenario
from sim.strategies import strategy_named
from sim.strategies.bound_router import unfit
from sim.strategies.deployment_settings import with_given
from sim.traffic.engine import DEFAULT
from sim.world import Fault

OLD = 0  # `Run.versions` begins with old and new.
WARM_UP_SECONDS = 30.0  # Traffic before the window, so that it opens on a system in use.
FOLLOW_SECONDS = 1.0  # How often we ask, after the window, whether all answers are in.


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of a session at *time*: the objects as the API server has them, and the traffic."""

    time: float
    objects: tuple[JsonObject, ...]
    arrived: int
    in_flight: int
    answered: int
    failed: int

    def digest(self) -> str:
        """A fingerprint of the state: equal for equal histories."""
        facts = [repr(self.time), self.objects, self.arrived, self.in_flight]
        facts += [self.answered, self.failed]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class Session:
    """One release of *scenario* by *strategy* (a name; None: no release at all) under *seed*.

    The state at `now` has every event before that moment in it and none at or after it.
    Without *traffic* only the control plane runs, as in a pilot. *keep_objects* keeps every
    version of every object in the `Run`. *checked* lets the invariant checkers watch; what they
    find is an `InvariantError`. *engine* (`kernel`, `reference`) carries the requests, with the
    same results. *recorder* is told every attempt while the run goes on, and the last of them by
    `finish`.
    """

    def __init__(
        self,
        scenario: Scenario,
        strategy: str | None,
        seed: int,
        *,
        window: Window,
        traffic: bool = True,
        keep_objects: bool = False,
        checked: bool = False,
        engine: str = DEFAULT,
        recorder: Recorder | None = None,
    ) -> None:
        self.scenario = scenario
        self.strategy = strategy
        self.seed = seed
        self.window = window
        self.log: list[Commanded] = []
        self._keep_objects = keep_objects
        # Where nobody sends there is nothing to be fast at, nor to be compiled for.
        self._engine = engine if traffic else "reference"
        self._recorder = recorder
        self._phase: Phase | None = None
        self._finished_at: float | None = None
        self._settings: tuple[Setting, ...] = ()
        self._alpha = ALPHA
        self._backend = self._boot(faults_of(scenario.faults), traffic)
        self._checks = Checks(self._backend.control_plane.store) if checked else None
        if self._checks is not None:
            self._checks.attach()
        if strategy is not None:
            found = unfit(strategy, scenario)
            if found is not None:
                raise ScenarioError([found])
            self._backend.drive(self._release(strategy))

    @classmethod
    def replay(
        cls,
        scenario: Scenario,
        strategy: str | None,
        seed: int,
        *,
        window: Window,
        log: Iterable[Commanded],
    ) -> Session:
        """A session to which the same was done at the same moments."""
        session = cls(scenario, strategy, seed, window=window)
        for entry in log:
            session.advance(entry.time)
            session.command(entry.command)
        return session

    @property
    def now(self) -> float:
        """The present moment, in simulated seconds; 0 is the start of the window."""
        return self._backend.env.now

    def advance(self, until: float) -> None:
        """Let everything before *until* happen. A moment that has passed is left as it is."""
        for stop in (self.window.start, until):
            if self.now < stop <= until:
                with patient_collector():
                    self._backend.env.run(until=stop)
                if stop == self.window.start:
                    self._require_ready()

    def command(self, command: Command) -> None:
        """Do what a person or a script would do now, and remember it.

        Raise a `RolloutError` or a `BackendError` if the cluster refuses it, a `ScenarioError` for
        a fault that does not exist; nothing is done and nothing is remembered then.
        """
        self._carry_out(command)
        self.log.append(Commanded(time=self.now, command=command))

    def snapshot(self) -> Snapshot:
        """The state as it is now."""
        plane = self._backend.data_plane
        counts = plane.counts()
        failed = int(counts.count[counts.cause != 0].sum())
        return Snapshot(
            time=self.now,
            objects=tuple(self._backend.control_plane.store.objects()),
            arrived=plane.arrived(),
            in_flight=plane.in_flight(),
            answered=counts.total - failed,
            failed=failed,
        )

    def finish(self) -> Run:
        """Advance to the window's end, follow every request to its answer, hand over the run."""
        self.advance(self.window.end)
        record, found = self._record_of_the_cluster(), self._backend.experiment(self._alpha)
        if self._checks is not None:
            self._checks.verify()
        plane, control = self._backend.data_plane, self._backend.control_plane
        while plane.in_flight():
            self.advance(self.now + FOLLOW_SECONDS)
        plane.flush_log()
        return Run(
            scenario=self.scenario.name,
            scenario_digest=self.scenario.digest,
            strategy=self.strategy,
            seed=self.seed,
            window=self.window,
            settings=self._settings,
            versions=tuple(self._backend.versions.names),
            requests=plane.counts(),
            users=plane.users(),
            last_answer=dict(plane.last_answers()),
            copies=dict(plane.copies()),
            experiment=found,
            arrived=plane.arrived(),
            in_flight_at_end=plane.in_flight(),
            failures=tuple(
                story._replace(pod_name=control.pod_name(story.pod)) for story in plane.stories()
            ),
            **record,
        )

    def _boot(self, faults: Sequence[Fault], traffic: bool) -> SimulatedBackend:
        """The cluster and its traffic, begun early enough for the old version to be up in time."""
        scenario, window = self.scenario, self.window
        template = scenario.deployment["spec"]["template"]
        old = behaviour_from_the_start(lambda v: scenario.behaviour(v, template), faults, "old")
        boot = boot_seconds(scenario.deployment, old.startup_seconds)
        warm_up = WARM_UP_SECONDS
        if scenario.visits is not None:
            warm_up += scenario.visits.most_are_over_after
        workload = scenario.workload(window, window.start - warm_up)
        if not traffic:
            silence = replace(workload.arrivals, times=workload.arrivals.times[:1], rates=(0.0,))
            workload = replace(workload, arrivals=silence)
        start = window.start - max(boot, warm_up)
        backend = SimulatedBackend(
            scenario, workload, self.seed, start, self._engine, self._recorder
        )
        for fault in faults:
            backend.inject(fault)
        backend.start((scenario.service, scenario.deployment, *scenario.applied))
        return backend

    def _release(self, name: str) -> Process[None]:
        given = self.scenario.strategies.get(name, {})
        strategy = strategy_named(name, given)
        settings = strategy.settings(self.scenario.deployment, self.scenario.written)
        self._settings = with_given(settings, given)
        self._alpha = getattr(strategy, "alpha", ALPHA)
        yield Wait(self.window.first_write)
        template = self.scenario.release.template
        self._phase = yield from strategy.roll_out(self._backend.cluster, template)
        self._finished_at = self.now

    def _require_ready(self) -> None:
        status = rollout_status(self._backend.cluster.deployment())
        if not status.done:
            text = message(
                "the old version is not up when the measurement begins: {status}",
                status=status.line,
            )
            hint = message("look at its start-up time and its probes")
            raise ScenarioError([Problem(text, file=self.scenario.name, hint=hint)])

    def _carry_out(self, command: Command) -> None:
        cluster = self._backend.cluster
        api = self._backend.control_plane.store
        namespace = namespace_of(self.scenario.deployment)
        name = command.name or name_of(self.scenario.deployment)
        match command.verb:
            case Verb.RELEASE:
                # Defaulted as the API server does, so that an equal manifest is an equal template.
                given = command.template
                cluster.release(pod_template(given) if given else self.scenario.release.template)
            case Verb.UNDO:
                cluster.undo(command.revision)
            case Verb.PAUSE:
                cluster.pause()
            case Verb.RESUME:
                cluster.resume()
            case Verb.SCALE:
                cluster.scale(command.replicas or 0)
            case Verb.PATCH:
                patch, kind_of_patch = command.patch or {}, command.patch_type
                api.patch(command.kind, name, patch, namespace, patch_type=kind_of_patch)
            case Verb.DELETE:
                policy = command.propagation_policy
                api.delete(command.kind, name, namespace, propagation_policy=policy)
            case Verb.RESTART:
                cluster.restart()
            case Verb.DRAIN | Verb.CORDON | Verb.UNCORDON | Verb.LOSE_NODE | Verb.RETURN_NODE:
                self._carry_out_on_node(command.verb, name)
            case Verb.INJECT:
                known = [one.name for one in self.scenario.dependencies]
                machines = [node.name for node in self.scenario.nodes]
                self._backend.inject(fault_written(command.fault or "", known, machines))

    def _carry_out_on_node(self, verb: Verb, node: str) -> None:
        control = self._backend.control_plane
        match verb:
            case Verb.DRAIN:
                control.drain(node)
            case Verb.CORDON | Verb.UNCORDON:
                control.cordon(node, unschedulable=verb is Verb.CORDON)
            case Verb.LOSE_NODE:
                control.lose_node(node)
            case Verb.RETURN_NODE:
                control.return_node(node)

    def _record_of_the_cluster(self) -> ClusterRecord:
        """What the control plane did up to now, before requests are followed to their answers."""
        control = self._backend.control_plane
        spans = control.pod_spans(self.window.end)
        versions = self._backend.versions
        goal = goal_of(control.store.history, versions.number, OLD)
        settled = None
        if goal is not None:
            settled = settled_at(
                spans,
                version=goal.version,
                replicas=goal.replicas,
                since=goal.since,
                end=self.window.end,
            )
        return ClusterRecord(
            phase=self._phase,
            finished_at=self._finished_at,
            settled_at=settled,
            pods=spans,
            restarts=control.restarts,
            asked_shares=asked_shares(control.store.history, self.window.end),
            events=tuple(control.events),
            changes=tuple(control.store.history) if self._keep_objects else (),
        )


class ClusterRecord(TypedDict):
    """The part of a `Run` that the control plane answers for."""

    phase: Phase | None
    finished_at: float | None
    settled_at: float | None
    pods: tuple[PodSpan, ...]
    restarts: int
    asked_shares: tuple[AskedShare, ...]
    events: tuple[KubeEvent, ...]
    changes: tuple[Change, ...]


def run(
    scenario: Scenario,
    strategy: str | None,
    seed: int,
    *,
    window: Window,
    keep_objects: bool = False,
    engine: str = DEFAULT,
    recorder: Recorder | None = None,
) -> Run:
    """One session from its start to its end."""
    session = Session(
        scenario,
        strategy,
        seed,
        window=window,
        keep_objects=keep_objects,
        engine=engine,
        recorder=recorder,
    )
    return session.finish()
