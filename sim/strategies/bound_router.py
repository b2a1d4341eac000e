"""A router between the stable track and another one, and who has to read what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.cluster import Cluster
from sim.errors import Problem
from sim.i18n import message
from sim.model.network import READER, ProxyKind
from sim.model.tracks import STABLE, track_name
from sim.routers import ROUTERS, Router, Site, Track
from sim.strategies import strategy_named


def bound_router(cluster: Cluster, router: str, track: str) -> Router:
    """The *router* that shares requests out among stable and *track*."""
    stable, other = (
        Track(deployment=track_name(cluster.name, one), labels=(cluster.own_label(one),))
        for one in (STABLE, track)
    )
    site = Site(service=cluster.service, stable=stable, canary=other, namespace=cluster.namespace)
    found: Router = ROUTERS[router](cluster.api, site)
    return found


def unread(name: str, settings: Mapping[str, Any] | None, proxy: ProxyKind) -> Problem | None:
    """What is wrong if *proxy* does not read the objects that strategy *name* would write."""
    router = getattr(strategy_named(name, settings), "router", None)
    reader = proxy if router is None else READER[router]
    if reader is proxy:
        return None
    return Problem(
        message(
            "{strategy} writes objects of the router {router}, which {proxy} does not read",
            strategy=name,
            router=router,
            proxy=proxy.value,
        ),
        hint=message("network.proxy: {proxy}", proxy=reader.value),
    )
