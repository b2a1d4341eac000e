"""What every router can be asked: who gets which share, whatever objects it takes in a cluster.

A router is bound to a cluster's API and to a `Site` when it is made, and keeps nothing itself:
all its state is in the objects, so that it can be made anew at any moment and every write may be
repeated. A strategy asks for *canary* and *stable* and does not know which router it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sim.errors import RolloutError
from sim.i18n import message
from sim.model.canary_replicas import Split
from sim.model.sent import Kind as Kind
from sim.model.sent import Sent as Sent
from sim.ports import KubeApi


class Side(StrEnum):
    """One of the two versions between which requests are shared out."""

    STABLE = "stable"
    CANARY = "canary"


class Capability(StrEnum):
    """What a router may be able to do."""

    WEIGHT = "weight"  # A share of all requests, by chance.
    MATCH = "match"  # Requests with a certain header or cookie.
    MIRROR = "mirror"  # Copies of requests, whose answers nobody waits for.
    SWITCH = "switch"  # Everything to one side, at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One side's pods: the Deployment they belong to, and *labels* that only they carry."""

    deployment: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Whose requests are shared out: those for the Service *service*, among two tracks.

    Where somebody has a Service for each side already, they are *stable_service* and
    *canary_service*; without a name the router makes what it needs.
    """

    service: str
    stable: Track
    canary: Track
    namespace: str = "default"
    stable_service: str = ""
    canary_service: str = ""

    @property
    def has_services(self) -> bool:
        """Whether each side has a Service of its own, which nobody need make or narrow."""
        return bool(self.canary_service)


class Router(Protocol):
    """Who gets which share. What it cannot do is a `RolloutError` that names it (`demand`).

    Percentages count from 0 to 100. Made as `ROUTERS[name](api, site)`.
    """

    name: str
    capabilities: frozenset[Capability]
    # How long a careful operator waits after a write until every proxy has heard it, in seconds.
    hearing_seconds: float

    def __init__(self, api: KubeApi, site: Site) -> None: ...

    def prepare(self) -> None:
        """Create what is missing and send everything to stable; what is there already stays.

        Both Deployments may still be without pods. After `prepare` stable alone gets requests
        until something else is asked for.
        """
        ...

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """The pods that each side needs before that share may be set, *replicas* being the whole.

        Where requests are shared out by weight, stable keeps all its pods; where pods are the
        shares, both together stay *replicas*.
        """
        ...

    def set_weight(self, canary_percent: float) -> None:
        """Send that share of the requests which nothing else decides to canary."""
        ...

    def set_match(self, sent: Sequence[Sent]) -> None:
        """Send requests that carry any one of *sent* to canary, whatever the weight; () : nobody.

        A request that carries none of them is shared out by weight.
        """
        ...

    def set_mirror(self, percent: float) -> None:
        """Copy that share of the requests that stable answers to canary; 0 ends it."""
        ...

    def switch(self, side: Side) -> None:
        """Send everything to *side*, whatever weight and matches were."""
        ...

    def clear(self) -> None:
        """Take away everything that `prepare` and the others wrote; the Service is as it was.

        Who has switched to canary for good does not clear, for stable is what was there before.
        """
        ...

    def weight(self) -> float:
        """The share asked for, read from the objects; 0 where there are none."""
        ...

    def matched(self) -> tuple[Sent, ...]:
        """What `set_match` asked for, read from the objects."""
        ...

    def mirrored(self) -> float:
        """What `set_mirror` asked for, read from the objects."""
        ...

    def active(self) -> Side | None:
        """The side that gets everything; None while it is shared out."""
        ...

    def granularity(self, replicas: int) -> float:
        """The smallest step between two shares, in percent, with *replicas* pods."""
        ...


def demand(router: Router, *wanted: Capability) -> None:
    """Refuse, before anything is written, to use *router* for what it cannot do.

    Raise a `RolloutError` that names the router and the first thing it lacks.
    """
    for one in wanted:
        if one not in router.capabilities:
            raise lacking(router.name, one)


def lacking(router: str, wanted: Capability) -> RolloutError:
    """The refusal of something that *router* cannot do."""
    return RolloutError(message("the router {router} {lack}", router=router, lack=LACKS[wanted]))


LACKS = {
    Capability.WEIGHT: message("cannot send a share of the requests to the new version"),
    Capability.MATCH: message("cannot tell requests apart by header or cookie"),
    Capability.MIRROR: message("cannot mirror requests"),
    Capability.SWITCH: message("cannot send everything to one version at once"),
}
