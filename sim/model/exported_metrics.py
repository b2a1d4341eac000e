"""Which metrics there are, who counts them, and by which labels: what a query can ask for here.

Pods carry labels of their own beside these, each with `label_` before its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.network import ProxyKind

_TARGET = frozenset({"job", "instance"})
_POD = _TARGET | {"namespace", "pod", "container", "service", "version"}
_NGINX = _TARGET | {"service", "ingress", "exported_namespace"}
_ISTIO = _TARGET | {
    *("reporter", "destination_service", "destination_service_name"),
    *("destination_service_namespace", "destination_version"),
}
_CONTAINER = _TARGET | {"node", "namespace", "pod", "container"}
_OBJECT = _TARGET | {"namespace"}


def _histogram(name: str, labels: frozenset[str]) -> dict[str, frozenset[str]]:
    return {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}


_EVERYWHERE: Mapping[str, frozenset[str]] = {
    "up": _POD | {"node"},
    "http_requests_total": _POD | {"status"},
    **_histogram("http_request_duration_seconds", _POD),
    **dict.fromkeys(
        (
            "container_cpu_usage_seconds_total",
            "container_memory_working_set_bytes",
            "container_cpu_cfs_throttled_seconds_total",
        ),
        _CONTAINER,
    ),
    **{
        f"kube_deployment_{name}": _OBJECT | {"deployment"}
        for name in (
            *("spec_replicas", "spec_paused", "status_replicas", "status_replicas_ready"),
            *("status_replicas_available", "status_replicas_unavailable"),
            *("status_replicas_updated", "status_observed_generation", "metadata_generation"),
        )
    },
    "kube_pod_status_ready": _OBJECT | {"pod", "condition"},
    "kube_pod_status_phase": _OBJECT | {"pod", "phase"},
    "kube_pod_container_status_restarts_total": _OBJECT | {"pod", "container"},
    "kube_pod_container_status_waiting_reason": _OBJECT | {"pod", "container", "reason"},
}
_OF_PROXIES: Mapping[ProxyKind, Mapping[str, frozenset[str]]] = {
    ProxyKind.INGRESS_NGINX: {
        "nginx_ingress_controller_requests": _NGINX | {"status"},
        **_histogram("nginx_ingress_controller_request_duration_seconds", _NGINX),
    },
    ProxyKind.ISTIO: {
        "istio_requests_total": _ISTIO | {"response_code", "response_flags"},
        **_histogram("istio_request_duration_milliseconds", _ISTIO),
    },
}


def exported(proxy: ProxyKind) -> Mapping[str, frozenset[str]]:
    """The labels of every metric behind *proxy*, by its name."""
    return {**_EVERYWHERE, **_OF_PROXIES.get(proxy, {})}


def counting(metric: str) -> ProxyKind | None:
    """Which proxy counts *metric*; None if none does."""
    return next((proxy for proxy, names in _OF_PROXIES.items() if metric in names), None)
