"""What there is of arrays and rules for proxies that do more than send on. See `way`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.model.behaviour import Workload
from sim.model.causes import Cause
from sim.model.draws import Purpose, Stream
from sim.model.network import HABITS, Connections, tried_elsewhere
from sim.model.protection import Protection
from sim.model.retry import kind_of
from sim.traffic.clock import Clock
from sim.traffic.kernel import proxy_records as pr
from sim.traffic.kernel import records as r
from sim.traffic.kernel.balancers import COMPILED
from sim.traffic.kernel.storage import Arrays
from sim.traffic.way import Way

_STREAMS = {
    "again_keys": Purpose.BALANCER_AGAIN,
    "second_keys": Purpose.BALANCER_SECOND,
    "method_keys": Purpose.METHOD,
    "ring_keys": Purpose.HASH_RING,
    "hash_user_keys": Purpose.HASH_USER,
}
_LEAST = (r.LEAST_REQUEST, r.LEAST_CONNECTIONS)


def check_way(workload: Workload, seed: int, start: float) -> None:
    """Raise what the reference raises for proxies that cannot be."""
    Way(
        workload.connections,
        workload.protection,
        balancer=workload.balancer,
        proxies=1,
        seed=seed,
        clock=Clock(start),
        pods=(),
        answer=lambda attempt, cause: None,
        mirror=lambda attempt, backend: None,
    )


def put_proxies(arrays: Arrays, workload: Workload, seed: int, start: float) -> None:
    """All that proxies and clients of *workload* need beyond endpoint lists."""
    single = arrays.single
    for name, purpose in _STREAMS.items():
        single[name] = Stream(seed, purpose).keys
    _put_rules(single, workload)
    _put_protection(single, workload.protection)
    _put_guards(arrays, workload, seed, start)
    owners = workload.population if not single["per_request"] else 0
    arrays.put("idle", np.zeros(owners if single["keeps"] else 0, pr.Idle))
    arrays.put("connection", np.zeros(0, pr.Connection))
    if single["keeps"]:
        add_connections(arrays, 256)
    users = workload.population if single["affinity"] >= 0.0 else 0
    arrays.put("remembered", np.zeros(users, pr.Remembered))
    arrays.put("link", np.zeros(0, pr.Link))
    arrays.put("on_way", np.zeros((workload.proxies, 0), pr.OnWay))
    arrays.put("level", np.zeros((workload.proxies, pr.LEVELS, 0), pr.Level))
    arrays.put("held", np.zeros((workload.proxies, pr.LEVELS), pr.Held))
    arrays.put("list_place", np.zeros((workload.proxies, 0), pr.ListPlace))
    arrays.put("trip", np.zeros(0, pr.Trip))
    arrays.put("tried", np.zeros(0, pr.Listed))
    arrays.put("owed", np.zeros((0, 0), pr.Owed))
    arrays.put("healthy", np.zeros(64, pr.Listed))
    fit_proxies(arrays)


def fit_proxies(arrays: Arrays) -> None:
    """Let there be as much beside slots and pods as there are of these."""
    single = arrays.single
    slots, links = int(single["slots"]), len(arrays["pod"]) * int(single["proxies"])
    if single["proxied"] and len(arrays["trip"]) < slots:
        arrays.grow(slots, "trip")
    if single["avoid"] and len(arrays["tried"]) < slots * r.MOST_AVOIDED:
        arrays.grow(slots * r.MOST_AVOIDED, "tried")
    if single["ejects"] and len(arrays["link"]) < links:
        arrays.grow(links, "link")
    if single["counts_links"] and arrays["on_way"].shape[1] < len(arrays["pod"]):
        _widen(arrays, "on_way", len(arrays["pod"]))
        if single["balancer"] == r.LEAST_CONNECTIONS:
            _widen(arrays, "list_place", len(arrays["pod"]))
    if single["balancer"] == r.WEIGHTED:
        _fit_owed(arrays)
    if single["keeps"] and single["per_request"] and len(arrays["idle"]) < links:
        arrays.grow(links, "idle")


def fit_levels(arrays: Arrays, places: int) -> None:
    """Let there be bits for a list of so many *places*, where the least busy of all are asked."""
    words = -(-places // 64)
    if arrays.single["balancer"] == r.LEAST_CONNECTIONS and arrays.single["level_words"] < words:
        proxies = int(arrays.single["proxies"])
        arrays.put("level", np.zeros((proxies, pr.LEVELS, 2 * words), pr.Level))
        arrays["proxy"]["levelled"] = 0


def _widen(arrays: Arrays, name: str, columns: int) -> None:
    before = arrays[name]
    more = np.zeros((len(before), columns - before.shape[1]), before.dtype)
    arrays.put(name, np.concatenate([before, more], axis=1))


def _fit_owed(arrays: Arrays) -> None:
    """What is owed to each pod by each row of what proxies know of backends."""
    before = arrays["owed"]
    pods, rows = len(arrays["pod"]), len(arrays["proxy"])
    if before.shape != (pods, rows):
        owed = np.zeros((pods, rows), pr.Owed)
        owed[: before.shape[0], : before.shape[1]] = before
        arrays.put("owed", owed)


def add_connections(arrays: Arrays, size: int) -> None:
    """Let there be *size* connections."""
    before, single = len(arrays["connection"]), arrays.single
    arrays.grow(size, "connection")
    arrays["connection"]["next"][before:] = np.arange(before + 1, size + 1)
    arrays["connection"]["next"][-1] = single["free_connection"]  # None is free when this is asked.
    single["free_connection"] = before
    single["free_connections"] += size - before


def _put_rules(single: r.Records, workload: Workload) -> None:
    rules, clients = workload.connections, workload.clients
    balancer = COMPILED[workload.balancer]
    usual = Connections(), Protection(), None
    asked = rules, workload.protection, clients.retry_budget
    single["proxied"] = usual != asked or balancer not in (r.RANDOM, r.ROUND_ROBIN)
    single["per_request"], single["by_user"] = rules.per_request, rules.proxy_of_the_user
    single["keeps"], single["keep_alive"] = rules.keep_alive_seconds > 0.0, rules.keep_alive_seconds
    single["counts_links"] = balancer in _LEAST
    single["tries"], single["avoid"] = rules.tries, HABITS[rules.proxy].avoid
    single["elsewhere"] = _set_of(c for c in Cause if tried_elsewhere(rules.proxy, c, False))
    twice = (c for c in Cause if tried_elsewhere(rules.proxy, c, True))
    single["elsewhere_twice"] = _set_of(twice)
    failures = (c for c in Cause if c is not Cause.NONE)
    single["retried"] = _set_of(c for c in failures if kind_of(c, rules.proxy) in clients.retry_on)
    single["requests_each"], single["lifetime"] = rules.requests_each, rules.lifetime_seconds
    single["close_notice"] = rules.close_notice_seconds
    single["connect_timeout"] = rules.connect_timeout_seconds
    single["idempotent_share"] = rules.idempotent_share
    single["affinity"] = _or_none(rules.affinity_seconds)
    single["budget"] = _or_none(clients.retry_budget)


def _put_protection(single: r.Records, protection: Protection) -> None:
    single["most_in_flight"], single["burst"] = protection.most_in_flight, protection.burst
    single["per_second"] = protection.per_second
    single["gated"] = protection.most_in_flight > 0 or protection.per_second > 0.0
    outliers = protection.outliers
    single["ejects"] = outliers is not None
    if outliers is not None:
        single["consecutive_errors"] = outliers.consecutive_errors
        single["sweep"], single["most_share"] = outliers.sweep_seconds, outliers.most_share
        single["base_ejection"] = outliers.base_ejection_seconds


def _put_guards(arrays: Arrays, workload: Workload, seed: int, start: float) -> None:
    guards = np.zeros(workload.proxies, pr.Guard)
    guards["tokens"], guards["filled"] = workload.protection.burst, start
    guards["latest"] = -r.INF
    if workload.protection.outliers is not None:
        phases = Stream(seed, Purpose.SWEEP_PHASE)
        sweep = workload.protection.outliers.sweep_seconds
        guards["phase"] = [phases.uniform(proxy) * sweep for proxy in range(workload.proxies)]
    arrays.put("guard", guards)


def _set_of(causes: Iterable[Cause]) -> int:
    """Causes as bits."""
    return sum(1 << int(cause) for cause in causes)


def _or_none(number: float | None) -> float:
    return -1.0 if number is None else number
