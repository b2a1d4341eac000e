"""The documentation does not rot: every command that it names runs, and what it links to exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from recorded_log import an_hour

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def commands() -> list[str]:
    """Every `seatrial …` line of the documents, without its comment, each once."""
    found: dict[str, None] = {}
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text("utf-8")):
            for line in block.splitlines():
                command = line.removeprefix("$ ").split("  #")[0].strip()
                if "seatrial " in command:
                    found[command] = None
    return list(found)


@pytest.fixture
def desk(tmp_path):
    """Where a reader stands: a checkout's scenarios, a manifest and an access log of one's own."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    shutil.copy(ROOT / "scenarios" / "web-app" / "deployment.yaml", tmp_path / "my-deployment.yaml")
    (tmp_path / "access.log").write_text(an_hour())
    return tmp_path


def makes_the_run_that(command: str) -> str | None:
    """The command of the documents that makes the run folder which *command* reads, if any."""
    for folder in re.findall(r"runs/\S+", command):
        if f"--out {folder}" not in command:
            return next(other for other in commands() if f"--out {folder}" in other)
    return None


def in_a_shell(command: str, desk: Path) -> subprocess.CompletedProcess[str]:
    """What a reader has who pastes *command* into a shell, pipes included."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    return subprocess.run(
        command, shell=True, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_documents_runs(command, desk):
    if (before := makes_the_run_that(command)) is not None:
        assert 0 == in_a_shell(before, desk).returncode
    done = in_a_shell(command, desk)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert done.stdout.strip()


def test_the_documents_name_commands():
    assert any(command.startswith("seatrial compare") for command in commands())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in LINK.findall(document.read_text("utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_result_that_a_readme_shows_is_the_one_that_it_prints(name):
    """The first result is pasted, so it must be today's: same seed, same bytes."""
    text = (ROOT / name).read_text("utf-8")
    command = next(c for c in BLOCK.findall(text)[0].splitlines() if c.startswith("seatrial "))
    environment = {**os.environ, "COLUMNS": "100"}
    program = [str(Path(sys.executable).parent / "seatrial"), *command.split()[1:]]
    program += [] if "--lang" in command else ["--lang", "en"]
    done = subprocess.run(
        program, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    (shown,) = re.findall(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    printed = {line.rstrip() for line in done.stdout.splitlines()}
    assert [] == [line for line in shown.splitlines() if line and line not in printed]


def test_both_readmes_have_the_same_commands():
    english, chinese = (
        [
            line.split("  #")[0].strip()
            for block in BLOCK.findall((ROOT / name).read_text("utf-8"))
            for line in block.splitlines()
        ]
        for name in ("README.md", "README.zh.md")
    )

    assert english == [line.replace(" --lang zh", "") for line in chinese]
