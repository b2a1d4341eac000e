"""Two Deployments among the manifests of which one is the new version of the other.

A team that releases by hand has both at once: blue and green, of which a Service selects one, or a
stable one and a smaller canary behind the same Service (kubernetes.io, "Canary deployments"). Then
the second's pod template is the release, and the two are released as they were meant to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from sim.i18n import Message, message
from sim.model import defaults
from sim.model.canary_steps import Pause, SetWeight
from sim.model.objects import JsonObject, labels_of, matches
from sim.model.second import Second, Tracks, differing
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain, value
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.release import SECOND, Release
from sim.scenario.route_checks import is_routing

# The handbook's 30 minutes (4.5), a minute of which is a second here.
LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """*first* serves as the old version, *second* is the new one, and *own* the way from one to it.

    It depends on nobody's word but the manifests' own.
    """

    first: Manifest
    second: Manifest
    own: OwnStrategy


def pair_of(manifests: Manifests, wanted: str | None) -> Pair | None:
    """The one pair among all Deployments whose first is the one *wanted*; None without or of many.

    Both must run containers of the same names from the same repositories, in other versions: that
    two Deployments share a label does not make one the new version of the other.
    """
    found = [
        pair
        for first, second in permutations(_candidates(manifests), 2)
        if wanted in (None, first.name) and _is_another_version(first, second)
        for pair in _pairs(manifests, first, second, by_name=wanted is not None)
    ]
    distinct = {(pair.first.name, pair.second.name) for pair in found}
    return found[0] if len(distinct) == 1 else None


def release_of(owner: Manifest) -> Release | None:
    """The second Deployment's template as the release of *owner*, if that has a second."""
    own = owner.own
    if own is None or own.second is None or own.understood is None:
        return None
    tracks = Tracks(deployment=owner.name, second=own.second)
    template = tracks.plain(own.second.deployment["spec"]["template"])
    return Release(kind=SECOND, template=template, describe=own.understood)


def _candidates(manifests: Manifests) -> list[Manifest]:
    return [one for one in manifests.releasable() if one.own is None]


def _is_another_version(first: Manifest, second: Manifest) -> bool:
    before, after = _images(first), _images(second)
    repositories = [{name: _repository(of[name]) for name in of} for of in (before, after)]
    return (
        first.namespace == second.namespace
        and repositories[0] == repositories[1]
        and before != after
        and bool(_labels(first).items() & _labels(second).items())
        and not matches(_labels(first), _selector(second))
        and not matches(_labels(second), _selector(first))
    )


def _pairs(
    manifests: Manifests, first: Manifest, second: Manifest, *, by_name: bool
) -> Iterator[Pair]:
    """A pair for each Service that makes one of the two."""
    for service in manifests.of_kind("Service"):
        if service.namespace != first.namespace:
            continue
        selector = value(service.node, "spec", "selector") or {}
        reached = [one for one in _candidates(manifests) if matches(_labels(one), selector)]
        if reached == [first] and selector.keys() <= _labels(second).keys():
            yield _blue_green(first, second, service, selector)
        elif {id(one) for one in reached} == {id(first), id(second)}:
            larger = _replicas(first) > _replicas(second) or by_name
            if larger and _replicas(second) and not _has_routes(manifests):
                yield _canary(first, second, service)


def _blue_green(
    blue: Manifest, green: Manifest, service: Manifest, selector: dict[str, str]
) -> Pair:
    keys = tuple(key for key, text in selector.items() if _labels(green)[key] != text)
    said = ", ".join(f"{key}={selector[key]}" for key in keys)
    text = message(
        "{new} is the new version of {old}: {service} selects {labels}",
        new=green.title,
        old=blue.title,
        service=service.title,
        labels=said,
    )
    second = _second(blue, green, keys[0], selected_by=keys, stands=True)
    return _pair(blue, green, service, second, text, "BlueGreen", {})


def _canary(stable: Manifest, canary: Manifest, service: Manifest) -> Pair:
    pods, whole = _replicas(canary), _replicas(canary) + _replicas(stable)
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
    second = _second(stable, canary, _telling(stable, canary))
    settings = {"steps": (SetWeight(share), Pause(LOOK_SECONDS))}
    return _pair(stable, canary, service, second, text, "Canary", settings)


def _pair(
    first: Manifest,
    second: Manifest,
    service: Manifest,
    told: Second,
    text: Message,
    name: str,
    settings: Mapping[str, object],
) -> Pair:
    own = OwnStrategy(
        name=name,
        settings=settings,
        defaults={},
        place=second.node.place,
        service=service.name,
        second=told,
        understood=text,
    )
    return Pair(first=first, second=second, own=own)


def _second(
    first: Manifest,
    second: Manifest,
    label: str,
    *,
    selected_by: tuple[str, ...] = (),
    stands: bool = False,
) -> Second:
    deployment = _deployment(second)
    stable_labels, labels = differing(_deployment(first), deployment)
    return Second(
        deployment=deployment,
        labels=labels,
        stable_labels=stable_labels,
        label=label,
        selected_by=selected_by,
        stands=stands,
    )


def _telling(first: Manifest, second: Manifest) -> str:
    """A label that both Deployments know their pods by, and in which these differ."""
    selectors = _selector(first), _selector(second)
    return next(key for key in selectors[0] if selectors[1].get(key) not in (None, _at(first, key)))


def _at(one: Manifest, key: str) -> str:
    return _labels(one)[key]


def _has_routes(manifests: Manifests) -> bool:
    """Whether somebody's routes say the shares, which the numbers of pods do not then."""
    return any(is_routing(one.kind, one.api_version) for one in manifests.objects)


def _deployment(one: Manifest) -> JsonObject:
    return defaults.deployment(plain(one.node))


def _labels(one: Manifest) -> dict[str, str]:
    return dict(labels_of(_deployment(one)["spec"]["template"]))


def _selector(one: Manifest) -> dict[str, str]:
    return dict(_deployment(one)["spec"]["selector"].get("matchLabels") or {})


def _replicas(one: Manifest) -> int:
    return int(_deployment(one)["spec"]["replicas"])


def _images(one: Manifest) -> dict[str, str]:
    containers = _deployment(one)["spec"]["template"]["spec"]["containers"]
    return {found["name"]: found.get("image") or "" for found in containers}


def _repository(image: str) -> str:
    """*image* without its tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
