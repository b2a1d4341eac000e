"""What the workers call: a database or another service, shared by all pods of all versions."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.demand import Demand

MOST_DEPENDENCIES = 64  # A draw tells this many dependencies of one request apart.


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One dependency: *capacity* slots that each serve one call at a time, the rest wait.

    A call takes *latency_seconds* on average, spread as *demand* says, from the moment it has a
    slot. *error_ratio* is the share of its answers that are errors. Capacity 0 is a lock: calls
    wait until it goes. While it is not *up* every call fails at once, those under way too.
    """

    name: str
    capacity: int = 50
    latency_seconds: float = 0.01
    demand: Demand = Demand.EXPONENTIAL
    demand_cv: float = 1.0  # Coefficient of variation; lognormal and gamma only.
    error_ratio: float = 0.0
    up: bool = True

    def __post_init__(self) -> None:
        if self.capacity < 0:
            raise ValueError(f"capacity must not be negative, not {self.capacity}")
        if not self.latency_seconds >= 0.0:
            raise ValueError(f"latency_seconds must not be negative, not {self.latency_seconds}")
        if self.demand is Demand.EMPIRICAL:
            raise ValueError("a dependency's latency is not measured")
        if not 0.0 <= self.error_ratio <= 1.0:
            raise ValueError(f"error_ratio must be from 0 to 1, not {self.error_ratio}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """That a request calls *dependency* (by number), as a *share* of all requests does.

    The worker waits *timeout_seconds* for the answer, the time before a slot is free included.
    """

    dependency: int
    share: float = 1.0
    timeout_seconds: float = 2.0
