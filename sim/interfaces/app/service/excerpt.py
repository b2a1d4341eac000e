"""The lines around a mistake, numbered, with a mark under its column."""

from __future__ import annotations

AROUND, WIDEST = 1, 96


def excerpt(text: str, line: int, column: int) -> str:
    """*line* of *text* with its neighbours; empty if there is no such line. Both count from 1."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    cut = max(0, column - WIDEST + 16)  # A long line is shown where the mistake is.
    width = len(str(min(line + AROUND, len(lines))))
    made = []
    for number in range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1):
        here = lines[number - 1]
        shown = here[cut : cut + WIDEST] if number == line else here[:WIDEST]
        # A tab is as wide as the reader's screen makes it, which the mark below cannot know.
        shown = ("…" if cut and number == line else "") + shown.replace("\t", "⇥")
        made.append(f"{'>' if number == line else ' '} {number:>{width}} | {shown}".rstrip())
        if number == line and column:
            mark = " " * (column - 1 - cut + bool(cut)) + "^"
            made.append(f"  {'':>{width}} | {mark}")
    return "\n".join(made)
