"""A command's help page in two languages, laid out by how wide characters really are."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from sim.i18n import Message, message, translate

WIDEST = 100
_GAP = 2
_NAMES_AT_MOST = 30

# Words that the parser's library says by itself, in English only.
HELP_OPTION = message("Show this message and exit.")


def width_of(text: str) -> int:
    """How many columns *text* takes: East Asian wide characters two each."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> Iterator[str]:
    """Break *text* into lines of at most *width* columns, at spaces and between CJK characters."""
    line = ""
    for piece in _pieces(text):
        if line and width_of(line) + width_of(piece.rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: a word with the space after it, or one wide character.

    Closing punctuation never starts a line and opening punctuation never ends one.
    """
    piece = ""
    for character in " ".join(text.split()):
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or before == " ":
        return before == " "
    if width_of(before) == 1 and width_of(after) == 1:
        return False
    closing = unicodedata.category(after) in ("Po", "Pe", "Pf")
    opening = unicodedata.category(before) in ("Ps", "Pi")
    return not closing and not opening


def page(ctx: typer.Context, language: str) -> str:
    """The whole help page of the command of *ctx*."""
    command: Any = ctx.command
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = [usage(ctx, language), ""]
    for paragraph in _paragraphs(command, language):
        lines += [f"  {line}" for line in wrap(paragraph, width - 2)] + [""]
    params = [p for p in command.get_params(ctx) if not getattr(p, "hidden", False)]
    arguments = [_row(p, language) for p in params if p.param_type_name == "argument"]
    options = [_row(p, language) for p in params if p.param_type_name == "option"]
    commands = [
        (name, _paragraphs(found, language)[0])
        for name, found in getattr(command, "commands", {}).items()
    ]
    for title, rows in (
        (message("Arguments:"), arguments),
        (message("Commands:"), commands),
        (message("Options:"), options),
    ):
        lines += _section(title, rows, language, width)
    return "\n".join(lines).rstrip() + "\n"


def _paragraphs(command: Any, language: str) -> list[str]:
    return Message(command.help or "").render(language).split("\n\n")


def usage(ctx: typer.Context, language: str) -> str:
    """The one line that shows how to call the command of *ctx*."""
    command: Any = ctx.command
    words = [ctx.command_path, translate(language, "[OPTIONS]")]
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            words.append(_argument_name(param))
    if hasattr(command, "commands"):
        words.append(translate(language, "COMMAND …"))
    return translate(language, "Usage: {words}", words=" ".join(words))


def _argument_name(param: Any) -> str:
    name = str(param.metavar or param.name.upper())
    return name + ("…" if param.nargs != 1 else "")


def _row(param: Any, language: str) -> tuple[str, str]:
    """What a parameter is called, and what it does."""
    text = Message(param.help or "").render(language)
    if param.param_type_name == "argument":
        return _argument_name(param), text
    name = ", ".join([*param.opts, *param.secondary_opts])
    if not param.is_flag:
        name += f" {param.metavar or param.name.upper()}"
    if isinstance(param.default, int | str) and not isinstance(param.default, bool):
        text += " " + translate(language, "[default: {value}]", value=param.default)
    return name, text


def _section(
    title: Message, rows: Iterable[tuple[str, str]], language: str, width: int
) -> Iterator[str]:
    """A title and two columns; a name that is too long has its line to itself."""
    rows = list(rows)
    if not rows:
        return
    column = min(max(width_of(name) for name, _ in rows), _NAMES_AT_MOST) + 2 * _GAP
    yield title.render(language)
    for name, text in rows:
        head = " " * _GAP + name
        for number, line in enumerate(wrap(text, width - column) if text else [""]):
            if number == 0 and width_of(head) <= column - _GAP:
                yield head + " " * (column - width_of(head)) + line
                continue
            if number == 0:
                yield head
            yield " " * column + line
    yield ""
