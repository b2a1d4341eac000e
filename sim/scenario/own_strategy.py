"""How an Argo `Rollout`, or a pair of Deployments, is to be released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.i18n import Message
from sim.model.network import ProxyKind
from sim.model.objects import JsonObject, name_of, namespace_of
from sim.model.second import Second
from sim.scenario.node import Place

Query: TypeAlias = "str | tuple[str, tuple[str, int, int]]"  # Alone, or with its place.


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
    is sent to them by that name. Of two Deployments *second* is the new version, *understood* says
    why, and *before* are the routing objects as they stand until the release begins.
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
    second: Second | None = None
    understood: Message | None = None
    before: tuple[JsonObject, ...] = ()

    def says(self, strategy: str | None, given: Mapping[str, Any] | None) -> bool:
        """Whether all settings that are *given* to *strategy* are these."""
        return self.name == strategy and (self.second is None or self.settings == given)

    def second_in(self, strategy: str | None) -> Second | None:
        """The second Deployment, which runs only where *strategy* is this one."""
        return self.second if self.name == strategy else None

    def at_first(self, objects: Iterable[JsonObject]) -> tuple[JsonObject, ...]:
        """*objects* as they stand until the release begins."""
        before = {_identity(one): one for one in self.before}
        return tuple(before.get(_identity(one), one) for one in objects)


def _identity(obj: JsonObject) -> tuple[str, str, str]:
    return obj["kind"], namespace_of(obj), name_of(obj)


def placed(own: OwnStrategy | None, queries: Iterable[str]) -> list[Query]:
    """*queries*, each with the place where a manifest says it, if one does."""
    written = {} if own is None else {one.promql: one.asked for one in own.questions}
    return [written.get(text, text) for text in queries]
