"""The disk: what is written is really there before it gets the name that others look for."""

from __future__ import annotations

import os
from pathlib import Path


def draft_name(target: Path, ending: str = "part") -> Path:
    """A hidden name beside *target*, on the same disk, that no other process uses."""
    return target.with_name(f".{target.name}.{os.getpid()}.{ending}")


def sync(path: Path) -> None:
    """Wait until the file or folder *path* is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write *content* to the file *path*, whole or not at all, whatever happens meanwhile."""
    target = Path(path).absolute()
    draft = draft_name(target)
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        sync(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync(target.parent)
