"""Text of strangers on a terminal: what would command it is written out instead."""

from __future__ import annotations

import re

# Control characters, and those that turn the direction of what follows.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    r"""*text* with its control characters as escapes, `\x1b`; tabs and new lines stay."""
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text)
