"""Backends as objects name them: a Service, or those of its pods that carry certain labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendName:
    """The Service *service*; with *labels*, the subset of its pods that carry all of them."""

    namespace: str
    service: str
    labels: tuple[tuple[str, str], ...] = ()


# The number of a backend, None where there is no such Service.
Numbering: TypeAlias = Callable[[BackendName], int | None]

_DOMAIN = ("svc", "cluster", "local")


def service_of_host(host: str, namespace: str) -> tuple[str, str] | None:
    """Namespace and name of the Service that Istio takes *host* for, in a rule of *namespace*.

    A name without dots is completed with the rule's own namespace and the cluster's domain;
    everything else is a whole name already: `web.prod` is none of a Service.
    (istio/api networking/v1alpha3/virtual_service.proto, Destination.host)
    """
    name, *rest = host.split(".")
    if not rest:
        return namespace, name
    if len(rest) == 4 and tuple(rest[1:]) == _DOMAIN:
        return rest[0], name
    return None


def is_host_of(host: str, namespace: str, service: tuple[str, str]) -> bool:
    """Whether requests for *service* are for *host*, which may begin with `*`.

    (istio/api networking/v1alpha3/virtual_service.proto, VirtualService.hosts)
    """
    if host.startswith("*"):
        whole = ".".join((service[1], service[0], *_DOMAIN))
        return whole.endswith(host[1:]) and whole != host[1:]
    return service_of_host(host, namespace) == service
