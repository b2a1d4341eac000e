"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A change must not fail for what another day's examples found; explore to look for those.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The design's own data and manifests, beside the checkout; only `-m shared` tests ask."""
    place = Path(os.environ.get("SEATRIAL_SHARED", ROOT.parent / "shared"))
    assert place.is_dir(), f"tests marked 'shared' need {place}; set SEATRIAL_SHARED"
    return place


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT
