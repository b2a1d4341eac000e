"""Resolving a draft: one scenario with every number in place, or every mistake at once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model import defaults
from sim.model.objects import JsonObject
from sim.model.quota import KIND as QUOTA
from sim.scenario import (
    assumptions,
    canary_warnings,
    capacity,
    classes,
    dependencies,
    fault_checks,
    known_metrics,
    likely_slips,
    numbers,
    own_settings,
    pairing,
    quota_room,
    rollback_checks,
    route_warnings,
    service_checks,
    unmodelled,
)
from sim.scenario.choice import owner_of, released
from sim.scenario.draft import Draft
from sim.scenario.fault_spec import FaultSpec, parse
from sim.scenario.manifest import Manifest
from sim.scenario.node import Mapping, Place, Scalar, get, plain
from sim.scenario.node import Sequence as SequenceNode
from sim.scenario.recording import read_recording
from sim.scenario.release import Release
from sim.scenario.scenario import Scenario
from sim.scenario.spec import Spec
from sim.scenario.strategy_spec import ask_metrics
from sim.scenario.traffic import Csv, Steps

_VERSION = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}", re.ASCII)
MOST_PROBLEMS = 100  # What a person may still want to read.


def resolve(draft: Draft) -> Scenario:
    """The scenario of *draft*. Raise `ScenarioError` with everything that is wrong with it."""
    faults = _faults(draft)
    _versions_are_reachable(draft)
    if draft.file is not None:
        draft.errors.extend(dependencies.problems(draft.file.spec, draft.root))
        draft.errors.extend(classes.problems(draft.file.spec, draft.root))
        draft.errors.extend(service_checks.problems(draft.file.spec, draft.root))
        rules = draft.manifests.rules.groups
        draft.errors.extend(rollback_checks.problems(draft.file.spec, draft.root, rules))
    recording = _recording(draft)
    owner = owner_of(draft)
    release = released(draft, owner) if owner is not None else None
    errors = [*draft.errors, *draft.manifests.errors]
    if errors or owner is None or release is None or draft.file is None:
        raise ScenarioError(in_reading_order(draft.files, errors))
    return _scenario(draft, owner, release, faults, recording)


def in_reading_order(files: list[str], problems: list[Problem]) -> list[Problem]:
    """*problems* once each: flags first, then the *files* in order, each from top to bottom."""
    once = {problem.render(): problem for problem in problems}
    order = {file: index for index, file in enumerate(files)}
    found = sorted(once.values(), key=lambda one: (order.get(one.file, -1), one.line, one.column))
    more = len(found) - MOST_PROBLEMS
    if more <= 0:
        return found
    first = found[MOST_PROBLEMS]
    rest = Place(first.file, first.line, first.column).problem(
        message("and {count} more", count=more)
    )
    return [*found[:MOST_PROBLEMS], rest]


def _faults(draft: Draft) -> tuple[FaultSpec, ...]:
    written = [(text, Place("--fault"), "") for text in draft.faults]
    node = get(draft.root, "faults")
    if isinstance(node, SequenceNode):
        items = enumerate(node.items)
        in_file = [(at, item) for at, item in items if isinstance(item, Scalar)]
        written = [
            *((str(item.value), item.place, f"spec.faults[{at}]") for at, item in in_file),
            *written,
        ]
    read = [parse(*one) for one in written]
    draft.errors.extend(one for one in read if isinstance(one, Problem))
    faults = tuple(one for one in read if isinstance(one, FaultSpec))
    if draft.file is not None:
        spec = draft.file.spec
        draft.errors.extend(fault_checks.without_a_version(faults, spec.versions))
        draft.errors.extend(fault_checks.without_a_dependency(faults, spec.dependencies))
        draft.errors.extend(fault_checks.without_a_class(faults, spec.traffic.classes))
    return faults


def _versions_are_reachable(draft: Draft) -> None:
    """An entry must be `old`, `new`, a later `v3`, or be found by its image."""
    if draft.file is None:
        return
    for name, entry in draft.file.spec.versions.items():
        node = get(draft.root, "versions")
        place = node.key_place(name) if isinstance(node, Mapping) else Place("")
        if not _VERSION.fullmatch(name):
            draft.errors.append(
                place.problem(
                    message("{found} is not a valid name", found=repr(name[:60])),
                    "spec.versions",
                    message("a letter, then letters, digits, '-' and '_'"),
                )
            )
        elif entry.image is None and not fault_checks.comes_by_turn(name):
            draft.errors.append(
                place.problem(
                    message("no pod template will be called {name}", name=repr(name[:60])),
                    f"spec.versions.{name}",
                    message("old, new, v3 …, or add image: to match the entry by its image"),
                )
            )


def _recording(draft: Draft) -> Steps:
    traffic = draft.file.spec.traffic if draft.file else None
    if not isinstance(traffic, Csv):
        return []
    item = get(draft.root, "traffic", "file")
    if draft.directory is None:
        path, shown = Path(traffic.file), traffic.file
    else:
        found = draft.path_beside(item, "spec.traffic.file")
        if found is None:
            return []
        path, shown = found
    try:
        return read_recording(path, shown)
    except ScenarioError as error:
        draft.errors.extend(error.problems)
        return []


def _scenario(
    draft: Draft,
    owner: Manifest,
    release: Release,
    faults: tuple[FaultSpec, ...],
    recording: Steps,
) -> Scenario:
    assert draft.file is not None
    deployment = defaults.deployment(plain(owner.node))
    service_manifest, service = _service_of(draft, owner, deployment)
    given_spec, strategies = own_settings.laid_under(draft, owner)
    spec = numbers.completed(given_spec, deployment, release)
    nodes = numbers.nodes(spec, [deployment["spec"]["template"], release.template])
    problems = list(fault_checks.without_a_machine(faults, [node.name for node in nodes]))
    if owner.own is not None:
        recorded = [rule.name for group in draft.manifests.rules.groups for rule in group.rules]
        asked = owner.own.questions
        problems += known_metrics.problems(asked, spec.network.proxy, recorded)
    if problems:
        raise ScenarioError(in_reading_order(draft.files, problems))
    others = [m for m in draft.manifests.objects if m is not owner and m is not service_manifest]
    given = bool(draft.images) or draft.to is not None or draft.file.spec.release is not None
    scenario = Scenario(
        name=draft.file.metadata.name if draft.named else owner.name,
        digest="",
        deployment=deployment,
        written=plain(owner.node),
        service=service,
        kept=tuple(plain(one.node) for one in others),
        release=release,
        assumptions=assumptions.table(
            spec,
            draft.root,
            release,
            given,
            deployment,
            service,
            service_manifest is not None,
            watched=bool(draft.manifests.rules.groups) or ask_metrics(strategies),
        ),
        warnings=_warnings(draft, owner, service_manifest, release, spec, strategies),
        faults=faults,
        nodes=nodes,
        delays=numbers.delays(spec),
        clients=numbers.clients(spec),
        population=spec.users.population,
        visits=numbers.visits(spec.users),
        attributes=numbers.attributes(spec),
        user_behaviour=numbers.user_behaviour(spec.users),
        classes=classes.numbers(spec),
        proxies=spec.network.proxies or spec.nodes.count,
        balancer=spec.network.balancer or "random",
        connections=numbers.connections(spec.network, service),
        protection=numbers.protection(spec.network),
        slo_availability=spec.slo.availability,
        prices=numbers.prices(spec),
        window=numbers.window(spec),
        versions=numbers.versions(spec),
        dependencies=dependencies.numbers(spec),
        traffic=spec.traffic,
        recording=tuple(recording),
        strategies=strategies,
        own=owner.own,
        monitoring=spec.monitoring.meant(),
        rollback=None if spec.rollback is None else spec.rollback.meant(),
        rules=tuple(draft.manifests.rules.groups),
        default_requests=(spec.nodes.default_requests.cpu, spec.nodes.default_requests.memory),
    )
    return replace(scenario, digest=scenario.fingerprint())


def _service_of(
    draft: Draft, owner: Manifest, deployment: JsonObject
) -> tuple[Manifest | None, JsonObject]:
    named = "" if owner.own is None else owner.own.service
    return pairing.service_of(draft.manifests, deployment, named)


def _warnings(
    draft: Draft,
    owner: Manifest,
    service: Manifest | None,
    release: Release,
    spec: Spec,
    strategies: canary_warnings.Settings,
) -> tuple[Problem, ...]:
    deployment = defaults.deployment(plain(owner.node))
    served = _service_of(draft, owner, deployment)[1]
    led_to = route_warnings.leads_to(draft.manifests, spec.network.proxy)
    found = [
        *draft.warnings,
        *dependencies.warnings(spec, draft.root),
        *draft.manifests.warnings,
        *pairing.warnings(draft.manifests, owner, service, release.template, led_to),
        *route_warnings.warnings(draft.manifests, spec.network.proxy, served),
        *canary_warnings.warnings(draft.manifests, owner, strategies, spec.network.proxy),
        *capacity.warnings(spec, deployment, release, owner),
        *likely_slips.warnings(draft.manifests, owner, service),
        *unmodelled.warnings(owner),
        *(unmodelled.warnings(service) if service is not None else ()),
        *(
            one
            for quota in draft.manifests.of_kind(QUOTA)
            for one in unmodelled.quota_warnings(quota)
        ),
        *quota_room.warnings(draft.manifests, deployment, release.template),
    ]
    return tuple(in_reading_order(draft.files, found))
