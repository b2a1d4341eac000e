"""The `seatrial` command as tests call it: inside this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from message_ids import ROOT, compile_chinese
from typer.testing import CliRunner, Result

WORDS = "from sim.interfaces.cli import main; main()"


def call(*words: str, stdin: str | None = None, **environment: str) -> Result:
    """Call the command inside this process."""
    from sim.interfaces.cli import app

    compile_chinese()
    env: Mapping[str, str | None] = {"SEATRIAL_LANG": "en", **environment}
    return CliRunner().invoke(app, list(words), input=stdin, env=env)


def environment(**more: str) -> dict[str, str]:
    """This process' environment, in English, with the checkout's package in reach."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "SEATRIAL_LANG": "en", "PYTHONPATH": path, **more}


def start(*words: str, **more: str) -> subprocess.Popen[str]:
    """Start the command as a process of its own, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", WORDS, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**more),
        start_new_session=True,
    )


def finish(*words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-c", WORDS, *words],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(**more),
        check=False,
    )
