"""The fields of Istio's and the Gateway API's routing objects, and which of them act here.

Kubernetes' own models know nothing of custom resources, so their definitions' fields stand here.
(istio/api networking/v1alpha3/virtual_service.proto, destination_rule.proto; kubernetes-sigs/
gateway-api apis/v1/httproute_types.go)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sim.errors import Problem
from sim.i18n import message
from sim.scenario.api import Type
from sim.scenario.node import Mapping as MappingNode
from sim.scenario.node import Node, Sequence, get, join, kind_of
from sim.scenario.strict import decode, unknown_field

TEXT, INTEGER, NUMBER, BOOLEAN, ANY = "text", "integer", "number", "boolean", "any"
TEXTS, LABELS = "texts", "labels"
KEPT = "kept"  # A field of the definition that nothing here acts on.


@dataclass(frozen=True, slots=True)
class Each:
    """A list of mappings, or a mapping of free names to *form*."""

    form: Form
    named: bool = False


Form: TypeAlias = "str | Each | Mapping[str, Form]"

_STRING_MATCH: Form = {"exact": TEXT, "prefix": TEXT, "regex": TEXT}
_DESTINATION: Form = {"host": TEXT, "subset": TEXT, "port": {"number": INTEGER}}
_WEIGHTED: Form = {"destination": _DESTINATION, "weight": INTEGER, "headers": KEPT}
_HTTP_MATCH: Form = {
    "name": TEXT,
    "statPrefix": TEXT,
    "ignoreUriCase": BOOLEAN,
    "uri": _STRING_MATCH,
    "headers": Each(_STRING_MATCH, named=True),
    "withoutHeaders": Each(_STRING_MATCH, named=True),
    **dict.fromkeys(("scheme", "method", "authority", "port", "sourceLabels"), KEPT),
    **dict.fromkeys(("gateways", "queryParams", "sourceNamespace"), KEPT),
}
_HTTP: Form = {
    "name": TEXT,
    "match": Each(_HTTP_MATCH),
    "route": Each(_WEIGHTED),
    "mirror": _DESTINATION,
    "mirrors": Each({"destination": _DESTINATION, "percentage": {"value": NUMBER}}),
    "mirrorPercent": INTEGER,
    "mirrorPercentage": {"value": NUMBER},
    **dict.fromkeys(("redirect", "directResponse", "delegate", "rewrite", "timeout"), KEPT),
    **dict.fromkeys(("retries", "fault", "corsPolicy", "headers", "rateLimit"), KEPT),
}
_REFERENCE: Mapping[str, Form] = {
    **dict.fromkeys(("group", "kind", "name", "namespace"), TEXT),
    "port": INTEGER,
}
_BACKEND: Form = {**_REFERENCE, "weight": INTEGER, "filters": KEPT}
_MIRROR: Form = {
    "backendRef": _REFERENCE,
    "percent": INTEGER,
    "fraction": {"numerator": INTEGER, "denominator": INTEGER},
}
_RULE: Form = {
    "name": TEXT,
    "matches": Each(
        {
            "path": {"type": TEXT, "value": TEXT},
            "headers": Each({"type": TEXT, "name": TEXT, "value": TEXT}),
            **dict.fromkeys(("queryParams", "method"), KEPT),
        }
    ),
    "filters": Each(
        {
            "type": TEXT,
            "requestMirror": _MIRROR,
            **dict.fromkeys(("requestHeaderModifier", "responseHeaderModifier"), KEPT),
            **dict.fromkeys(("requestRedirect", "urlRewrite", "extensionRef", "cors"), KEPT),
            "externalAuth": KEPT,
        }
    ),
    "backendRefs": Each(_BACKEND),
    **dict.fromkeys(("timeouts", "retry", "sessionPersistence"), KEPT),
}
_PARENT: Form = {**_REFERENCE, "sectionName": TEXT}
SPECS: dict[str, Form] = {
    "VirtualService": {
        "hosts": TEXTS,
        "gateways": TEXTS,
        "http": Each(_HTTP),
        **dict.fromkeys(("tls", "tcp", "exportTo"), KEPT),
    },
    "DestinationRule": {
        "host": TEXT,
        "subsets": Each({"name": TEXT, "labels": LABELS, "trafficPolicy": KEPT}),
        **dict.fromkeys(("trafficPolicy", "exportTo", "workloadSelector"), KEPT),
    },
    "HTTPRoute": {
        "parentRefs": Each(_PARENT),
        "hostnames": TEXTS,
        "rules": Each(_RULE),
        "useDefaultGateways": KEPT,
    },
}
_TOP: Mapping[str, Form] = dict.fromkeys(("apiVersion", "kind", "metadata", "status"), ANY)
_LEAVES: Mapping[str, Type] = {
    **{name: Type(name) for name in (TEXT, INTEGER, NUMBER, BOOLEAN)},
    TEXTS: Type("list", item=Type(TEXT)),
    LABELS: Type("map", item=Type(TEXT)),
}
_NEAR = 0.75  # So like a field of the definition that it is a slip of the pen.


def misspelt(node: MappingNode, kind: str, path: str) -> Iterator[Problem]:
    """One error for each field that is like one of the definition, or has the wrong shape."""
    yield from _errors(node, {**_TOP, "spec": SPECS[kind]}, path)


def without_effect(node: MappingNode, kind: str, path: str) -> Iterator[Problem]:
    """One warning for each field that nothing here acts on, at its first place."""
    seen: set[str] = set()
    for field, found in _kept(node, {**_TOP, "spec": SPECS[kind]}, path, ""):
        if field not in seen:
            seen.add(field)
            yield found


def _errors(node: Node, form: Form, path: str) -> Iterator[Problem]:
    if form in (ANY, KEPT) or (get(node) is None):
        return
    if isinstance(form, Each):
        if form.named:
            if isinstance(node, MappingNode):
                for key, child in node.entries.items():
                    yield from _errors(child, form.form, join(path, key))
                return
        elif isinstance(node, Sequence):
            for index, child in enumerate(node.items):
                if get(child) is None:  # The API server takes no null for an object in a list.
                    yield _mismatch(child, join(path, index), named=True)
                yield from _errors(child, form.form, join(path, index))
            return
        yield _mismatch(node, path, named=form.named)
        return
    if isinstance(form, str):
        yield from decode(node, _LEAVES[form], path)
        return
    if not isinstance(node, MappingNode):
        yield _mismatch(node, path, named=True)
        return
    for key, child in node.entries.items():
        if key in form:
            yield from _errors(child, form[key], join(path, key))
        elif difflib.get_close_matches(key, form, n=1, cutoff=_NEAR):
            yield unknown_field(key, form, node.key_place(key), path)


def _mismatch(node: Node, path: str, *, named: bool) -> Problem:
    wanted = message("a mapping") if named else message("a list")
    hint = None if named else message("begin each item with a dash (-)")
    return node.place.problem(
        message("wanted {wanted}, found {found}", wanted=wanted, found=kind_of(node)), path, hint
    )


def _kept(node: Node, form: Form, path: str, general: str) -> Iterator[tuple[str, Problem]]:
    """Each field without effect, with its path without indices."""
    if form == KEPT or form is None:
        yield general, node.place.problem(message("kept, not yet simulated"), path)
    elif isinstance(form, Each):
        named = node.entries.items() if isinstance(node, MappingNode) else ()
        for key, child in named:
            yield from _kept(child, form.form, join(path, key), join(general, "*"))
        for index, child in enumerate(node.items if isinstance(node, Sequence) else ()):
            yield from _kept(child, form.form, join(path, index), general + "[]")
    elif isinstance(form, Mapping) and isinstance(node, MappingNode):
        for key, child in node.entries.items():
            if get(child) is not None:
                below = form.get(key, KEPT)
                yield from _kept(child, below, join(path, key), join(general, key))
