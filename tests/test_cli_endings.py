"""How a command ends when it is interrupted, its reader leaves, or the disk refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from command_line import WORDS, call, environment, finish, start
from small_manifests import DEPLOYMENT, FEW, SMALL


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A user's own Deployment."""
    place = tmp_path / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return place


def grandchildren(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Its workers, once they are there."""
    while process.poll() is None:
        found = psutil.Process(process.pid).children(recursive=True)
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(process.communicate())


@pytest.mark.parametrize("command", ["compare", "drill-rollback"])
def test_ctrl_c_ends_at_once_with_one_line_and_no_worker_left(shop: Path, command: str) -> None:
    """A terminal sends SIGINT to the whole process group."""
    process = start(command, str(shop), *SMALL, "--runs", "500", "--workers", "2")
    workers = grandchildren(process)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err) == ("", "seatrial: interrupted\n")
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []


def test_ctrl_c_in_the_middle_leaves_no_file(shop: Path, tmp_path: Path) -> None:
    """Whole files or none."""
    target = tmp_path / "runs"
    target.mkdir()
    words = ["--runs", "500", "--workers", "1", "--png", str(target / "a.png")]
    process = start("compare", str(shop), *SMALL, *words)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "seatrial: interrupted\n")
    assert list(target.iterdir()) == []


def test_a_reader_that_leaves_early_is_no_error_to_show(shop: Path) -> None:
    """`seatrial compare … --json | head -1`."""
    command = [sys.executable, "-c", WORDS, "compare", str(shop), *FEW, "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "{\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() in (0, 141)


def test_a_reader_that_has_left_before_the_first_line_is_no_error_either(shop: Path) -> None:
    """Standard output is broken from the beginning: exit code 128 + SIGPIPE."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", WORDS, "validate", str(shop)]
    with os.fdopen(writing, "wb") as broken:
        done = subprocess.run(
            command,
            stdout=broken,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("flag", "command"),
    [("--png", "compare"), ("--png", "drill-rollback"), ("--png", "run"), ("--out", "run")],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    flag: str, command: str, shop: Path
) -> None:
    """One line, exit code 1; a file stands where a directory is needed."""
    target = shop / "a"
    shown = call(command, str(shop), *SMALL, flag, str(target))
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr == (f"seatrial: error: {target}: part of the path is not a directory\n")


@pytest.mark.parametrize("words", [("--png", "a.png"), ("--out", "a")])
def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(
    words: tuple[str, str], shop: Path, tmp_path: Path
) -> None:
    """A limit on the size of files stands for the full disk; an earlier file stays as it was."""
    place = tmp_path / "results"
    place.mkdir()
    flag, name = words
    warm = [sys.executable, "-c", "import matplotlib.font_manager"]
    settings = environment(MPLCONFIGDIR=str(tmp_path / "matplotlib"))
    subprocess.run(warm, env=settings, check=True)
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)); "
    command = [sys.executable, "-B", "-c", code + WORDS, "run", str(shop), *SMALL]
    done = subprocess.run(
        [*command, flag, str(place / name)],
        capture_output=True,
        text=True,
        env=settings,
        check=False,
    )
    assert done.returncode == 1, done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"seatrial: error: {place / name}: the file would grow")
    assert done.stdout == ""
    assert list(place.iterdir()) == []


def test_colours_stay_out_of_pipes_and_follow_no_color(shop: Path) -> None:
    """Escape codes are for terminals only."""
    for more in ({}, {"NO_COLOR": "1"}):
        done = finish("validate", str(shop), **more)
        assert "\x1b" not in done.stdout + done.stderr
