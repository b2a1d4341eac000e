"""The terminal that a command talks to: its language, its two streams, and its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import ScenarioError, SimError
from sim.i18n import LANGUAGES, Message, preferred_language, translate
from sim.interfaces.harmless import harmless
from sim.interfaces.system_errors import explain

if TYPE_CHECKING:
    from rich.console import Console

FAILED = 1  # Seatrial or the machine could not do it.
BAD_INPUT = 2  # What was given cannot be used.
INTERRUPTED = 130  # 128 + SIGINT, as shells say it.
BROKEN_PIPE = 141  # 128 + SIGPIPE: the reader left.

PIPE_WIDTH = 80


def asked_language(words: Sequence[str]) -> str:
    """The language that the command line *words* ask for, wherever `--lang` stands, else ours."""
    asked = None
    for number, here in enumerate(words):
        if here == "--":
            break
        if here == "--lang":
            asked = "".join(words[number + 1 : number + 2])
        elif here.startswith("--lang="):
            asked = here.removeprefix("--lang=")
    return preferred_language(asked if asked in LANGUAGES else None)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a command prints, and in which language; *words* are what it was called with."""

    language: str
    words: tuple[str, ...] = ()

    def say(self, text: Message) -> str:
        """*text* in this terminal's language."""
        return text.render(self.language)

    def console(self, *, stderr: bool = False) -> Console:
        """A rich console on standard output or error; 80 columns wide where nobody looks."""
        from sim.interfaces.printed import Paper

        stream = sys.stderr if stderr else sys.stdout
        console = Paper(stderr=stderr, highlight=False, markup=False, emoji=False)
        if not stream.isatty():
            console.width = max(console.width, PIPE_WIDTH)
        return console

    def complain(self, *lines: str) -> None:
        """Say *lines* on standard error."""
        for line in lines:
            print(harmless(line), file=sys.stderr)

    def report(self, error: Exception) -> int:
        """Say what went wrong, and answer the exit code that fits."""
        if isinstance(error, ScenarioError):
            self.complain(*(problem.render(self.language) for problem in error.problems))
            return BAD_INPUT
        if isinstance(error, SimError):
            self.complain(self._error_line(self.say(error.message)))
            return FAILED
        self.complain(self._error_line(self.say(explain(error))))
        return FAILED

    def _error_line(self, text: str) -> str:
        return translate(self.language, "seatrial: error: {text}", text=text)
