"""The seams of the house: what a strategy, a fault and the two planes may ask of each other.

`KubeApi`, `Metrics` and `Clock` exist twice, simulated and real; what exists in the simulation only
is in `sim.world`. `DataPlane` is what the control plane tells the traffic and what it hears back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sim.model.behaviour import Behaviour, CpuShare
from sim.model.causes import Cause
from sim.model.failed import FailedRequest
from sim.model.objects import JsonObject
from sim.model.observations import DependencyCounters as DependencyCounters
from sim.model.observations import PodCounters as PodCounters
from sim.model.observations import ProbeKind as ProbeKind
from sim.model.observations import RequestRecord as RequestRecord
from sim.model.observations import Signal as Signal
from sim.model.observations import SignalKind as SignalKind
from sim.model.routing import Route
from sim.model.run import RequestCounts, Users
from sim.model.samples import Metrics as Metrics
from sim.model.wait import Process as Process
from sim.model.wait import Wait as Wait

ANY_CPU = CpuShare()  # No limit.


class Clock(Protocol):
    """Time as an operator has it: simulated seconds, or the wall clock's."""

    def now(self) -> float:
        """The present moment, in seconds."""
        ...

    def sleep(self, seconds: float) -> Wait:
        """Until *seconds* from now."""
        ...

    def until(self, condition: Callable[[], Any], deadline: float | None = None) -> Wait:
        """Until *condition* is true, or the absolute time *deadline*."""
        ...


class KubeApi(Protocol):
    """Kubernetes' own verbs on JSON objects. What is returned must not be changed in place.

    Raise `NotFound`, `Conflict` or `Invalid` from `sim.errors`, as the API server would answer
    404, 409 or 422. *kind* is the object's kind (`Deployment`); every call names its namespace.
    """

    def get(
        self, kind: str, name: str, namespace: str = "default", subresource: str = ""
    ) -> JsonObject:
        """The object as it is now; *subresource* `scale` is its size as an autoscaling/v1 Scale."""
        ...

    def list(
        self, kind: str, namespace: str = "default", labels: Mapping[str, str] | None = None
    ) -> Sequence[JsonObject]:
        """All objects of *kind* that carry *labels* (all of them without), in creation order."""
        ...

    def create(self, obj: JsonObject) -> JsonObject:
        """Store a new object; the answer carries uid, resourceVersion and generation."""
        ...

    def patch(
        self,
        kind: str,
        name: str,
        patch: JsonObject | Sequence[JsonObject],
        namespace: str = "default",
        subresource: str = "",
        patch_type: str = "",
    ) -> JsonObject:
        """Apply a merge patch (an object, RFC 7396) or a JSON patch (a list, RFC 6902).

        *patch_type* may say so (`merge`, `json`), or ask for a `strategic` merge patch, in which
        lists merge by what tells their items apart: {"spec": {"template": {"spec": {"containers":
        [{"name": "web", "image": "web:2"}]}}}} is what `kubectl set image` sends.
        *subresource* `status` changes the status only, and without it the status is left alone;
        `scale` patches the size as an autoscaling/v1 Scale and answers with one.
        A resourceVersion inside a patch must still be the current one.
        """
        ...

    def delete(
        self,
        kind: str,
        name: str,
        namespace: str = "default",
        grace_period_seconds: int | None = None,
        propagation_policy: str | None = None,
    ) -> None:
        """Ask for deletion; a pod winds up in its grace period first, finalizers are waited for.

        *propagation_policy*: what the object owns goes after it (`Background`, the default),
        before it (`Foreground`), or stays and belongs to nobody (`Orphan`).
        """
        ...

    def watch(
        self, kind: str, since: int = 0, namespace: str = "default"
    ) -> Sequence[tuple[str, JsonObject]]:
        """Changes of *kind* after resourceVersion *since*: (ADDED|MODIFIED|DELETED, object).

        From 0 on everything that is kept: the objects as they are now, if their beginnings are
        not. Raise `Expired` for a version that is not kept any more, `NotYet` for one to come.
        """
        ...


class DataPlane(Protocol):
    """Every request, one by one. Times are absolute; control acts at t before data at t.

    `advance(until)` handles data events with time < *until*, in the order (time, request id,
    attempt, kind), and returns early with a `Signal` at its exact time; the plane then stands
    there until it is advanced again. A kill answers in (request id, attempt) order. Counters read
    at t know nothing later than t.
    """

    def advance(self, until: float) -> Signal | None:
        """Let the traffic run up to *until* (not included) or to the next signal."""
        ...

    def next_event_time(self) -> float:
        """When the next data event is due; infinite if none is."""
        ...

    def set_behaviour(self, version: int, behaviour: Behaviour) -> None:
        """How *version* serves from now on; requests in service keep the time they drew."""
        ...

    def add_pod(self, version: int, memory_limit: float, node: str, cpu: CpuShare = ANY_CPU) -> int:
        """A new pod that does not listen yet; the answer is its number (0, 1, 2 …)."""
        ...

    def set_node(
        self,
        node: str,
        *,
        cores: float | None = None,
        reachable: bool | None = None,
        slowdown: float | None = None,
    ) -> None:
        """A node's *cores* (unlimited until told), shared by what its pods compute.

        Requests (probes aside) that workers of its pods take from now on occupy them *slowdown*
        times as long.

        While it is not *reachable* nothing sent to its pods arrives and nothing they answer gets
        out: their clients wait until they give up (NODE_UNREACHABLE). What its processes do
        meanwhile is the control plane's to say.
        """
        ...

    def set_dependency(
        self,
        dependency: int,
        *,
        capacity: int | None = None,
        latency_seconds: float | None = None,
        error_ratio: float | None = None,
        up: bool | None = None,
    ) -> None:
        """Change what `Workload.dependencies` says about number *dependency*, from now on.

        All changes of one call act together. Not *up*: every call there fails now. More
        *capacity*: those that wait move up now; less: calls in service go on to their end, which
        was known when they began and so does not hear of *latency_seconds*. *error_ratio* holds
        for answers from now on.
        """
        ...

    def set_pod(
        self,
        pod: int,
        *,
        listening: bool | None = None,
        draining: bool | None = None,
        terminating: bool | None = None,
    ) -> None:
        """*listening* True starts a fresh process (memory back to base, leak from here).

        *draining* closes the listener and lets the accepted requests finish; one that comes on a
        connection that is open already is answered too, and the connection closed with it. A
        DRAINED signal follows at in-flight 0 (at once, if there is none). *terminating* only
        changes the name of later refusals: by a terminating pod instead of by a starting or
        restarting one.
        """
        ...

    def kill(self, pod: int, cause: Cause) -> None:
        """The process is gone: everything in flight ends with *cause*; it no longer listens."""
        ...

    def forget_pod(self, pod: int) -> None:
        """The pod and its address are gone; a proxy that still believes in it is refused."""
        ...

    def publish(
        self, endpoints: Sequence[int], apply_at: Sequence[float], backend: int = 0
    ) -> None:
        """A new endpoint list (pod numbers, in slice order), taken up by proxy i at apply_at[i].

        It is that of *backend*: a Service, or a part of one that routes tell apart. A proxy never
        goes back: a list published later replaces an earlier one even if its own time would be
        earlier.
        """
        ...

    def set_routes(self, routes: Sequence[Route], apply_at: Sequence[float]) -> None:
        """A new routing table, taken up by proxy i at apply_at[i]; before the first, all goes to
        backend 0.

        The first route that matches the user decides; its destinations get their shares by a lot
        for every attempt, or for every user where it is sticky. Without a match, without any
        weight, or with NO_BACKEND drawn the answer is NO_ROUTE. Tries elsewhere stay in the
        backend. A mirror gets copies that load pods and dependencies, and whose answers nobody
        hears. Raise a `ValueError` for an attribute that `Workload.attributes` does not have.
        """
        ...

    def set_flags(self, pod: int, routes: Sequence[Route]) -> None:
        """Feature flags of *pod*: routes whose backends are versions, the code paths inside it.

        They are looked at when a worker begins with an attempt, which is served and counted as that
        version's then; without a match, or without any weight, the pod's own.
        """
        ...

    def probe(
        self,
        pod: int,
        kind: ProbeKind,
        first: float,
        period: float,
        success: int,
        failure: int,
        timeout: float = float("inf"),
        served: bool = False,
    ) -> None:
        """Probe from the absolute time *first* on, every *period*; signal each change of verdict.

        A probe that is *served* is a request to the process (HTTP, gRPC): it takes
        `Behaviour.probe_seconds` of a worker's time or of a thread of its own, and fails if it has
        no answer after *timeout*. Any other (TCP, exec) succeeds if the process listens, at once.
        Starts from no run of results; the verdict before any tick is failure for readiness,
        success for liveness and unknown for startup, whose first verdict is a change whatever it
        is. Asking again replaces the ticker, keeps verdict and run.
        """
        ...

    def unprobe(self, pod: int, kind: ProbeKind) -> None:
        """Stop that probe and forget its verdict."""
        ...

    def pods(self) -> Mapping[int, PodCounters]:
        """All pods that are not forgotten."""
        ...

    def dependencies(self) -> Sequence[DependencyCounters]:
        """All dependencies, by number."""
        ...

    def in_flight(self) -> int:
        """Requests that have been meant to be sent and have no final answer yet."""
        ...

    def arrived(self) -> int:
        """Requests that users have meant to send so far."""
        ...

    def counts(self) -> RequestCounts:
        """How requests ended so far."""
        ...

    def users(self) -> Users:
        """Who sent in the window and what they met so far."""
        ...

    def last_answers(self) -> Mapping[int, float]:
        """When each version gave its last answer, of any kind that the process itself sent."""
        ...

    def copies(self) -> Mapping[int, tuple[int, int]]:
        """By version, how many mirrored copies it answered well and how many not (-1: no pod)."""
        ...

    def stories(self) -> Sequence[FailedRequest]:
        """A sample of the requests of the window that failed so far, each with its story."""
        ...

    def take_log(self) -> Sequence[RequestRecord]:
        """The attempts since the last call, if the plane was asked to keep a log."""
        ...

    def flush_log(self) -> None:
        """Tell the log that was given at the beginning what it has not been told yet."""
        ...
