"""The kinds of patch that a client may send, by the names that `kubectl patch --type` has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.errors import Invalid
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.model.patch import json_patch, merge_patch
from sim.model.strategic import knows, strategic_patch

# (kubernetes/apiserver pkg/endpoints/handlers/negotiation/errors.go)
_UNSUPPORTED = (
    "the body of the request was in an unknown format - accepted media types include:"
    " application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
)


def patched(
    target: JsonObject, patch: JsonObject | Sequence[JsonObject], patch_type: str = ""
) -> JsonObject:
    """*target* after *patch*; the type is `json`, `merge` or `strategic`.

    Without a type a list is a JSON patch and an object a merge patch.
    """
    if not isinstance(patch, Mapping):
        if patch_type not in ("", "json"):
            raise Invalid(message("a patch of type {name} is an object", name=patch_type))
        after = json_patch(target, patch)
    elif patch_type in ("", "merge"):
        after = merge_patch(target, patch)
    elif patch_type == "strategic":
        if not knows(target):
            raise Invalid(Message(_UNSUPPORTED))
        after = strategic_patch(target, patch)
    elif patch_type == "json":
        raise Invalid(message("a patch of type json is a list of operations"))
    else:
        raise Invalid(
            message(
                "there is no patch type {name}; known are json, merge and strategic",
                name=repr(patch_type),
            )
        )
    if not isinstance(after, dict):
        raise Invalid(message("a patch must leave an object"))
    return after
