"""What the release changes: the new pod template, and a sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model import defaults
from sim.model.objects import JsonObject
from sim.model.revision import RESTARTED_AT
from sim.scenario.api import Type
from sim.scenario.checks import check_template
from sim.scenario.manifest import Manifest
from sim.scenario.node import Mapping, Node, Place, Scalar, Sequence, get, plain, value
from sim.scenario.strict import decode

# kubectl rollout restart writes the present moment here; ours is fixed, so that runs repeat.
_MOMENT = "2024-01-01T00:00:00Z"
SECOND = "Deployment"  # The template of another one among the manifests.
_TEMPLATE = Type("model", model=("core_v1", "PodTemplateSpec"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The new pod template; *kind* is restart, image, manifest, patch or `SECOND`."""

    kind: str
    template: JsonObject
    describe: Message


def restart(old: JsonObject) -> Release:
    """A release that changes nothing but an annotation, as `kubectl rollout restart` does."""
    metadata = old.get("metadata") or {}
    annotations = (metadata.get("annotations") or {}) | {RESTARTED_AT: _MOMENT}
    return Release(
        kind="restart",
        template=old | {"metadata": metadata | {"annotations": annotations}},
        describe=message("a restart: only an annotation changes, behaviour stays the same"),
    )


def set_images(
    owner: Manifest, images: list[tuple[str, str, Place]]
) -> tuple[Release | None, list[Problem]]:
    """The template of *owner* with (container, image) pairs set, as `kubectl set image` does."""
    template = plain(_template(owner))
    problems: list[Problem] = []
    changes: list[str] = []
    for name, image, place in images:
        matching = [one for one in _containers(template) if name in ("*", one["name"])]
        if not matching:
            known = ", ".join(one["name"] for one in _containers(template))
            problems.append(
                place.problem(
                    message("{owner} has no container {name}", owner=owner.title, name=repr(name)),
                    hint=message("known: {known}", known=known),
                )
            )
        elif not image:
            problems.append(place.problem(message("an image is needed for {name}", name=name)))
        elif all(one.get("image") == image for one in matching):
            problems.append(
                place.problem(
                    message(
                        "{name} runs {image} already: nothing would roll out",
                        name=name,
                        image=image,
                    ),
                    hint=message("name another image, or none for a restart"),
                )
            )
        for one in matching:
            changes.append(f"{one['name']}: {one.get('image')} → {image}")
            one["image"] = image
    if problems:
        return None, problems
    release = Release(
        kind="image",
        template=defaults.pod_template(template),
        describe=message("new image: {changes}", changes=", ".join(changes)),
    )
    return release, []


def _template(owner: Manifest) -> Mapping:
    template = get(owner.node, "spec", "template")
    assert isinstance(template, Mapping)
    return template


def _containers(template: JsonObject) -> list[JsonObject]:
    spec = template["spec"]
    return [*(spec.get("initContainers") or []), *spec["containers"]]


def from_manifest(
    owner: Manifest, others: list[Manifest], file: str, place: Place
) -> tuple[Release | None, list[Problem], list[Problem]]:
    """The template of the same Deployment in another file; errors and warnings beside it."""
    found = next((other for other in others if _same(owner, other)), None)
    if found is None and owner.own is not None:
        found = next((other for other in others if other.name == owner.own.template_from), None)
    if found is None:
        known = ", ".join(other.title for other in others) or "-"
        problem = place.problem(
            message("{file} holds no {title}", file=file, title=owner.title),
            hint=message("it holds: {known}; the name must stay the same", known=known),
        )
        return None, [problem], []
    before = defaults.deployment(plain(owner.node))
    after = defaults.deployment(plain(found.node))
    if after["spec"]["selector"] != before["spec"]["selector"]:
        node = get(found.node, "spec", "selector") or found.node
        problem = node.place.problem(
            message("the selector of a Deployment cannot change"),
            "spec.selector",
            message("keep {selector}", selector=str(before["spec"]["selector"])),
        )
        return None, [problem], []
    if after["spec"]["template"] == before["spec"]["template"]:
        problem = _template(found).place.problem(
            message("the pod template is the same: nothing would roll out"),
            "spec.template",
            message("change the template, or leave the release out for a restart"),
        )
        return None, [problem], []
    release = Release(
        kind="manifest",
        template=after["spec"]["template"],
        describe=message("the pod template of {file}", file=file),
    )
    differences = [*_other_differences(found, before, after), *_other_strategy(owner, found)]
    return release, [], differences


def _same(one: Manifest, other: Manifest) -> bool:
    return (one.name, one.namespace) == (other.name, other.namespace)


def _other_strategy(owner: Manifest, found: Manifest) -> list[Problem]:
    """A warning where a Rollout's new file would be released in another way."""
    before, after = owner.own, found.own
    if after is None or (before is not None and before.settings == after.settings):
        return []
    return [
        after.place.problem(
            message("only the template is released: the strategy is that of the first manifest"),
            "spec.strategy",
            message("change it in the first manifest to try it"),
        )
    ]


def _other_differences(found: Manifest, before: JsonObject, after: JsonObject) -> list[Problem]:
    """Warnings for what the new file changes beside the template; the strategies set those."""
    warnings = []
    for name in sorted(set(before["spec"]) | set(after["spec"])):
        old, new = before["spec"].get(name), after["spec"].get(name)
        if name != "template" and old != new:
            node = get(found.node, "spec", name) or found.node
            warnings.append(
                node.place.problem(
                    message("{old} becomes {new}: only the template is released", old=old, new=new),
                    f"spec.{name}",
                    message("change it in the first manifest to try it"),
                )
            )
    return warnings


def patched(owner: Manifest, patch: Node, field: str) -> tuple[Release | None, list[Problem]]:
    """The template of *owner* under a merge patch whose containers are merged by name."""
    assert isinstance(patch, Mapping)
    merged = _merge(_template(owner), patch)
    problems = decode(merged, _TEMPLATE, field)
    if not problems:
        problems = check_template(merged, field, get(owner.node, "spec", "selector"))
    if problems:
        return None, problems
    template = defaults.pod_template(plain(merged))
    if template == defaults.pod_template(plain(_template(owner))):
        problem = patch.place.problem(
            message("the patch changes nothing: nothing would roll out"), field
        )
        return None, [problem]
    return Release(
        kind="patch", template=template, describe=message("the scenario's patch of the template")
    ), []


def _merge(base: Mapping, patch: Mapping) -> Mapping:
    """RFC 7396 on trees, and lists of named things merged by name, as strategic merge does."""
    merged = Mapping(base.place, dict(base.entries), dict(base.keys))
    for name, child in patch.entries.items():
        before = merged.entries.get(name)
        merged.keys[name] = patch.keys[name]
        if isinstance(child, Scalar) and child.value is None:
            merged.entries.pop(name, None)
            merged.keys.pop(name)
        elif isinstance(child, Mapping):
            merged.entries[name] = _merge(before if isinstance(before, Mapping) else _EMPTY, child)
        elif isinstance(child, Sequence) and isinstance(before, Sequence) and _named(child):
            merged.entries[name] = _merge_named(before, child)
        else:
            merged.entries[name] = child
    return merged


_EMPTY = Mapping(Place(""))


def _named(items: Sequence) -> bool:
    return bool(items.items) and all(isinstance(get(item, "name"), Scalar) for item in items.items)


def _merge_named(base: Sequence, patch: Sequence) -> Sequence:
    items = list(base.items)
    for item in patch.items:
        assert isinstance(item, Mapping)
        name = value(item, "name")
        index = next((i for i, one in enumerate(items) if value(one, "name") == name), None)
        if index is None:
            items.append(item)
        else:
            before = items[index]
            items[index] = _merge(before, item) if isinstance(before, Mapping) else item
    return Sequence(patch.place, items)


def image_pairs(node: Node) -> list[tuple[str, str, Place]]:
    """The (container, image) pairs of a scenario's `release.image`."""
    assert isinstance(node, Mapping)
    return [(name, str(plain(child)), child.place) for name, child in node.entries.items()]
