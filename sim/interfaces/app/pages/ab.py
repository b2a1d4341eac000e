"""A/B lab: how many users it takes, who is in the groups, and what looking too often does."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.i18n import message
from sim.interfaces.app import address
from sim.interfaces.app.lab.groups import show_groups
from sim.interfaces.app.lab.judge import show_judge
from sim.interfaces.app.lab.peeking import show_peeking
from sim.interfaces.app.lab.settings import FIELDS, TABS
from sim.interfaces.app.lab.size import show_size
from sim.interfaces.app.lab.split import show_split
from sim.interfaces.app.page import Page
from sim.interfaces.app.shown import show_link

INSTRUMENTS = {
    "size": show_size,
    "groups": show_groups,
    "split": show_split,
    "peeking": show_peeking,
    "judge": show_judge,
}


def show(language: str) -> None:
    """The instruments, one a tab."""
    for tab, instrument in zip(_tabs(language), INSTRUMENTS.values(), strict=True):
        with tab:
            instrument(language)
    show_link(address.words_of(FIELDS, st.session_state), language)


def _tabs(language: str) -> Sequence[DeltaGenerator]:
    """The instruments; the address knows which is in view, so that a reload comes back to it."""
    labels = {one: words.render(language) for one, words in TABS.items()}
    key = f"ab-tabs-{language}"

    def note() -> None:
        state = st.session_state
        state["ab-tab"] = next(one for one in TABS if labels[one] == state[key])

    shown = labels[st.session_state["ab-tab"]]
    return st.tabs(list(labels.values()), default=shown, key=key, on_change=note)


PAGE = Page(
    title=message("A/B lab"),
    question=message("How many users does it take to tell, and how often is one fooled?"),
    show=show,
    fields=FIELDS,
)
