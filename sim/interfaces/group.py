"""The `seatrial` command group: its language, and one place where every failure ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sim.errors import SimError
from sim.i18n import translate
from sim.interfaces import help_page
from sim.interfaces.terminal import BROKEN_PIPE, INTERRUPTED, Terminal, asked_language
from sim.interfaces.usage_errors import explain_usage


def terminal_of(ctx: typer.Context) -> Terminal:
    """The terminal that *ctx* talks to."""
    found = ctx.find_root().obj
    return found if isinstance(found, Terminal) else Terminal(asked_language(()))


class Command(TyperCommand):
    """One subcommand, with a help page in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        formatter.write(help_page.page(ctx, terminal_of(ctx).language))


class Group(TyperGroup):
    """All subcommands; no traceback leaves it for anything that can go wrong on purpose."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        formatter.write(help_page.page(ctx, terminal_of(ctx).language))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line *args* and exit with its code, always under the name seatrial."""
        words = list(sys.argv[1:] if args is None else args)
        terminal = Terminal(asked_language(words), tuple(words))
        try:
            code = super().main(
                words,
                "seatrial",
                complete_var=complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                obj=terminal,
                **extra,
            )
        except typer.TyperException as error:
            code = self._refuse(error, terminal)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand; turn what goes wrong into one message and an exit code."""
        terminal = terminal_of(ctx)
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            terminal.complain(translate(terminal.language, "seatrial: interrupted"))
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whatever is still buffered has no reader; at exit it must not raise again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(BROKEN_PIPE) from None
        except (SimError, OSError, MemoryError) as error:
            raise typer.Exit(terminal.report(error)) from None

    def _refuse(self, error: Any, terminal: Terminal) -> int:
        """Say what is wrong with the command line; without any words, show the help page."""
        ctx = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":
            terminal.complain(str(error.format_message()).rstrip())
            return int(error.exit_code)
        language = terminal.language
        if ctx is not None:
            terminal.complain(help_page.usage(ctx, language))
        text = explain_usage(error)
        terminal.complain(translate(language, "seatrial: error: {text}", text=text))
        if ctx is not None:
            path = ctx.command_path
            terminal.complain(translate(language, "`{path} --help` says more", path=path))
        return int(error.exit_code)
