"""Compare: one's limits, the verdict in a sentence, and a column for each strategy."""

from __future__ import annotations

from functools import partial

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app import address, settings
from sim.interfaces.app.comparison import limits
from sim.interfaces.app.comparison.compare_details import show_details
from sim.interfaces.app.comparison.pairs import chance_sentence
from sim.interfaces.app.comparison.pictures import timelines
from sim.interfaces.app.comparison.report import report
from sim.interfaces.app.comparison.show_limits import show_limits
from sim.interfaces.app.comparison.verdict_clauses import verdict_html
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawn import drawn
from sim.interfaces.app.order import Order
from sim.interfaces.app.page import Page
from sim.interfaces.app.service.understood import understood
from sim.interfaces.app.shown import show_link, show_reading, theme_colours
from sim.interfaces.app.take_away.downloads import command, offer
from sim.interfaces.app.work.elsewhere import result_or_wait
from sim.interfaces.app.work.task import Work
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
    limited = show_limits(comparison, order, language)
    st.subheader(translate(language, "Verdict"))
    chance = chance_sentence(comparison, language)
    st.html(verdict_html(view["clauses"], limited.sentences, chance))
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
    show_details(found, work.name, language)
    st.subheader(translate(language, "Take it with you"))
    again = command(order, "compare", *limited.words)
    written = partial(report, found, again, language, limited)
    offer(order, comparison, work, written, language)
    show_link(address.words_of(PAGE.fields, st.session_state), language)
    st.caption(translate(language, "The same in a terminal"))
    st.code(again, language=None, wrap_lines=True)


PAGE = Page(
    title=message("Strategies"),
    question=message("Which strategy should this release use?"),
    show=show,
    fields=(*settings.COMPARISON, *limits.FIELDS),
)
