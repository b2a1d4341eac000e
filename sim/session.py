"""A run is a session: advance it, command it, look at it, finish it.

Its state is a function of scenario, strategy, seed and the log of commands with their simulated
times; rewinding and forking are replays. A batch run is a session advanced to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sim.analysis.experiment import ALPHA
from sim.backends.simulated.backend import SimulatedBackend
from sim.backends.simulated.cluster_record import cluster_record
from sim.backends.simulated.collector import patient_collector
from sim.backends.simulated.commands import carry_out
from sim.backends.simulated.readiness import require_ready
from sim.backends.simulated.world import behaviour_from_the_start
from sim.control.checks import Checks
from sim.errors import RolloutError, ScenarioError
from sim.faults.reading import faults_of
from sim.i18n import message
from sim.model.attempts import Recorder
from sim.model.boot import boot_seconds
from sim.model.command import Command, Commanded, Verb
from sim.model.deed import Deed
from sim.model.run import Run, Setting, Window
from sim.model.samples import Metrics
from sim.model.snapshot import Snapshot as Snapshot
from sim.monitoring.rule_groups import require_answerable
from sim.operators.duty import Duty, Operator
from sim.operators.policy import on_duty, rules_of, watches_metrics
from sim.operators.releaser import Releaser
from sim.scenario.own_strategy import placed
from sim.scenario.scenario import Scenario
from sim.strategies import strategy_named
from sim.strategies.bound_router import unfit
from sim.strategies.deployment_settings import with_given
from sim.strategies.strategy import Strategy, asks_metrics, queries_of, without_worry
from sim.traffic.engine import DEFAULT
from sim.world import Fault

WARM_UP_SECONDS = 30.0  # Traffic before the window, so that it opens on a system in use.
FOLLOW_SECONDS = 1.0  # How often we ask, after the window, whether all answers are in.


class Session:
    """One release of *scenario* by *strategy* (a name; None: no release at all) under *seed*.

    The state at `now` has every event before that moment in it and none at or after it.
    Without *traffic* only the control plane runs, as in a pilot. *keep_objects* keeps every
    version of every object in the `Run`. *checked* lets the invariant checkers watch; what they
    find is an `InvariantError`. *engine* (`kernel`, `reference`) carries the requests, with the
    same results. *recorder* is told every attempt while the run goes on, and the last of them by
    `finish`. One that is *monitored* has metrics that can be asked; so has one whose strategy asks
    them, and one with alerting rules. *operators* are on duty, by default the scenario's policy's.
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
        monitored: bool = False,
        operators: Sequence[Operator] | None = None,
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
        self._traffic = traffic
        self._strategy = None if strategy is None else self._made(strategy)
        if operators is None:
            operators = () if strategy is None else on_duty(scenario)
        self._rules = (*scenario.rules, *rules_of(operators))
        asks = queries_of(self._strategy)
        require_answerable(self._rules, placed(scenario.own, asks))
        asked = asks_metrics(self._strategy) or (traffic and bool(self._rules))
        self._monitored = monitored or asked or any(map(watches_metrics, operators))
        self._deeds: list[Deed] = []
        self._settings: tuple[Setting, ...] = ()
        self._backend = self._boot(faults_of(scenario.faults), traffic)
        self._checks = None
        if checked:
            self._checks = Checks(self._backend.control_plane.store)
            self._checks.attach()
        if strategy is not None and (misfit := unfit(strategy, scenario)):
            raise ScenarioError([misfit])
        self.releaser = None if self._strategy is None else self._releaser(self._strategy)
        if self.releaser is not None:
            self._backend.drive(self.releaser.release(window.first_write))
        for operator in operators:
            self._backend.drive(operator.watch(self._duty(operator)))

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
                    require_ready(self._backend.cluster.deployment(), self.scenario.name)

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

    @property
    def metrics(self) -> Metrics:
        """What the monitoring would say now. Raise a `RolloutError` if there is none."""
        return self._backend.cluster.metrics

    def finish(self) -> Run:
        """Advance to the window's end, follow every request to its answer, hand over the run."""
        self.advance(self.window.end)
        end, keep_objects = self.window.end, self._keep_objects
        record = cluster_record(self._backend, end=end, keep_objects=keep_objects)
        phase = None if self.releaser is None else self.releaser.phase
        finished_at = None if self.releaser is None else self.releaser.finished_at
        deeds = tuple(self._deeds)
        found = self._backend.experiment(getattr(self._strategy, "alpha", ALPHA))
        if self._checks is not None:
            self._checks.verify()
        plane, control = self._backend.data_plane, self._backend.control_plane
        while plane.in_flight():
            self.advance(self.now + FOLLOW_SECONDS)
        plane.flush_log()
        self._backend.log.flush()
        return Run(
            scenario=self.scenario.name,
            scenario_digest=self.scenario.digest,
            strategy=self.strategy,
            seed=self.seed,
            window=self.window,
            phase=phase,
            finished_at=finished_at,
            deeds=deeds,
            settings=self._settings,
            versions=tuple(self._backend.versions.names),
            requests=plane.counts(),
            users=plane.users(),
            last_answer=dict(plane.last_answers()),
            copies=dict(plane.copies()),
            experiment=found,
            arrived=plane.arrived(),
            classes=tuple(one.name for one in self.scenario.classes),
            in_flight_at_end=plane.in_flight(),
            alerts=self._backend.alerts,
            measurements=tuple(self._backend.cluster.journal),
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
        second = None if scenario.own is None else scenario.own.second_in(self.strategy)
        backend = SimulatedBackend(
            replace(scenario, rules=self._rules),
            workload,
            self.seed,
            start,
            self._engine,
            self._recorder,
            monitored=self._monitored,
            second=second,
        )
        for fault in faults:
            backend.inject(fault)
        stands = (second.deployment,) if second is not None and second.stands else ()
        backend.start((scenario.service, scenario.deployment, *stands, *scenario.applied))
        return backend

    def _made(self, name: str) -> Strategy:
        strategy = strategy_named(name, self.scenario.strategies.get(name, {}))
        # Where nobody sends anything nobody can be judged: a pilot takes as long all the same.
        return strategy if self._traffic else without_worry(strategy)

    def _releaser(self, strategy: Strategy) -> Releaser:
        """Who carries *strategy* out, with the settings that the scenario gives."""
        settings = strategy.settings(self.scenario.deployment, self.scenario.written)
        self._settings = with_given(settings, *self.scenario.given_to(self.strategy))
        cluster, template = self._backend.cluster, self.scenario.release.template
        return Releaser(
            self._backend.clock,
            lambda: strategy.roll_out(cluster, template),
            lambda: strategy.go_back(cluster),
            self._backend.notice,
        )

    def _duty(self, operator: Operator) -> Duty:
        assert self.releaser is not None, "nobody is on duty where nothing is released"
        return Duty(
            who=type(operator).__name__,
            cluster=self._backend.cluster,
            clock=self._backend.clock,
            seed=self.seed,
            template=self.scenario.release.template,
            first_write=self.window.first_write,
            releaser=self.releaser,
            send_back=self._go_back,
            alerts=lambda: self._backend.alerts,
            deeds=self._deeds,
        )

    def _go_back(self) -> None:
        """Lay the release down and go the strategy's own way back. Once is enough."""
        if self.releaser is None:
            raise RolloutError(message("without a release there is nothing to go back from"))
        if self.releaser.begin_to_return():
            self._backend.drive(self.releaser.go_back())

    def _carry_out(self, command: Command) -> None:
        if command.verb is Verb.GO_BACK:
            self._go_back()
        else:
            carry_out(command, self.scenario, self._backend)


def run(
    scenario: Scenario,
    strategy: str | None,
    seed: int,
    *,
    window: Window,
    keep_objects: bool = False,
    engine: str = DEFAULT,
    recorder: Recorder | None = None,
    operators: Sequence[Operator] | None = None,
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
        operators=operators,
    )
    return session.finish()
