"""Regular expressions of manifests, in the dialect and within the time of RE2.

Envoy, and so Istio, matches with RE2. nginx has PCRE, whose extras (look-around, back references)
RE2 does not know; such a pattern is called broken here. Time grows with the length of the text
only, whatever the pattern is.
"""

from __future__ import annotations

from typing import Any

import re2

_QUIET = re2.Options()
_QUIET.log_errors = False
_QUIET.max_mem = 1 << 20


class Broken(ValueError):
    """Not a regular expression that RE2 understands."""


def matches_fully(pattern: str, text: str) -> bool:
    """Whether *pattern* matches all of *text*. Raise `Broken` if it is no pattern."""
    return bool(_compiled(pattern).fullmatch(text))


def found_in(pattern: str, text: str) -> bool:
    """Whether *pattern* matches some part of *text*. Raise `Broken` if it is no pattern."""
    return bool(_compiled(pattern).search(text))


def is_pattern(text: str) -> bool:
    """Whether *text* is a pattern."""
    try:
        _compiled(text)
    except Broken:
        return False
    return True


def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern, _QUIET)
    except re2.error as error:
        raise Broken(pattern) from error
