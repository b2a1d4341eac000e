"""ConfigMaps of feature flags: a file `features.yaml` (or .json) in their data, read and written.

features:
  new_checkout_flow:
    enabled: true
    rollout_percentage: 5
    user_groups: ["beta_users"]
"""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingType
from functools import lru_cache
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model.feature_flags import FIRST_KEY, Flag
from sim.model.objects import JsonObject
from sim.scenario.dialect import MANIFEST
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping, Node, Scalar, Sequence, get, kind_of
from sim.scenario.yaml import read

KIND = "ConfigMap"
KEYS = (FIRST_KEY, "features.yml", "features.json")
_FIELDS = ("enabled", "rollout_percentage", "user_groups")


def key_of(data: Any) -> str | None:
    """Which of a ConfigMap's *data* is the file of its flags; None if it has none."""
    return next((key for key in KEYS if isinstance(data, MappingType) and key in data), None)


def holds_flags(node: Node) -> bool:
    """Whether the manifest *node* is a ConfigMap with a file of flags."""
    data = get(node, "data")
    return isinstance(data, Mapping) and key_of(data.entries) is not None


def flags_in(config_map: JsonObject) -> dict[str, Flag]:
    """The flags of *config_map* by name; none where there is no file of them.

    Raise a `ScenarioError` if the file is no good: a service could not read it either.
    """
    data = config_map.get("data") or {}
    key = key_of(data)
    if key is None:
        return {}
    flags, problems = _read(str(data[key]), key)
    if problems:
        raise ScenarioError(problems)
    return dict(flags)


def check_flags(found: Findings) -> None:
    """Note at the ConfigMap's data everything that is wrong with its file of flags."""
    key = key_of(found.texts("data"))
    if key is None:
        return
    for problem in _read(found.text("data", key) or "", key)[1]:
        field = f"{problem.field}: " if problem.field else ""
        text = message(
            "line {line}: {field}{problem}", line=problem.line, field=field, problem=problem.message
        )
        found.note(("data", key), text, problem.hint)


def new_config_map(name: str, namespace: str, flags: MappingType[str, Flag]) -> JsonObject:
    """A ConfigMap with these *flags* and nothing else."""
    return {
        "apiVersion": "v1",
        "kind": KIND,
        "metadata": {"name": name, "namespace": namespace},
        "data": {FIRST_KEY: shown(flags, FIRST_KEY)},
    }


def patch_of(config_map: JsonObject, name: str, enabled: bool, percentage: float) -> JsonObject:
    """What to merge into *config_map* so that its flag *name* is so; its groups stay as they are.

    Nothing, if it is so already. A file that is written anew loses its comments.
    """
    flags = flags_in(config_map)
    before = flags.get(name)
    groups = () if before is None else before.groups
    wanted = Flag(enabled=enabled, percentage=percentage, groups=groups)
    if before == wanted:
        return {}
    key = key_of(config_map.get("data") or {}) or FIRST_KEY
    return {"data": {key: shown({**flags, name: wanted}, key)}}


def shown(flags: MappingType[str, Flag], key: str) -> str:
    """*flags* as the file called *key* has them."""
    found = {
        name: {
            "enabled": flag.enabled,
            "rollout_percentage": _whole(flag.percentage),
            "user_groups": list(flag.groups),
        }
        for name, flag in flags.items()
    }
    if key.endswith(".json"):
        return json.dumps({"features": found}, indent=2) + "\n"
    lines = ["features:"]
    for name, fields in found.items():
        lines.append(f"  {json.dumps(name)}:")
        lines += [f"    {field}: {json.dumps(value)}" for field, value in fields.items()]
    return "\n".join(lines) + "\n"


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


@lru_cache(maxsize=64)  # Every pod of a service reads the same text.
def _read(text: str, file: str) -> tuple[MappingType[str, Flag], tuple[Problem, ...]]:
    """The flags of *text*, and what is wrong with it, by its own lines."""
    flags, problems = _parsed(text, file)
    return flags, tuple(problems)


def _parsed(text: str, file: str) -> tuple[MappingType[str, Flag], list[Problem]]:
    try:
        documents, _ = read(text, file, MANIFEST)
    except ScenarioError as error:
        return {}, list(error.problems)
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        text_, hint = message("this is no mapping with features"), _hint()
        return {}, [Problem(text_, file, 1, 1, hint=hint)]
    found = Findings(documents[0], "")
    _only(found, ("features",))
    features = get(documents[0], "features")
    if not isinstance(features, Mapping):
        wanted = message("wanted a mapping of flags, found {found}", found=kind_of(features))
        found.note(("features",), wanted, _hint())
        return {}, found.problems
    flags = {}
    for name in features.entries:
        one = found.below("features", name)
        if one is None or not isinstance(one.node, Mapping):
            found.note(("features", name), message("this flag says nothing"), _hint())
        else:
            flags[name] = _flag(one)
    return flags, found.problems


def _flag(found: Findings) -> Flag:
    _only(found, _FIELDS)
    enabled = get(found.node, "enabled")
    if not isinstance(enabled, Scalar) or not isinstance(enabled.value, bool):
        wanted = message("wanted true or false, found {found}", found=kind_of(enabled))
        found.note(("enabled",), wanted)
    return Flag(
        enabled=isinstance(enabled, Scalar) and enabled.value is True,
        percentage=_percentage(found),
        groups=_groups(found),
    )


def _percentage(found: Findings) -> float:
    node = get(found.node, "rollout_percentage")
    if node is None:
        return 0.0
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        wanted = message("wanted a number from 0 to 100, found {found}", found=kind_of(node))
        found.note(("rollout_percentage",), wanted)
        return 0.0
    return float(value)


def _groups(found: Findings) -> tuple[str, ...]:
    node = get(found.node, "user_groups")
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else [node]
    values = [item.value for item in items if isinstance(item, Scalar)]
    names = tuple(value for value in values if isinstance(value, str))
    if not isinstance(node, Sequence) or len(names) < len(items):
        wanted = message("wanted a list of names of groups, found {found}", found=kind_of(node))
        found.note(("user_groups",), wanted)
    return names


def _only(found: Findings, known: tuple[str, ...]) -> None:
    assert isinstance(found.node, Mapping)
    for name in found.node.entries:
        if name not in known:
            hint = message("known: {known}", known=", ".join(known))
            found.note((name,), message("unknown field {name}", name=f'"{name}"'), hint)


def _hint() -> Any:
    return message("features: {example}", example="{NAME: {enabled: …, rollout_percentage: …}}")
