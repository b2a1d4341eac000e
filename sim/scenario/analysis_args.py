"""The arguments of an analysis: what `{{args.NAME}}` stands for, or why that is not known.

(argoproj/argo-rollouts utils/analysis/helpers.go, MergeArgs; utils/template/template.go)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sim.i18n import Message, message
from sim.model.analysis_template import LATEST_HASH, STABLE_HASH
from sim.scenario.findings import Findings
from sim.scenario.node import Node, Scalar, value

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FIELD = re.compile(r"metadata\.(?:(name|namespace)|(labels|annotations)\['([^']+)'\])", re.ASCII)
_HASHES = {"Latest": LATEST_HASH, "Stable": STABLE_HASH}

# What an argument stands for; without a value, why there is none.
Arguments = Mapping[str, "str | Message"]


def arguments(
    found: Findings, templates: Iterable[Findings], rollout: Node, namespace: str
) -> Arguments:
    """What the analysis at *found* gives the arguments of its *templates*, else they themselves.

    One that no template has is nobody's, as there.
    """
    known: dict[str, str | Message] = {}
    for template in templates:
        for one in template.each("spec", "args"):
            name, given = one.text("name") or "", _given(one, rollout, namespace)
            if name not in known or isinstance(known[name], Message):
                known[name] = given
    for one in found.each("args"):
        name = one.text("name") or ""
        if name in known:
            known[name] = _given(one, rollout, namespace)
    return known


def _given(found: Findings, rollout: Node, namespace: str) -> str | Message:
    """The value of an argument, or why it has none."""
    if (text := found.text("value")) is not None:
        return text
    if (which := found.text("valueFrom", "podTemplateHashValue")) is not None:
        if which in _HASHES:
            return _HASHES[which]
        known = ", ".join(_HASHES)
        return message("podTemplateHashValue is one of {known}", known=known)
    if (path := found.text("valueFrom", "fieldRef", "fieldPath")) is not None:
        return _field(path, rollout, namespace)
    if found.has("valueFrom", "secretKeyRef"):
        return message("nobody here keeps secrets")
    return message("it has no value")


def _field(path: str, rollout: Node, namespace: str) -> str | Message:
    """What stands at *path* in the Rollout itself."""
    matched = _FIELD.fullmatch(path)
    if matched is None:
        return message("{path} of a Rollout is not read here", path=path)
    if matched[1] == "namespace":
        return namespace
    steps = (matched[1],) if matched[1] else (matched[2], matched[3])
    text = value(rollout, "metadata", *steps)
    return text if isinstance(text, str) else message("the Rollout has no {path}", path=path)


def filled(found: Findings, steps: tuple[str, ...], given: Arguments) -> Scalar | None:
    """The text at *steps* with its arguments filled in; None without one, or if one is not known.

    What is not known is noted there.
    """
    node = found.below(*steps)
    if node is None or not isinstance(node.node, Scalar):
        return None
    text, whole = str(node.node.value), True
    for tag in dict.fromkeys(_TAG.findall(text)):
        name = tag.strip().removeprefix("args.")
        meant = given.get(name) if tag.strip().startswith("args.") else None
        if isinstance(meant, str):
            text = text.replace(f"{{{{{tag}}}}}", meant)
            continue
        whole = False
        written = f"{{{{{tag}}}}}"
        if meant is not None:
            why = message("{argument} is not known: {why}", argument=written, why=meant)
            node.note((), why, message("give it among args, where the analysis is asked for"))
            continue
        near = difflib.get_close_matches(name, given, n=1, cutoff=0.6)
        hint = (
            message("did you mean {name}?", name=f"{{{{args.{near[0]}}}}}")
            if near
            else message("spec.args of the template has: {known}", known=", ".join(given) or "-")
        )
        node.note((), message("there is no argument {name}", name=written), hint)
    return replace(node.node, value=text, text=text) if whole else None
