"""The form beside the text: values of a scenario file, read from its YAML and written there.

Comments and order stay as the author has them. The text is the truth; where it cannot be read as
YAML there is no form, and where there is no text yet the first value begins one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from sim.interfaces.app.order import MANIFEST_FILE
from sim.scenario.dialect import SCENARIO
from sim.scenario.spec import API_VERSION
from sim.scenario.yaml import is_harmless

MOST_CHARACTERS = 20_000  # Of a text that a form is laid beside.
EMPTY = f"""\
apiVersion: {API_VERSION}
kind: Scenario
metadata:
  name: own
spec:
  manifests:
    - {MANIFEST_FILE}
"""
WIDTH = 4096  # No line of the author's is broken.


def values_of(text: str) -> dict[str, str] | None:
    """Every single value below `spec` by its path; None if there can be no form."""
    root = parsed(text)
    return None if root is None else dict(_flat(root["spec"], ""))


def with_value(text: str, path: str, value: str) -> str:
    """*text* with *value* at *path* below `spec`; without a value the field goes."""
    root = parsed(text)
    if root is None or _found(root, path) == value.strip():
        return text
    way, _, last = path.rpartition(".")
    if not value.strip():
        return _without(text, root, path)
    place = root["spec"]
    for word in way.split("."):
        if not isinstance(place.get(word), dict):
            place[word] = CommentedMap()
        place = place[word]
    place[last] = _scalar(value.strip())
    if way == "traffic" and "kind" not in place:
        place.insert(0, "kind", "poisson")
    return written(root)


def rate_is_elsewhere(text: str) -> bool:
    """Whether traffic is of a kind that has rates by time, or requests of its own."""
    root = parsed(text)
    return root is not None and _found(root, "traffic.kind") not in ("", "poisson")


def with_behaviour(text: str, behaviour: str) -> str:
    """*text* with all that a behaviour file says laid over it; without one, a scenario of its own.

    Traffic is taken as a whole, as `seatrial` does: half of one and half of another is nothing.
    """
    root = parsed(text) or _yaml().load(EMPTY)
    for name, fitted in _yaml().load(behaviour)["spec"].items():
        if name == "traffic":
            root["spec"][name] = fitted
        else:
            _lay_over(root["spec"], name, fitted)
    return written(root)


def _lay_over(place: CommentedMap, name: str, fitted: Any) -> None:
    """What *fitted* does not say stays."""
    if not isinstance(fitted, CommentedMap) or not isinstance(place.get(name), CommentedMap):
        place[name] = fitted
        return
    for key, value in fitted.items():
        _lay_over(place[name], key, value)


def parsed(text: str) -> Any:
    """The file as a tree that can be written again; None if it is no scenario file.

    A blank text is one that says nothing yet.
    """
    if not text.strip():
        return _yaml().load(EMPTY)
    if len(text) > MOST_CHARACTERS:
        return None
    if not is_harmless(text, SCENARIO):  # Ten thousand brackets would take seconds.
        return None
    try:
        root = _yaml().load(text)
    except (YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(root, CommentedMap) or not isinstance(root.get("spec"), CommentedMap):
        return None
    return root


def written(root: Any) -> str:
    """The tree as a text again."""
    stream = io.StringIO()
    _yaml().dump(root, stream)
    return stream.getvalue()


def _without(text: str, root: Any, path: str) -> str:
    """*text* without the field at *path*, and without whatever is empty then.

    Its lines are taken out, so that the comments around them stay; a tree would lose some.
    """
    names = path.split(".")
    places = [root["spec"]]
    for word in names[:-1]:
        places.append(places[-1][word])
    rows = {place.lc.data[name][0] for place, name in zip(places, names, strict=True)}
    while len(places) > 1 and len(places[-1]) == 1:
        places.pop()
    kept = {places[n].lc.data[names[n]][0] for n in range(len(places) - 1)}
    lines = text.split("\n")
    shorter = "\n".join(line for n, line in enumerate(lines) if n not in rows - kept)
    del places[-1][names[len(places) - 1]]
    wanted = dict(_flat(root["spec"], ""))
    return shorter if values_of(shorter) == wanted else written(root)


def _flat(place: Any, path: str) -> Iterator[tuple[str, str]]:
    """The single values below *place*, each with its path."""
    for name, value in place.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}.")
        elif not isinstance(value, list) and value is not None:
            yield f"{path}{name}", str(value)


def _found(root: Any, path: str) -> str:
    return dict(_flat(root["spec"], "")).get(path, "")


def _scalar(value: str) -> int | str:
    return int(value) if value.isascii() and value.isdigit() else value


def _yaml() -> YAML:
    found = YAML(typ="rt")
    found.width = WIDTH
    found.preserve_quotes = True
    found.indent(mapping=2, sequence=4, offset=2)
    return found
