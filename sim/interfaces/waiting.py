"""Progress on standard error, and only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.i18n import Message, message, translate
from sim.interfaces.terminal import Terminal

SIMULATING = message("simulating, seed by seed")


@contextmanager
def progress_of(
    terminal: Terminal, doing: Message = SIMULATING
) -> Iterator[Callable[[int, int], None]]:
    """A bar that hears (done, all) and says *doing*; silent where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        TimeRemainingColumn(),  # What is left.
        console=terminal.console(stderr=True),
        transient=True,
    ) as bar:
        waiting = translate(terminal.language, "measuring how long the rollouts take …")
        task = bar.add_task(waiting, total=None)
        text = doing.render(terminal.language)

        def hear(done: int, total: int) -> None:
            bar.update(task, description=text, completed=done, total=total)

        yield hear
