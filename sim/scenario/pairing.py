"""Which Service sends requests to the Deployment's pods, and which ones reach nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.errors import Problem
from sim.i18n import message
from sim.model import defaults
from sim.model.objects import JsonObject, matches, name_of
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import get, plain, value


def service_of(
    manifests: Manifests, deployment: JsonObject, named: str = ""
) -> tuple[Manifest | None, JsonObject]:
    """The Service whose selector the pods' labels satisfy; without one, a default one.

    Of several that is the one which is *named*, else the first.
    """
    labels = deployment["spec"]["template"]["metadata"].get("labels") or {}
    namespace = deployment["metadata"]["namespace"]
    for found in sorted(manifests.of_kind("Service"), key=lambda one: one.name != named):
        if found.namespace == namespace and matches(labels, _selector(found)):
            return found, defaults.service(plain(found.node))
    return None, defaults.service_for(deployment)


def _selector(found: Manifest) -> dict[str, str]:
    return value(found.node, "spec", "selector") or {}


def warnings(
    manifests: Manifests,
    owner: Manifest,
    chosen: Manifest | None,
    new: JsonObject,
    led_to: Collection[tuple[str, str]] = (),
) -> Iterator[Problem]:
    """What is strange about the Services, and which simulated objects only stand by.

    *led_to* are the Services (namespace, name) that an ingress or a mesh sends requests to.
    """
    pods = {one.title: _labels(one) for one in manifests.of_kind("Deployment")}
    for found in manifests.objects:
        if not found.simulated or found is owner or found.lends_its_template:
            continue
        if found.kind == "Deployment" and _is_second(found, owner):
            assert owner.own is not None and owner.own.understood is not None
            yield found.node.place.problem(owner.own.understood)
        elif found.kind == "Deployment":
            yield found.node.place.problem(
                message(
                    "{title} does not run: the release is of {owner}",
                    title=found.title,
                    owner=owner.title,
                ),
                hint=message("it is kept; its pods take no room and answer nobody"),
            )
        elif found is chosen:
            yield from _chosen(found, new)
        elif found.kind == "Service":
            problem = _elsewhere(found, owner) or _unused(pods, found)
            if (found.namespace, found.name) not in led_to or not _reaches(pods, found):
                yield problem


def _is_second(found: Manifest, owner: Manifest) -> bool:
    second = owner.own.second if owner.own is not None else None
    return second is not None and name_of(second.deployment) == found.name


def _elsewhere(found: Manifest, owner: Manifest) -> Problem | None:
    """The problem if *found* selects the pods of *owner*, but in another namespace."""
    selector = _selector(found)
    if found.namespace == owner.namespace or not selector:
        return None
    if not matches(_labels(owner), selector):
        return None
    return (get(found.node, "metadata", "namespace") or found.node).place.problem(
        message(
            "{title} is in the namespace {here}, {owner} in {there}: it never reaches its pods",
            title=found.title,
            here=found.namespace,
            owner=owner.title,
            there=owner.namespace,
        ),
        "metadata.namespace",
        message("put both into one namespace"),
    )


def _reaches(pods: dict[str, dict[str, str]], found: Manifest) -> bool:
    """Whether any Deployment's pods carry what *found* selects."""
    return any(matches(labels, _selector(found)) for labels in pods.values())


def _unused(pods: dict[str, dict[str, str]], found: Manifest) -> Problem:
    selector = _selector(found)
    place = (get(found.node, "spec", "selector") or found.node).place
    if not selector:
        return place.problem(
            message("{title} has no selector and selects no pod", title=found.title),
            "spec.selector",
        )
    owner = next((title for title, labels in pods.items() if matches(labels, selector)), None)
    if owner is not None:
        return found.node.place.problem(
            message("{title} is kept: requests come through another Service", title=found.title)
        )
    shown = "; ".join(f"{title}: {_shown(labels)}" for title, labels in list(pods.items())[:5])
    return place.problem(
        message("{title} matches no Deployment's pods", title=found.title),
        "spec.selector",
        message(
            "it wants {selector}; the pods carry {labels}", selector=_shown(selector), labels=shown
        ),
    )


def _labels(deployment: Manifest) -> dict[str, str]:
    return value(deployment.node, "spec", "template", "metadata", "labels") or {}


def _shown(labels: dict[str, str]) -> str:
    return ", ".join(f"{key}={text}" for key, text in labels.items()) or "-"


def _chosen(found: Manifest, new: JsonObject) -> Iterator[Problem]:
    """The Service must reach the new pods too, at a port that they have."""
    if not matches(new["metadata"].get("labels") or {}, _selector(found)):
        yield (get(found.node, "spec", "selector") or found.node).place.problem(
            message("{title} does not select the new version's pods", title=found.title),
            "spec.selector",
            message("select only labels that both versions carry"),
        )
    containers = new["spec"]["containers"]
    names = {port.get("name") for one in containers for port in one.get("ports") or []}
    for index, port in enumerate(value(found.node, "spec", "ports") or []):
        target = port.get("targetPort")
        if isinstance(target, str) and target not in names:
            node = get(found.node, "spec", "ports", index, "targetPort") or found.node
            yield node.place.problem(
                message("no container has a port named {name}", name=repr(target)),
                f"spec.ports[{index}].targetPort",
                message("name a containerPort so, or use its number"),
            )
