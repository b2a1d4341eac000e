"""The sentences of the program as Babel extracts them, and the Chinese catalogue beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "sim" / "locale" / "zh" / "LC_MESSAGES" / "seatrial.po"
# message("…"); translate(language, "…"); Registry("strategy", …), whose word is shown too.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "message": None,
    "translate": (2,),
    "Registry": (1,),
}


def sources() -> list[Path]:
    """Every Python file whose sentences a user may read."""
    return [*sorted((ROOT / "sim").rglob("*.py")), ROOT / "app.py"]


def extracted() -> dict[str, str]:
    """Each message id of the program, and the first place that says it."""
    found: dict[str, str] = {}
    for source in sources():
        rows: Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]
        rows = extract_from_file("python", source, keywords=KEYWORDS)
        for line, text, _, _ in rows:
            if isinstance(text, str) and text:
                found.setdefault(text, f"{source.relative_to(ROOT)}:{line}")
    return found


def chinese() -> Catalog:
    """The Chinese catalogue, from its text."""
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="zh")


@cache
def compile_chinese() -> None:
    """Put the compiled catalogue beside its text once, as a build does; whole or not at all."""
    target = CATALOGUE.with_suffix(".mo")
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as stream:
        write_mo(stream, chinese())
    Path(stream.name).replace(target)
