"""Two Deployments of one program in two versions, and what makes the one the other's release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.i18n import Message
from sim.model import defaults
from sim.model.network import READER
from sim.model.objects import JsonObject, labels_of, matches
from sim.model.second import Second, differing
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import plain, value
from sim.scenario.own_strategy import OwnStrategy


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


def is_another_version(first: Manifest, second: Manifest) -> bool:
    """Whether both run containers of the same names from the same repositories, in other versions.

    That two Deployments share a label does not make one the new version of the other.
    """
    before, after = _images(first), _images(second)
    repositories = [{name: _repository(of[name]) for name in of} for of in (before, after)]
    return (
        first.namespace == second.namespace
        and repositories[0] == repositories[1]
        and before != after
        and bool(pod_labels(first).items() & pod_labels(second).items())
        and not matches(pod_labels(first), _selector(second))
        and not matches(pod_labels(second), _selector(first))
    )


def reached(manifests: Manifests, service: Manifest) -> list[Manifest]:
    """The Deployments whose pods *service* selects."""
    selector = selector_of(service)
    return [
        one
        for one in candidates(manifests)
        if one.namespace == service.namespace and selector and matches(pod_labels(one), selector)
    ]


def alone(manifests: Manifests, deployment: Manifest) -> list[Manifest]:
    """The Services that select the pods of *deployment* and nobody else's."""
    services = manifests.of_kind("Service")
    return [one for one in services if reached(manifests, one) == [deployment]]


def selects_both(
    manifests: Manifests, service: Manifest, first: Manifest, second: Manifest
) -> bool:
    """Whether *service* selects the pods of these two Deployments, and no others'."""
    return {id(one) for one in reached(manifests, service)} == {id(first), id(second)}


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
    return dict(labels_of(deployment_of(one)["spec"]["template"]))


def selector_of(service: Manifest) -> dict[str, str]:
    """The labels that the Service selects by."""
    return value(service.node, "spec", "selector") or {}


def replicas_of(one: Manifest) -> int:
    """How many pods the Deployment has."""
    return int(deployment_of(one)["spec"]["replicas"])


def _selector(one: Manifest) -> dict[str, str]:
    return dict(deployment_of(one)["spec"]["selector"].get("matchLabels") or {})


def _images(one: Manifest) -> dict[str, str]:
    containers = deployment_of(one)["spec"]["template"]["spec"]["containers"]
    return {found["name"]: found.get("image") or "" for found in containers}


def _repository(image: str) -> str:
    """*image* without its tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
