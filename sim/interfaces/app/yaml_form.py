"""The form beside the text: a few fields of a scenario file, read from its YAML and written there.

Comments and order stay as the author has them. The text is the truth; where it cannot be read as
YAML there is no form.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from sim.i18n import Message, message
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field: its path below `spec`, and what people call it."""

    path: str
    label: Message

    @property
    def key(self) -> str:
        """Where the session keeps it."""
        return f"form-{self.path}"


RATE = "traffic.rate"
FORM: Sequence[FormField] = (
    FormField(path=RATE, label=message("Requests per second")),
    FormField(path="users.population", label=message("Users")),
    FormField(path="clients.attemptTimeout", label=message("Clients give up after")),
    FormField(path="clients.attempts", label=message("Attempts for one request")),
    FormField(path="versions.new.startup", label=message("The new version starts in")),
    FormField(path="versions.new.service.wait", label=message("The new version waits for others")),
    FormField(path="slo.availability", label=message("Availability that was promised (SLO)")),
    FormField(path="network.proxy", label=message("Proxy")),
)


def values_of(text: str) -> dict[str, str] | None:
    """What the form shows of *text*, empty where it says nothing; None if there can be no form."""
    root = _parsed(text)
    return None if root is None else {field.path: _found(root, field.path) for field in FORM}


def with_value(text: str, path: str, value: str) -> str:
    """*text* with *value* at *path* below `spec`; without a value the field goes."""
    root = _parsed(text)
    if root is None or _found(root, path) == value.strip():
        return text
    place = root["spec"]
    *way, last = path.split(".")
    for word in way:
        if not isinstance(place.get(word), dict):
            place[word] = CommentedMap()
        place = place[word]
    if value.strip():
        place[last] = _scalar(value.strip())
    else:
        place.pop(last, None)
    if way == ["traffic"] and "kind" not in place:
        place.insert(0, "kind", "poisson")
    stream = io.StringIO()
    _yaml().dump(root, stream)
    return stream.getvalue()


def rate_is_elsewhere(text: str) -> bool:
    """Whether traffic is of a kind that has rates by time, or requests of its own."""
    root = _parsed(text)
    return root is not None and _found(root, "traffic.kind") not in ("", "poisson")


def with_behaviour(text: str, behaviour: str) -> str:
    """*text* with all that a behaviour file says laid over it; without one, a scenario of its own.

    Traffic is taken as a whole, as `seatrial` does: half of one and half of another is nothing.
    """
    root = _parsed(text) or _yaml().load(EMPTY)
    for name, fitted in _yaml().load(behaviour)["spec"].items():
        if name == "traffic":
            root["spec"][name] = fitted
        else:
            _lay_over(root["spec"], name, fitted)
    stream = io.StringIO()
    _yaml().dump(root, stream)
    return stream.getvalue()


def _lay_over(place: CommentedMap, name: str, fitted: Any) -> None:
    """What *fitted* does not say stays."""
    if not isinstance(fitted, CommentedMap) or not isinstance(place.get(name), CommentedMap):
        place[name] = fitted
        return
    for key, value in fitted.items():
        _lay_over(place[name], key, value)


def _yaml() -> YAML:
    found = YAML(typ="rt")
    found.width = WIDTH
    found.preserve_quotes = True
    found.indent(mapping=2, sequence=4, offset=2)
    return found


def _parsed(text: str) -> Any:
    """The file as a tree that can be written again; None if it is no scenario file."""
    if not text.strip() or len(text) > MOST_CHARACTERS or "&" in text:
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


def _found(root: Any, path: str) -> str:
    place = root["spec"]
    for word in path.split("."):
        if not isinstance(place, dict) or word not in place:
            return ""
        place = place[word]
    return "" if isinstance(place, dict | list) or place is None else str(place)


def _scalar(value: str) -> int | str:
    return int(value) if value.isascii() and value.isdigit() else value
