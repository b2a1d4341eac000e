"""What of Kubernetes is modelled and what is not: the page `docs/fidelity.md`, as it is published.

Its statements are in English, as Kubernetes' own words are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

FILE = "fidelity.md"
NOT_MODELLED = "*not modelled:*"
_COUNTS = re.compile(r"(\d+) statements: (\d+) are modelled .* (\d+) are not modelled")


@cache
def _text() -> str:
    """The page: inside a wheel, or beside `sim/` in a checkout."""
    inside = Path(str(files("sim"))) / "_docs" / FILE
    beside = Path(__file__).resolve().parents[4] / "docs" / FILE
    return (inside if inside.is_file() else beside).read_text(encoding="utf-8")


def counts() -> tuple[int, int, int]:
    """All statements, those that are modelled and proved, those that are not modelled."""
    found = _COUNTS.search(_text())
    assert found is not None, "the page begins with its counts"
    every, modelled, left_out = (int(number) for number in found.groups())
    return every, modelled, left_out


def sections() -> Mapping[str, str]:
    """Each section's table in Markdown, by its heading."""
    _, *parts = re.split(r"^## ", _text(), flags=re.MULTILINE)
    return {part.partition("\n")[0].strip(): part.partition("\n")[2].strip() for part in parts}


def not_modelled() -> tuple[tuple[str, str, str, str], ...]:
    """Number, subject, statement and reason of everything that is left out."""
    rows = []
    subject = ""
    for line in _text().splitlines():
        if line.startswith("## "):
            subject = line.removeprefix("## ").partition(" ")[2]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and NOT_MODELLED in cells[2]:
            number, statement, reason = cells
            rows.append((number, subject, statement, reason.replace(NOT_MODELLED, "").strip()))
    return tuple(rows)
