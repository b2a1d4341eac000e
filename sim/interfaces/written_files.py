"""Files that the command line writes: known to be possible before the work, whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.run import Run


def require_place(path: str | Path, *, folder: bool = False) -> None:
    """Raise an `OSError` now if *path* (a file, or a new *folder*) could not be written later."""
    place = Path(path).absolute()
    if place.is_dir() and not folder:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    above = place.parent
    while folder and not above.exists():
        above = above.parent
    try:
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        error.filename = str(path)  # Not the temporary file's.
        raise


def require_folder(path: str | Path, kind: str) -> None:
    """The same for the folder of a result of that *kind*, which may take the place of another.

    Raise a `BackendError` now if anything else is there.
    """
    from sim.experiments.folder import refuse_strangers

    require_place(path, folder=True)
    with named(path):
        refuse_strangers(Path(path).absolute(), kind)


def write_picture(path: str | Path, runs: Sequence[Run], language: str) -> None:
    """Draw *runs* into the file *path*."""
    from sim.analysis.picture import draw, save_png

    figure = draw(runs, language)
    with named(path):
        save_png(figure, path)


def write_text(path: str | Path, text: str) -> None:
    """Write *text* to the file *path*, whole or not at all."""
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    with named(path):
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def named(path: str | Path) -> Iterator[None]:
    """Let an `OSError` say that *path* could not be written, if it names no file itself."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
