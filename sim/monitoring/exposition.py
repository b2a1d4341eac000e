"""What targets show when they are asked: metrics by the names that everybody uses.

Pods have what their own process counted; a proxy has the failures that no pod saw; nodes have
cAdvisor's, and kube-state-metrics has what the API server knows. A counter that has counted nothing
is not there yet, as with the client libraries: its first value shows no increase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf

from sim.model.network import ProxyKind
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.samples import NAME, Labels
from sim.monitoring.request_counters import Book, Latencies
from sim.ports import PodCounters

Shown = Iterator[tuple[Labels, float]]
UNKNOWN = "unknown"  # Istio's word for a destination that was never reached.
# Istio counts milliseconds; its own bounds reach further, ours are those of all histograms.
_MS = 1000.0


def bound_text(bound: float) -> str:
    """The `le` of a bucket, as Prometheus 3 writes it: `0.5`, `1.0`, `+Inf`."""
    return "+Inf" if bound == inf else repr(float(bound))


def of_pod(book: Book, versions: Sequence[str], bounds: Sequence[float]) -> Shown:
    """What the process in a pod says of the requests that it answered."""
    for (version, answer), count in sorted(book.requests.items()):
        name = versions[version]
        yield _named("http_requests_total", status=f"{answer.code}", version=name), float(count)
    for version, times in sorted(book.latencies.items()):
        own = {"version": versions[version]}
        yield from _histogram("http_request_duration_seconds", times, bounds, own)


def of_ingress(book: Book, service: str, namespace: str, bounds: Sequence[float]) -> Shown:
    """What an ingress-nginx controller says (docs/user-guide/monitoring.md)."""
    own = {"service": service, "ingress": service, "exported_namespace": namespace}
    codes: dict[int, int] = {}
    for (_, answer), count in book.requests.items():
        codes[answer.code] = codes.get(answer.code, 0) + count
    for code, count in sorted(codes.items()):
        yield _named("nginx_ingress_controller_requests", status=f"{code}", **own), float(count)
    if book.latencies:
        name = "nginx_ingress_controller_request_duration_seconds"
        yield from _histogram(name, _together(book), bounds, own)


def of_sidecar(
    book: Book,
    called: Callable[[str], str],
    namespace: str,
    versions: Sequence[str],
    bounds: Sequence[float],
) -> Shown:
    """What the client's Envoy says (istio.io, "Istio Standard Metrics"); times are milliseconds.

    *called* is the name of the Service by which a version is reached.
    """

    def own(version: int) -> dict[str, str]:
        name = versions[version] if version >= 0 else UNKNOWN
        service = called(name)
        return {
            "reporter": "source",
            "destination_service": f"{service}.{namespace}.svc.cluster.local",
            "destination_service_name": service,
            "destination_service_namespace": namespace,
            "destination_version": name,
        }

    for (version, answer), count in sorted(book.requests.items()):
        codes = {"response_code": f"{answer.code}", "response_flags": answer.flags}
        yield _named("istio_requests_total", **codes, **own(version)), float(count)
    for version, times in sorted(book.latencies.items()):
        yield from _histogram(
            "istio_request_duration_milliseconds", times, bounds, own(version), _MS
        )


def of_container(pod: Labels, counters: PodCounters, cpu_before: float) -> Shown:
    """What cAdvisor says of the serving container of *pod*; CPU counts from its last start."""
    cpu = max(0.0, counters.cpu_seconds - cpu_before)
    for name, value in (
        ("container_cpu_usage_seconds_total", cpu),
        ("container_memory_working_set_bytes", counters.memory_bytes),
        ("container_cpu_cfs_throttled_seconds_total", counters.throttled_seconds),
    ):
        yield ((NAME, name), *pod), value


def of_deployment(deployment: JsonObject) -> Shown:
    """What kube-state-metrics says of a Deployment (docs/metrics/workload)."""
    spec, status = deployment["spec"], deployment.get("status") or {}
    own = {"namespace": namespace_of(deployment), "deployment": name_of(deployment)}
    for name, value in (
        ("spec_replicas", spec["replicas"]),
        ("spec_paused", bool(spec.get("paused"))),
        ("status_replicas", status.get("replicas", 0)),
        ("status_replicas_ready", status.get("readyReplicas", 0)),
        ("status_replicas_available", status.get("availableReplicas", 0)),
        ("status_replicas_unavailable", status.get("unavailableReplicas", 0)),
        ("status_replicas_updated", status.get("updatedReplicas", 0)),
        ("status_observed_generation", status.get("observedGeneration", 0)),
        ("metadata_generation", deployment["metadata"].get("generation", 0)),
    ):
        yield _named(f"kube_deployment_{name}", **own), float(value)


def of_pod_object(pod: JsonObject) -> Shown:
    """What kube-state-metrics says of a pod (docs/metrics/workload)."""
    status = pod.get("status") or {}
    own = {"namespace": namespace_of(pod), "pod": name_of(pod)}
    ready = any(
        one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions") or ()
    )
    yield _named("kube_pod_status_ready", condition="true", **own), float(ready)
    phase = status.get("phase", "Pending")
    yield _named("kube_pod_status_phase", phase=phase, **own), 1.0
    for container in status.get("containerStatuses") or ():
        at = {"container": container["name"], **own}
        count = container.get("restartCount", 0)
        yield _named("kube_pod_container_status_restarts_total", **at), float(count)
        reason = ((container.get("state") or {}).get("waiting") or {}).get("reason")
        if reason:
            name = "kube_pod_container_status_waiting_reason"
            yield _named(name, reason=reason, **at), 1.0


def _named(name: str, **labels: str) -> Labels:
    return ((NAME, name), *labels.items())


def _histogram(
    name: str, times: Latencies, bounds: Sequence[float], own: dict[str, str], unit: float = 1.0
) -> Shown:
    cumulative = times.cumulative
    for bound, count in zip(bounds, cumulative, strict=True):
        yield _named(f"{name}_bucket", le=bound_text(bound * unit), **own), float(count)
    yield _named(f"{name}_sum", **own), times.seconds * unit
    yield _named(f"{name}_count", **own), float(cumulative[-1])


def _together(book: Book) -> Latencies:
    """The times of all versions: nginx knows of none."""
    first, *others = book.latencies.values()
    found = Latencies(first.counts.copy(), first.seconds)
    for one in others:
        found.counts += one.counts
        found.seconds += one.seconds
    return found


# Who shows a proxy's counters, and under which job.
JOB_OF_PROXY = {ProxyKind.INGRESS_NGINX: "ingress-nginx", ProxyKind.ISTIO: "istio-proxy"}
