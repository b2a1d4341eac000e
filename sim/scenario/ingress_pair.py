"""Two versions, each behind a Service of its own: one has the main Ingress, the other its canary.

(kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md, "Canary")
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model.ingress_routes import entrance_to, is_canary, is_for_nginx, rules_of
from sim.model.ingress_shares import shared_out
from sim.model.shared_out import Unclear
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain
from sim.scenario.routed_pair import not_followed, way
from sim.scenario.two_versions import Beside, Pair, alone, made_pair, telling, told_apart

ROUTER = "ingress_annotations"


def pairs(
    manifests: Manifests, first: Manifest, second: Manifest, beside: Beside
) -> Iterator[Pair | Problem]:
    """A pair, or why there is none, for each canary Ingress that leads to *second* alone.

    The main one leads to the old version, whatever the weights are: ingress-nginx knows no other.
    """
    found = [one for one in manifests.of_kind("Ingress") if is_for_nginx(plain(one.node))]
    for canary in found:
        for new in alone(manifests, second):
            rules = [one for one in rules_of(plain(canary.node)) if one.service == new.name]
            if rules and is_canary(plain(canary.node)) and canary.namespace == new.namespace:
                entrances = {one.entrance for one in rules}
                yield from _pair(manifests, first, second, canary, new, entrances, beside)


def _pair(
    manifests: Manifests,
    first: Manifest,
    second: Manifest,
    canary: Manifest,
    new: Manifest,
    entrances: set[tuple[str, str]],
    beside: Beside,
) -> Iterator[Pair | Problem]:
    """A pair for the Service of *first* to which users come where the canary is."""
    written = [plain(one.node) for one in manifests.of_kind("Ingress")]
    for old in alone(manifests, first):
        main = entrance_to(written, (old.namespace, old.name))
        if main is None or main.entrance not in entrances:
            continue
        shared, label = shared_out(plain(canary.node)), telling(first, second)
        if label is None:
            yield not_followed(canary, first, second, message("no label tells their pods apart"))
        elif isinstance(shared, Unclear):
            yield not_followed(canary, first, second, shared)
        elif isinstance(understood := way(shared, ROUTER, first, second, canary, beside), tuple):
            name, settings, text = understood
            told = told_apart(first, second, label, services=(old.name, new.name))
            yield made_pair(first, second, old.name, told, text, name, settings, shared.before)
        return
