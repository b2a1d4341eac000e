"""A run, as everything above the session reads it: what was asked, what happened, when.

All times are simulated seconds; 0 is the start of the measured window, warm-up lies before it.
Tables hold counts, not requests, so a run's size does not grow with its traffic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from importlib import import_module
from typing import NamedTuple

import numpy as np

from sim.i18n import preferred_language
from sim.model.deed import Deed
from sim.model.experiment import Experiment
from sim.model.failed import FailedRequest
from sim.model.given_up import GivenUp
from sim.model.measurement import Measurement
from sim.model.objects import JsonObject
from sim.model.request_counts import IntArray as IntArray
from sim.model.request_counts import RequestCounts as RequestCounts
from sim.model.rules import AlertChange


class Phase(StrEnum):
    """Where a release stands, in Argo Rollouts' words."""

    PROGRESSING = "Progressing"
    HEALTHY = "Healthy"
    DEGRADED = "Degraded"
    PAUSED = "Paused"


class PodPhase(StrEnum):
    """What a pod's lane in a timeline shows; finer than the API's phase."""

    PENDING = "pending"  # Accepted, not yet running: scheduling, sandbox, image.
    STARTING = "starting"  # A container runs (or waits to restart) and has not been ready yet.
    READY = "ready"
    UNREADY = "unready"  # Was ready before and is not now.
    TERMINATING = "terminating"  # Deleted, winding up.


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The measured time: [*start*, *end*), with the first write at *first_write*.

    Whole seconds, for that is how requests are counted; the first write may come at any moment.
    """

    start: float
    first_write: float
    end: float

    def __post_init__(self) -> None:
        if self.start % 1 or self.end % 1:
            raise ValueError(f"a window must be whole seconds, not {self.start} to {self.end}")
        if not self.start <= self.first_write <= self.end:
            raise ValueError(f"the first write must lie in the window, not at {self.first_write}")

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Who sent in the window and what they met: sorted arrays of distinct user numbers.

    *exposed[v]* are the users that version *v* answered, rightly or not.
    """

    sent: IntArray
    failed: IntArray
    exposed: Mapping[int, IntArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSpan:
    """One stretch of one pod's life; *end* is infinite while it lasts at the end of the run.

    *cpu_cores* and *memory_bytes* are what the pod requests.
    """

    pod: str
    version: int
    node: str
    phase: PodPhase
    start: float
    end: float
    cpu_cores: float
    memory_bytes: float


class KubeEvent(NamedTuple):
    """A Kubernetes Event: *subject* is `Kind/name`; *reason* and *note* are the cluster's words."""

    time: float
    subject: str
    reason: str
    note: str


class Change(NamedTuple):
    """One write to the store: ADDED, MODIFIED or DELETED, with the whole object after it."""

    time: float
    verb: str
    resource_version: int
    object: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One default that a strategy ran with, and where it comes from."""

    name: str
    value: str
    source: str


class AskedShare(NamedTuple):
    """From *start* to *end* the new version was meant to have *percent* of the requests."""

    start: float
    end: float
    percent: float


class CodePath(NamedTuple):
    """From *time* on the new code of *pod*, behind a flag, *serves* some users or nobody.

    The last word about a pod holds until the next, or until it is gone.
    """

    time: float
    pod: str
    serves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The whole record of one run. *strategy* is None in the no-release arm.

    *phase* is what the strategy returned, None if it had not finished; *settled_at* is when only
    the final version's pods existed (all ready, none terminating), None if that never came.
    *last_answer* maps a version to the time of its last answer of any kind.
    *classes* are the names of the classes of requests, none where all are alike.
    *failures* are a sample of those that failed in the window. *asked_shares* are the stretches in
    which a release held a share of the requests; none where it asks for no shares. *measurements*
    are what its analyses were told, *alerts* what became of alerts, in time. *experiment* is what
    came of users while both versions had a share of them, if that is stated. *copies* are by
    version those mirrored requests that it answered well, and not well. *code_paths* is what pods
    behind a flag knew of it, and when; none where no pod is.
    *arrived* = all rows of `requests` + *in_flight_at_end*: nothing is lost. *worked_out* is not
    of the record: figures leave there what others are read from as well.
    """

    scenario: str
    scenario_digest: str
    strategy: str | None
    seed: int
    window: Window
    phase: Phase | None
    finished_at: float | None
    settled_at: float | None
    versions: tuple[str, ...]
    requests: RequestCounts
    users: Users
    last_answer: Mapping[int, float]
    arrived: int
    in_flight_at_end: int
    pods: tuple[PodSpan, ...]
    restarts: int
    events: tuple[KubeEvent, ...]
    settings: tuple[Setting, ...]
    failures: tuple[FailedRequest, ...] = ()
    asked_shares: tuple[AskedShare, ...] = ()
    given_up: GivenUp | None = None
    classes: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    alerts: tuple[AlertChange, ...] = ()
    experiment: Experiment | None = None
    copies: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    code_paths: tuple[CodePath, ...] = ()
    changes: tuple[Change, ...] = field(default=(), repr=False)
    worked_out: dict[str, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __getstate__(self) -> list[object]:
        """What travels to another process: what was worked out can be worked out again."""
        return [{} if f.name == "worked_out" else getattr(self, f.name) for f in fields(self)]

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for.

        Figures are worked out floors above this one: who shows a run is looked up by its name.
        """
        show: Callable[[Run, str], str] = import_module("sim.analysis.run_html").run_html
        return show(self, preferred_language())

    def digest(self) -> str:
        """A fingerprint of everything that happened: equal for equal runs, on any machine."""
        sums = hashlib.sha256()
        tables = self.requests
        columns = [tables.second, tables.version, tables.cause, tables.bin, tables.count]
        if tables.endpoint_class is not None:  # A run without keeps the fingerprint it had before.
            columns.append(tables.endpoint_class)
        columns += [self.users.sent, self.users.failed]
        columns += [self.users.exposed[v] for v in sorted(self.users.exposed)]
        for column in columns:
            sums.update(np.ascontiguousarray(column, dtype="<i8").data)
            sums.update(b"|")
        facts = {
            "seed": self.seed,
            "strategy": self.strategy,
            "phase": self.phase,
            "finished_at": self.finished_at,
            "settled_at": self.settled_at,
            "last_answer": sorted(self.last_answer.items()),
            "arrived": self.arrived,
            "in_flight_at_end": self.in_flight_at_end,
            "restarts": self.restarts,
            "pods": [
                (s.pod, s.version, s.node, s.phase, repr(s.start), repr(s.end)) for s in self.pods
            ],
            "failures": [
                [repr(value) for value in (failure if self.classes else failure.without_class())]
                for failure in self.failures
            ],
            "events": [(repr(e.time), e.subject, e.reason, e.note) for e in self.events],
        }
        if self.asked_shares:  # A run without keeps the fingerprint that it had before.
            facts["asked_shares"] = [[repr(value) for value in one] for one in self.asked_shares]
        if self.given_up is not None:
            facts["given_up"] = self.given_up.note()
        if self.deeds:
            facts["deeds"] = [[repr(value) for value in deed] for deed in self.deeds]
        if self.alerts:
            facts["alerts"] = [[repr(value) for value in change] for change in self.alerts]
        if self.measurements:
            facts["measurements"] = [
                [repr(m.time), m.analysis, m.metric, m.verdict.phase.value, str(m.verdict.reason)]
                for m in self.measurements
            ]
        if self.experiment is not None:
            facts["experiment"] = repr((self.experiment.a, self.experiment.b))
        if self.copies:
            facts["copies"] = [[repr(one) for one in sorted(self.copies.items())]]
        if self.code_paths:
            facts["code_paths"] = [[repr(value) for value in one] for one in self.code_paths]
        sums.update(json.dumps(facts, sort_keys=True).encode())
        return sums.hexdigest()
