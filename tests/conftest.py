"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_traffic
from hypothesis import settings

from sim.traffic.engine import make_ready

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is tested of the traffic holds for every data plane."""
    if metafunc.module.__name__.startswith("test_traffic_"):
        engines = getattr(metafunc.module, "ENGINES", tiny_traffic.ENGINES)
        metafunc.parametrize("engine", engines, indirect=True, scope="module")


@pytest.fixture(autouse=True, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which data plane makes the traffic of this module's tests."""
    tiny_traffic.use(getattr(request, "param", "reference"))
    yield getattr(request, "param", "reference")
    tiny_traffic.use("reference")


@pytest.fixture(autouse=True, scope="module")
def thawed() -> Iterator[None]:
    """A page freezes what its process has loaded; the next tests are of runs that know no page.

    Every look at a frozen heap counts it object by object, and a worker's is large: their time
    would double.
    """
    yield
    gc.unfreeze()


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kernel here, once, and not in every worker.

    Nor need each process that tests start compile the program anew, where the environment says that
    nothing is to be written beside the sources: there is a place for it beside other built things.
    """
    if not hasattr(config, "workerinput"):
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "bytecode"))
        make_ready("kernel")
