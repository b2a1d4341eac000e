"""How a version behaves and what surrounds it: the resolved numbers that both planes read.

A scenario (YAML, flags, assumptions) is resolved into these; nothing below `scenario/` knows
where a number came from. Seconds, bytes, shares from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sim.model.demand import Demand as Demand
from sim.model.dependency import Call, Dependency
from sim.model.endpoint_class import ClassBehaviour, EndpointClass
from sim.model.network import Connections, ProxyKind
from sim.model.protection import Protection
from sim.model.retry import EVERY_FAILURE, RetryOn
from sim.model.routing import Attribute
from sim.model.visit import Visits
from sim.model.warm_up import WarmUp

SYNC_SECONDS = 60.0  # The kubelet's syncFrequency (pkg/kubelet/apis/config/v1beta1/defaults.go).


class Reaction(StrEnum):
    """What the process does at SIGTERM."""

    DRAIN = "drain"  # Closes its listener, answers what it has accepted, then exits.
    EXIT = "exit"  # Is gone at once, with everything in flight.
    IGNORE = "ignore"  # Serves on until SIGKILL.


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerBehaviour:
    """A container beside the serving one: it starts, or as an init container runs and ends.

    *startup_seconds* until a sidecar's or app container's process answers its probes;
    *run_seconds* and *exit_code* are an init container's.
    """

    name: str
    startup_seconds: float = 0.0
    run_seconds: float = 1.0
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One row of the behaviour table: what one version does with requests and signals.

    A request occupies one of *concurrency* workers for (cpu + wait) x *service_time_factor*
    seconds on average, and for its *calls*, made one after the other between computing and waiting;
    at most *queue_limit* more wait, first come first served. *error_ratio* is the share of answers
    that are the application's own error. Memory is *base_memory_bytes* plus
    *leak_bytes_per_second* since the process started. Of *startup_seconds* the process computes
    *startup_cpu_seconds*, which a CPU limit stretches. An HTTP or gRPC probe takes
    *probe_seconds*; with *probes_share_workers* it waits for a worker like any request, otherwise
    a thread of its own answers it. An idle connection is closed *keep_alive_seconds* after its last
    answer. *crash_after_seconds* is when a process ends by itself with exit code 1 (None: never);
    an image that is not *pullable* cannot be pulled. A *hang_ratio* of the attempts that a worker
    takes never ends: each holds its worker until the process ends, and its client times out.
    Each request that a worker is done with leaves *leak_bytes_per_request* behind, and a
    *crash_ratio* of all requests end the process at that moment, wherever they are tried. Balancers
    that weigh pods give each of them its *weight* beside the others.
    *classes* say what is different for which class of requests, by its number.
    """

    cpu_seconds: float = 0.005
    wait_seconds: float = 0.045
    demand: Demand = Demand.EXPONENTIAL
    demand_cv: float = 1.0  # Coefficient of variation; lognormal and gamma only.
    measured_seconds: tuple[float, ...] = ()  # How an empirical demand spreads.
    measured_shares: tuple[float, ...] = ()  # At which those are quantiles; none: single times.
    concurrency: int = 8
    queue_limit: int = 64
    startup_seconds: float = 2.0
    reaction: Reaction = Reaction.DRAIN
    base_memory_bytes: float = 64 * 2**20
    error_ratio: float = 0.0
    service_time_factor: float = 1.0
    leak_bytes_per_second: float = 0.0
    startup_cpu_seconds: float = 0.0
    probe_seconds: float = 0.001
    probes_share_workers: bool = True
    keep_alive_seconds: float = 75.0
    crash_after_seconds: float | None = None
    pullable: bool = True
    containers: tuple[ContainerBehaviour, ...] = ()
    calls: tuple[Call, ...] = ()
    hang_ratio: float = 0.0
    warm_up: WarmUp | None = None
    classes: tuple[ClassBehaviour, ...] = ()
    weight: int = 1
    leak_bytes_per_request: float = 0.0
    crash_ratio: float = 0.0

    @property
    def service_seconds(self) -> float:
        """Mean time that a request occupies a worker, its calls left out."""
        return (self.cpu_seconds + self.wait_seconds) * self.service_time_factor

    @property
    def spread(self) -> tuple[Demand, float, tuple[float, ...], tuple[float, ...]]:
        """How that time spreads around its mean."""
        return self.demand, self.demand_cv, self.measured_seconds, self.measured_shares

    @property
    def cpu_share(self) -> float:
        """The share of that time in which the request computes."""
        total = self.cpu_seconds + self.wait_seconds
        return self.cpu_seconds / total if total > 0.0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """How a client waits and tries again.

    The last attempt decides the cause. An attempt ends at *attempt_timeout_seconds* or at the
    deadline of the whole request, whichever is first. Attempt k + 1 starts after
    *backoff_seconds* x 2**k, jittered between half and one and a half times; if that would pass
    the deadline the client gives up at once. It tries again after failures of the kinds in
    *retry_on* only, and, under a *retry_budget*, while retries are no more than that share of all
    attempts under way by the same proxy. An attempt without an answer *hedge_after_seconds* after
    it was sent gets a second try beside it (None: never), and the first good answer counts.
    """

    attempt_timeout_seconds: float = 5.0
    deadline_seconds: float = 10.0
    attempts: int = 1
    backoff_seconds: float = 0.1
    retry_on: tuple[RetryOn, ...] = EVERY_FAILURE
    retry_budget: float | None = None
    hedge_after_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCurve:
    """Requests per second over time: piecewise constant, `rates[i]` from `times[i]` on.

    `times[0]` is the start of traffic (may lie before 0: warm-up); the last rate holds until
    *end*, when arrivals stop. *poisson* draws independent arrivals; otherwise they are evenly
    spaced in cumulated rate.
    """

    times: tuple[float, ...]
    rates: tuple[float, ...]
    end: float
    poisson: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Everything that arrives: rate, clients, users, and the proxies they come through.

    Requests meant to be sent inside [*window_start*, *window_end*) are the ones that count for
    users; per-second counts are kept for all. *dependencies* are what the pods call, by number.
    With *visits*, what arrives are users' first requests, and further ones follow their answers.
    *attributes* are what routes may ask about users. Each request belongs to one of
    *classes*, by lot; without any, all are alike.
    """

    arrivals: RateCurve
    clients: Clients
    population: int
    proxies: int
    balancer: str
    window_start: float
    window_end: float
    connections: Connections = field(default_factory=Connections)
    protection: Protection = field(default_factory=Protection)
    dependencies: tuple[Dependency, ...] = ()
    visits: Visits | None = None
    attributes: tuple[Attribute, ...] = ()
    classes: tuple[EndpointClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuShare:
    """What a container may compute: at most *limit_cores*, and *weight* when cores are scarce.

    The limit is a quota of limit x 100 ms in each 100 ms; the weight is the requested cores.
    """

    limit_cores: float = float("inf")
    weight: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine: allocatable cores, bytes and pods, *labels*, and taints as `key=value:Effect`."""

    name: str
    cpu_cores: float
    memory_bytes: float
    pods: int = 110
    labels: tuple[tuple[str, str], ...] = ()
    taints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long news takes inside the cluster; (low, high) pairs are uniform draws, in seconds.

    *watch* is a write reaching a controller or kubelet; *propagation* is an EndpointSlice change
    reaching one proxy (each draws its own), or None for the way of *proxy*'s own kind; *pull* an
    image pull, on each node's first use. *relist* is the kubelet's period for noticing that a
    container ended, *sync* its least time between two looks at what a pod has mounted.
    """

    watch: tuple[float, float] = (0.01, 0.04)
    propagation: tuple[float, float] | None = (0.1, 1.0)
    proxy: ProxyKind = ProxyKind.KUBE_PROXY
    schedule: tuple[float, float] = (0.01, 0.05)
    sandbox: tuple[float, float] = (0.3, 0.7)
    pull: tuple[float, float] = (1.0, 3.0)
    relist: float = 1.0
    sync: float = SYNC_SECONDS
