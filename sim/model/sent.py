"""Who is told apart: requests that carry a certain header or cookie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a request says what it is asked for."""

    HEADER = "header"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Requests that carry the header or cookie *name* with exactly *value*."""

    kind: Kind
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


# Of the header `cookie`, as the manuals of meshes print it: `^(.*?;)?(user=jason)(;.*)?$`.
_COOKIE = re.compile(
    r"\^?(?:\.\*|\(\.\*\??;(?:\\s\*|\s\*| \*)?\)\?)\(?"
    r"(?P<name>[\w-]+)=(?P<value>[\w-]+)"
    r"\)?(?:\.\*|\(;\.\*\)\?)\$?"
)


def cookie_in(pattern: str) -> Sent | None:
    """The one cookie that *pattern* of the header `cookie` looks for; None if it says otherwise."""
    found = _COOKIE.fullmatch(pattern)
    return found and Sent(kind=Kind.COOKIE, name=found["name"], value=found["value"])
