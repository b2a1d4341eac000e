"""Choosing: the Deployment that is released, and what the release changes."""

from __future__ import annotations

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model import defaults
from sim.scenario import release
from sim.scenario.draft import Draft
from sim.scenario.manifest import Manifest, Manifests
from sim.scenario.node import Place, get, plain
from sim.scenario.release import Release
from sim.scenario.rollout import adopt
from sim.scenario.second_deployment import pair_of, release_of, why_no_pair
from sim.scenario.source import Source, open_source

MOST_NAMES = 20


def owner_of(draft: Draft) -> Manifest | None:
    """The Deployment that the release is about; of a pair the first, if no release is given."""
    found = draft.manifests.releasable()
    wanted = draft.deployment or (draft.file.spec.deployment if draft.file else None)
    if len(found) > 1 and not _is_given(draft) and not draft.manifests.errors:
        measured = draft.file is not None and draft.file.spec.users.behaviour is not None
        pair = pair_of(draft.manifests, wanted, measured=measured)
        if pair is not None:
            pair.first.own = pair.own
            return pair.first
        reasons = why_no_pair(draft.manifests, wanted)
        (draft.errors if wanted is None else draft.warnings).extend(reasons)
    names = ", ".join(one.name for one in found[:MOST_NAMES])
    names += ", …" if len(found) > MOST_NAMES else ""
    if wanted is not None:
        chosen = next((one for one in found if one.name == wanted), None)
        if chosen is None and not draft.manifests.errors:
            node = get(draft.root, "deployment")
            place = node.place if node and not draft.deployment else Place("--deployment")
            draft.errors.append(
                place.problem(
                    message("there is no Deployment {name}", name=repr(wanted)),
                    hint=message("known: {known}", known=names or "-"),
                )
            )
        return chosen
    if len(found) > 1:
        draft.errors.append(
            found[1].node.place.problem(
                message("several Deployments: {names}", names=names),
                hint=message("say which one is released: --deployment {name}", name=found[0].name),
            )
        )
        return None
    if not found and not draft.manifests.errors and not draft.errors:
        objects = draft.manifests.objects
        kinds = ", ".join(one.title for one in objects[:MOST_NAMES]) or "-"
        place = objects[0].node.place if objects else Place(draft.files[-1], 1, 1)
        draft.errors.append(
            place.problem(
                message("there is no Deployment here"),
                hint=message("a release needs one (apps/v1); found: {found}", found=kinds),
            )
        )
    return found[0] if found else None


def _is_given(draft: Draft) -> bool:
    """Whether anybody says what the release changes."""
    in_file = draft.file is not None and draft.file.spec.release is not None
    return bool(draft.images) or draft.to is not None or in_file


def released(draft: Draft, owner: Manifest) -> Release | None:
    """The release that flags ask for, else the scenario's, else a restart."""
    if draft.manifests.errors:
        return None
    if draft.images and draft.to is not None:
        draft.errors.append(
            Problem(
                message("--image and --to at once"),
                hint=message("one release changes either the image or the whole template"),
            )
        )
        return None
    if draft.images:
        return _by_images(draft, owner)
    if draft.to is not None:
        return _by_flag(draft, owner)
    return release_of(owner) or (_by_scenario(draft, owner) if draft.file else None)


def _by_images(draft: Draft, owner: Manifest) -> Release | None:
    pairs = []
    for text in draft.images:
        name, equals, image = text.partition("=")
        place = Place(f"--image {text[:80]}")
        if not equals or not name:
            draft.errors.append(
                place.problem(
                    message("{found} is not container=image", found=repr(text[:60])),
                    hint=message("such as web=nginx:1.21"),
                )
            )
        else:
            pairs.append((name, image, place))
    if len(pairs) < len(draft.images):
        return None
    return _noted(draft, release.set_images(owner, pairs))


def _noted(draft: Draft, found: tuple[Release | None, list[Problem]]) -> Release | None:
    draft.errors.extend(found[1])
    return found[0]


def _by_flag(draft: Draft, owner: Manifest) -> Release | None:
    try:
        opened = open_source(str(draft.to))
    except ScenarioError as error:
        draft.errors.extend(error.problems)
        return None
    return _by_file(draft, owner, opened, Place(f"--to {draft.to}"))


def _by_file(draft: Draft, owner: Manifest, opened: Source, place: Place) -> Release | None:
    others = Manifests()
    try:
        documents, warnings = opened.documents()
    except ScenarioError as error:
        draft.errors.extend(error.problems)
        return None
    others.add(draft.laid_over(documents))
    adopt(others)
    draft.warnings.extend(warnings)
    draft.errors.extend(others.errors)
    if others.errors:
        return None
    found, problems, differences = release.from_manifest(
        owner, others.of_kind("Deployment"), opened.file, place
    )
    draft.warnings.extend(differences)
    return _noted(draft, (found, problems))


def _by_scenario(draft: Draft, owner: Manifest) -> Release | None:
    images, patch = get(draft.root, "release", "image"), get(draft.root, "release", "patch")
    item = get(draft.root, "release", "manifest")
    if images is not None:
        return _noted(draft, release.set_images(owner, release.image_pairs(images)))
    if patch is not None:
        return _noted(draft, release.patched(owner, patch, "spec.release.patch"))
    if item is not None:
        opened = draft.beside(item, "spec.release.manifest")
        return _by_file(draft, owner, opened, item.place) if opened is not None else None
    return release.restart(defaults.deployment(plain(owner.node))["spec"]["template"])
