"""Two Deployments among the manifests of which one is the new version of the other.

A team that releases by hand has both at once: blue and green, of which a Service selects one, or a
stable one and a smaller canary behind the same Service (kubernetes.io, "Canary deployments"), or
two that a mesh's routes tell apart. Then the second's pod template is the release, and the two are
released as they were meant to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from sim.errors import Problem
from sim.i18n import message
from sim.model.canary_steps import Pause, SetWeight
from sim.model.second import Tracks
from sim.scenario import http_route_pair, ingress_pair, istio_pair
from sim.scenario.active_service import undecided, why_active
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.release import SECOND, Release
from sim.scenario.route_warnings import leads_nowhere
from sim.scenario.routed_pair import LOOK_SECONDS
from sim.scenario.two_versions import (
    Beside,
    Pair,
    alone,
    candidates,
    is_another_version,
    made_pair,
    pod_labels,
    reached,
    replicas_of,
    selector_of,
    selects_both,
    telling,
    told_apart,
)

_ROUTED = (istio_pair.pairs, ingress_pair.pairs, http_route_pair.pairs)


def pair_of(manifests: Manifests, wanted: str | None, *, measured: bool = False) -> Pair | None:
    """The one pair among all Deployments whose first is the one *wanted*; None without or of many.

    *measured*: it is stated what users do with the one and with the other.
    What routes say goes before what Services do: who is behind a Service gets what they leave it.
    """
    beside = Beside(by_name=wanted is not None, measured=measured)
    for look in (_routed, _by_services):
        found = [one for one in look(manifests, wanted, beside) if isinstance(one, Pair)]
        if found:
            distinct = {(pair.first.name, pair.second.name) for pair in found}
            return found[0] if len(distinct) == 1 else None
    return None


def why_no_pair(manifests: Manifests, wanted: str | None) -> list[Problem]:
    """What keeps two versions from being released as the pair that they seem to be."""
    found = list(_routed(manifests, wanted, Beside(by_name=wanted is not None)))
    if any(isinstance(one, Pair) for one in found) or not any(_versions(manifests, wanted)):
        return []
    reasons = [one for one in found if isinstance(one, Problem)]
    reasons += [
        problem
        for first, second in _versions(manifests, wanted)
        if (problem := undecided(manifests, first, second)) is not None
    ]
    return reasons[:1] or list(leads_nowhere(manifests))


def release_of(owner: Manifest) -> Release | None:
    """The second Deployment's template as the release of *owner*, if that has a second."""
    own = owner.own
    if own is None or own.second is None or own.understood is None:
        return None
    tracks = Tracks(deployment=owner.name, second=own.second)
    template = tracks.plain(own.second.deployment["spec"]["template"])
    return Release(kind=SECOND, template=template, describe=own.understood)


def _versions(manifests: Manifests, wanted: str | None) -> Iterator[tuple[Manifest, Manifest]]:
    for first, second in permutations(candidates(manifests), 2):
        if wanted in (None, first.name) and is_another_version(first, second):
            yield first, second


def _routed(manifests: Manifests, wanted: str | None, beside: Beside) -> Iterator[Pair | Problem]:
    for first, second in _versions(manifests, wanted):
        yield from _by_routes(manifests, first, second, beside)


def _by_routes(
    manifests: Manifests, first: Manifest, second: Manifest, beside: Beside
) -> Iterator[Pair | Problem]:
    for pairs in _ROUTED:
        yield from pairs(manifests, first, second, beside)


def _by_services(manifests: Manifests, wanted: str | None, beside: Beside) -> Iterator[Pair]:
    """A pair for each Service that makes one, unless routes tell the two apart either way round."""
    for first, second in _versions(manifests, wanted):
        both, named = ((first, second), (second, first)), Beside(by_name=True)
        if any(one for pair in both for one in _by_routes(manifests, *pair, named)):
            continue
        for service in manifests.of_kind("Service"):
            if reached(manifests, service) == [first]:
                yield from _blue_green(manifests, first, second, service, beside)
            elif selects_both(manifests, service, first, second):
                yield from _canary(first, second, service, beside)


def _blue_green(
    manifests: Manifests, blue: Manifest, green: Manifest, service: Manifest, beside: Beside
) -> Iterator[Pair]:
    """Green is whom the Service does not select; another one may select it for a preview."""
    selector, labels = selector_of(service), pod_labels(green)
    previews = alone(manifests, green)
    why = why_active(manifests, alone(manifests, blue), previews)
    if not selector.keys() <= labels.keys() or (previews and why is None and not beside.by_name):
        return
    if previews and why_active(manifests, previews, alone(manifests, blue)) is not None:
        return  # Somebody named the one that has no users yet.
    keys = tuple(key for key, text in selector.items() if labels[key] != text)
    said = {
        "new": green.title,
        "old": blue.title,
        "service": service.title,
        "labels": ", ".join(f"{key}={selector[key]}" for key in keys),
    }
    text = message("{new} is the new version of {old}: {service} selects {labels}", **said)
    if previews and why is not None:
        text = message(
            "{new} is the new version of {old}: users come through {service}, which selects"
            " {labels} ({why}), and {preview} shows the new one",
            **said,
            why=why,
            preview=previews[0].title,
        )
    second = told_apart(blue, green, keys[0], selected_by=keys, stands=True)
    yield made_pair(blue, green, service.name, second, text, "BlueGreen", {})


def _canary(
    stable: Manifest, canary: Manifest, service: Manifest, beside: Beside
) -> Iterator[Pair]:
    """Of two behind one Service the smaller is the new version."""
    pods, whole = replicas_of(canary), replicas_of(canary) + replicas_of(stable)
    larger = replicas_of(stable) > pods or beside.by_name
    label = telling(stable, canary)
    if not larger or not pods or label is None:
        return
    text = message(
        "{new} is the new version of {old}: {service} selects both, and {pods} of {whole} pods are"
        " new",
        new=canary.title,
        old=stable.title,
        service=service.title,
        pods=pods,
        whole=whole,
    )
    share = min(99, max(1, round(100 * pods / whole)))
    settings = {"steps": (SetWeight(share), Pause(LOOK_SECONDS))}
    second = told_apart(stable, canary, label)
    yield made_pair(stable, canary, service.name, second, text, "Canary", settings)
