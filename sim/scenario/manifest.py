"""Manifests: documents of YAML as Kubernetes objects, strictly decoded, others kept whole."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sim.errors import Problem, ScenarioError
from sim.i18n import Message, message
from sim.model.objects import matches
from sim.scenario.api import is_builtin_group, kinds_of, model_of, versions_of
from sim.scenario.checks import check
from sim.scenario.custom import missing_fields
from sim.scenario.feature_flags import KIND as CONFIG_MAP
from sim.scenario.feature_flags import holds_flags
from sim.scenario.node import Mapping, Node, Scalar, get, kind_of, value
from sim.scenario.node import Sequence as SequenceNode
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.route_checks import check_routing, is_routing
from sim.scenario.rule_file import RuleReader, is_rule_file, rules_in
from sim.scenario.strict import decode

SIMULATED = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "ResourceQuota": "v1",
}


def is_simulated(kind: str, api_version: str) -> bool:
    """Whether the simulator acts on objects of that kind."""
    return SIMULATED.get(kind) == api_version or is_routing(kind, api_version)


ARGO_ROLLOUTS = "argoproj.io/v1alpha1"
_ROLLOUT = "Rollout"
ANALYSIS_TEMPLATES = ("AnalysisTemplate", "ClusterAnalysisTemplate")


def is_rollout(kind: str, api_version: str) -> bool:
    """Whether an object of that kind is a Deployment that says how it is released."""
    return (kind, api_version) == (_ROLLOUT, ARGO_ROLLOUTS)


def is_analysis_template(kind: str, api_version: str) -> bool:
    """Whether an object of that kind says what a Rollout asks before it goes on."""
    return kind in ANALYSIS_TEMPLATES and api_version == ARGO_ROLLOUTS


_LABELS = ("spec", "template", "metadata", "labels")
# What that means for a release.
_CONSEQUENCES = {
    "HorizontalPodAutoscaler": message("only autoscaling/v2 acts here"),
}


@dataclass(slots=True)
class Manifest:
    """One object of a manifest file."""

    node: Mapping
    api_version: str
    kind: str
    name: str
    namespace: str
    path: str  # Field path within the document: empty, or items[2] in a List.
    own: OwnStrategy | None = None  # Of a Deployment that stands for a Rollout.
    lends_its_template: bool = False  # To a Rollout, which runs the pods then.
    is_asked: bool = False  # Of an AnalysisTemplate that a Rollout names.

    @property
    def title(self) -> str:
        """`Deployment/web-app`"""
        return f"{self.kind}/{self.name}"

    @property
    def identity(self) -> tuple[str, ...]:
        """What no two objects of a cluster share."""
        return self.api_version.rpartition("/")[0], self.kind, self.namespace, self.name

    @property
    def simulated(self) -> bool:
        """Whether the simulator acts on this object: its kind, or what a ConfigMap holds."""
        if self.kind == CONFIG_MAP:
            return holds_flags(self.node)
        return is_simulated(self.kind, self.api_version)


@dataclass(slots=True)
class Manifests:
    """All objects of all files, and what is wrong or noteworthy about them."""

    objects: list[Manifest] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rules: RuleReader = field(default_factory=RuleReader)
    _known: dict[tuple[str, ...], Manifest] = field(default_factory=dict)
    _selected: dict[int, list[Manifest]] = field(default_factory=dict)

    def add(self, documents: Sequence[Node]) -> None:
        """Judge *documents* and keep their objects."""
        for document in documents:
            if is_rule_file(document):
                self._read_rules(document, "")
                continue
            for node, path in _unfolded(document):
                found = self._object(node, path)
                if found is not None:
                    self._judge(found)

    def of_kind(self, kind: str) -> list[Manifest]:
        """The simulated objects of one kind, in reading order."""
        return [found for found in self.objects if found.simulated and found.kind == kind]

    def releasable(self) -> list[Manifest]:
        """The Deployments that have pods of their own."""
        return [one for one in self.of_kind("Deployment") if not one.lends_its_template]

    def selected(self, service: Manifest) -> list[Manifest]:
        """The Deployments, without a strategy of their own, whose pods *service* selects.

        Found once for each, when all objects are known.
        """
        if id(service) not in self._selected:
            selector = value(service.node, "spec", "selector") or {}
            self._selected[id(service)] = [
                one
                for one in self.releasable()
                if one.own is None
                and one.namespace == service.namespace
                and matches(value(one.node, *_LABELS) or {}, selector)
            ]
        return self._selected[id(service)]

    def _object(self, node: Node, path: str) -> Manifest | None:
        if not isinstance(node, Mapping):
            self.errors.append(
                node.place.problem(
                    message("wanted a Kubernetes object, found {found}", found=kind_of(node)),
                    path,
                    message("a mapping with apiVersion, kind and metadata"),
                )
            )
            return None
        texts = {}
        for steps in (("apiVersion",), ("kind",), ("metadata", "name")):
            text = self._text(node, steps, path)
            if text is None:
                return None
            texts[steps[-1]] = text
        namespace = value(node, "metadata", "namespace")
        return Manifest(
            node=node,
            api_version=texts["apiVersion"],
            kind=texts["kind"],
            name=texts["name"],
            namespace=namespace if isinstance(namespace, str) else "default",
            path=path,
        )

    def _text(self, node: Mapping, steps: tuple[str, ...], path: str) -> str | None:
        found = get(node, *steps)
        if isinstance(found, Scalar) and isinstance(found.value, str) and found.value:
            return found.value
        where = ".".join([path, *steps] if path else steps)
        if found is None:
            near = get(node, *steps[:-1]) or node
            problem = near.place.problem(
                message("required value"), where, _instead(node, ".".join(steps))
            )
        else:
            problem = found.place.problem(
                message(
                    "wanted {wanted}, found {found}", wanted=message("a text"), found=kind_of(found)
                ),
                where,
                message("put quotes around it"),
            )
        self.errors.append(problem)
        return None

    def _judge(self, found: Manifest) -> None:
        twin = self._known.setdefault(found.identity, found)
        if twin is not found:
            self.errors.append(
                found.node.place.problem(
                    message(
                        "{title} is given twice, first at {place}",
                        title=found.title,
                        place=str(twin.node.place),
                    ),
                    "metadata.name",
                    message("keep one of the two, or give one another name or namespace"),
                )
            )
            return
        self.objects.append(found)
        wanted = model_of(found.api_version, found.kind)
        if wanted is not None:
            errors = decode(found.node, wanted, found.path)
            self.errors.extend(errors)
            self.errors.extend(check(found.node, found.kind, found.path))
        elif is_builtin_group(found.api_version):
            self.errors.append(self._no_such_kind(found))
            return
        elif is_rollout(found.kind, found.api_version) or is_analysis_template(
            found.kind, found.api_version
        ):
            return  # `rollout.adopt` reads it, when all other objects are known.
        elif (problem := _almost_a_rollout(found)) is not None:
            self.errors.append(problem)
            return
        else:
            self.warnings.extend(missing_fields(found.node, found.kind, found.title))
            if found.simulated:
                self.errors.extend(check_routing(found.node, found.kind, found.path))
        holds_rules = self._has_rules(found)
        if not found.simulated and not holds_rules:
            self.warnings.append(
                found.node.place.problem(
                    message("{title} is kept, not yet simulated", title=found.title),
                    hint=_CONSEQUENCES.get(found.kind),
                )
            )

    def _has_rules(self, found: Manifest) -> bool:
        """Read the rules of alerts that the object holds; whether there are any."""
        before = len(self.rules.groups)
        try:
            for node, path in rules_in(found.node, found.kind, found.path):
                self._read_rules(node, path)
        except ScenarioError as error:
            self.errors.extend(error.problems)
        return len(self.rules.groups) > before

    def _read_rules(self, node: Node, path: str) -> None:
        self.rules.add(node, path)
        self.errors.extend(self.rules.errors)
        self.rules.errors.clear()

    def _no_such_kind(self, found: Manifest) -> Problem:
        elsewhere = versions_of(found.kind)
        if elsewhere:
            hint = message("{kind} lives in {known}", kind=found.kind, known=", ".join(elsewhere))
        else:
            kinds = kinds_of(found.api_version)
            near = difflib.get_close_matches(found.kind, kinds, n=1, cutoff=0.7)
            known = ", ".join(kinds[:12])
            hint = (
                message("did you mean {name}?", name=near[0])
                if near
                else message("known here: {known}", known=known or "-")
            )
        place = (get(found.node, "apiVersion" if elsewhere else "kind") or found.node).place
        return place.problem(
            message(
                "Kubernetes has no {kind} in {version}", kind=found.kind, version=found.api_version
            ),
            "apiVersion" if elsewhere else "kind",
            hint,
        )


def _instead(node: Mapping, field: str) -> Message:
    """What a text without *field* may be, if it is no object of Kubernetes at all."""
    kind = value(node, "kind")
    if kind in ("Kustomization", "Component") or {"resources", "bases"} & set(node.entries):
        return message("this is a kustomization: give what kustomize build prints")
    if kind is None and {"replicaCount", "image", "ingress"} & set(node.entries):
        return message("these look like a chart's values: give what helm template prints")
    return message("every Kubernetes object has {field}", field=field)


def _almost_a_rollout(found: Manifest) -> Problem | None:
    """The mistake, if kind or version is that of a Rollout but for a slip of the pen."""
    group = ARGO_ROLLOUTS.rpartition("/")[0]
    if found.kind == _ROLLOUT and found.api_version.rpartition("/")[0] == group:
        field, wanted = "apiVersion", ARGO_ROLLOUTS
    elif found.api_version == ARGO_ROLLOUTS and difflib.get_close_matches(
        found.kind.lower(), [_ROLLOUT.lower()], cutoff=0.8
    ):
        field, wanted = "kind", _ROLLOUT
    else:
        return None
    return (get(found.node, field) or found.node).place.problem(
        message("{version} has no {kind}", kind=found.kind, version=found.api_version),
        field,
        message("did you mean {name}?", name=wanted),
    )


def _unfolded(document: Node) -> Iterator[tuple[Node, str]]:
    """The objects of one document: itself, or the items of a List."""
    kind = value(document, "kind")
    items = get(document, "items")
    is_list = (
        isinstance(kind, str)
        and kind.endswith("List")
        and value(document, "metadata", "name") is None
    )
    if is_list and isinstance(items, SequenceNode):
        for index, item in enumerate(items.items):
            yield item, f"items[{index}]"
    else:
        yield document, ""
