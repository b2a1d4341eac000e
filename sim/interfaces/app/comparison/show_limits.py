"""The limits on the page of a comparison: asked for, held against the runs, and the drill begun."""

from __future__ import annotations

import streamlit as st

from sim.analysis.rollback_figures import BACK
from sim.interfaces.app.comparison import rollback_limit
from sim.interfaces.app.comparison.kept import kept_by
from sim.interfaces.app.comparison.kept_words import kept_sentences, kept_table
from sim.interfaces.app.comparison.limited import Limited
from sim.interfaces.app.comparison.limits import ask_limits, required_words
from sim.interfaces.app.order import Order
from sim.interfaces.app.shown import plain, show_table
from sim.model.objects import JsonObject


def show_limits(comparison: JsonObject, order: Order, language: str) -> Limited:
    """Ask for limits and show who keeps them; a limit on the way back has that measured."""
    given = ask_limits(language)
    if not given:
        return Limited()
    ways = rollback_limit.begun(order, language) if BACK in given else None
    found = kept_by(comparison, given, None if ways is None else ways.found)
    pending = "" if ways is None else ways.pending
    table = kept_table(found, given, pending, language)
    show_table(table)
    notes: list[str] = []
    if ways is not None:
        rollback_limit.show_progress(ways, order, language)
        if ways.found is not None:
            notes = rollback_limit.reasons(ways.found, language)
    for note in notes:
        st.caption(plain(note))
    awaited = ways is not None and ways.found is None
    return Limited(
        sentences=kept_sentences(found, language, awaited=awaited),
        table=table,
        notes=tuple(notes),
        words=tuple(required_words(given)),
    )
