"""Faults of a scenario file: read from its YAML, added there and taken out, one entry each."""

from __future__ import annotations

from ruamel.yaml.comments import CommentedSeq

from sim.interfaces.app.service.yaml_form import parsed, written


def faults_in(text: str) -> tuple[str, ...]:
    """The faults that *text* names; none where it cannot be read."""
    root = parsed(text)
    found = [] if root is None else root["spec"].get("faults")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def with_fault(text: str, fault: str) -> str:
    """*text* with one *fault* more."""
    root = parsed(text)
    if root is None:
        return text
    if not isinstance(root["spec"].get("faults"), list):
        root["spec"]["faults"] = CommentedSeq()
    root["spec"]["faults"].append(fault)
    return written(root)


def without_fault(text: str, number: int) -> str:
    """*text* without the fault of that *number*, counted from 0; an empty list goes too."""
    root = parsed(text)
    if root is None or number >= len(faults_in(text)):
        return text
    faults = root["spec"]["faults"]
    del faults[number]
    if not faults:
        del root["spec"]["faults"]
    return written(root)
