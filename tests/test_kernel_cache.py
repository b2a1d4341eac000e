"""The compiled kernel is kept on disk, and never an old one is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from sim.traffic.kernel import cache

LAST_POD = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(1, sys.argv[2])
from tiny_traffic import plane_of, play, use
import sim
assert sim.__file__.startswith(sys.argv[1]), sim.__file__
use("kernel")
log = play(plane_of(rate=4.0, pods=3, end=2.0), 10.0).log
print([entry.pod for entry in log])
"""


@pytest.fixture
def copy(tmp_path, root):
    """A copy of the program that may be changed."""
    shutil.copytree(root / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def kernel_of(copy):
    return copy / "sim" / "traffic" / "kernel"


def test_a_changed_line_in_any_file_that_is_compiled_in_asks_for_another_kernel(copy):
    before = cache.fingerprint(kernel_of(copy))
    seen = {before}
    for path in cache.sources(kernel_of(copy)):
        path.write_text(path.read_text("utf-8") + "\n# One line more.\n", "utf-8")
        seen.add(cache.fingerprint(kernel_of(copy)))

    names = {path.name for path in cache.sources(kernel_of(copy))}
    assert len(cache.sources(kernel_of(copy))) + 1 == len(seen)
    assert {"loop.py", "station.py", "draws.py", "cfs.py", "causes.py", "clock.py"} <= names


def test_a_file_that_is_not_compiled_in_leaves_the_kernel_alone(copy):
    before = cache.fingerprint(kernel_of(copy))
    for name in ("model/run.py", "traffic/reference.py", "ports.py", "session.py"):
        (copy / "sim" / name).write_text("# Nothing.\n", "utf-8")

    assert before == cache.fingerprint(kernel_of(copy))


@pytest.mark.slow
def test_a_changed_line_in_a_helper_changes_what_runs(copy, root):
    """Round robin is made to begin at the second pod, in a file that nobody calls from Python."""

    def pods():
        command = [sys.executable, "-c", LAST_POD, str(copy), str(root / "tests")]
        place = {"NUMBA_CACHE_DIR": str(copy / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, env=os.environ | place, capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    first, again = pods(), pods()
    balancers = kernel_of(copy) / "balancers.py"
    text = balancers.read_text("utf-8")
    changed = text.replace("proxy.picks % count", "(proxy.picks + 1) % count")
    balancers.write_text(changed, "utf-8")

    assert text != changed
    assert "[0, 1, 2, 0, 1, 2, 0, 1]" == first == again
    assert "[1, 2, 0, 1, 2, 0, 1, 2]" == pods()


def test_the_kernel_lives_where_numba_is_told_to_keep_things_or_in_the_users_cache(tmp_path):
    script = "from sim.traffic.kernel import cache; print(cache.folder()); print(cache.is_ready())"
    found = {}
    for name, value in (("NUMBA_CACHE_DIR", tmp_path / "n"), ("XDG_CACHE_HOME", tmp_path / "x")):
        environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment | {name: str(value)},
            capture_output=True,
            text=True,
            check=True,
        )
        found[name] = done.stdout.split()

    print_of_it = cache.fingerprint()
    assert [str(tmp_path / "n" / "seatrial" / f"kernel-{print_of_it}"), "False"] == (
        found["NUMBA_CACHE_DIR"]
    )
    if sys.platform == "linux":
        assert [str(tmp_path / "x" / "seatrial" / f"kernel-{print_of_it}"), "False"] == (
            found["XDG_CACHE_HOME"]
        )


def test_nobody_loads_the_compiler_who_does_not_ask_for_it():
    """Neither `import sim` nor the help page, nor a session on the reference."""
    script = """
import sys
import sim, sim.session, sim.experiments.compare
from sim.interfaces import cli
from typer.testing import CliRunner
try:
    sys.argv = ["seatrial", "--help"]
    cli.main()
except SystemExit:
    pass
from sim.traffic.engine import is_ready
assert is_ready("reference")
assert "numba" not in sys.modules, "numba"
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
