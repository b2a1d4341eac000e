"""Everything that a manifest does not say: each as a row with its value and where it is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.hook import hook_of
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject
from sim.model.quantity import show_bytes, show_cores
from sim.model.service import affinity_seconds
from sim.scenario import appeal, classes, dependencies, network_rows, resources, rollback_rows
from sim.scenario import service as services
from sim.scenario.node import Node, get
from sim.scenario.release import SECOND, Release
from sim.scenario.scenario import Assumption
from sim.scenario.spec import Spec, Version
from sim.scenario.traffic import Traffic

_WHY = {
    "traffic.kind": message("many independent users make a Poisson stream"),
    "traffic.arrivals": message("many independent users make a Poisson stream"),
    "traffic.rate": message("small enough that a comparison ends within a minute"),
    "users.population": message("enough that most users meet a release only a few times"),
    "users.visits.requests": message("a user looks at a few pages in a visit"),
    "users.visits.think": message("about ten seconds pass from one page to the next"),
    "users.visits.leaveAfterFailure": message("nothing says that a failure drives users away"),
    "clients.attemptTimeout": message("a common timeout of HTTP clients"),
    "clients.deadline": message("people give a page up after about ten seconds"),
    "clients.attempts": message("no retries, so that every failed attempt is seen"),
    "clients.retryOn": message("a client that tries again does so after any failure"),
    "clients.retryBudget": message("no limit unless one is set"),
    "clients.backoff": message("matters only with more than one attempt"),
    "nodes.count": message(
        "three machines, or as many as the rollout needs, with the pods that wind up"
    ),
    "nodes.cpu": message("a common size of cloud machines"),
    "nodes.memory": message("a common size of cloud machines"),
    "nodes.schedule": message("the scheduler binds a pod within tens of milliseconds"),
    "nodes.sandbox": message("a pod's network and sandbox take about half a second"),
    "nodes.pull": message("a small image from a near registry, on each node's first use"),
    "nodes.relist": message("the kubelet looks at its containers once a second"),
    "nodes.syncFrequency": message("the kubelet's default; mounted ConfigMaps are as late as that"),
    "nodes.defaultRequests.cpu": message("the manifest requests no CPU"),
    "nodes.defaultRequests.memory": message("the manifest requests no memory"),
    "monitoring.scrapeInterval": message("as in the file that Prometheus comes with"),
    "monitoring.evaluationInterval": message("as in the file that Prometheus comes with"),
    "slo.availability": message("three nines, a common promise of a web service"),
    "service.cpu": message("a light web request computes for a few milliseconds"),
    "service.wait": message("most of a web request is waiting for a database or another service"),
    "service.distribution": message("memoryless service times are the usual first model"),
    "service.cv": message("as spread as an exponential distribution"),
    "service.probe": message("a health check that looks at nothing else"),
    "keepAlive": message("nginx's own keepalive_timeout, for any server"),
    "probes": message("the same listener and workers answer requests and HTTP probes"),
    "containers.startup": message("a container beside the serving one is up at once"),
    "containers.runs": message("an init container that does something small"),
    "containers.exit": message("an init container that succeeds"),
    "startupCpu": message("nothing says how much of it is computing, which a CPU limit stretches"),
    "crashAfter": message("a process ends only when it is stopped"),
    "concurrency": message("a small pool of workers in each pod"),
    "queueLimit": message("a listener's backlog is finite"),
    "startup": message("a small service listens about two seconds after its start"),
    "onSigterm": message("the server stops listening, finishes what it has, and exits"),
    "memory": message("what a small service holds when idle"),
}

_WHY_TRAFFIC = message("the default of this kind of traffic")


def table(
    spec: Spec,
    root: Node | None,
    release: Release,
    release_given: bool,
    deployment: JsonObject,
    service: JsonObject,
    service_given: bool,
    watched: bool = False,
) -> tuple[Assumption, ...]:
    """All rows, the release first. *root* is the spec as written; what stands there is given.

    A scenario is *watched* if it has rules of alerts, or an analysis.
    """
    first = Assumption(
        field="release",
        value=release.kind,
        why=release.describe,
        origin="given" if release_given else "manifest" if release.kind == SECOND else "assumed",
    )
    network = [
        _row(root, f"network.{field}", value, network_rows.why(field, spec.network))
        for field, value in network_rows.rows(spec.network)
    ]
    cluster = [
        *_cluster_rows(spec),
        *_version_rows(spec, root),
        *dependencies.rows(spec),
        *_resource_rows(spec, release.template),
        *(_monitoring_rows(spec) if watched or get(root, "monitoring") else ()),
    ]
    judged = [
        *(_row(root, field, value) for field, value in _user_rows(spec)),
        *network,
        *(_row(root, field, value) for field, value in cluster),
        *(_row(root, field, value, why) for field, value, why in rollback_rows.rows(spec.rollback)),
    ]
    told = [
        *_template_rows(release.template),
        *_service_rows(deployment, service, service_given, spec.network.proxy),
    ]
    return (first, *judged, *told, *_given_rows(spec, root))


def _row(root: Node | None, field: str, value: str, why: Message | None = None) -> Assumption:
    found = get(root, *field.split("."))
    if found is not None:
        given = message("given by {source}", source=_source(found.place.file))
        return Assumption(field=field, value=value, why=given, origin="given")
    if why is None:
        why = _why(field)
    return Assumption(field=field, value=value, why=why, origin="assumed")


def _why(field: str) -> Message:
    """The reason for a *field* that nobody gave."""
    if (of_a_dependency := dependencies.why(field)) is not None:
        return of_a_dependency
    key = field.split(".", 2)[2] if field.startswith("versions.") else field
    if key.startswith("containers."):
        key = f"containers.{key.rpartition('.')[2]}"
    return _WHY_TRAFFIC if key.startswith("traffic.") and key not in _WHY else _WHY[key]


def _source(file: str) -> str:
    """A file by its name, a flag by its first word: `scenario.yaml`, `--set`."""
    return file.split(" ")[0] if file.startswith("--") else file.rpartition("/")[2]


def _user_rows(spec: Spec) -> Iterator[tuple[str, str]]:
    clients = spec.clients
    yield from traffic_rows(spec.traffic)
    yield "users.population", str(spec.users.population)
    if (visits := spec.users.visits) is not None:
        yield "users.visits.requests", f"{visits.requests:g}"
        yield "users.visits.think", words.show_duration(visits.think)
        yield "users.visits.leaveAfterFailure", words.show_share(visits.leave_after_failure)
    yield "clients.attemptTimeout", words.show_duration(clients.attempt_timeout)
    yield "clients.deadline", words.show_duration(clients.deadline)
    yield "clients.attempts", str(clients.attempts)
    yield "clients.backoff", words.show_duration(clients.backoff)
    if clients.hedge_after is not None:
        yield "clients.hedgeAfter", words.show_duration(clients.hedge_after)
    if clients.attempts > 1:
        yield "clients.retryOn", ", ".join(clients.retry_on)
        if clients.retry_budget is not None:
            yield "clients.retryBudget", words.show_share(clients.retry_budget)


def _cluster_rows(spec: Spec) -> Iterator[tuple[str, str]]:
    nodes = spec.nodes
    yield "nodes.count", str(nodes.count)
    yield "nodes.cpu", show_cores(nodes.cpu)
    yield "nodes.memory", show_bytes(nodes.memory)
    yield "nodes.schedule", words.show_range(nodes.schedule)
    yield "nodes.sandbox", words.show_range(nodes.sandbox)
    yield "nodes.pull", words.show_range(nodes.pull)
    yield "nodes.relist", words.show_duration(nodes.relist)
    yield "nodes.syncFrequency", words.show_duration(nodes.sync_frequency)
    yield "slo.availability", words.show_share(spec.slo.availability)


def _monitoring_rows(spec: Spec) -> Iterator[tuple[str, str]]:
    yield "monitoring.scrapeInterval", words.show_duration(spec.monitoring.scrape_interval)
    yield "monitoring.evaluationInterval", words.show_duration(spec.monitoring.evaluation_interval)


_TRAFFIC_SHOWN = {
    "rate": words.show_rate,
    "amplitude": words.show_share,
    "factor": words.show_factor,
    "scale": words.show_factor,
    "speed": words.show_factor,
    "period": words.show_duration,
    "peakAt": words.show_duration,
    "at": words.show_duration,
    "length": words.show_duration,
    "every": words.show_duration,
    "start": words.show_duration,
}


def traffic_rows(traffic: Traffic) -> Iterator[tuple[str, str]]:
    """One row per field of the traffic's kind."""
    for name, field in type(traffic).model_fields.items():
        alias = field.alias or name
        value = getattr(traffic, name)
        if value is None or name == "classes":
            continue
        if isinstance(value, list):
            shown = ", ".join(
                f"{words.show_duration(p.at)}: {words.show_rate(p.rate)}" for p in value[:6]
            ) + (", …" if len(value) > 6 else "")
        else:
            shown = _TRAFFIC_SHOWN[alias](value) if alias in _TRAFFIC_SHOWN else str(value)
        yield f"traffic.{alias}", shown


def _version_rows(spec: Spec, root: Node | None) -> Iterator[tuple[str, str]]:
    """All of `old`, and of the others what is said about them; the rest is as in `old`.

    How long a server keeps idle connections matters only if somebody else does.
    """
    for field, value in _version("old", spec.versions.get("old", Version())):
        if spec.network.keep_alive or field != "versions.old.keepAlive":
            yield field, value
    for name, entry in spec.versions.items():
        if name != "old":
            yield from (
                (field, value)
                for field, value in _version(name, entry)
                if get(root, *field.split(".")) is not None or dependencies.is_of_a_call(field)
            )


def _version(name: str, entry: Version) -> Iterator[tuple[str, str]]:
    yield from services.rows(f"versions.{name}.service", entry.service)
    yield f"versions.{name}.concurrency", str(entry.concurrency)
    yield f"versions.{name}.queueLimit", str(entry.queue_limit)
    yield f"versions.{name}.startup", words.show_duration(entry.startup)
    yield f"versions.{name}.startupCpu", words.show_duration(entry.startup_cpu)
    yield f"versions.{name}.onSigterm", entry.on_sigterm.value
    yield f"versions.{name}.memory", show_bytes(entry.memory)
    yield f"versions.{name}.service.probe", words.show_duration(entry.service.probe)
    yield f"versions.{name}.probes", entry.probes
    yield f"versions.{name}.keepAlive", words.show_duration(entry.keep_alive)
    if entry.weight != 1:
        yield f"versions.{name}.weight", str(entry.weight)
    if entry.crash_after is not None:
        yield f"versions.{name}.crashAfter", words.show_duration(entry.crash_after)
    if entry.warm_up is not None:
        yield f"versions.{name}.warmUp.for", words.show_duration(entry.warm_up.lasts)
        yield f"versions.{name}.warmUp.slowdown", words.show_factor(entry.warm_up.slowdown)
    for container, one in entry.containers.items():
        path = f"versions.{name}.containers.{container}"
        yield f"{path}.startup", words.show_duration(one.startup)
        yield f"{path}.runs", words.show_duration(one.runs)
        yield f"{path}.exit", str(one.exit)
    yield from dependencies.call_rows(name, entry)


def _resource_rows(spec: Spec, template: JsonObject) -> Iterator[tuple[str, str]]:
    cores, size = resources.requested(template)
    if cores is None:
        yield "nodes.defaultRequests.cpu", show_cores(spec.nodes.default_requests.cpu)
    if size is None:
        yield "nodes.defaultRequests.memory", show_bytes(spec.nodes.default_requests.memory)


def _template_rows(template: JsonObject) -> Iterator[Assumption]:
    """What the new pod template leaves open, and what follows from that."""
    containers = template["spec"]["containers"]
    first, path = containers[0], "spec.template.spec.containers[0]"
    if len(containers) > 1:
        yield Assumption(
            field="spec.template.spec.containers",
            value=first["name"],
            why=message("the first container serves the requests; the others start, run and end"),
            origin="assumed",
        )
    if not first.get("readinessProbe"):
        yield Assumption(
            field=f"{path}.readinessProbe",
            value="-",
            why=message("there is none: traffic reaches a pod as soon as its container runs"),
            origin="manifest",
        )
    hook = hook_of(first, "preStop")
    if hook.unknown:
        yield Assumption(
            field=f"{path}.lifecycle.preStop",
            value=words.show_duration(hook.seconds),
            why=message("commands are never run: only the sleeps in it take time"),
            origin="assumed",
        )
    if resources.memory_limit(template) is None:
        yield Assumption(
            field=f"{path}.resources.limits.memory",
            value="-",
            why=message("there is no memory limit: a leak ends at the node's memory"),
            origin="manifest",
        )


def _service_rows(
    deployment: JsonObject, service: JsonObject, service_given: bool, proxy: ProxyKind
) -> Iterator[Assumption]:
    if not service_given:
        yield Assumption(
            field="Service",
            value=deployment["metadata"]["name"],
            why=message("no Service selects the Deployment's pods: it is given one of its name"),
            origin="assumed",
        )
    affinity = affinity_seconds(service)
    if affinity is not None:
        bypassed = message("{proxy} sends requests to pods itself: no affinity", proxy=proxy.value)
        kept = message("one user is one client address, on a node of its own")
        yield Assumption(
            field="spec.sessionAffinity",
            value=f"ClientIP, {words.show_duration(affinity)}",
            why=kept if proxy is ProxyKind.KUBE_PROXY else bypassed,
            origin="manifest",
        )


def _given_rows(spec: Spec, root: Node | None) -> Iterator[Assumption]:
    """Prices, the window, what users differ in: never assumed, so listed only where given."""
    rows = []
    if spec.prices is not None:
        rows += [
            ("prices.currency", spec.prices.currency),
            ("prices.coreHour", f"{spec.prices.core_hour:g}"),
            ("prices.gibHour", f"{spec.prices.gib_hour:g}"),
        ]
    for name in ("before", "length", "settle"):
        seconds = getattr(spec.window, name)
        if seconds is not None:
            rows.append((f"window.{name}", words.show_duration(seconds)))
    yield from (_row(root, field, value) for field, value in rows)
    yield from (_row(root, field, value) for field, value in classes.rows(spec))
    for name, shares in spec.users.attributes.items():
        shown = ", ".join(f"{value} {words.show_share(share)}" for value, share in shares.items())
        row = _row(root, "users.attributes", shown)
        yield replace(row, field=f"users.attributes.{name}")
    if (behaviour := spec.users.behaviour) is not None:
        for field, shown in appeal.rows(behaviour):
            row = _row(root, "users.behaviour", shown)
            yield replace(row, field=f"users.behaviour.{field}")
