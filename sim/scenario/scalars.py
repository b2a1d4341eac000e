"""What an unquoted word means: YAML 1.2 for scenarios, kubectl's reading for manifests.

kubectl turns YAML into JSON with the resolver of kubernetes-sigs/yaml:goyaml.v2/resolve.go, so a
plain `no` is false, `010` is 8, and `1:30` is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from sim.i18n import message
from sim.model.unreadable import Unreadable

Value: TypeAlias = str | int | float | bool | None
Resolver: TypeAlias = Callable[[str], Value]

_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NULL = ("", "~", "null", "Null", "NULL")
_LONGEST_NUMBER = 400  # Digits; a longer plain word is text, as no 64-bit number needs more.
_LARGEST_WHOLE = 2.0**63

_KUBECTL_TRUE = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}
_KUBECTL_FALSE = {"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}
_KUBECTL_INT = re.compile(
    r"([-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)"
    r"|(?P<dec>0|[1-9][0-9]*))",
    re.ASCII,
)
_CORE_INT = re.compile(
    r"([-+]?)(?P<dec>[0-9]+)|()0x(?P<hex>[0-9a-fA-F]+)|()0o(?P<oct>[0-7]+)", re.ASCII
)
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}


def kubectl(word: str) -> Value:
    """What kubectl makes of a plain *word* in a manifest."""
    if word in _NULL:
        return None
    if word in _KUBECTL_TRUE or word in _KUBECTL_FALSE:
        return word in _KUBECTL_TRUE
    _refuse_endless(word)
    if word[0] not in "+-.0123456789" or len(word) > _LONGEST_NUMBER:
        return word
    bare = word.replace("_", "")
    return _number(_KUBECTL_INT, bare, word)


def core(word: str) -> Value:
    """What YAML 1.2's core schema makes of a plain *word* in a scenario."""
    if word in _NULL:
        return None
    if word in ("true", "True", "TRUE"):
        return True
    if word in ("false", "False", "FALSE"):
        return False
    _refuse_endless(word)
    if len(word) > _LONGEST_NUMBER:
        return word
    return _number(_CORE_INT, word, word)


def _refuse_endless(word: str) -> None:
    if _NOT_JSON.fullmatch(word):
        raise Unreadable(
            message("{found} is not a value that JSON has", found=word),
            message("a finite number, or quotes around it if text is meant"),
        )


def _number(integers: re.Pattern[str], bare: str, word: str) -> Value:
    found = integers.fullmatch(bare)
    if found is not None:
        base = next(name for name, digits in found.groupdict().items() if digits is not None)
        whole = int(found[base], _BASES[base])
        return -whole if bare.startswith("-") else whole
    if not _FLOAT.fullmatch(bare):
        return word
    value = float(bare)
    if abs(value) == float("inf"):
        return word  # Out of range: not a number for kubectl either, so it stays text.
    # JSON has one kind of number, so 1e3 may stand where a whole number is wanted.
    return int(value) if value == int(value) and abs(value) < _LARGEST_WHOLE else value
