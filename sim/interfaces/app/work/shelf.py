"""The shelf: results on this machine's disk, each under the hash of what it was made from.

A result is found again by the next visitor, after a reload and after a restart. The program's own
text is part of the hash, so that a new version never shows what an old one computed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

import sim
from sim.experiments.disk import draft_name
from sim.model.objects import JsonObject
from sim.scenario.source import bundled_scenarios

PLACE = "SEATRIAL_SHELF"  # The environment variable that moves it.
MOST_BYTES, MOST_FILES = 500_000_000, 5_000
OWNER_ONLY = 0o700  # What visitors wrote is nobody else's on this machine.
_NAME = re.compile(r"[0-9a-f]{16,64}(\.[a-z0-9.]{1,16})?")


def name_for(content: JsonObject) -> str:
    """The name of what *content* asks for, made by this very program."""
    text = json.dumps([content, program()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def put(name: str, data: bytes) -> None:
    """Keep *data* under *name*, whole or not at all; the longest unused give way."""
    target = _path(name)
    target.parent.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    draft = draft_name(target, f"{threading.get_ident()}.part")  # Visitors write the same at once.
    try:
        draft.touch(OWNER_ONLY & 0o666)
        draft.write_bytes(data)
        draft.replace(target)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    _make_room(target.parent)


def has(name: str) -> bool:
    """Whether anything is kept under *name*."""
    return _path(name).is_file()


def find(name: str) -> bytes | None:
    """What is kept under *name*."""
    path = _path(name)
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    return data


def put_json(name: str, document: JsonObject) -> None:
    """Keep *document*; half a character, which YAML can name, becomes a question mark."""
    put(name, json.dumps(document, ensure_ascii=False, allow_nan=False).encode(errors="replace"))


def find_json(name: str) -> JsonObject | None:
    """The document under *name*."""
    data = find(name)
    if data is None:
        return None
    try:
        found: JsonObject = json.loads(data)
    except ValueError:
        return None
    return found


def _path(name: str) -> Path:
    """Where *name* lies. Raise a `ValueError` for one that an address made up."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a name must be a hash, not {name!r}")
    place = os.environ.get(PLACE)
    folder = Path(place) if place else user_cache_path("seatrial", appauthor=False) / "app"
    return folder / name


def _make_room(folder: Path) -> None:
    """The longest unused go, and what writers that were killed left behind; nothing else's files.

    What came last stays, however large.
    """

    def facts(path: Path) -> tuple[float, int]:
        try:
            found = path.stat()
        except OSError:
            return 0.0, 0
        return found.st_mtime, found.st_size

    ours = [path for path in folder.iterdir() if _NAME.fullmatch(path.name.removeprefix("."))]
    kept = sorted(((*facts(path), path) for path in ours), reverse=True)
    total = 0
    for number, (_, size, path) in enumerate(kept):
        total += size
        if number and (total > MOST_BYTES or number >= MOST_FILES):
            with contextlib.suppress(OSError):
                path.unlink()


@cache
def program() -> str:
    """A hash of the program's text and of the scenarios that come along."""
    sums = hashlib.sha256()
    sources = sorted(Path(str(sim.__file__)).parent.rglob("*.py"))
    scenarios = [file for folder in bundled_scenarios().values() for file in folder.glob("*.yaml")]
    for path in [*sources, *sorted(scenarios)]:
        sums.update(path.name.encode() + b"\0" + path.read_bytes())
    return sums.hexdigest()
