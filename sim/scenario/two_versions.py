"""Two Deployments of one program in two versions, and what makes the one the other's release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from sim.i18n import Message
from sim.model import defaults
from sim.model.network import READER
from sim.model.objects import JsonObject, matches
from sim.model.second import Second, differing
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain, value
from sim.scenario.own_strategy import OwnStrategy

MOST_VERSIONS = 8  # Of one program at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """*first* serves as the old version, *second* is the new one, and *own* the way from one to it.

    It depends on nobody's word but the manifests' own.
    """

    first: Manifest
    second: Manifest
    own: OwnStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known beside the manifests.

    *by_name*: somebody named the old version. *measured*: it is stated what users do with each, so
    that a test of the two can be decided.
    """

    by_name: bool = False
    measured: bool = False


def candidates(manifests: Manifests) -> list[Manifest]:
    """The Deployments that nobody has said how to release."""
    return [one for one in manifests.releasable() if one.own is None]


def versions(manifests: Manifests) -> Iterator[tuple[Manifest, Manifest]]:
    """Every two Deployments that run one program in two versions, both ways round.

    They have containers of the same names from the same repositories: that two share a label does
    not make one the new version of the other. Of more than `MOST_VERSIONS` nobody could say which
    is which.
    """
    programs: dict[tuple[str, frozenset[tuple[str, str]]], list[Manifest]] = {}
    for one in candidates(manifests):
        repositories = frozenset((name, _repository(image)) for name, image in _images(one).items())
        programs.setdefault((one.namespace, repositories), []).append(one)
    for group in programs.values():
        for first, second in permutations(group, 2) if len(group) <= MOST_VERSIONS else ():
            if _differ(first, second):
                yield first, second


def _differ(first: Manifest, second: Manifest) -> bool:
    """Whether they have other images, something in common, and each its own pods."""
    return (
        _images(first) != _images(second)
        and bool(pod_labels(first).items() & pod_labels(second).items())
        and not matches(pod_labels(first), _selector(second))
        and not matches(pod_labels(second), _selector(first))
    )


def alone(manifests: Manifests, deployment: Manifest) -> list[Manifest]:
    """The Services that select the pods of *deployment* and nobody else's."""
    services = manifests.of_kind("Service")
    return [one for one in services if reaches_only(manifests, one, deployment)]


def reaches_only(manifests: Manifests, service: Manifest, deployment: Manifest) -> bool:
    """Whether *service* selects the pods of *deployment* and nobody else's."""
    return [id(one) for one in manifests.selected(service)] == [id(deployment)]


def selects_both(
    manifests: Manifests, service: Manifest, first: Manifest, second: Manifest
) -> bool:
    """Whether *service* selects the pods of these two Deployments, and no others'."""
    return {id(one) for one in manifests.selected(service)} == {id(first), id(second)}


def made_pair(
    first: Manifest,
    second: Manifest,
    service: str,
    told: Second,
    understood: Message,
    name: str,
    settings: Mapping[str, object],
    before: tuple[JsonObject, ...] = (),
) -> Pair:
    """The pair whose way is the strategy *name*, with who reads what its router writes."""
    router = settings.get("router")
    own = OwnStrategy(
        name=name,
        settings=settings,
        defaults={},
        place=second.node.place,
        service=service,
        proxy=READER[router] if isinstance(router, str) else None,
        second=told,
        understood=understood,
        before=before,
    )
    return Pair(first=first, second=second, own=own)


def told_apart(
    first: Manifest,
    second: Manifest,
    label: str,
    *,
    selected_by: tuple[str, ...] = (),
    stands: bool = False,
    services: tuple[str, str] = ("", ""),
) -> Second:
    """*second* as the new version of *first*, with the key of a *label* that tells their pods.

    *services* are those of the one and of the other, where routes lead to two.
    """
    deployment = deployment_of(second)
    stable_labels, labels = differing(deployment_of(first), deployment)
    return Second(
        deployment=deployment,
        labels=labels,
        stable_labels=stable_labels,
        label=label,
        selected_by=selected_by,
        stands=stands,
        stable_service=services[0],
        service=services[1],
    )


def telling(first: Manifest, second: Manifest, preferred: Iterable[str] = ()) -> str | None:
    """A label in which the pods of both differ: a *preferred* one, or one that both select by."""
    both = _selector(first).keys() & _selector(second).keys()
    return next(
        (
            key
            for key in (*preferred, *(key for key in _selector(first) if key in both))
            if pod_labels(first).get(key, "") != pod_labels(second).get(key, "")
            and key in pod_labels(first).keys() & pod_labels(second).keys()
        ),
        None,
    )


def deployment_of(one: Manifest) -> JsonObject:
    """The Deployment with every default filled in."""
    return defaults.deployment(plain(one.node))


def pod_labels(one: Manifest) -> dict[str, str]:
    """The labels of the Deployment's pods."""
    return value(one.node, "spec", "template", "metadata", "labels") or {}


def selector_of(service: Manifest) -> dict[str, str]:
    """The labels that the Service selects by."""
    return value(service.node, "spec", "selector") or {}


def replicas_of(one: Manifest) -> int:
    """How many pods the Deployment has."""
    found = value(one.node, "spec", "replicas")
    return 1 if found is None else int(found)


def _selector(one: Manifest) -> dict[str, str]:
    return value(one.node, "spec", "selector", "matchLabels") or {}


def _images(one: Manifest) -> dict[str, str]:
    containers = value(one.node, "spec", "template", "spec", "containers") or []
    return {found["name"]: found.get("image") or "" for found in containers}


def _repository(image: str) -> str:
    """*image* without its tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
