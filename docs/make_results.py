"""Paste today's results into the READMEs: `python docs/make_results.py`.

The first result that a README shows is an excerpt of what its first command prints: the rows of the
figures that are there already, and the verdict. CI compares them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
RESULT = re.compile(r"(?<=^```text\n)(.*?)(?=^```)", re.MULTILINE | re.DOTALL)


def printed_by(command: str) -> list[str]:
    """What *command* of a README prints on a terminal of 100 columns, in its language."""
    words = command.split()
    if "--lang" not in words:
        words += ["--lang", "en"]
    program = str(Path(sys.executable).parent / words[0])
    done = subprocess.run(
        [program, *words[1:]],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


def label(line: str) -> str:
    """What a row is about: its first cell."""
    return re.split(r"\s{2,}", line.strip())[0]


def excerpt(printed: list[str], shown: list[str]) -> Iterator[str]:
    """The rows of *printed* that *shown* has, each with the same rows below it."""
    figures, verdict = sections(printed)
    wanted = {(group, label(line)) for group, line in grouped(sections(shown)[0])}
    for group, line in grouped(figures):
        if (group, label(line)) in wanted:
            yield line
    yield ""
    yield from verdict


def sections(lines: list[str]) -> tuple[list[str], list[str]]:
    """The table of figures with its title, and the verdict."""
    titles = ("Figures:", "指标：")
    start = next(i for i, line in enumerate(lines) if line.startswith(titles))
    end = lines.index("", start)
    verdict = next(i for i, line in enumerate(lines) if line in ("Verdict", "结论"))
    return ["", *lines[start + 1 : end]], lines[verdict:]


def grouped(figures: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with the label of the figure that it belongs to."""
    group = ""
    for line in figures[1:]:
        if not line.startswith(" "):
            group = label(line)
        yield group, line


def main() -> None:
    """Run the first command of each README and refill its first result."""
    for name in ("README.md", "README.zh.md"):
        path = ROOT / name
        text = path.read_text("utf-8")
        commands = (c for block in COMMANDS.findall(text) for c in block.splitlines())
        printed = printed_by(next(c for c in commands if c.startswith("seatrial ")))
        (shown,) = RESULT.findall(text)
        title = next(line for line in printed if line.startswith(("Figures:", "指标：")))
        lines = [title, *excerpt(printed, shown.splitlines())]
        path.write_text(text.replace(shown, "\n".join(lines) + "\n", 1), "utf-8")


if __name__ == "__main__":
    main()
