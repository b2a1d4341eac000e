"""What is installed is what was promised: catalogues, scenarios, one command."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from message_ids import CATALOGUE, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a clone has them: without anything compiled."""
    place = tmp_path_factory.mktemp("checkout")
    tracked = [
        "sim",
        "scenarios",
        "docs/fidelity.md",
        "app.py",
        ".streamlit",
        "hatch_build.py",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ]
    command = ["tar", "-C", str(ROOT), "--exclude=__pycache__", "--exclude=*.mo", "-cf", "-"]
    archive = subprocess.run([*command, *tracked], capture_output=True, check=True)
    subprocess.run(["tar", "-C", str(place), "-xf", "-"], input=archive.stdout, check=True)
    return place


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that pip builds of them."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*pip, str(checkout), "-w", str(place)], check=True)
    (found,) = place.glob("seatrial-*.whl")
    with zipfile.ZipFile(found) as opened:
        yield opened


def test_a_wheel_has_the_compiled_catalogue(wheel: zipfile.ZipFile) -> None:
    """Otherwise a Chinese user would read English."""
    assert "sim/locale/zh/LC_MESSAGES/seatrial.mo" in wheel.namelist()


def test_a_wheel_has_the_scenarios(wheel: zipfile.ZipFile) -> None:
    """`seatrial compare web-app` finds them by name."""
    scenarios = [name for name in wheel.namelist() if name.startswith("sim/_scenarios/")]
    assert "sim/_scenarios/web-app/scenario.yaml" in scenarios
    inside = [path for path in (ROOT / "scenarios").rglob("*") if path.is_file()]
    assert len(scenarios) == len(inside)


def test_a_wheel_speaks_chinese_and_knows_its_scenario(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    """Far away from the checkout, from the wheel's files alone."""
    wheel.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "SEATRIAL_LANG": "zh"}
    words = "from sim.interfaces.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", words, "validate", "web-app"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "\u901a\u8fc7" in done.stdout


def test_an_editable_install_compiles_the_catalogue_too(checkout: Path) -> None:
    """README's first command is `pip install -e .`; the same build hook runs in it."""
    compiled = checkout / CATALOGUE.relative_to(ROOT).with_suffix(".mo")
    compiled.unlink(missing_ok=True)
    builder = WheelBuilder(str(checkout))
    for hook in builder.get_build_hooks(str(checkout)).values():
        hook.initialize("editable", {})
    assert compiled.is_file()
