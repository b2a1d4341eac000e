"""Programs: the versions of what computed a result, so that it can be computed again."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

PROGRAMS = ("seatrial", "numpy", "simpy", "pyarrow")


def programs() -> Mapping[str, str]:
    """The version of Python and of each distribution that a result depends on."""
    return {"python": platform.python_version()} | {name: _version_of(name) for name in PROGRAMS}


def _version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"  # Seatrial itself, run from a plain checkout.
