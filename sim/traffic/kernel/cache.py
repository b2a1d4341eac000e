"""Where the compiled kernel is kept, so that it is compiled once and never out of date.

The folder's name is a fingerprint of every source that is compiled in, of Numba, Python and the
processor. Numba's own cache looks at the file of the function that is called and not at those it
calls, so an old kernel would run silently after a change elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding
import numba
from platformdirs import user_cache_path

HERE = Path(__file__).resolve().parent
_ROOT = HERE.parents[2]
# Imports from the rooms whose constants the kernel takes over.
_IMPORT = re.compile(r"^[ \t]*from (sim\.(?:model|traffic)\.[\w.]+) import", re.MULTILINE)
_KEPT = 8  # Kernels of other versions and checkouts that stay.
READY = "ready"  # Written when everything in a folder is compiled.


def sources(here: Path = HERE) -> tuple[Path, ...]:
    """The kernel's files under *here*, and the files of the modules that they import values of."""
    own = sorted(here.glob("*.py"))
    root = here.parents[2]
    found = set()
    for path in own:
        text = path.read_text("utf-8")
        for module in _IMPORT.findall(text) if "kernel.compiled import" in text else ():
            found.add(root.joinpath(*module.split(".")).with_suffix(".py"))
    return (*own, *sorted(path for path in found - set(own) if path.is_file()))


def fingerprint(here: Path = HERE) -> str:
    """What decides which machine code comes out, in 16 digits."""
    sums = hashlib.sha256()
    for path in sources(here):
        sums.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    features = llvmlite.binding.get_host_cpu_features().flatten()
    processor = (llvmlite.binding.get_host_cpu_name(), features, platform.machine())
    programs = (numba.__version__, llvmlite.__version__, sys.version)
    sums.update(repr((processor, programs)).encode())
    return sums.hexdigest()[:16]


@cache
def folder() -> Path | None:
    """The folder of this very kernel; None where nothing can be written.

    NUMBA_CACHE_DIR decides where, or the user's cache directory.
    """
    base = os.environ.get("NUMBA_CACHE_DIR")
    place = Path(base) / "seatrial" if base else user_cache_path("seatrial", appauthor=False)
    found = place / f"kernel-{fingerprint()}"
    try:
        found.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return found if os.access(found, os.W_OK) else None


def is_ready() -> bool:
    """Whether the kernel has been compiled on this machine as it is now."""
    place = folder()
    return place is not None and (place / READY).is_file()


def note_ready() -> None:
    """Everything is compiled."""
    place = folder()
    if place is not None:
        (place / READY).touch()
        earlier = sorted(place.parent.glob("kernel-*"), key=lambda path: path.stat().st_mtime)
        for old in earlier[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
