"""The Kubernetes API's own field names and types, read from the package lightkube-models.

Its modules are generated from the API's OpenAPI document. They are parsed here as source text and
never imported, because running them needs the HTTP client that belongs to them. So no list of
fields is kept in this repository, and a newer package knows newer fields.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "lightkube"

# OpenAPI calls these maps `object` and says no more; their values are quantities, all others text.
_QUANTITY_MAPS = frozenset(
    [
        *("allocatable", "allocatedResources", "capacity", "default", "defaultRequest", "hard"),
        *("limits", "max", "maxLimitRequestRatio", "min", "overhead", "podFixed", "requests"),
        "used",
    ]
)
_OPEN_MAPS = frozenset(["extra", "disruptedPods"])


@dataclass(frozen=True, slots=True)
class Type:
    """What a field wants: *form* is scalar's name, `list`, `map`, `any` or `model`.

    *item* is what a list or a map holds; *model* names the class of a model.
    """

    form: str
    item: Type | None = None
    model: tuple[str, str] | None = None  # (module, class)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the API."""

    type: Type
    required: bool


ANY = Type("any")
_SCALARS = {
    "str": Type("text"),
    "int": Type("integer"),
    "float": Type("number"),
    "bool": Type("boolean"),
    "Any": ANY,
    "Dict": ANY,
    "datetime": Type("text"),
    "Quantity": Type("quantity"),
    "IntOrString": Type("int-or-text"),
}


class Module:
    """One API group and version: its classes and the aliases between them."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name = name
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self._aliases = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        self._fields: dict[str, dict[str, Field]] = {}

    def group_version(self, kind: str) -> str | None:
        """The apiVersion that the class of *kind* carries, None if there is no such kind."""
        for node in ast.walk(self._classes.get(kind, ast.Pass())):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Attribute)
                and node.targets[0].attr == "apiVersion"
                and isinstance(node.value, ast.Constant)
            ):
                return str(node.value.value)
        return None

    def kinds(self) -> list[str]:
        """All kinds of objects that this group and version has."""
        return [name for name in self._classes if self.group_version(name) is not None]

    def fields(self, name: str) -> dict[str, Field]:
        """The fields of a class by their JSON names."""
        if name not in self._fields:
            body = self._classes[name].body
            found = [node for node in body if isinstance(node, ast.AnnAssign)]
            self._fields[name] = dict(self._field(node) for node in found)
        return self._fields[name]

    def _field(self, node: ast.AnnAssign) -> tuple[str, Field]:
        assert isinstance(node.target, ast.Name)
        name = node.target.id
        if isinstance(node.value, ast.Call):
            name = _json_name(node.value) or name
        text = node.annotation.value if isinstance(node.annotation, ast.Constant) else None
        annotation = ast.parse(str(text), mode="eval").body if text else node.annotation
        optional = isinstance(annotation, ast.Subscript) and _id(annotation.value) == "Optional"
        if optional:
            assert isinstance(annotation, ast.Subscript)
            annotation = annotation.slice
        return name, Field(self._type(annotation, name), required=not optional)

    def _type(self, node: ast.expr, name: str) -> Type:
        if isinstance(node, ast.Subscript) and _id(node.value) == "List":
            return Type("list", item=self._type(node.slice, name))
        if isinstance(node, ast.Attribute):
            return self._named(_id(node.value), node.attr)
        if _id(node) == "dict":
            if name in _OPEN_MAPS:
                return Type("map", item=ANY)
            return Type("map", item=Type("quantity" if name in _QUANTITY_MAPS else "text"))
        return self._named(self.name, _id(node))

    def _named(self, module_name: str, name: str) -> Type:
        module = self if module_name == self.name else _module(module_name)
        if module is not None and name in module._classes:
            return Type("model", model=(module.name, name))
        if name in _SCALARS:
            return _SCALARS[name]
        alias = module._aliases.get(name) if module is not None else None
        if module is None or alias is None:
            return ANY
        return module._type(alias, name)


def _id(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _json_name(call: ast.Call) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == "metadata":
            names: dict[str, str] = ast.literal_eval(keyword.value)
            return names.get("json")
    return None


@cache
def _directory() -> Path:
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise ModuleNotFoundError("the package lightkube-models is missing")
    return Path(places[0]) / "models"


@cache
def _module(name: str) -> Module | None:
    path = _directory() / f"{name}.py"
    return Module(name, ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else None


@cache
def _names() -> list[str]:
    return sorted(path.stem for path in _directory().glob("*_v*.py"))


@cache
def model_of(api_version: str, kind: str) -> Type | None:
    """The API's model of *kind* in *api_version*, None if Kubernetes itself has no such kind."""
    group, _, version = api_version.rpartition("/")
    stem = (group.split(".")[0] or "core") + "_" + version
    if stem not in _names():
        return None
    module = _module(stem)
    if module is None or module.group_version(kind) != api_version:
        return None
    return Type("model", model=(stem, kind))


@cache
def is_builtin_group(api_version: str) -> bool:
    """Whether the group belongs to Kubernetes itself, whatever its version.

    Custom resources must have a dot in their group, so one without is Kubernetes' own.
    """
    group = api_version.rpartition("/")[0]
    if "." not in group:
        return True
    stems = [name for name in _names() if name.startswith(group.split(".")[0] + "_")]
    modules = [module for stem in stems if (module := _module(stem)) is not None]
    return any(
        (module.group_version(kind) or "").startswith(group + "/")
        for module in modules
        for kind in module.kinds()
    )


@cache
def versions_of(kind: str) -> list[str]:
    """Every apiVersion in which Kubernetes has *kind*, stable ones first."""
    found = []
    for name in _names():
        module = _module(name)
        api_version = module.group_version(kind) if module is not None else None
        if api_version is not None:
            found.append(api_version)
    return sorted(found, key=lambda text: ("alpha" in text or "beta" in text, text))


@cache
def kinds_of(api_version: str) -> list[str]:
    """The kinds that *api_version* has."""
    group, _, version = api_version.rpartition("/")
    stem = (group.split(".")[0] or "core") + "_" + version
    module = _module(stem) if stem in _names() else None
    kinds = module.kinds() if module is not None else []
    return [k for k in kinds if module is not None and module.group_version(k) == api_version]


def fields_of(wanted: Type) -> dict[str, Field]:
    """The fields of a model."""
    assert wanted.model is not None
    module = _module(wanted.model[0])
    assert module is not None
    return module.fields(wanted.model[1])
