"""The scenario's numbers as the values that both planes read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.model.behaviour import SYNC_SECONDS, Behaviour, Clients, ContainerBehaviour, Delays, Node
from sim.model.conversion import UserBehaviour
from sim.model.network import HABITS, Connections, ProxyKind
from sim.model.objects import JsonObject
from sim.model.protection import OutlierDetection, Protection
from sim.model.retry import EVERY_FAILURE
from sim.model.routing import Attribute
from sim.model.service import affinity_seconds
from sim.model.template_hash import fnv1a
from sim.model.visit import Visits
from sim.scenario import capacity, classes, dependencies
from sim.scenario.appeal import Appeal
from sim.scenario.release import Release
from sim.scenario.scenario import Prices, VersionEntry, WindowSpec
from sim.scenario.spec import Network, Spec, Users, Version
from sim.scenario.strategy_spec import AbTest

JITTER = 0.5  # Of a kubelet's sync of a pod (pkg/kubelet/pod_workers.go).
SLACK_SECONDS = 1.0
HEADER = "ab-test-group"  # Of the handbook (5.2).
MOST_SALT = 1 << 16


def completed(spec: Spec, deployment: JsonObject, released: Release) -> Spec:
    """*spec* with what follows from the rest: nodes for the pods, the habits of the proxies."""
    nodes = spec.nodes
    if "count" not in nodes.model_fields_set:
        needed = capacity.nodes_with_leeway(spec, deployment, released.template)
        nodes = nodes.model_copy(update={"count": max(nodes.count, needed)})
    return spec.model_copy(
        update={"nodes": nodes, "network": _with_habits(spec.network, nodes.count)}
    )


def _with_habits(network: Network, nodes: int) -> Network:
    """*network* with what its kind of proxy does unless it is told otherwise."""
    habits = HABITS[network.proxy]
    usual = {
        "balancer": habits.balancer,
        "proxies": habits.proxies or nodes,
        "propagation": (0.1, 1.0) if network.proxy is ProxyKind.KUBE_PROXY else None,
        "keep_alive": habits.keep_alive_seconds,
        "requests_per_connection": habits.requests_each,
        "connection_lifetime": habits.lifetime_seconds,
        "tries": habits.tries,
        "connect_timeout": habits.connect_timeout_seconds,
    }
    missing = {name: value for name, value in usual.items() if getattr(network, name) is None}
    return network.model_copy(update=missing)


def nodes(spec: Spec, templates: Sequence[JsonObject]) -> tuple[Node, ...]:
    """The machines, each with every label that a pod template of these asks a node for."""
    nodes = spec.nodes
    labels = {
        key: text
        for template in templates
        for key, text in (template["spec"].get("nodeSelector") or {}).items()
    }
    return tuple(
        Node(
            name=f"node-{number}",
            cpu_cores=nodes.cpu,
            memory_bytes=nodes.memory,
            labels=tuple(sorted(labels.items())),
        )
        for number in range(1, nodes.count + 1)
    )


def visits(users: Users) -> Visits | None:
    """How long visits are; None: each request is a visit of its own."""
    if users.visits is None:
        return None
    return Visits(
        requests=users.visits.requests,
        think_seconds=users.visits.think,
        leaves=users.visits.leave_after_failure,
    )


def attributes(spec: Spec) -> tuple[Attribute, ...]:
    """What users differ in; the last value of each, which is empty, has what is left.

    The groups of an A/B test are among it, unless the scenario says itself who sends its header.
    """
    found = [_attribute(name, shares) for name, shares in spec.users.attributes.items()]
    test = spec.strategies.ab_test or AbTest()
    name = f"header:{(test.header or HEADER).lower()}"
    if spec.users.behaviour is not None and name not in spec.users.attributes:
        share = 0.5 if test.share is None else test.share
        salt = fnv1a((test.salt or name).encode()) % MOST_SALT
        groups = {test.value or "B": share, "A": 1.0 - share}
        found.append(replace(_attribute(name, groups), salt=salt))
    return tuple(found)


def _attribute(name: str, shares: dict[str, float]) -> Attribute:
    return Attribute(
        name=name, values=(*shares.items(), ("", max(0.0, 1.0 - sum(shares.values()))))
    )


def user_behaviour(users: Users) -> UserBehaviour | None:
    """The stated model of what users do; a version says what is not as in `old`."""
    found = users.behaviour
    if found is None:
        return None
    old = found.versions["old"]
    given = {"new": Appeal(), **found.versions}
    return UserBehaviour(
        appeals={name: one.over(old) for name, one in given.items()},
        lost_per_100_ms=found.loss_per_100ms,
        lost_per_failure=found.loss_per_failure,
        distribution=found.revenue_distribution,
        cv=found.revenue_cv,
    )


def strategies(spec: Spec) -> dict[str, dict[str, Any]]:
    """What is given of strategies; who waits for kubelets waits for those of this cluster."""
    found = spec.strategies.given()
    sync = spec.nodes.sync_frequency
    if sync != SYNC_SECONDS:
        for name in ("FeatureFlags", "BlueGreenBehindFlag"):
            own = found.setdefault(name, {})
            own.setdefault("propagation_seconds", (1.0 + JITTER) * sync + SLACK_SECONDS)
    return found


def delays(spec: Spec) -> Delays:
    nodes, network = spec.nodes, spec.network
    return Delays(
        watch=network.watch,
        propagation=network.propagation,
        proxy=network.proxy,
        schedule=nodes.schedule,
        sandbox=nodes.sandbox,
        pull=nodes.pull,
        relist=nodes.relist,
        sync=nodes.sync_frequency,
    )


def connections(network: Network, service: JsonObject) -> Connections:
    """How requests travel through a *network* without gaps to the pods of *service*."""
    assert network.keep_alive is not None and network.tries is not None
    assert network.requests_per_connection is not None
    assert network.connection_lifetime is not None and network.connect_timeout is not None
    per_request = network.proxy is not ProxyKind.KUBE_PROXY
    return Connections(
        proxy=network.proxy,
        keep_alive_seconds=network.keep_alive,
        requests_each=network.requests_per_connection,
        lifetime_seconds=network.connection_lifetime,
        close_notice_seconds=network.close_notice,
        tries=network.tries,
        connect_timeout_seconds=network.connect_timeout,
        idempotent_share=network.idempotent,
        affinity_seconds=None if per_request else affinity_seconds(service),
    )


def protection(network: Network) -> Protection:
    """What each proxy of *network* allows."""
    found = network.outlier_detection
    outliers = None
    if found is not None:
        outliers = OutlierDetection(
            consecutive_errors=found.consecutive_errors,
            sweep_seconds=found.interval,
            base_ejection_seconds=found.base_ejection_time,
            most_share=found.max_ejection_percent,
        )
    return Protection(
        outliers=outliers,
        most_in_flight=network.max_requests or 0,
        per_second=network.rate_limit or 0.0,
        burst=network.burst,
    )


def clients(spec: Spec) -> Clients:
    clients = spec.clients
    return Clients(
        attempt_timeout_seconds=clients.attempt_timeout,
        deadline_seconds=clients.deadline,
        attempts=clients.attempts,
        backoff_seconds=clients.backoff,
        retry_on=tuple(one for one in EVERY_FAILURE if one in clients.retry_on),
        retry_budget=clients.retry_budget,
        hedge_after_seconds=clients.hedge_after,
    )


def prices(spec: Spec) -> Prices | None:
    if spec.prices is None:
        return None
    return Prices(
        currency=spec.prices.currency,
        core_hour=spec.prices.core_hour,
        gib_hour=spec.prices.gib_hour,
    )


def window(spec: Spec) -> WindowSpec | None:
    window = spec.window
    if window.before is None and window.length is None and window.settle is None:
        return None
    return WindowSpec(before=window.before, length=window.length, settle=window.settle)


def versions(spec: Spec) -> tuple[VersionEntry, ...]:
    """Every entry, resolved; `old` and `new` always exist, and others are laid over `old`."""
    old = spec.versions.get("old", Version())
    names = ["old", "new", *(name for name in spec.versions if name not in ("old", "new"))]
    entries = []
    for name in names:
        given = spec.versions.get(name)
        entry = old if name == "old" else (given or Version()).over(old)
        entries.append(
            VersionEntry(
                name=name,
                image=given.image if given is not None else None,
                given=given is not None,
                behaviour=_behaviour(entry, spec),
            )
        )
    return tuple(entries)


def _behaviour(entry: Version, spec: Spec) -> Behaviour:
    return Behaviour(
        cpu_seconds=entry.service.computing,
        wait_seconds=entry.service.waiting,
        demand=entry.service.distribution,
        demand_cv=entry.service.cv,
        measured_seconds=entry.service.measured,
        measured_shares=entry.service.measured_shares,
        concurrency=entry.concurrency,
        queue_limit=entry.queue_limit,
        startup_seconds=max(entry.startup, entry.startup_cpu),
        startup_cpu_seconds=entry.startup_cpu,
        reaction=entry.on_sigterm,
        base_memory_bytes=entry.memory,
        probe_seconds=entry.service.probe,
        probes_share_workers=entry.probes == "shared",
        keep_alive_seconds=entry.keep_alive,
        crash_after_seconds=entry.crash_after,
        warm_up=entry.warm_up.numbers if entry.warm_up is not None else None,
        containers=tuple(
            ContainerBehaviour(
                name=name,
                startup_seconds=one.startup,
                run_seconds=one.runs,
                exit_code=one.exit,
            )
            for name, one in entry.containers.items()
        ),
        calls=dependencies.calls(entry.calls, spec),
        classes=classes.behaviours(entry, spec),
        weight=entry.weight,
    )
