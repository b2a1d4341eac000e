"""What is wrong with a text that is no YAML, in plain words and where the slip of the pen is.

A parser stops where it can go no further, which is often a line or more behind the mistake: behind
a quote that was never closed, or a line that is indented by one space too many.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import ScalarEvent

from sim.i18n import message
from sim.scenario.dialect import Refused
from sim.scenario.node import Place

WIDEST = 1000
_BREAK = re.compile("\r\n|\n|\r")
_PAIR = re.compile(r":(?:\s|$)")
_TIGHT = re.compile(r"\s*(?:- +)?[\w./-]+:[^\s:/]")
_WIDE = re.compile("[\\uff1a\\ufe55]")
_UNSEEN = {"\u00a0": "U+00A0", "\u3000": "U+3000", "\u2003": "U+2003", "\u200b": "U+200B"}


def place_at(file: str, mark: Any) -> Place:
    """ruamel's mark, counted from 1 as editors do."""
    return Place(file, mark.line + 1, mark.column + 1)


def explained(error: MarkedYAMLError, file: str, text: str, last: Any) -> Refused:
    """ruamel's complaint about *text*, the usual ones in plain words; *last* was read before it."""
    problem = error.problem or error.context or ""
    unfinished = "end of stream" in problem and error.context_mark is not None
    mark = error.context_mark if unfinished else (error.problem_mark or error.context_mark)
    place = Place(file, 1, 1) if mark is None else place_at(file, mark)
    if "'\\t'" in problem:
        return Refused(
            place,
            message("a tab cannot be used for indentation"),
            message("indent with spaces"),
        )
    if unfinished:
        return Refused(
            place,
            message("what starts here is never closed"),
            message("a closing quote or bracket is missing"),
        )
    lines = _BREAK.split(text)
    lines += [""] * (place.line - len(lines))  # The parser knows breaks that no editor does.
    if problem.startswith("mapping values are not allowed"):
        return _second_pair(lines, place)
    if problem.startswith("could not find expected ':'"):
        begun = place if error.context_mark is None else place_at(file, error.context_mark)
        return _without_a_colon(lines, begun)
    if problem.startswith("expected <block end>"):
        return _out_of_line(lines, place, last)
    if found := re.search(r"found character (\S+) that cannot start any token", problem):
        return Refused(
            place,
            message("a value cannot begin with {found}", found=found[1]),
            message("put quotes around it"),
        )
    return Refused(place, message("this is not valid YAML: {detail}", detail=problem))


def _second_pair(lines: list[str], place: Place) -> Refused:
    """A ': ' where a value goes on: in its own line, or in the one before that it belongs to."""
    line = lines[place.line - 1]
    number = _before(lines, place.line)
    before = lines[number - 1] if number else ""
    if _PAIR.search(line[: place.column - 1]) or not number:
        return Refused(
            place,
            message("a second ': ' in one line"),
            message("put quotes around a text that holds a colon, or start a new line"),
        )
    if not _PAIR.search(before) or any(letter in before for letter in _UNSEEN):
        return _without_a_colon(lines, Place(place.file, number, _indent(before) + 1))
    return Refused(
        Place(place.file, place.line, _indent(line) + 1),
        message("indented deeper than line {number}, which has a value already", number=number),
        message(
            "with {wanted} spaces, as line {number}, not {found}",
            wanted=_indent(before),
            number=number,
            found=_indent(line),
        ),
    )


def _without_a_colon(lines: list[str], place: Place) -> Refused:
    """A line that should be `name: value`, and why it is not."""
    line = lines[place.line - 1]
    if found := _WIDE.search(line):
        return Refused(
            Place(place.file, place.line, found.start() + 1),
            message("this is a full-width colon, which YAML takes for a letter"),
            message("an ordinary colon and a space"),
        )
    for letter, code in _UNSEEN.items():
        if letter in line:
            return Refused(
                Place(place.file, place.line, line.index(letter) + 1),
                message("this only looks like a space: it is {code}", code=code),
                message("an ordinary space; such come along when one copies from a web page"),
            )
    if _TIGHT.match(line):
        return Refused(
            place,
            message("a space is missing after the colon"),
            message("such as {example}", example=line.strip().replace(":", ": ", 1)[:60]),
        )
    return Refused(
        place,
        message("there is no ': ' in this line"),
        message("a name, a colon, a space and a value"),
    )


def _out_of_line(lines: list[str], place: Place, last: Any) -> Refused:
    """A line that begins in another column than its neighbours, or comes after a stray quote."""
    quoted = isinstance(last, ScalarEvent) and last.style in ("'", '"')
    if quoted and last.end_mark.line > last.start_mark.line:
        return Refused(
            place_at(place.file, last.start_mark),
            message("the quote that opens here goes on to line {line}", line=place.line),
            message("its closing quote is missing"),
        )
    if quoted and last.end_mark.line == place.line - 1:
        return Refused(
            place,
            message("there is something behind the closing quote"),
            message("put all of it into one pair of quotes"),
        )
    wanted, line = _neighbour(lines, place)
    return Refused(
        Place(place.file, place.line, _indent(lines[place.line - 1]) + 1),
        message(
            "this line is indented with {found} spaces, which fits no line before it; line {line}"
            " has {wanted}",
            found=_indent(lines[place.line - 1]),
            line=line,
            wanted=wanted,
        ),
        message("did you mean {wanted} spaces?", wanted=wanted),
    )


def _neighbour(lines: list[str], place: Place) -> tuple[int, int]:
    """The indentation that was most likely meant, and the last line that has it.

    Of the blocks that are open there the nearest, and the inner of two; for an item of a list, one
    of items, if there is any.
    """
    here = lines[place.line - 1]
    number, least = place.line, len(here) + WIDEST
    open_blocks: list[tuple[int, int, bool]] = []
    while least > 0 and (number := _before(lines, number)):
        if _indent(lines[number - 1]) < least:
            least = _indent(lines[number - 1])
            open_blocks.append((least, number, lines[number - 1].lstrip().startswith("-")))
    is_item = here.lstrip().startswith("-")
    alike = [one for one in open_blocks if one[2]] if is_item else []
    found = _indent(here)
    near = min(
        alike or open_blocks, key=lambda one: (abs(one[0] - found), -one[0]), default=(0, 1, False)
    )
    return near[0], near[1]


def _before(lines: list[str], number: int) -> int:
    """The last line before *number* that says something; 0 if there is none."""
    for earlier in range(number - 1, 0, -1):
        line = lines[earlier - 1].strip()
        if line and not line.startswith("#"):
            return earlier
    return 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
