"""How an Argo `Rollout`, or a pair of Deployments, is to be released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.i18n import Message
from sim.model.network import ProxyKind
from sim.model.rollout_analysis import RolloutAnalysis
from sim.model.second import Second
from sim.scenario.node import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStrategy:
    """A strategy by its *name* and *settings*, for requests that come through *service*.

    *defaults* are settings that it leaves to Argo Rollouts and the strategy would take otherwise.
    *proxy* is who must read what its router writes. The *analyses* are kept as data: what a Rollout
    asks of a judge. *place* is where all this is written, *template_from* the Deployment whose
    pods it releases, if they are not its own. Of two Deployments *second* is the new version, and
    *understood* says why.
    """

    name: str
    settings: Mapping[str, Any]
    defaults: Mapping[str, Any]
    place: Place
    service: str = ""
    proxy: ProxyKind | None = None
    analyses: tuple[RolloutAnalysis, ...] = ()
    template_from: str = ""
    second: Second | None = None
    understood: Message | None = None

    def says(self, strategy: str | None, given: Mapping[str, Any] | None) -> bool:
        """Whether all settings that are *given* to *strategy* are these."""
        return self.name == strategy and (self.second is None or self.settings == given)

    def second_in(self, strategy: str | None) -> Second | None:
        """The second Deployment, which runs only where *strategy* is this one."""
        return self.second if self.name == strategy else None
