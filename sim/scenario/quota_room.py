"""Whether the ResourceQuotas of a namespace let its Deployment roll out."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model import defaults
from sim.model.objects import JsonObject, namespace_of
from sim.model.quota import KIND, TRACKED, cost, covers, units, unstated
from sim.model.rollout import Fenceposts, fenceposts_of
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import get, plain


def room(quota: JsonObject, spec: JsonObject) -> int | None:
    """How many pods of *spec* the *quota* holds; None if it does not limit them."""
    each = cost(_pod(spec), 0.0)
    hard = _hard(quota)
    return min((hard[one] // each[one] for one in hard if each.get(one)), default=None)


def warnings(manifests: Manifests, deployment: JsonObject, new: JsonObject) -> Iterator[Problem]:
    """A warning for each quota that keeps old pods from being there, or new ones from coming."""
    specs = [template["spec"] for template in (deployment["spec"]["template"], new)]
    for found in manifests.of_kind(KIND):
        quota = defaults.defaulted(plain(found.node))
        counted = [spec for spec in specs if covers(quota, _pod(spec))]
        if counted and namespace_of(quota) == namespace_of(deployment):
            yield from _judged(found, quota, fenceposts_of(deployment), counted)


def _judged(
    found: Manifest, quota: JsonObject, bounds: Fenceposts, specs: list[JsonObject]
) -> Iterator[Problem]:
    place = (get(found.node, "spec", "hard") or found.node).place
    for lacking in filter(None, (unstated(_hard(quota), spec) for spec in specs)):
        text = message("{title} lets no pod in: {words}", title=found.title, words=lacking)
        hint = message("give every container those requests and limits")
        yield place.problem(text, "spec.hard", hint)
        return
    rooms = [count for spec in specs if (count := room(quota, spec)) is not None]
    count = min(rooms, default=bounds.ceiling)
    if count < bounds.replicas:
        text = message(
            "{title} has room for {count} pods; the Deployment wants {replicas}",
            title=found.title,
            count=count,
            replicas=bounds.replicas,
        )
        yield place.problem(text, "spec.hard", message("raise its limits"))
    elif count == bounds.replicas and bounds.surge and not bounds.unavailable:
        text = message(
            "{title} has room for {count} pods; without maxUnavailable a rolling update needs"
            " one more, and stands still",
            title=found.title,
            count=count,
        )
        hint = message("raise its limits, or let maxUnavailable be 1")
        yield place.problem(text, "spec.hard", hint)


def _pod(spec: JsonObject) -> JsonObject:
    return {"kind": "Pod", "metadata": {}, "spec": spec}


def _hard(quota: JsonObject) -> dict[str, int]:
    hard = quota["spec"].get("hard") or {}
    return {one: units(one, text) for one, text in hard.items() if one in TRACKED}
