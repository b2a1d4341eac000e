"""Small things that several pages show: mistakes, tables, a link to exactly this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import Colours, colours_of
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

_MARKS = r"\`*_{}[]()#+-.!|<>~$:&=@"


def show_problems(reading: JsonObject, language: str) -> None:
    """Every mistake with its line and column, and the lines around it where they are known."""
    problems = reading["problems"].get(language, ())
    if not problems:
        return
    if len(problems) == 1:
        st.error(translate(language, "This cannot be used; one mistake was found."))
    else:
        text = translate(language, "This cannot be used; {n} mistakes were found.", n=len(problems))
        st.error(text)
    for place, sentence, *lines in problems:
        with st.container(border=True):
            if place:
                st.caption(plain(place))
            st.text(sentence)
            if lines and lines[0]:
                st.code(lines[0], language=None)


def show_basis(warnings: Sequence[str], assumptions: JsonObject) -> None:
    """What a result rests on."""
    for text in warnings:
        st.warning(plain(text))
    show_table(Table.from_json(assumptions))


def show_reading(reading: JsonObject, language: str) -> None:
    """What a scenario was understood to be."""
    warnings = [
        f"{place}: {sentence}" if place else sentence
        for place, sentence in reading["warnings"][language]
    ]
    show_basis(warnings, reading["assumptions"][language])


def show_assumptions(reading: JsonObject, language: str) -> None:
    """Everything that a scenario rests on, as a table."""
    show_table(Table.from_json(reading["assumptions"][language]))


def show_table(table: Table) -> None:
    """*table* under its title, if it has any row."""
    if table.rows:
        st.subheader(table.title)
        st.html(html_table(table))


def show_definitions(table: Table, language: str) -> None:
    """What the rows of *table* are, in a box to open: a finger and a keyboard cannot hover."""
    rows = [Row(cells=(row.cells[0], row.explains)) for row in table.rows if row.explains]
    with st.expander(translate(language, "What each figure is")):
        found = Table(
            title=translate(language, "What each figure is"),
            headings=(table.headings[0], translate(language, "what it is")),
            rows=tuple(rows),
        )
        st.html(html_table(found))


def show_link(words: Mapping[str, Sequence[str]], language: str) -> None:
    """The address of exactly this page, for a colleague to open in a language of their own."""
    base = (st.context.url or "").partition("?")[0]
    st.caption(translate(language, "Link to exactly this (each reader sees their own language)"))
    st.code(f"{base}?{urlencode(words, doseq=True)}", language=None, wrap_lines=True)


def theme_colours() -> Colours:
    """The colours for the theme of this view."""
    return colours_of(st.context.theme.type)


def plain(text: str) -> str:
    """*text* with nothing in it that Markdown would take for its own, lines included."""
    lines = (line.strip() for line in text.splitlines())
    return "  \n".join(
        "".join(f"\\{c}" if c in _MARKS else c for c in line) for line in lines if line
    )
