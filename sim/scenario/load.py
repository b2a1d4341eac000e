"""Loading: from files, flags and standard input to one resolved scenario, or to every mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model.rules import RuleGroup
from sim.scenario.behaviour_file import laid_over
from sim.scenario.draft import Draft
from sim.scenario.manifest import Manifests
from sim.scenario.manifest_overrides import is_about_the_manifest
from sim.scenario.mistakes import validated
from sim.scenario.node import Node, Place, get, plain, planted
from sim.scenario.overrides import Override, overlaid, parsed
from sim.scenario.resolve import in_reading_order, resolve
from sim.scenario.rollout import adopt
from sim.scenario.scenario import Scenario
from sim.scenario.second_deployment import pair_of, why_no_pair
from sim.scenario.source import Source, all_of
from sim.scenario.spec import API_VERSION


def load(
    sources: Sequence[str | Path] | str | Path,
    *,
    stdin: BinaryIO | None = None,
    deployment: str | None = None,
    images: Sequence[str] = (),
    to: str | Path | None = None,
    faults: Sequence[str] = (),
    overrides: Sequence[str] = (),
) -> Scenario:
    """The scenario behind *sources*: a scenario's directory, file or name, or manifests.

    One alone may stand without a list. `-` is *stdin*; behaviour files may stand beside either.
    *images* are `container=image`, *to* a file with the new Deployment, *faults*
    `kind:version:amount`, *overrides* `field.path=value` with the paths of a scenario's spec, or
    of the Deployment after `deployment.`.
    Raise `ScenarioError` with every problem found, in reading order.
    """
    if isinstance(sources, str | Path):
        sources = [sources]
    draft = Draft(deployment=deployment, images=tuple(images), to=to, faults=tuple(faults))
    if not sources:
        raise ScenarioError([Problem(message("nothing to load"), hint=message("name a file"))])
    opened = all_of(sources, stdin)
    changes = [parsed(text) for text in overrides]
    draft.errors.extend(one for one in changes if isinstance(one, Problem))
    written = [one for one in changes if isinstance(one, Override)]
    draft.changes = tuple(one for one in written if is_about_the_manifest(one))
    changed = [one for one in written if not is_about_the_manifest(one)]
    behaviours = [one for one in opened if one.is_behaviour]
    opened = [one for one in opened if not one.is_behaviour]
    if not opened:
        raise ScenarioError([_nothing_to_lay_over(behaviours[0])])
    scenarios = [one for one in opened if one.is_scenario]
    if scenarios and len(opened) > 1:
        extra = next(one for one in opened if one is not scenarios[0])
        problem = Problem(
            message(
                "{file} beside the scenario {scenario}", file=extra.file, scenario=scenarios[0].file
            ),
            hint=message("a scenario names its manifests itself, and stands alone"),
        )
        raise ScenarioError([problem])
    if scenarios:
        _read_scenario(draft, scenarios[0], behaviours, changed)
    else:
        _read_manifests(draft, opened, behaviours, changed)
    adopt(draft.manifests)
    return resolve(draft)


def _nothing_to_lay_over(behaviour: Source) -> Problem:
    text = message("a behaviour alone is no release")
    hint = message("name a scenario or manifests beside it")
    return Place(behaviour.file, 1, 1).problem(text, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Manifests without a mistake: what is noteworthy, what can be released by name, the rules."""

    warnings: tuple[Problem, ...]
    deployments: tuple[str, ...]
    rules: tuple[RuleGroup, ...]


def validate(sources: Sequence[str | Path], *, stdin: BinaryIO | None = None) -> Checked:
    """Look at manifests as such, whether a release could be made of them or not.

    Raise `ScenarioError` with every problem found, in reading order.
    """
    draft = Draft()
    for one in all_of(sources, stdin):
        draft.files.append(one.file)
        _add(draft, draft.manifests, one)
    adopt(draft.manifests)
    errors = [*draft.errors, *draft.manifests.errors]
    if not errors and not draft.manifests.objects and not draft.manifests.rules.groups:
        text = message("there is no Kubernetes object here")
        errors.append(Problem(text, draft.files[0], hint=message("every document is empty")))
    if errors:
        raise ScenarioError(in_reading_order(draft.files, errors))
    pair = pair_of(draft.manifests, None)
    reasons = [] if pair is not None else why_no_pair(draft.manifests, None)
    warnings = in_reading_order(draft.files, [*draft.warnings, *draft.manifests.warnings, *reasons])
    released = draft.manifests.releasable() if pair is None else [pair.first]
    deployments = tuple(found.name for found in released)
    rules = tuple(draft.manifests.rules.groups)
    return Checked(warnings=tuple(warnings), deployments=deployments, rules=rules)


def _read_scenario(
    draft: Draft, source: Source, behaviours: list[Source], changes: list[Override]
) -> None:
    """The scenario file, and after it every manifest that it names."""
    documents, _ = source.documents()
    if len(documents) != 1:
        place = documents[1].place if len(documents) > 1 else Place(source.file, 1, 1)
        problem = place.problem(
            message("a scenario file holds one document, this has {count}", count=len(documents)),
            hint=message("manifests go into files of their own"),
        )
        raise ScenarioError([problem])
    draft.files.append(source.file)
    draft.directory = source.directory
    draft.shown = source.file.rpartition("/")[0]
    root = overlaid(laid_over(documents[0], behaviours, draft), changes, draft.errors)
    _validate(draft, root)
    names = get(root, "spec", "manifests")
    for item in getattr(names, "items", ()):
        opened = draft.beside(item, "spec.manifests")
        if opened is not None:
            _add(draft, draft.manifests, opened)


def _read_manifests(
    draft: Draft, opened: list[Source], behaviours: list[Source], changes: list[Override]
) -> None:
    """Manifests and nothing else: a scenario that says nothing is laid around them."""
    for one in opened:
        draft.files.append(one.file)
        _add(draft, draft.manifests, one)
    place = Place(opened[0].file)
    bare = {
        "apiVersion": API_VERSION,
        "kind": "Scenario",
        "metadata": {"name": "scenario"},
        "spec": {"manifests": [one.file for one in opened]},
    }
    draft.named = False
    root = laid_over(planted(bare, place), behaviours, draft)
    _validate(draft, overlaid(root, changes, draft.errors))


def _validate(draft: Draft, root: Node) -> None:
    draft.file, problems = validated(root, plain(root))
    draft.errors.extend(problems)
    draft.root = get(root, "spec")


def _add(draft: Draft, manifests: Manifests, opened: Source) -> None:
    try:
        documents, warnings = opened.documents()
    except ScenarioError as error:
        draft.errors.extend(error.problems)
        return
    draft.warnings.extend(warnings)
    manifests.add(draft.laid_over(documents))
