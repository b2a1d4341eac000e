"""Compare: one's limits, the verdict in a sentence, and a column for each strategy."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app import address, limits, settings
from sim.interfaces.app.downloads import command, offer
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawn import drawn
from sim.interfaces.app.elsewhere import result_or_wait
from sim.interfaces.app.order import Order
from sim.interfaces.app.page import Page
from sim.interfaces.app.pairs import chance_sentence, pairs_table
from sim.interfaces.app.pictures import budgets, heats, timelines
from sim.interfaces.app.report import report
from sim.interfaces.app.shown import (
    show_basis,
    show_link,
    show_reading,
    show_table,
    theme_colours,
)
from sim.interfaces.app.task import Work
from sim.interfaces.app.understood import understood
from sim.interfaces.table import Table
from sim.model.objects import JsonObject


def show(language: str) -> None:
    """Ask, compute elsewhere, show."""
    with st.sidebar:
        order = settings.ask_comparison(language)
    reading = understood(order, language)
    if reading is None:
        return
    if settings.follow_rollout(reading.get("own")):
        st.rerun()
    work = Work(task="compare", order=order.to_json())
    found = result_or_wait(
        work,
        translate(language, "Compare"),
        language,
        at_once=order == settings.usual_order(),
        blocked=not order.strategies,
    )
    if found is None:
        show_reading(reading, language)
    else:
        _show(found, order, work, language)


def _show(found: JsonObject, order: Order, work: Work, language: str) -> None:
    view, comparison, colours = found["views"][language], found["comparison"], theme_colours()
    given = limits.ask_limits(language)
    if given:
        show_table(limits.kept_table(comparison, given, language))
    st.subheader(translate(language, "Verdict"))
    chance = chance_sentence(comparison, language)
    sentences = "<br>".join(escape(text) for text in (view["verdict"], chance) if text)
    st.html(f"<p class='seatrial-verdict'>{sentences}</p>")
    lanes = drawn(
        work.name, "timelines", colours, language, lambda: timelines(found, colours, language)
    )
    show_markup(lanes, "timelines")
    st.caption(
        translate(
            language,
            "One run of each strategy, with seed {seed}; the verdict is about all {n} seeds. "
            "Above: a bar for each pod. Below: who answered the requests, in per cent.",
            seed=order.seed,
            n=order.runs,
        )
    )
    _show_details(found, work.name, language)
    st.subheader(translate(language, "Take it with you"))
    written = partial(report, found, command(order), language)
    offer(order, comparison, work, written, language)
    show_link(address.words_of(PAGE.fields, st.session_state), language)
    st.caption(translate(language, "The same in a terminal"))
    st.code(command(order), language=None, wrap_lines=True)


def _show_details(found: JsonObject, name: str, language: str) -> None:
    """What is behind the verdict, one subject at a time."""
    view, colours = found["views"][language], theme_colours()
    names = (
        translate(language, "Figures"),
        translate(language, "Why requests failed"),
        translate(language, "Latency and budget"),
        translate(language, "What this rests on"),
    )
    figures, causes, latency, basis = st.tabs(names)
    with figures:
        show_table(pairs_table(found["comparison"], language))
        show_table(Table.from_json(view["figures"]))
    with causes:
        show_table(Table.from_json(view["causes"]))
        show_table(Table.from_json(view["classes"]))
        show_table(Table.from_json(view["stories"]))
    with latency:
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
    with basis:
        show_table(Table.from_json(view["settings"]))
        show_basis(view["warnings"], view["assumptions"])


PAGE = Page(
    title=message("Strategies"),
    question=message("Which strategy should this release use?"),
    show=show,
    fields=(*settings.COMPARISON, *limits.FIELDS),
)
