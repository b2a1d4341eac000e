"""How an Argo `Rollout` wants to be released, as far as it is followed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.network import ProxyKind
from sim.scenario.node import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an analysis asks the monitoring, its arguments filled in, and where it is written."""

    promql: str
    place: Place
    field: str

    @property
    def asked(self) -> tuple[str, tuple[str, int, int]]:
        """The query, and its place as a rule has one."""
        return self.promql, (self.place.file, self.place.line, self.place.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStrategy:
    """A strategy by its *name* and *settings*, for requests that come through *service*.

    *defaults* are settings that it leaves to Argo Rollouts and the strategy would take otherwise.
    *proxy* is who must read what its router writes. *questions* are those of its analyses. *place*
    is where all this is written, *template_from* the Deployment whose pods it releases, if they are
    not its own. *new_service* selects the new pods alone, and *is_host* says that a mesh calls what
    is sent to them by that name.
    """

    name: str
    settings: Mapping[str, Any]
    defaults: Mapping[str, Any]
    place: Place
    service: str = ""
    proxy: ProxyKind | None = None
    questions: tuple[Question, ...] = ()
    template_from: str = ""
    new_service: str = ""
    is_host: bool = False
