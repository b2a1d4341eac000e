"""The scenario file as a typed model: every field, its default and its limits.

A default here is an assumption; `assumptions.py` says why each was chosen.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.behaviour import SYNC_SECONDS, Demand, Reaction
from sim.model.dependency import MOST_DEPENDENCIES
from sim.model.duration import show_duration
from sim.model.network import READER, ProxyKind
from sim.model.unreadable import Unreadable
from sim.scenario.call import Call as Call
from sim.scenario.clients import Clients
from sim.scenario.monitoring_spec import Monitoring
from sim.scenario.request_class import ClassName, ClassOfVersion
from sim.scenario.rollback_spec import Rollback
from sim.scenario.service import Service, Spread
from sim.scenario.strategy_spec import Strategies
from sim.scenario.traffic import Poisson, Traffic
from sim.scenario.users import Users as Users
from sim.scenario.warm_up import WarmUp
from sim.scenario.words import Bytes, Cores, Duration, Range, Rate, Share, Strict

API_VERSION = "seatrial/v1alpha1"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", re.ASCII)


def _dns_name(name: str) -> str:
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise Unreadable(
            message("{found} is not a valid name", found=repr(name[:60])),
            message("lower-case letters, digits, '-' and '.', such as web-app"),
        )
    return name


Name = Annotated[str, AfterValidator(_dns_name)]


class Metadata(Strict):
    """Who the scenario is."""

    name: Name
    description: str = ""


class Dependency(Strict):
    """A database or another service that the workers call, shared by all pods."""

    latency: Duration = 0.01
    distribution: Demand = Demand.EXPONENTIAL
    cv: Spread = 1.0
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 50
    errors: Share = 0.0

    @model_validator(mode="after")
    def _is_no_measurement(self) -> Dependency:
        if self.distribution is Demand.EMPIRICAL:
            raise Unreadable(
                message("a dependency's latency has no measured durations"),
                message("constant, exponential, lognormal or gamma"),
            )
        return self


class Container(Strict):
    """A container beside the serving one: how it starts, or runs to its end as an init one."""

    startup: Duration = 0.0
    runs: Duration = 1.0
    exit: Annotated[int, Field(strict=True, ge=0, le=255)] = 0


class Version(Strict):
    """How one version behaves; *image* makes the entry match by image as well as by name."""

    image: str | None = None
    service: Service = Service()
    concurrency: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 8
    queue_limit: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] = 64
    startup: Duration = 2.0
    startup_cpu: Duration = 0.0
    on_sigterm: Reaction = Reaction.DRAIN
    memory: Bytes = 64 * 2.0**20
    probes: Literal["shared", "own"] = "shared"
    keep_alive: Duration = 75.0
    crash_after: Duration | None = None
    warm_up: WarmUp | None = None
    weight: Annotated[int, Field(strict=True, ge=1, le=65_535)] = 1
    containers: Annotated[dict[str, Container], Field(default_factory=dict)]
    calls: Annotated[dict[str, Call], Field(default_factory=dict)]
    classes: Annotated[dict[ClassName, ClassOfVersion], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _computes_while_it_starts(self) -> Version:
        if self.startup_cpu > self.startup and "startup" in self.model_fields_set:
            raise Unreadable(
                message("startupCpu is a part of startup and cannot be longer"),
                message("at most {most}", most=show_duration(self.startup)),
            )
        return self

    def over(self, below: Version) -> Version:
        """This entry laid over *below*: what it does not say is as there."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "service" in given:
            given["service"] = self.service.over(below.service)
        if "classes" in given:
            given["classes"] = below.classes | self.classes
        return below.model_copy(update={"image": None} | given)


class Release(Strict):
    """What the release changes: exactly one of the three."""

    image: dict[str, str] | None = None
    manifest: str | None = None
    patch: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Release:
        given = [name for name in ("image", "manifest", "patch") if getattr(self, name) is not None]
        if len(given) != 1:
            raise Unreadable(
                message("a release has exactly one of image, manifest and patch"),
                message("for example image: {example}", example='{web: "nginx:1.21"}'),
            )
        return self


Balancer: TypeAlias = Literal[
    "random", "round_robin", "least_request", "least_connections", "ring_hash", "weighted"
]


class Outliers(Strict):
    """Which pods a proxy sends nothing to for a while; the defaults are Istio's."""

    consecutive_errors: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 5
    interval: Duration = 10.0
    base_ejection_time: Duration = 30.0
    max_ejection_percent: Share = 0.1

    @model_validator(mode="after")
    def _sweeps(self) -> Outliers:
        if self.interval <= 0:
            raise Unreadable(
                message("{field} must be longer than nothing", field="interval"),
                message("for example 5s"),
            )
        return self


class Network(Strict):
    """The way from a user to a pod, and how long news takes inside the cluster.

    What is None follows from the kind of *proxy*.
    """

    proxy: ProxyKind = ProxyKind.KUBE_PROXY
    balancer: Balancer | None = None
    proxies: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    propagation: Range | None = None
    watch: Range = (0.01, 0.04)
    keep_alive: Duration | None = None
    requests_per_connection: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] | None = (
        None
    )
    connection_lifetime: Duration | None = None
    close_notice: Duration = 0.001
    tries: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None
    connect_timeout: Duration | None = None
    idempotent: Share = 0.0
    outlier_detection: Outliers | None = None
    max_requests: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None
    rate_limit: Rate | None = None
    burst: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1

    @model_validator(mode="after")
    def _lets_somebody_in(self) -> Network:
        if self.rate_limit is not None and self.rate_limit <= 0:
            raise Unreadable(
                message("{field} must be more than nothing", field="rateLimit"),
                message("such as 100/s, or leave it out for no limit"),
            )
        return self

    @model_validator(mode="after")
    def _what_nginx_cannot(self) -> Network:
        asked = self.model_fields_set & {"outlier_detection", "max_requests"}
        if asked and self.proxy is ProxyKind.INGRESS_NGINX:
            raise Unreadable(
                message("{field}: ingress-nginx has nothing like it", field=to_camel(min(asked))),
                message("proxy: istio"),
            )
        return self

    @model_validator(mode="after")
    def _what_kube_proxy_cannot(self) -> Network:
        asked = self.model_fields_set & {
            *("tries", "connect_timeout", "idempotent"),
            *("outlier_detection", "max_requests", "rate_limit", "burst"),
        }
        if asked and self.proxy is ProxyKind.KUBE_PROXY:
            raise Unreadable(
                message(
                    "{field}: kube-proxy passes a connection on to one pod and looks no further",
                    field=to_camel(min(asked)),
                ),
                message("proxy: ingress-nginx or istio"),
            )
        return self


class Requests(Strict):
    """What a pod that requests nothing is counted with."""

    cpu: Cores = 0.1
    memory: Bytes = 128 * 2.0**20


class Nodes(Strict):
    """The machines, all alike, and how long they take to start a pod."""

    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = 3
    cpu: Cores = 4.0
    memory: Bytes = 16 * 2.0**30
    default_requests: Requests = Requests()
    schedule: Range = (0.01, 0.05)
    sandbox: Range = (0.3, 0.7)
    pull: Range = (1.0, 3.0)
    relist: Duration = 1.0
    sync_frequency: Duration = SYNC_SECONDS


class Prices(Strict):
    """What resources cost; never assumed."""

    currency: Annotated[str, Field(min_length=1, max_length=12)]
    core_hour: Annotated[float, Field(strict=True, ge=0, le=1e9)]
    gib_hour: Annotated[float, Field(strict=True, ge=0, le=1e9)]


class Slo(Strict):
    """The promise to the users."""

    availability: Share = 0.999


class Window(Strict):
    """The measured time; what is left out follows from the rollouts themselves."""

    before: Duration | None = None
    length: Duration | None = None
    settle: Duration | None = None


class Spec(Strict):
    """Everything a scenario can say."""

    manifests: Annotated[list[str], Field(min_length=1, max_length=100)]
    deployment: str | None = None
    release: Release | None = None
    versions: Annotated[dict[str, Version], Field(default_factory=dict)]
    dependencies: Annotated[
        dict[str, Dependency], Field(max_length=MOST_DEPENDENCIES, default_factory=dict)
    ]
    traffic: Annotated[Traffic, Field(discriminator="kind")] = Poisson()
    clients: Clients = Clients()
    users: Users = Users()
    network: Network = Network()
    nodes: Nodes = Nodes()
    prices: Prices | None = None
    slo: Slo = Slo()
    faults: Annotated[list[str], Field(max_length=100, default_factory=list)]
    window: Window = Window()
    monitoring: Monitoring = Monitoring()
    rollback: Rollback | None = None
    strategies: Strategies = Strategies()

    @model_validator(mode="after")
    def _its_proxy_reads_what_a_router_writes(self) -> Spec:
        canary = self.strategies.canary
        router = None if canary is None else canary.router
        if router is not None and self.network.proxy is not READER[router]:
            raise Unreadable(
                message(
                    "strategies.canary.router {router} writes objects that {proxy} does not read",
                    router=router,
                    proxy=self.network.proxy.value,
                ),
                message("network.proxy: {proxy}", proxy=READER[router].value),
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _traffic_is_poisson_unless_it_says_otherwise(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("traffic"), dict):
            return data | {"traffic": {"kind": "poisson"} | data["traffic"]}
        return data


class ScenarioFile(Strict):
    """A scenario.yaml."""

    api_version: Literal["seatrial/v1alpha1"]
    kind: Literal["Scenario"]
    metadata: Metadata
    spec: Spec
