"""A router between the stable track and another one, and who has to read what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sim.cluster import Cluster
from sim.errors import Problem
from sim.i18n import message
from sim.model.conversion import UserBehaviour
from sim.model.network import READER, ProxyKind
from sim.model.tracks import STABLE
from sim.routers import ROUTERS, Router, Site, Track
from sim.strategies import strategy_named


def bound_router(cluster: Cluster, router: str, track: str) -> Router:
    """The *router* that shares requests out among stable and *track*."""
    stable, other = (
        Track(deployment=cluster.tracks.name(one), labels=(cluster.own_label(one),))
        for one in (STABLE, track)
    )
    second = cluster.tracks.second
    site = Site(
        service=cluster.service,
        stable=stable,
        canary=other,
        namespace=cluster.namespace,
        stable_service="" if second is None else second.stable_service,
        canary_service="" if second is None else second.service,
    )
    found: Router = ROUTERS[router](cluster.api, site)
    return found


class Place(Protocol):
    """What a strategy must fit: a scenario, as far as strategies may know of it."""

    @property
    def strategies(self) -> Mapping[str, Mapping[str, Any]]:
        """The settings that are given, by strategy."""
        ...

    @property
    def proxy(self) -> ProxyKind:
        """What stands between users and pods."""
        ...

    @property
    def user_behaviour(self) -> UserBehaviour | None:
        """What is stated of users' decisions."""
        ...


def unfit(name: str, place: Place) -> Problem | None:
    """Why strategy *name* makes no sense in *place*; None if it does."""
    strategy = strategy_named(name, place.strategies.get(name))
    router = getattr(strategy, "router", None)
    if router is not None and READER[router] is not place.proxy:
        return Problem(
            message(
                "{strategy} writes objects of the router {router}, which {proxy} does not read",
                strategy=name,
                router=router,
                proxy=place.proxy.value,
            ),
            hint=message("network.proxy: {proxy}", proxy=READER[router].value),
        )
    if hasattr(strategy, "decide") and place.user_behaviour is None:
        return Problem(
            message("{strategy} has nothing to decide by: no behaviour of users", strategy=name),
            hint=message("users.behaviour: {example}", example="{versions: {old: …, new: …}}"),
        )
    return None
