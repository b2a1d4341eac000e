"""How an Argo `Rollout` wants to be released, as far as it is followed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.network import ProxyKind
from sim.model.rollout_analysis import RolloutAnalysis
from sim.scenario.node import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStrategy:
    """A strategy by its *name* and *settings*, for requests that come through *service*.

    *defaults* are settings that it leaves to Argo Rollouts and the strategy would take otherwise.
    *proxy* is who must read what its router writes. The *analyses* are kept as data: what a Rollout
    asks of a judge. *place* is where all this is written, *template_from* the Deployment whose
    pods it releases, if they are not its own.
    """

    name: str
    settings: Mapping[str, Any]
    defaults: Mapping[str, Any]
    place: Place
    service: str = ""
    proxy: ProxyKind | None = None
    analyses: tuple[RolloutAnalysis, ...] = ()
    template_from: str = ""
