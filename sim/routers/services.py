"""The two Services of a router that sends requests to Services: one for each side's pods.

The Service that users know becomes stable's: its selector is narrowed to the labels that only
stable's pods carry. Canary gets a Service of its own. (As Argo Rollouts does with its
stableService and canaryService, docs/features/traffic-management/index.md)
"""

from __future__ import annotations

from sim.errors import RolloutError
from sim.i18n import message
from sim.model.objects import JsonObject, labels_of, matches, name_of
from sim.ports import KubeApi
from sim.routers.objects import ensure, put_back, put_spec, remember, remembered
from sim.routers.router import Side, Site, Track


def service_of(api: KubeApi, site: Site) -> JsonObject:
    """The Service that users know. Raise `NotFound` if there is none."""
    return api.get("Service", site.service, site.namespace)


def require_distinct(site: Site) -> None:
    """Refuse tracks whose labels do not tell their pods apart."""
    stable, canary = dict(site.stable.labels), dict(site.canary.labels)
    if not stable or not canary or matches(canary, stable) or matches(stable, canary):
        raise RolloutError(
            message(
                "the pods of {stable} and {canary} carry no labels that tell them apart",
                stable=site.stable.deployment,
                canary=site.canary.deployment,
            )
        )


def require_shared(api: KubeApi, site: Site) -> None:
    """Refuse a Service that does not select both sides' pods."""
    selector = service_of(api, site)["spec"].get("selector") or {}
    for track in (site.stable, site.canary):
        for key, value in track.labels:
            if selector.get(key, value) != value:
                raise RolloutError(
                    message(
                        "Service/{service} selects {key}={value}, which the pods of {deployment}"
                        " do not carry",
                        service=site.service,
                        key=key,
                        value=selector[key],
                        deployment=track.deployment,
                    )
                )


def base_selector(api: KubeApi, site: Site) -> dict[str, str]:
    """What the Service selected at first, without the labels that tell the sides apart."""
    service = service_of(api, site)
    before = remembered(service) or service["spec"]
    own = {key for track in (site.stable, site.canary) for key, _ in track.labels}
    return {key: text for key, text in (before.get("selector") or {}).items() if key not in own}


def selector_of(api: KubeApi, site: Site, track: Track) -> dict[str, str]:
    """What selects the pods of *track* only."""
    return base_selector(api, site) | dict(track.labels)


def point(api: KubeApi, site: Site, track: Track) -> None:
    """Let the Service that users know select the pods of *track*, and none else.

    Raise a `RolloutError` if stable has pods and none of them carries its labels: nobody would
    answer.
    """
    service = service_of(api, site)
    selector = selector_of(api, site, track)
    if service["spec"].get("selector") == selector:
        return
    if track is site.stable and pointed(api, site) is None:
        _require_carried(api, site, selector, service["spec"].get("selector") or {})
    put_spec(api, remember(api, service, "selector"), selector=selector)


def _require_carried(
    api: KubeApi, site: Site, selector: dict[str, str], now: dict[str, str]
) -> None:
    chosen = [pod for pod in api.list("Pod", site.namespace) if matches(labels_of(pod), now)]
    if chosen and not any(matches(labels_of(pod), selector) for pod in chosen):
        shown = ", ".join(f"{key}={text}" for key, text in site.stable.labels)
        raise RolloutError(
            message(
                "no pod of {deployment} carries {labels}: Service/{service} would reach nobody",
                deployment=site.stable.deployment,
                labels=shown,
                service=site.service,
            )
        )


def pointed(api: KubeApi, site: Site) -> Side | None:
    """The side whose pods the Service selects now; None: both sides'."""
    selector = service_of(api, site)["spec"].get("selector") or {}
    if dict(site.canary.labels).items() <= selector.items():
        return Side.CANARY
    if dict(site.stable.labels).items() <= selector.items():
        return Side.STABLE
    return None


def side_service(api: KubeApi, site: Site, name: str, track: Track) -> JsonObject:
    """The Service *name* that selects the pods of *track*, with the ports of the one users know."""
    service = service_of(api, site)
    keep = ("port", "targetPort", "protocol", "name", "appProtocol")
    ports = [
        {key: port[key] for key in keep if key in port}
        for port in service["spec"].get("ports") or ()
    ]
    selector = selector_of(api, site, track)
    found = ensure(
        api,
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": site.namespace},
            "spec": {"selector": selector, "ports": ports},
        },
    )
    return put_spec(api, found, selector=selector)


def sides(api: KubeApi, site: Site, name: str) -> JsonObject:
    """Canary's Service, called *name*, when each side has one; stable's is the one users know.

    Those that somebody has already are left as they are.
    """
    if site.has_services:
        return api.get("Service", name, site.namespace)
    service = side_service(api, site, name, site.canary)
    point(api, site, site.stable)
    return service


def put_services_back(api: KubeApi, site: Site, name: str) -> None:
    """Canary's Service *name* goes, and the one that users know selects what it did."""
    if site.has_services:
        return
    put_back(api, "Service", site.service, site.namespace)
    put_back(api, "Service", name, site.namespace)


def first_port(service: JsonObject) -> int:
    """The port that its users call. Raise a `RolloutError` if it has none."""
    for port in service["spec"].get("ports") or ():
        number: int = port["port"]
        return number
    raise RolloutError(message("Service/{service} has no port", service=name_of(service)))
