"""Ingress annotations: a second Ingress beside the main one, which ingress-nginx takes for canary.

(kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md; facts 8.1, 8.2)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.errors import RolloutError
from sim.i18n import message
from sim.model.canary_replicas import Split, routed
from sim.model.ingress_routes import (
    BY_COOKIE,
    BY_HEADER,
    BY_HEADER_PATTERN,
    BY_HEADER_VALUE,
    CANARY,
    NGINX,
    TO_CANARY,
    WEIGHT,
    WEIGHT_TOTAL,
    entrance_to,
    is_canary,
    is_for_nginx,
    rules_of,
    weight_of,
)
from sim.model.objects import JsonObject, annotations_of
from sim.ports import KubeApi
from sim.routers.objects import (
    annotate,
    ensure,
    find,
    put_back,
    remember_notes,
    remembered_notes,
)
from sim.routers.router import Capability, Kind, Sent, Side, Site, lacking
from sim.routers.services import (
    first_port,
    put_services_back,
    require_distinct,
    service_of,
    sides,
)
from sim.routers.shares import rounded_up, whole_weights


@dataclass(frozen=True, slots=True)
class IngressAnnotations:
    """Annotations of the canary Ingress; stable is the main one's Service."""

    api: KubeApi
    site: Site

    name = "ingress_annotations"
    capabilities = frozenset([Capability.WEIGHT, Capability.MATCH, Capability.SWITCH])
    # Its controller syncs at most every 3.3 s and its nginx looks once a second (facts 6.4).
    hearing_seconds = 5.0

    @property
    def canary(self) -> str:
        """The name of canary's Service, and of the canary Ingress unless somebody has one."""
        return self.site.canary_service or f"{self.site.service}-canary"

    def prepare(self) -> None:
        """A main Ingress unless there is one, both Services, and a canary Ingress of weight 0."""
        require_distinct(self.site)
        service = sides(self.api, self.site, self.canary)
        if self._theirs() is not None:
            return
        main = list(self._main_paths())
        if not main:
            main = [("", {"path": "/", "pathType": "Prefix"})]
            users = service_of(self.api, self.site)
            ensure(self.api, self._ingress(self.site.service, main, users, {}))
        notes = {CANARY: "true", WEIGHT: "0"}
        ensure(self.api, self._ingress(self.canary, main, service, notes))

    def sizes(self, canary_percent: float, replicas: int) -> Split:
        """Canary's part, rounded up; stable keeps all its pods."""
        return routed(replicas, rounded_up(canary_percent))

    def set_weight(self, canary_percent: float) -> None:
        """canary-weight out of canary-weight-total."""
        stable, canary = whole_weights(canary_percent)
        total = None if stable + canary == 100 else str(stable + canary)
        self._annotate({WEIGHT: str(canary), WEIGHT_TOTAL: total})

    def set_match(self, sent: Sequence[Sent]) -> None:
        """One header with one of several values, and one cookie that says `always`.

        Raise a `RolloutError` for more: the annotations have no words for it.
        """
        headers = [one for one in sent if one.kind is Kind.HEADER]
        cookies = [one for one in sent if one.kind is Kind.COOKIE]
        names = {one.name.lower() for one in headers}
        if len(names) > 1 or len(cookies) > 1:
            raise RolloutError(
                message("a canary Ingress looks at one header and one cookie at most")
            )
        for one in cookies:
            if one.value != TO_CANARY:
                raise RolloutError(
                    message(
                        "a canary Ingress sends the cookie {name} to the canary only if its value"
                        " is always, not {value}",
                        name=one.name,
                        value=one.value,
                    )
                )
        values = [one.value for one in headers]
        several = "^(" + "|".join(map(re.escape, values)) + ")$"
        # A header without a value means `always`, and `never` the main backend.
        only = values[0] if len(values) == 1 and values != [TO_CANARY] else None
        self._annotate(
            {
                BY_HEADER: headers[0].name if headers else None,
                BY_HEADER_VALUE: only,
                BY_HEADER_PATTERN: several if len(values) > 1 else None,
                BY_COOKIE: cookies[0].name if cookies else None,
            }
        )

    def set_mirror(self, percent: float) -> None:
        """mirror-target copies everything to one address, with no share of it."""
        if percent:
            raise lacking(self.name, Capability.MIRROR)

    def switch(self, side: Side) -> None:
        """All weight on one side, and nobody treated otherwise."""
        self.set_match(())
        self.set_weight(100.0 if side is Side.CANARY else 0.0)

    def clear(self) -> None:
        """The canary Ingress and its Service go; a main Ingress that was there stays."""
        if (theirs := self._theirs()) is not None:
            annotate(self.api, theirs, remembered_notes(theirs))
        else:
            put_back(self.api, "Ingress", self.canary, self.site.namespace)
        put_back(self.api, "Ingress", self.site.service, self.site.namespace)
        put_services_back(self.api, self.site, self.canary)

    def weight(self) -> float:
        """The share that the annotations ask for."""
        weight, total = weight_of(dict(self._notes()))
        return 100.0 * weight / total

    def matched(self) -> tuple[Sent, ...]:
        """The header's values and the cookie."""
        return tuple(self._matched())

    def mirrored(self) -> float:
        """Nothing."""
        return 0.0

    def active(self) -> Side | None:
        """The side that gets everything."""
        if self.matched():
            return None
        return {0.0: Side.STABLE, 100.0: Side.CANARY}.get(self.weight())

    def granularity(self, replicas: int) -> float:
        """A hundredth of a percent: canary-weight-total may be 10,000."""
        return 0.01

    def _matched(self) -> Iterator[Sent]:
        notes = self._notes()
        header, cookie = notes.get(BY_HEADER), notes.get(BY_COOKIE)
        values = [notes[BY_HEADER_VALUE]] if notes.get(BY_HEADER_VALUE) else []
        if not values and (pattern := notes.get(BY_HEADER_PATTERN)):
            inside = pattern.removeprefix("^(").removesuffix(")$")
            values = [re.sub(r"\\(.)", r"\1", one) for one in re.split(r"(?<!\\)\|", inside)]
        if not values and not notes.get(BY_HEADER_PATTERN):
            values = [TO_CANARY]
        for value in values if header else ():
            yield Sent(kind=Kind.HEADER, name=header or "", value=value)
        if cookie:
            yield Sent(kind=Kind.COOKIE, name=cookie, value=TO_CANARY)

    def _notes(self) -> dict[str, str]:
        found = self._theirs() or find(self.api, "Ingress", self.canary, self.site.namespace)
        return {} if found is None else dict(annotations_of(found))

    def _annotate(self, notes: dict[str, str | None]) -> None:
        if (theirs := self._theirs()) is not None:
            annotate(self.api, remember_notes(self.api, theirs, notes), notes)
        else:
            annotate(self.api, self.api.get("Ingress", self.canary, self.site.namespace), notes)

    def _theirs(self) -> JsonObject | None:
        """The canary Ingress that somebody has already, beside a Service for each side."""
        if not self.site.has_services:
            return None
        found = self.api.list("Ingress", self.site.namespace)
        main = entrance_to(found, (self.site.namespace, self.site.service))
        wanted = None if main is None else (main.entrance, self.canary)
        for one in filter(is_canary, filter(is_for_nginx, found)):
            if wanted in [(rule.entrance, rule.service) for rule in rules_of(one)]:
                return one
        return None

    def _main_paths(self) -> Iterator[tuple[str, JsonObject]]:
        """Host and path of every main rule that leads to the Service."""
        service = (self.site.namespace, self.site.service)
        found = self.api.list("Ingress", self.site.namespace)
        if entrance_to(found, service) is None:
            return
        for ingress in found:
            if is_for_nginx(ingress) and not is_canary(ingress):
                for rule in rules_of(ingress):
                    if (rule.namespace, rule.service) == service:
                        yield rule.host, {"path": rule.path, "pathType": "Prefix"}

    def _ingress(
        self,
        name: str,
        paths: Sequence[tuple[str, JsonObject]],
        service: JsonObject,
        notes: dict[str, str],
    ) -> JsonObject:
        reference = {"name": service["metadata"]["name"], "port": {"number": first_port(service)}}
        rules = []
        for host, path in paths:
            http = {"paths": [{**path, "backend": {"service": reference}}]}
            rules.append(({"host": host} if host else {}) | {"http": http})
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": name, "namespace": self.site.namespace, "annotations": notes},
            "spec": {"ingressClassName": NGINX, "rules": rules},
        }
