"""The scripts that measure still run: each that can in seconds does, in its smallest size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
SMALLEST = {
    "control_plane.py": ["10"],
    "great_release.py": ["--seconds", "1"],
    "random_histories.py": ["1"],
    "stopping.py": ["--studies", "2"],
}
LONGER = {"comparison.py": ["--seeds", "1"]}
# They take a minute in their smallest size, are parts of another, or ask for other people's tools.
NOT_RUN = {"data_plane.py", "differential.py", "peers.py", "peer_cimba.py"}
NOT_RUN |= {"viewers.py", "visitor.py", "neighbours.py"}


def test_every_script_is_run_or_said_to_be_too_long() -> None:
    found = {path.name for path in BENCHMARKS.glob("*.py")}
    assert {*SMALLEST, *LONGER, *NOT_RUN} == found


@pytest.mark.parametrize(
    "name", [*SMALLEST, *(pytest.param(name, marks=pytest.mark.slow) for name in LONGER)]
)
def test_a_benchmark_runs_in_its_smallest_size(name: str) -> None:
    words = [sys.executable, str(BENCHMARKS / name), *(SMALLEST | LONGER)[name]]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
