"""Writing a picture from the command line: known to be possible before the work, whole or not."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.run import Run


def require_place(path: str | Path) -> None:
    """Raise an `OSError` now if *path* could not be written later."""
    place = Path(path)
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    try:
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        error.filename = str(place)
        raise


def write_picture(path: str | Path, runs: Sequence[Run], language: str) -> None:
    """Draw *runs* into the file *path*."""
    from sim.analysis.picture import draw, save_png

    save_png(draw(runs, language), path)
