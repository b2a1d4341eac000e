"""The form's fields: where each stands in a scenario file, and what people call it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.i18n import Message, message
from sim.model.behaviour import Demand, Reaction
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject

OLD, NEW = "versions.old", "versions.new"
RATE = "traffic.rate"
ROOTS = ("traffic", "users", "clients", "network", "nodes", "slo", "versions", "dependencies")
NOT_ALONE = ("traffic.kind", "traffic.arrivals")  # Another kind has other fields beside it.


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field: its *path* below `spec`, its *label*, and *options* if only some values exist."""

    path: str
    label: Message
    options: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where the session keeps it."""
        return f"form-{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that are thought about together; *name* is its key."""

    name: str
    title: Message
    fields: tuple[FormField, ...]


_DEMANDS = tuple(one.value for one in Demand if one is not Demand.EMPIRICAL)
_BALANCERS = ("random", "round_robin", "least_request", "least_connections", "ring_hash")
_TRAFFIC = (
    FormField(path=RATE, label=message("Requests per second")),
    FormField(path="users.population", label=message("Users")),
    FormField(path="clients.attemptTimeout", label=message("Clients give up after")),
    FormField(path="clients.deadline", label=message("Users give up after")),
    FormField(path="clients.attempts", label=message("Attempts for one request")),
    FormField(path="clients.backoff", label=message("Pause before another attempt")),
    FormField(path="slo.availability", label=message("Availability that was promised (SLO)")),
)
_BEHAVIOUR = (
    ("service.wait", message("Waits for others, per request"), ()),
    ("service.cpu", message("Computes, per request"), ()),
    ("service.distribution", message("Spread of the service times"), _DEMANDS),
    ("concurrency", message("Requests at a time, per pod"), ()),
    ("queueLimit", message("Requests that may queue, per pod"), ()),
    ("startup", message("Starts in"), ()),
    ("startupCpu", message("Computing during the start"), ()),
    ("onSigterm", message("On SIGTERM it"), tuple(one.value for one in Reaction)),
    ("memory", message("Memory when idle"), ()),
    ("keepAlive", message("Keeps idle connections for"), ()),
    ("probes", message("Health checks share the workers"), ("shared", "own")),
    ("service.probe", message("A health check takes"), ()),
)
_CLUSTER = (
    FormField(
        path="network.proxy",
        label=message("Proxy"),
        options=tuple(one.value for one in ProxyKind),
    ),
    FormField(path="network.balancer", label=message("Balancing"), options=_BALANCERS),
    FormField(path="network.proxies", label=message("Number of proxies")),
    FormField(path="network.propagation", label=message("A proxy hears of a pod within")),
    FormField(path="network.watch", label=message("A controller hears of a write within")),
    FormField(path="network.keepAlive", label=message("Connections are kept for")),
    FormField(path="nodes.count", label=message("Nodes")),
    FormField(path="nodes.cpu", label=message("Cores of a node")),
    FormField(path="nodes.memory", label=message("Memory of a node")),
    FormField(path="nodes.schedule", label=message("Scheduling a pod takes")),
    FormField(path="nodes.sandbox", label=message("A pod's sandbox takes")),
    FormField(path="nodes.pull", label=message("Pulling the image takes")),
    FormField(path="nodes.relist", label=message("The kubelet looks every")),
    FormField(path="nodes.syncFrequency", label=message("The kubelet's full sync every")),
    FormField(path="nodes.defaultRequests.cpu", label=message("CPU counted per pod")),
    FormField(path="nodes.defaultRequests.memory", label=message("Memory counted per pod")),
)


def _of(version: str) -> tuple[FormField, ...]:
    return tuple(
        FormField(path=f"{version}.{name}", label=label, options=options)
        for name, label, options in _BEHAVIOUR
    )


GROUPS = (
    Group(name="traffic", title=message("Traffic, users, promise"), fields=_TRAFFIC),
    Group(name="new", title=message("The new version, where it differs"), fields=_of(NEW)),
    Group(name="old", title=message("The version that runs now"), fields=_of(OLD)),
    Group(name="cluster", title=message("Network and nodes"), fields=_CLUSTER),
)


def with_unit(path: str, value: str) -> str:
    """*value* with the unit that the field's label says already: `80` requests per second."""
    unit = {RATE: "/s", "slo.availability": "%"}.get(path, "")
    return value + unit if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) else value


def every_field() -> Iterator[FormField]:
    """All fields, in their order."""
    for group in GROUPS:
        yield from group.fields


def further(known: Mapping[str, JsonObject]) -> list[FormField]:
    """What else is assumed in a scenario: fields that only some have, under their own names."""
    named = {field.path for field in every_field()}
    return [
        FormField(path=path, label=Message(path))
        for path, one in known.items()
        if path not in named
        and path.partition(".")[0] in ROOTS
        and path not in NOT_ALONE
        and one["origin"] == "assumed"
    ]
