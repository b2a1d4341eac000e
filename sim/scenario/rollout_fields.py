"""The fields of an Argo `Rollout`: which of them act here, which are kept, which are refused.

(argoproj/argo-rollouts pkg/apis/rollouts/v1alpha1/types.go)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.ingress_routes import PREFIX
from sim.scenario.api import Type
from sim.scenario.node import Mapping as MappingNode
from sim.scenario.node import Node, Sequence, get, join, kind_of
from sim.scenario.strict import decode, unknown_field

TEXT, INTEGER, BOOLEAN, EITHER = "text", "integer", "boolean", "int-or-text"
GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI"
ELSEWHERE = "elsewhere"  # A Deployment's own field, checked as such.
HEADER, HEADER_VALUE = "canary-by-header", "canary-by-header-value"
KEPT = "kept"  # A field that nothing here acts on, and that no release is different for.


@dataclass(frozen=True, slots=True)
class Each:
    """A list of *form*."""

    form: Form


@dataclass(frozen=True, slots=True)
class Refused:
    """A field without which the release would be another one: *why* it cannot be followed."""

    why: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """Annotations, some of them of a *known* form and all others kept; *prefix* may be left out."""

    prefix: str
    known: Mapping[str, Form]

    def form_of(self, key: str) -> Form:
        """What the annotation *key* has to be."""
        return self.known.get(key.removeprefix(self.prefix), KEPT)


Form: TypeAlias = "str | Each | Refused | Notes | Mapping[str, Form]"

_PROXIES = Refused(
    message("there is no such proxy here"), message("known here: istio, nginx, plugins")
)
_STRING_MATCH: Form = {
    "exact": TEXT,
    "prefix": Refused(message("only exact values are compared")),
    "regex": Refused(message("only exact values are compared")),
}
_CANARY_NOTES = Notes(
    PREFIX,
    {
        **dict.fromkeys((HEADER, HEADER_VALUE), TEXT),
        **dict.fromkeys(
            ("canary-by-header-pattern", "canary-by-cookie", "canary-weight-total"),
            Refused(
                message("only a header and its one value lead to this canary beside its weight")
            ),
        ),
    },
)
_ANALYSIS: Mapping[str, Form] = {
    "templates": Each({"templateName": TEXT, "clusterScope": BOOLEAN}),
    "args": Each(
        {
            "name": TEXT,
            "value": TEXT,
            "valueFrom": {"podTemplateHashValue": TEXT, "fieldRef": {"fieldPath": TEXT}},
        }
    ),
    "dryRun": Each({"metricName": TEXT}),
    **dict.fromkeys(("measurementRetention", "analysisRunMetadata"), KEPT),
}
_ANTI_AFFINITY: Form = {
    # Where old pods are on every node it leaves the new ones Pending, and the release unfinished.
    "requiredDuringSchedulingIgnoredDuringExecution": Refused(
        message("pods are placed by what they request alone"),
        message("preferredDuringSchedulingIgnoredDuringExecution changes no release"),
    ),
    "preferredDuringSchedulingIgnoredDuringExecution": KEPT,
}
_BLUE_GREEN: Form = {
    **dict.fromkeys(("activeService", "previewService"), TEXT),
    **dict.fromkeys(("previewReplicaCount", "autoPromotionSeconds"), INTEGER),
    **dict.fromkeys(("scaleDownDelaySeconds", "abortScaleDownDelaySeconds"), INTEGER),
    "autoPromotionEnabled": BOOLEAN,
    **dict.fromkeys(("prePromotionAnalysis", "postPromotionAnalysis"), _ANALYSIS),
    **dict.fromkeys(("maxUnavailable", "scaleDownDelayRevisionLimit"), KEPT),
    "antiAffinity": _ANTI_AFFINITY,
    **dict.fromkeys(("previewMetadata", "activeMetadata"), KEPT),
}
STEP: Mapping[str, Form] = {
    "setWeight": INTEGER,
    "pause": {"duration": EITHER},
    "setCanaryScale": {"replicas": INTEGER, "weight": INTEGER, "matchTrafficWeight": BOOLEAN},
    "setHeaderRoute": {
        "name": TEXT,
        "match": Each({"headerName": TEXT, "headerValue": _STRING_MATCH}),
    },
    "setMirrorRoute": Refused(message("no strategy mirrors requests in a step")),
    "analysis": _ANALYSIS,
    "experiment": Refused(message("nobody starts further versions in a step")),
    "replicaProgressThreshold": Refused(message("a step waits for all of its pods")),
    "plugin": Refused(message("nobody here runs it")),
}
_ROUTING: Form = {
    "istio": {
        "virtualService": {
            "name": TEXT,
            **dict.fromkeys(("routes", "tlsRoutes", "tcpRoutes"), KEPT),
        },
        "virtualServices": Refused(message("one VirtualService shares requests out")),
        "destinationRule": dict.fromkeys(("name", "canarySubsetName", "stableSubsetName"), TEXT),
    },
    "nginx": {
        "stableIngress": TEXT,
        "stableIngresses": Refused(message("one Ingress shares requests out")),
        "annotationPrefix": Refused(message("ingress-nginx is read with its own prefix")),
        **dict.fromkeys(
            ("additionalIngressAnnotations", "canaryIngressAnnotations"), _CANARY_NOTES
        ),
    },
    "plugins": {
        GATEWAY_PLUGIN: {
            **dict.fromkeys(("httpRoute", "namespace"), TEXT),
            "httpRoutes": Refused(message("one HTTPRoute shares requests out")),
            **dict.fromkeys(("grpcRoutes", "tcpRoutes", "grpcRoute", "tcpRoute"), KEPT),
        }
    },
    "managedRoutes": Each({"name": TEXT}),
    "maxTrafficWeight": Refused(message("weights are percentages here")),
    **dict.fromkeys(("alb", "smi", "ambassador", "appMesh", "traefik", "apisix"), _PROXIES),
}
_CANARY: Form = {
    **dict.fromkeys(("canaryService", "stableService"), TEXT),
    "steps": Each(STEP),
    "trafficRouting": _ROUTING,
    **dict.fromkeys(("maxSurge", "maxUnavailable"), EITHER),
    **dict.fromkeys(("scaleDownDelaySeconds", "abortScaleDownDelaySeconds"), INTEGER),
    "dynamicStableScale": BOOLEAN,
    "analysis": {**_ANALYSIS, "startingStep": INTEGER},
    "pingPong": Refused(message("stable and canary keep their Services")),
    "minPodsPerReplicaSet": Refused(message("pods follow the weight alone")),
    **dict.fromkeys(("scaleDownDelayRevisionLimit",), KEPT),
    "antiAffinity": _ANTI_AFFINITY,
    **dict.fromkeys(("canaryMetadata", "stableMetadata"), KEPT),
}
_SPEC: Form = {
    **dict.fromkeys(("replicas", "selector", "template", "minReadySeconds"), ELSEWHERE),
    **dict.fromkeys(("revisionHistoryLimit", "progressDeadlineSeconds"), ELSEWHERE),
    "workloadRef": dict.fromkeys(("apiVersion", "kind", "name", "scaleDown"), TEXT),
    "progressDeadlineAbort": BOOLEAN,
    "paused": BOOLEAN,
    "restartAt": Refused(message("nobody restarts its pods at a date")),
    **dict.fromkeys(("analysis", "rollbackWindow"), KEPT),
    "strategy": {"blueGreen": _BLUE_GREEN, "canary": _CANARY},
}
ROLLOUT: Form = {
    **dict.fromkeys(("apiVersion", "kind", "metadata", "status"), ELSEWHERE),
    "spec": _SPEC,
}
_LEAVES: Mapping[str, Type] = {name: Type(name) for name in (TEXT, INTEGER, BOOLEAN, EITHER)}


def misread(node: Node, path: str, form: Form = ROLLOUT) -> Iterator[Problem]:
    """One error for each field that does not exist, has the wrong type or cannot be followed."""
    if get(node) is None or form in (ELSEWHERE, KEPT):
        return
    if isinstance(form, Refused):
        name = path.rpartition(".")[2]
        text = message("{field} is not supported: {why}", field=name, why=form.why)
        yield node.place.problem(text, path, form.hint)
    elif isinstance(form, str):
        yield from decode(node, _LEAVES[form], path)
    elif isinstance(form, Each):
        if not isinstance(node, Sequence):
            hint = message("begin each item with a dash (-)")
            yield _mismatch(node, path, message("a list"), hint)
            return
        for index, item in enumerate(node.items):
            yield from misread(item, join(path, index), form.form)
    elif not isinstance(node, MappingNode):
        yield _mismatch(node, path, message("a mapping"))
    elif isinstance(form, Notes):
        for key, child in node.entries.items():
            yield from misread(child, join(path, key), form.form_of(key))
    else:
        for key, child in node.entries.items():
            if key in form:
                yield from misread(child, join(path, key), form[key])
            else:
                yield unknown_field(key, form, node.key_place(key), path)


def without_effect(node: Node, path: str, form: Form = ROLLOUT) -> Iterator[Problem]:
    """One warning for each field that nothing here acts on."""
    if form == KEPT and get(node) is not None:
        yield node.place.problem(message("kept, not yet simulated"), path)
    elif isinstance(form, Each) and isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from without_effect(item, join(path, index), form.form)
    elif isinstance(form, Notes) and isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield from without_effect(child, join(path, key), form.form_of(key))
    elif isinstance(form, Mapping) and isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield from without_effect(child, join(path, key), form.get(key, ELSEWHERE))


def _mismatch(node: Node, path: str, wanted: Message, hint: Message | None = None) -> Problem:
    text = message("wanted {wanted}, found {found}", wanted=wanted, found=kind_of(node))
    return node.place.problem(text, path, hint)
