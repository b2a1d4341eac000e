"""From the control plane's words to records: a version's row, a dependency, a pod, a probe."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from sim.model.behaviour import Behaviour, CpuShare, Demand
from sim.model.cfs import PERIOD_SECONDS
from sim.model.dependency import Dependency
from sim.model.draws import log
from sim.traffic.kernel import records as r

_DEMANDS = {
    Demand.CONSTANT: r.CONSTANT,
    Demand.EXPONENTIAL: r.EXPONENTIAL,
    Demand.LOGNORMAL: r.LOGNORMAL,
    Demand.GAMMA: r.TABLE,
    Demand.EMPIRICAL: r.TABLE,
}
_BEFORE_ANY_TICK = (r.UNKNOWN, 0, 1)  # Startup, readiness, liveness.


def fill_version(
    row: r.Records, behaviour: Behaviour, calls: tuple[int, int], quantiles: int
) -> None:
    """What the kernel reads of a *behaviour*; when it last answered stays.

    *calls* are where its calls begin and end in their table, *quantiles* where its quantiles do.
    """
    row["calls"], row["calls_end"] = calls
    row["table"] = quantiles
    warm_up = behaviour.warm_up
    row["warm_up"], row["slowdown"] = (warm_up.seconds, warm_up.slowdown) if warm_up else (0.0, 1.0)
    row["hang_ratio"] = behaviour.hang_ratio
    row["leak_each"] = behaviour.leak_bytes_per_request
    row["crash_ratio"] = behaviour.crash_ratio
    row["harmed"] = behaviour.leak_bytes_per_request > 0.0 or behaviour.crash_ratio > 0.0
    row["uneven"] = warm_up is not None or behaviour.hang_ratio > 0.0
    variance = log(1.0 + behaviour.demand_cv * behaviour.demand_cv)
    row["mean"], row["cpu_share"] = behaviour.service_seconds, behaviour.cpu_share
    row["sigma"], row["half_variance"] = sqrt(variance), 0.5 * variance
    row["demand"] = _DEMANDS[behaviour.demand]
    row["error_ratio"], row["probe_seconds"] = behaviour.error_ratio, behaviour.probe_seconds
    row["base_bytes"], row["leak"] = behaviour.base_memory_bytes, behaviour.leak_bytes_per_second
    row["keep_alive"], row["weight"] = behaviour.keep_alive_seconds, behaviour.weight
    row["concurrency"], row["queue_limit"] = behaviour.concurrency, behaviour.queue_limit


def fill_dependency(row: r.Records, dependency: Dependency, quantiles: int) -> None:
    """What the kernel reads of a *dependency*, its *quantiles* there; who calls it stays."""
    row["table"] = quantiles
    variance = log(1.0 + dependency.demand_cv * dependency.demand_cv)
    row["mean"], row["demand"] = dependency.latency_seconds, _DEMANDS[dependency.demand]
    row["sigma"], row["half_variance"] = sqrt(variance), 0.5 * variance
    row["capacity"], row["up"] = dependency.capacity, dependency.up
    row["error_ratio"] = dependency.error_ratio


def fill_pod(
    pod: r.Records,
    meter: r.Records,
    version: int,
    memory_limit_bytes: float,
    cpu: CpuShare,
    now: float,
    own: Sequence[int],
) -> None:
    """A pod of *version* that is made *now* and has done nothing; *own* are its events' slots."""
    pod["version"], pod["limit_bytes"] = version, memory_limit_bytes
    pod["first"] = pod["last"] = r.NOBODY
    pod["ended_at"] = pod["began"] = -r.INF
    pod["busy_until"] = pod["leaks_since"] = now
    pod["oom"], pod["drained"], pod["turn"] = own
    meter["limit_cores"], meter["weight"] = cpu.limit_cores, cpu.weight
    meter["quota"] = cpu.limit_cores * PERIOD_SECONDS
    meter["origin"] = meter["period_end"] = meter["since"] = now
    meter["head"] = meter["next"] = meter["previous"] = r.NOBODY
    meter["turn"], meter["stale"] = r.DONE, 1


def fill_probe(probe: r.Records, row: int, sort: int, seconds: float, timeout: float) -> None:
    """A probe of which nothing is known yet; an answer to it takes *seconds*."""
    probe["pod"], probe["kind"] = divmod(row, r.PROBE_KINDS)
    probe["sort"], probe["ticking"], probe["missed"] = sort, 0, 0
    probe["timeout"], probe["asked"] = timeout, r.NOBODY
    probe["in_time"] = seconds <= timeout
    probe["answer_seconds"] = min(seconds, timeout)
    probe["verdict"] = _BEFORE_ANY_TICK[int(probe["kind"])]
    probe["last"], probe["run"] = r.UNKNOWN, 0
