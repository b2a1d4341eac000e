"""Feature flags: both code paths are in every new pod, and a flag says who takes which.

A user takes the new one if the flag is enabled AND (the user is in one of its groups OR the user's
lot is below its percentage). The lot is a hash of user and flag: it stays the same while the
percentage grows, so that nobody goes back, and two flags pick their users independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.model.objects import JsonObject
from sim.model.routing import Attribute, Condition, Destination, Route
from sim.model.template_hash import fnv1a
from sim.model.tracks import NOTE

FLAG = NOTE + "flag"  # The annotation of pods whose new code path stands behind that flag.
CONFIG = NOTE + "flag-config"  # The ConfigMap that they read it from.
STATE = NOTE + "flag-state"  # What stood there at the last restart, where only one tells them.
GROUP = "group"  # The attribute of users that a flag's groups are values of.
EVERYBODY = "all"  # The group that all users are in.
FIRST_KEY = "features.yaml"
_OWN = "seatrial-flags"
_HUNDREDTHS = 100
_SALTS = 1 << 16


class Delivery(StrEnum):
    """How a pod gets to know what is in a ConfigMap."""

    FILE = "file"  # A mounted file, written anew at the kubelet's next sync of the pod.
    ENVIRONMENT = "environment"  # A variable (or a file by subPath): only at the next start.


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag; *percentage* counts from 0 to 100."""

    enabled: bool = False
    percentage: float = 0.0
    groups: tuple[str, ...] = ()


def flag_routes(
    flag: Flag, name: str, attributes: Sequence[Attribute], *, old: int, new: int
) -> tuple[Route, ...]:
    """Who takes code path *new* and who *old* in a pod that knows the *flag* called *name*.

    10 % of a group-less flag: one sticky route with weights 1,000 and 9,000.
    """
    if not flag.enabled:
        return (_to(old),)
    found = []
    if EVERYBODY in flag.groups:
        return (_to(new),)
    for number, attribute in enumerate(attributes):
        if attribute.name == GROUP:
            values = [text for text, _ in attribute.values]
            wanted = tuple(values.index(one) for one in flag.groups if one in values)
            if wanted:
                condition = Condition(attribute=number, values=wanted)
                found.append(_to(new, matches=((condition,),)))
    lit = round(flag.percentage * _HUNDREDTHS)
    shares = (
        Destination(backend=new, weight=lit),
        Destination(backend=old, weight=100 * _HUNDREDTHS - lit),
    )
    found.append(Route(destinations=shares, sticky_salt=fnv1a(name.encode()) % _SALTS))
    return tuple(found)


def is_taken(version: int, routes: Sequence[Route]) -> bool:
    """Whether *routes* lead anybody to the code path *version*: not at 0 %, and not without one."""
    there = (one for route in routes for one in route.destinations if one.backend == version)
    return any(one.weight > 0 for one in there)


def _to(version: int, *, matches: tuple[tuple[Condition, ...], ...] = ()) -> Route:
    return Route(matches=matches, destinations=(Destination(backend=version, weight=1),))


def delivery_of(spec: JsonObject, config_map: str) -> Delivery | None:
    """How the serving container of a pod *spec* gets to know *config_map*; None: it does not."""
    container = spec["containers"][0]
    mounts = {one["name"]: one for one in container.get("volumeMounts") or ()}
    files = [
        mounts[volume["name"]]
        for volume in spec.get("volumes") or ()
        if volume["name"] in mounts and config_map in _config_maps(volume)
    ]
    if any(not (one.get("subPath") or one.get("subPathExpr")) for one in files):
        return Delivery.FILE
    named = [
        *(
            (one.get("valueFrom") or {}).get("configMapKeyRef")
            for one in container.get("env") or ()
        ),
        *(one.get("configMapRef") for one in container.get("envFrom") or ()),
    ]
    if files or any((one or {}).get("name") == config_map for one in named):
        return Delivery.ENVIRONMENT
    return None


def _config_maps(volume: JsonObject) -> list[str]:
    projected = (volume.get("projected") or {}).get("sources") or ()
    parts = [volume.get("configMap"), *(one.get("configMap") for one in projected)]
    return [one["name"] for one in parts if one and one.get("name")]


def with_flag(
    template: JsonObject, flag: str, config_map: str, delivery: Delivery, state: str = ""
) -> JsonObject:
    """The pod *template* built with both code paths, reading *flag* from *config_map*.

    One that reads it in that way already gets the annotations only. Another *state* makes it
    another template, so that its pods are replaced.
    """
    metadata, spec = template.get("metadata") or {}, template["spec"]
    notes = {**(metadata.get("annotations") or {}), FLAG: flag, CONFIG: config_map}
    if state:
        notes[STATE] = state
    if delivery_of(spec, config_map) is not delivery:
        spec = _reading(spec, config_map, delivery)
    return {**template, "metadata": {**metadata, "annotations": notes}, "spec": spec}


def _reading(spec: JsonObject, config_map: str, delivery: Delivery) -> JsonObject:
    container, *others = spec["containers"]
    if delivery is Delivery.ENVIRONMENT:
        reference = {"name": config_map, "key": FIRST_KEY, "optional": True}
        variable = {"name": "SEATRIAL_FLAGS", "valueFrom": {"configMapKeyRef": reference}}
        container = {**container, "env": [*(container.get("env") or ()), variable]}
        return {**spec, "containers": [container, *others]}
    mount = {"name": _OWN, "mountPath": "/etc/feature-flags", "readOnly": True}
    container = {**container, "volumeMounts": [*(container.get("volumeMounts") or ()), mount]}
    volume = {"name": _OWN, "configMap": {"name": config_map}}
    volumes = [*(spec.get("volumes") or ()), volume]
    return {**spec, "containers": [container, *others], "volumes": volumes}


def without_flag(template: JsonObject) -> JsonObject:
    """The pod *template* as it was before `with_flag`, which makes no other version of it."""
    metadata, spec = template.get("metadata") or {}, template["spec"]
    notes = metadata.get("annotations") or {}
    if FLAG not in notes:
        return template
    kept = {key: text for key, text in notes.items() if key not in (FLAG, CONFIG, STATE)}
    metadata = {key: one for key, one in metadata.items() if key != "annotations"}
    if kept:
        metadata["annotations"] = kept
    container, *others = spec["containers"]
    mine = {"volumeMounts": _OWN, "env": "SEATRIAL_FLAGS"}
    spec = _left({**spec, "containers": [_left(container, mine), *others]}, {"volumes": _OWN})
    return {**template, "metadata": metadata, "spec": spec}


def _left(obj: JsonObject, names: dict[str, str]) -> JsonObject:
    """*obj* without the list items of those *names*, and without a list that they alone made."""
    found = dict(obj)
    for field, name in names.items():
        before = found.pop(field, None) or []
        if kept := [one for one in before if one["name"] != name]:
            found[field] = kept
    return found
