"""pydantic's findings in a person's words, each at its line and column."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.unreadable import Unreadable
from sim.scenario.node import Mapping, Node, Scalar, Step, join, kind_of, plain
from sim.scenario.spec import ScenarioFile
from sim.scenario.strict import unknown_field

M = TypeVar("M", bound=BaseModel)
_WANTED = {
    "int_type": message("a whole number"),
    "int_from_float": message("a whole number"),
    "float_type": message("a number"),
    "string_type": message("a text"),
    "bool_type": message("true or false"),
    "list_type": message("a list"),
    "dict_type": message("a mapping of names to values"),
    "model_type": message("a mapping"),
    "model_attributes_type": message("a mapping"),
}
_LIMITS = {
    "greater_than_equal": ("ge", message("at least {limit}")),
    "greater_than": ("gt", message("more than {limit}")),
    "less_than_equal": ("le", message("at most {limit}")),
    "less_than": ("lt", message("less than {limit}")),
    "too_short": ("min_length", message("at least {limit}")),
    "string_too_short": ("min_length", message("at least {limit}")),
    "too_long": ("max_length", message("at most {limit}")),
    "string_too_long": ("max_length", message("at most {limit}")),
}


def validated(root: Node, data: Any) -> tuple[ScenarioFile | None, list[Problem]]:
    """*data* (the plain form of *root*) as a scenario file, or every mistake in it."""
    try:
        return ScenarioFile.model_validate(data), []
    except ValidationError as error:
        found = error.errors(include_url=False)
    return None, [_problem(root, one) for one in found]


def part_of(model: type[M], root: Node) -> tuple[M | None, list[Problem]]:
    """What a manifest says of *root*, which a scenario could say too, or every mistake in it."""
    try:
        return model.model_validate(plain(root)), []
    except ValidationError as error:
        return None, [_problem(root, one) for one in error.errors(include_url=False)]


def _problem(root: Node, one: Any) -> Problem:
    kind, steps = str(one["type"]), _real_steps(root, tuple(one["loc"]))
    if kind == "union_tag_invalid":
        steps = (*steps, "kind")
    parent, node, path = _follow(root, steps)
    if kind == "extra_forbidden":
        name = str(steps[-1])
        place = parent.key_place(name) if isinstance(parent, Mapping) else parent.place
        known = _known_fields(one["loc"][:-1])
        return unknown_field(name, known, place, _shown_path(steps[:-1]))
    if kind == "missing":
        return parent.place.problem(
            message("required value"), path, message("add {field}", field=str(steps[-1]))
        )
    text, hint = _what(kind, one, node)
    return (node or parent).place.problem(text, path, hint)


def _what(kind: str, one: Any, node: Node | None) -> tuple[Message, Message | None]:
    context = one.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, Unreadable):
        return _unreadable(cause, node)
    found = kind_of(node)
    if kind in _WANTED:
        return message("wanted {wanted}, found {found}", wanted=_WANTED[kind], found=found), None
    if kind in _LIMITS:
        key, limit = _LIMITS[kind]
        wanted = Message(limit.text, {"limit": context[key]})
        return message("wanted {wanted}, found {found}", wanted=wanted, found=found), None
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags"))
        known = expected.replace("'", "").replace(" or ", ", ")
        return message("{found} is not known here", found=found), message(
            "known: {known}", known=known
        )
    return message("{found} does not fit here", found=found), None


def _unreadable(cause: Unreadable, node: Node | None) -> tuple[Message, Message | None]:
    if cause.message.text == "wanted {wanted}":
        wanted = cause.message.values["wanted"]
        hint = _with_unit(node, str(wanted)) if isinstance(node, Scalar) else None
        return message("wanted {wanted}, found {found}", wanted=wanted, found=kind_of(node)), hint
    return cause.message, cause.hint


def _with_unit(node: Scalar, wanted: str) -> Message:
    """The number as it was probably meant."""
    units = {"a rate": "/s", "a duration": "s", "a percentage": "%"}
    unit = next((unit for what, unit in units.items() if wanted.startswith(what)), "")
    if not unit or isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return message("with its unit")
    meant = f"{node.value * 100:.10g}" if unit == "%" and 0 < node.value < 1 else node.text
    return message("did you mean {name}?", name=f"{meant}{unit}")


def _real_steps(root: Node, loc: tuple[Step, ...]) -> tuple[Step, ...]:
    """*loc* without the tag of the traffic's kind, which pydantic adds and the file has not."""
    if len(loc) > 2 and loc[:2] == ("spec", "traffic"):
        return loc[:2] + loc[3:]
    return loc


def _follow(root: Node, steps: tuple[Step, ...]) -> tuple[Node, Node | None, str]:
    """The last collection on the way, the node at its end if there is one, and the field path."""
    parent: Node = root
    node: Node | None = root
    for step in steps:
        if node is not None:
            parent = node
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.entries.get(step)
        elif not isinstance(node, Scalar | Mapping) and node is not None and isinstance(step, int):
            node = node.items[step] if step < len(node.items) else None
        else:
            node = None
    return parent, node, _shown_path(steps)


def _shown_path(steps: tuple[Step, ...]) -> str:
    path = ""
    for step in steps:
        path = join(path, step)
    return path


def _known_fields(loc: tuple[Step, ...]) -> list[str]:
    """The names that the model at *loc* has."""
    model: Any = ScenarioFile
    for step in loc:
        model = _below(model, step)
        if model is None:
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _below(model: Any, step: Step) -> Any:
    """The model that *step* leads to from *model* (a class, or a table of a union's classes)."""
    if isinstance(model, dict):
        return model.get(step)
    for name, field in model.model_fields.items():
        if (field.alias or name) == step:
            return _model_in(field.annotation)
    return None


def _model_in(annotation: Any) -> Any:
    """The model class inside an annotation: itself, in a list, or by tag in a union."""
    if hasattr(annotation, "model_fields"):
        return annotation
    inner = [_model_in(part) for part in getattr(annotation, "__args__", ())]
    models = [model for model in inner if model is not None]
    if len(models) > 1:
        return {model.model_fields["kind"].annotation.__args__[0]: model for model in models}
    if models and getattr(annotation, "__origin__", None) in (dict, list):
        return _Every(models[0])
    return models[0] if models else None


class _Every(dict[Step, Any]):
    """A collection whose every item is the same model."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def get(self, key: Step, default: Any = None) -> Any:
        """The model of any item."""
        return self._model
