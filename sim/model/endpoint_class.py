"""Classes of requests: checkout, search, static … what share each has, and what each asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.demand import Demand
from sim.model.dependency import Call

MOST_CLASSES = 32  # A count's key has five bits for its class.


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointClass:
    """One class of requests, and its *share* of all; the last class has what is left.

    Whether a proxy may send one twice is *idempotent*; None leaves it to the lot that every request
    draws (`Connections.idempotent_share`). *path* is what they are for, which routes may ask.
    """

    name: str
    share: float
    idempotent: bool | None = None
    path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How long a request occupies a worker, and how that spreads; see `Behaviour`."""

    cpu_seconds: float
    wait_seconds: float
    demand: Demand = Demand.EXPONENTIAL
    demand_cv: float = 1.0
    measured_seconds: tuple[float, ...] = ()
    measured_shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBehaviour:
    """What one version does differently with requests of the class called *name*.

    They take *service_time_factor* times as long as others, or have *work* and *calls* of their own
    (None: as others). *error_ratio*, *hang_ratio* and *crash_ratio* are shares of what would go
    well by the version's own, and *leak_bytes_per_request* comes to what that leaves.
    """

    name: str
    service_time_factor: float = 1.0
    work: Work | None = None
    calls: tuple[Call, ...] | None = None
    error_ratio: float = 0.0
    hang_ratio: float = 0.0
    leak_bytes_per_request: float = 0.0
    crash_ratio: float = 0.0
