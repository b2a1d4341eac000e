"""The name of a pod template: equal templates hash alike, whoever wrote them.

Upstream hashes the printed template with 32-bit FNV-1a and spells the number in a safe alphabet
without vowels (kubernetes/kubernetes pkg/controller/controller_utils.go, ComputeHash). We print
differently, so the names differ from a real cluster's; nothing depends on that.
"""

from __future__ import annotations

import json
from typing import Any

from sim.model.objects import JsonObject
from sim.model.quantity import quantity, show_bytes, show_cores
from sim.model.unreadable import Unreadable

HASH_LABEL = "pod-template-hash"
# k8s.io/apimachinery pkg/util/rand: no vowels, and no 0, 1, 3, so that no bad words come up.
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
# Plain booleans of the API's types; others are pointers, where false is not "not set".
_FALSE_IS_UNSET = frozenset(
    ["hostIPC", "hostNetwork", "hostPID", "readOnly", "stdin", "stdinOnce", "tty"]
)
_AMOUNTS = ("limits", "requests", "overhead")
_OFFSET = 2166136261
_PRIME = 16777619
_MASK = (1 << 32) - 1


def canonical(template: JsonObject) -> JsonObject:
    """The *template* without its pod-template-hash, so that equal ones mean the same.

    Nulls, empty lists and what is false by default say "not set", and quantities are compared
    by value: `1000m` is `1`.
    (kubernetes/apimachinery pkg/api/equality/semantic.go)
    """
    plain: JsonObject = _meaning(template)
    metadata = dict(plain.get("metadata") or {})
    labels = {k: v for k, v in (metadata.pop("labels", None) or {}).items() if k != HASH_LABEL}
    if labels:
        metadata["labels"] = labels
    return {**plain, "metadata": metadata}


def template_hash(template: JsonObject, collisions: int = 0) -> str:
    """A short name for the *template*: stable, safe in object names, other for other templates.

    *collisions* is the Deployment's collisionCount; it gives the same template another name.
    """
    text = json.dumps(canonical(template), sort_keys=True, separators=(",", ":"))
    if collisions:
        text += str(collisions)
    return spelled(str(fnv1a(text.encode())))


def fnv1a(data: bytes) -> int:
    """The 32-bit FNV-1a hash: of nothing 2166136261, of b"a" 3826002220."""
    value = _OFFSET
    for byte in data:
        value = ((value ^ byte) * _PRIME) & _MASK
    return value


def spelled(text: str) -> str:
    """*text* letter by letter in the safe alphabet."""
    return "".join(ALPHABET[ord(letter) % len(ALPHABET)] for letter in text)


def _meaning(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _amounts(one) if key in _AMOUNTS and isinstance(one, dict) else _meaning(one)
            for key, one in value.items()
            if one is not None and one != [] and not (one is False and key in _FALSE_IS_UNSET)
        }
    if isinstance(value, list | tuple):
        return [_meaning(item) for item in value]
    return value


def _amounts(given: JsonObject) -> JsonObject:
    return {name: _amount(text) for name, text in given.items() if text is not None}


def _amount(text: Any) -> Any:
    try:
        value = quantity(text)
    except Unreadable:
        return text
    return show_cores(value) if value < 1024 else show_bytes(value)
