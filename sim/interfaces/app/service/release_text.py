"""What a release changes, in a scenario file: images, and environment variables of containers.

Images alone stand under `release.image`, as `kubectl set image` would set them; with a variable
both stand in `release.patch`, which may hold more: that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from sim.interfaces.app.service.yaml_form import parsed, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New images by container, new values of variables by container and name."""

    images: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[tuple[str, str], str] = field(default_factory=dict)


def changes_in(text: str) -> Changes | None:
    """What *text* says of it; None where a form cannot: another manifest, or no scenario file."""
    root = parsed(text)
    if root is None:
        return None
    release = root["spec"].get("release")
    if release is None:
        return Changes()
    if not isinstance(release, dict) or release.get("manifest") is not None:
        return None
    images = release.get("image")
    found = {str(name): str(image) for name, image in _items(images)}
    variables: dict[tuple[str, str], str] = {}
    for one in _containers(release):
        name = str(one.get("name"))
        if one.get("image") is not None:
            found[name] = str(one["image"])
        for variable in _list(one.get("env")):
            if isinstance(variable, dict) and variable.get("value") is not None:
                variables[name, str(variable.get("name"))] = str(variable["value"])
    return Changes(images=found, variables=variables)


def with_changes(text: str, changes: Changes) -> str:
    """*text* with a release that makes *changes*, and whatever else its patch made before."""
    root = parsed(text)
    if root is None:
        return text
    spec = root["spec"]
    release = spec.get("release")
    patch = release.get("patch") if isinstance(release, dict) else None
    if not changes.variables and patch is None:
        _set(spec, "release", CommentedMap(image=CommentedMap(changes.images)), changes.images)
    else:
        patch = patch if isinstance(patch, dict) else CommentedMap()
        _patch(patch, changes)
        _set(spec, "release", CommentedMap(patch=patch), patch)
    return written(root)


def _set(spec: Any, name: str, wanted: Any, is_wanted: object) -> None:
    """Put *wanted* where comments of what was there before stay as far as they can."""
    if not is_wanted:
        spec.pop(name, None)
    elif isinstance(spec.get(name), dict) and list(spec[name]) == list(wanted):
        for key, value in wanted.items():
            _lay(spec[name], key, value)
    else:
        spec[name] = wanted


def _lay(place: Any, key: str, value: Any) -> None:
    if place.get(key) is value:
        return
    if not isinstance(place.get(key), dict):
        place[key] = value
        return
    for gone in [name for name in place[key] if name not in value]:
        del place[key][gone]
    for name, one in value.items():
        if place[key].get(name) != one:
            place[key][name] = one


def _patch(patch: Any, changes: Changes) -> None:
    """Bring *changes* into the containers that *patch* names, and name those that it does not."""
    spec = patch.setdefault("spec", CommentedMap())
    containers = spec.setdefault("containers", CommentedSeq())
    known = {str(one.get("name")): one for one in containers if isinstance(one, dict)}
    for name in dict.fromkeys([*changes.images, *(owner for owner, _ in changes.variables)]):
        if name not in known:
            known[name] = CommentedMap(name=name)
            containers.append(known[name])
    for name, one in known.items():
        one.pop("image", None)
        if name in changes.images:
            one["image"] = changes.images[name]
        given = {key: value for (owner, key), value in changes.variables.items() if owner == name}
        _variables(one, given)
    for one in [one for one in containers if list(one) == ["name"]]:
        containers.remove(one)
    if not containers:
        del spec["containers"]
    if not spec:
        del patch["spec"]


def _variables(container: Any, given: Mapping[str, str]) -> None:
    """Leave alone what has no plain value: a reference to a secret, a removal."""
    kept = [
        one
        for one in _list(container.get("env"))
        if not (isinstance(one, dict) and one.get("value") is not None)
    ]
    env = [*kept, *(CommentedMap(name=name, value=value) for name, value in given.items())]
    container.pop("env", None)
    if env:
        container["env"] = CommentedSeq(env)


def _containers(release: Any) -> list[Any]:
    spec = release.get("patch")
    spec = spec.get("spec") if isinstance(spec, dict) else None
    found = _list(spec.get("containers")) if isinstance(spec, dict) else []
    return [one for one in found if isinstance(one, dict)]


def _items(found: Any) -> list[tuple[Any, Any]]:
    return list(found.items()) if isinstance(found, dict) else []


def _list(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list) else []
