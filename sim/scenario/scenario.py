"""The scenario as understood: everything resolved, nothing left to look up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.errors import Problem
from sim.i18n import Message
from sim.model import defaults
from sim.model.behaviour import (
    SYNC_SECONDS,
    Behaviour,
    Clients,
    CpuShare,
    Delays,
    Node,
    RateCurve,
    Workload,
)
from sim.model.conversion import UserBehaviour
from sim.model.dependency import Dependency
from sim.model.endpoint_class import EndpointClass
from sim.model.monitoring import USUAL, Monitoring
from sim.model.network import Connections, ProxyKind
from sim.model.objects import JsonObject, name_of
from sim.model.protection import Protection
from sim.model.rollback_policy import RollbackPolicy
from sim.model.routing import Attribute
from sim.model.rules import RuleGroup
from sim.model.visit import Visits
from sim.scenario import resources
from sim.scenario.fault_spec import FaultSpec as FaultSpec
from sim.scenario.feature_flags import key_of
from sim.scenario.manifest import is_simulated
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.release import Release
from sim.scenario.route_checks import is_admitted
from sim.scenario.traffic import Steps, Traffic, curve

if TYPE_CHECKING:
    from sim.model.run import Window  # It brings numpy, which reading a file does not need.


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing that Kubernetes does not say: its field, its value, and why it is that.

    *origin* is `assumed` by Seatrial, `given` by the user, or read from the `manifest`.
    """

    field: str
    value: str
    why: Message
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a core and a GiB cost for an hour; only ever given."""

    currency: str
    core_hour: float
    gib_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSpec:
    """The user's wish for the measured time, in seconds; None follows the protocol."""

    before: float | None = None
    length: float | None = None
    settle: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEntry:
    """How the version of that *name*, or with that *image*, behaves."""

    name: str
    image: str | None
    given: bool
    behaviour: Behaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A service, its release, its users and its cluster: what a run is a run of."""

    name: str
    digest: str
    deployment: JsonObject  # With every default filled in.
    written: JsonObject  # As its author wrote it.
    service: JsonObject
    kept: tuple[JsonObject, ...]
    release: Release
    assumptions: tuple[Assumption, ...]
    warnings: tuple[Problem, ...]
    faults: tuple[FaultSpec, ...]
    nodes: tuple[Node, ...]
    delays: Delays
    clients: Clients
    population: int
    visits: Visits | None
    attributes: tuple[Attribute, ...]
    classes: tuple[EndpointClass, ...]
    proxies: int
    balancer: str
    connections: Connections
    protection: Protection
    slo_availability: float
    prices: Prices | None
    window: WindowSpec | None
    versions: tuple[VersionEntry, ...]
    dependencies: tuple[Dependency, ...]
    traffic: Traffic
    recording: tuple[tuple[float, float], ...]
    default_requests: tuple[float, float]
    user_behaviour: UserBehaviour | None
    strategies: Mapping[str, Mapping[str, Any]]  # The settings that were given, by strategy.
    own: OwnStrategy | None = None  # How a Rollout among the manifests is released.
    monitoring: Monitoring = USUAL
    rollback: RollbackPolicy | None = None
    rules: tuple[RuleGroup, ...] = ()

    @property
    def proxy(self) -> ProxyKind:
        """What stands between users and pods."""
        return self.delays.proxy

    @property
    def applied(self) -> tuple[JsonObject, ...]:
        """The objects beside Deployment and Service that the cluster acts on, in file order.

        Routes between two versions lead to the old one until the release begins.
        """
        kept = self.kept if self.own is None else self.own.at_first(self.kept)
        return tuple(
            defaults.defaulted(one)
            for one in kept
            if (is_simulated(one["kind"], one["apiVersion"]) or key_of(one.get("data")))
            and is_admitted(one["kind"], one.get("spec"))
            and one["kind"] != "Deployment"
        )

    def rate_curve(self, start: float, end: float) -> RateCurve:
        """Requests per second from *start* (before 0: warm-up) to *end*."""
        rows: Steps = list(self.recording)
        return curve(self.traffic, rows, start, end)

    def workload(self, window: Window, start: float) -> Workload:
        """Everything that arrives from *start* to the end of *window*.

        Where visits have several requests, so many fewer of them begin.
        """
        arrivals = self.rate_curve(start, window.end)
        if self.visits is not None:
            begun = tuple(rate / self.visits.requests for rate in arrivals.rates)
            arrivals = replace(arrivals, rates=begun)
        return Workload(
            arrivals=arrivals,
            visits=self.visits,
            attributes=self.attributes,
            classes=self.classes,
            clients=self.clients,
            population=self.population,
            proxies=self.proxies,
            balancer=self.balancer,
            connections=self.connections,
            protection=self.protection,
            dependencies=self.dependencies,
            window_start=window.start,
            window_end=window.end,
        )

    def behaviour(self, version: str, template: JsonObject) -> Behaviour:
        """How *version*, whose pod template is *template*, behaves.

        An entry of that name comes first, then one with the image of the serving container;
        whatever has neither behaves like `new`.
        """
        image = resources.serving(template).get("image")
        named = next((e for e in self.versions if e.name == version and e.given), None)
        pictured = next(
            (e for e in self.versions if e.image is not None and e.image == image), None
        )
        fallback = "old" if version == "old" else "new"
        found = named or pictured or next(e for e in self.versions if e.name == fallback)
        return found.behaviour

    def pod_requests(self, template: JsonObject) -> tuple[float, float]:
        """Cores and bytes that a pod of *template* requests, or is counted with."""
        cores, size = resources.requested(template)
        assumed_cores, assumed_size = self.default_requests
        return (
            assumed_cores if cores is None else cores,
            assumed_size if size is None else size,
        )

    def memory_limit(self, template: JsonObject) -> float | None:
        """Bytes at which its serving container is killed; None: no limit but the node's memory."""
        return resources.memory_limit(template)

    def cpu_share(self, template: JsonObject) -> CpuShare:
        """What its serving container may compute."""
        return resources.cpu_share(template, self.default_requests[0])

    def understood(self) -> JsonObject:
        """The whole scenario as JSON."""
        return {
            **self._facts(),
            "digest": self.digest,
            "assumptions": [
                {"field": a.field, "value": a.value, "why": str(a.why), "origin": a.origin}
                for a in self.assumptions
            ],
            "warnings": [problem.render() for problem in self.warnings],
        }

    def fingerprint(self) -> str:
        """SHA-256 of everything that can change a run; file names and wording do not count."""
        facts = json.dumps(self._facts(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(facts.encode()).hexdigest()

    def _facts(self) -> JsonObject:
        return {
            "name": self.name,
            "deployment": self.deployment,
            "service": self.service,
            "kept": list(self.kept),
            "release": {"kind": self.release.kind, "template": self.release.template},
            "faults": [fault.text for fault in self.faults],
            "nodes": [_fields(node) for node in self.nodes],
            "delays": _delays(self.delays),
            "clients": _without(_fields(self.clients), "hedge_after_seconds"),
            "population": self.population,
            "proxies": self.proxies,
            "balancer": self.balancer,
            "connections": _fields(self.connections),
            "protection": _fields(self.protection),
            "sloAvailability": self.slo_availability,
            "prices": _fields(self.prices) if self.prices else None,
            "window": _fields(self.window) if self.window else None,
            "versions": [
                {"name": e.name, "image": e.image, "given": e.given, **_row(e.behaviour)}
                for e in self.versions
            ],
            **self._optional(),
            "traffic": self.traffic.model_dump(mode="json", by_alias=True, exclude={"classes"}),
            "recording": [list(row) for row in self.recording],
            "defaultRequests": list(self.default_requests),
        }

    def _optional(self) -> JsonObject:
        """What not every scenario has: one that lacks it keeps its fingerprint."""
        found: JsonObject = {}
        if self.dependencies:
            found["dependencies"] = [_fields(one) for one in self.dependencies]
        if self.visits is not None:
            found["visits"] = _fields(self.visits)
        if self.attributes:
            found["attributes"] = [_attribute(one) for one in self.attributes]
        if self.classes:
            found["classes"] = [_fields(one) for one in self.classes]
        if self.rollback is not None:
            found["rollback"] = _fields(self.rollback)
        if self.monitoring != USUAL:
            found["monitoring"] = _fields(self.monitoring)
        if self.rules:
            found["rules"] = [_without_places(group) for group in self.rules]
        if self.user_behaviour is not None:
            appeals = self.user_behaviour.appeals
            found["userBehaviour"] = {
                **{name: repr(getattr(self.user_behaviour, name)) for name in _MODEL},
                "appeals": {name: _fields(one) for name, one in appeals.items()},
            }
        if self.strategies:
            found["strategies"] = {
                name: {field: repr(value) for field, value in given.items()}
                for name, given in self.strategies.items()
            }
        return found

    def given_to(self, strategy: str | None) -> tuple[Mapping[str, Any], str]:
        """The settings that somebody gave to *strategy*, and whether a manifest or the scenario."""
        own = self.own
        if own is not None and own.says(strategy, self.strategies.get(own.name)):
            return own.settings, "manifest"
        return self.strategies.get(strategy or "", {}), "scenario"

    @property
    def title(self) -> str:
        """`Deployment/web-app`"""
        return f"Deployment/{name_of(self.deployment)}"


def _without_places(group: RuleGroup) -> JsonObject:
    return _fields(replace(group, rules=tuple(replace(r, place=("", 0, 0)) for r in group.rules)))


_USUAL = Behaviour()
_SELDOM = (
    *("calls", "measured_seconds", "measured_shares", "hang_ratio", "warm_up"),
    *("classes", "weight", "leak_bytes_per_request", "crash_ratio"),
)
_MODEL = ("lost_per_100_ms", "lost_per_failure", "distribution", "cv")


def _attribute(attribute: Attribute) -> JsonObject:
    """An attribute; its salt only where it has one."""
    found = _fields(attribute)
    if attribute.salt is None:
        del found["salt"]
    return found


def _row(behaviour: Behaviour) -> JsonObject:
    """A row of the behaviour table; what not every version has only where it is."""
    missing = [name for name in _SELDOM if getattr(behaviour, name) == getattr(_USUAL, name)]
    return {name: to for name, to in _fields(behaviour).items() if name not in missing}


def _without(fields: JsonObject, seldom: str) -> JsonObject:
    """*fields*, and the one called *seldom* only where it is something."""
    return {name: to for name, to in fields.items() if name != seldom or to is not None}


def _delays(delays: Delays) -> JsonObject:
    """All delays; a kubelet that syncs as they all do is not worth a word."""
    found = _fields(delays)
    if delays.sync == SYNC_SECONDS:
        del found["sync"]
    return found


def _fields(value: Any) -> JsonObject:
    """A frozen value as JSON, in the order of its fields."""
    names = value.__dataclass_fields__
    return {name: _json(getattr(value, name)) for name in names}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    if value == float("inf"):
        return "never"  # JSON has no word for it.
    return _fields(value) if hasattr(value, "__dataclass_fields__") else value
