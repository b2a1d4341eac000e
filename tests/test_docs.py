"""The documentation does not rot: every command that it names runs, and what it links to exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
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


Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> Callable[[str], tuple[Path, Done]]:
    """Carries out a command at a reader's desk, once; others may go on with what it leaves there.

    On the desk are a checkout's scenarios, a manifest and an access log of one's own.
    """
    carried_out: dict[str, tuple[Path, Done]] = {}

    def once(command: str) -> tuple[Path, Done]:
        if command not in carried_out:
            desk = tmp_path_factory.mktemp("desk")
            (desk / "scenarios").symlink_to(ROOT / "scenarios")
            manifest = ROOT / "scenarios" / "web-app" / "deployment.yaml"
            shutil.copy(manifest, desk / "my-deployment.yaml")
            (desk / "access.log").write_text(an_hour())
            carried_out[command] = (desk, in_a_shell(command, desk))
        return carried_out[command]

    return once


def makes_the_run_that(command: str) -> str | None:
    """The command of the documents that makes the run folder which *command* reads, if any."""
    for folder in re.findall(r"runs/\S+", command):
        if f"--out {folder}" not in command:
            return next(other for other in commands() if f"--out {folder}" in other)
    return None


def quicker(command: str) -> str:
    """A Chinese twin shows its words with three runs, or one moment: the English one has run."""
    twin = command.replace(" --lang zh", "")
    if twin != command and "drill-rollback" in command and "--at" not in command:
        return f"{command} --at finish"
    fixed = ("--runs", "--budget", "--precision", "--resume", "--out", "|", "&&")
    many = any(f"seatrial {word} " in command for word in ("compare", "claims"))
    if twin == command or twin not in commands() or not many or any(w in command for w in fixed):
        return command
    return f"{command} --runs 3"


def in_a_shell(command: str, desk: Path) -> Done:
    """What a reader has who pastes *command* into a shell, pipes included."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    return subprocess.run(
        command, shell=True, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_documents_runs(command, read):
    if (before := makes_the_run_that(command)) is not None:
        desk, made = read(before)
        assert 0 == made.returncode
        done = in_a_shell(command, desk)
    else:
        _, done = read(quicker(command))

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
