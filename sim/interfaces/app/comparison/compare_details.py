"""What is behind the verdict of a comparison, one subject at a time."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.comparison.pairs import pairs_picture
from sim.interfaces.app.comparison.pictures import budget_sentence, budgets, heats
from sim.interfaces.app.comparison.trade_offs import trade_offs_picture
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawn import drawn
from sim.interfaces.app.shown import (
    show_basis,
    show_definitions,
    show_table,
    theme_colours,
)
from sim.interfaces.table import Table
from sim.model.objects import JsonObject


def show_details(found: JsonObject, name: str, language: str) -> None:
    """Every tab for the result called *name*; who does better is there if there are several."""
    view, several = found["views"][language], len(found["comparison"]["arms"]) > 2
    names = (
        *([translate(language, "Who does better")] if several else []),
        translate(language, "Figures"),
        translate(language, "Why requests failed"),
        translate(language, "Latency and budget"),
        translate(language, "What this rests on"),
    )
    *better, figures, causes, latency, basis = st.tabs(names)
    for tab in better:
        with tab:
            _show_better(found, language)
    with figures:
        table = Table.from_json(view["figures"])
        show_table(table)
        show_definitions(table, language)
    with causes:
        show_table(Table.from_json(view["causes"]))
        show_table(Table.from_json(view["classes"]))
        show_table(Table.from_json(view["stories"]))
    with latency:
        _show_latency(found, name, language)
    with basis:
        show_table(Table.from_json(view["settings"]))
        show_basis(view["warnings"], view["assumptions"])


def _show_better(found: JsonObject, language: str) -> None:
    """Trade-offs, and everyone against everyone."""
    colours = theme_colours()
    show_markup(trade_offs_picture(found, colours, language), "trade-offs")
    show_markup(pairs_picture(found["comparison"], colours, language), "pairs")


def _show_latency(found: JsonObject, name: str, language: str) -> None:
    colours = theme_colours()
    st.subheader(translate(language, "Latency over time"))
    cells = drawn(name, "heats", colours, language, lambda: heats(found, colours, language))
    show_markup(cells, "heats")
    st.subheader(translate(language, "Error budget"))
    st.caption(
        translate(
            language,
            "Failed requests beyond no release, as a share of all that the SLO allows in the "
            "window; 100 % is all of it. One run of each strategy.",
        )
    )
    show_markup(budgets(found, colours, language), "budgets")
    if sentence := budget_sentence(found, language):
        st.caption(sentence)
