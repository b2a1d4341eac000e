"""The page's language: the address says it, else the visitor's choice, else the browser's, else zh.

A navigation forgets the address, so the choice is kept in the session and written down again.
"""

from __future__ import annotations

import streamlit as st

from sim.i18n import LANGUAGES, message, translate
from sim.interfaces.app.address import LANGUAGE

# In each catalogue the translation of this word is the language's own name.
OWN_NAME = message("English")
_CHOSEN, _DRAWN = "language-chosen", "language-drawn"


def page_language() -> str:
    """The language of this view."""
    asked = st.query_params.get(LANGUAGE) or st.session_state.get(_CHOSEN)
    if asked in LANGUAGES:
        st.session_state[_CHOSEN] = asked
        if st.query_params.get(LANGUAGE) != asked:
            st.query_params[LANGUAGE] = asked
        return str(asked)
    browser = (st.context.locale or "zh").lower()
    return "zh" if browser.startswith("zh") else "en"


def carry_over(language: str) -> None:
    """Hold what is chosen on the page, if it was drawn in another language until now.

    Streamlit's browser side sends a chosen option back by its label, which nobody knows any more
    once the labels are in another language. Until then they are read as they were drawn.
    """
    state = st.session_state
    if state.get(_DRAWN) not in (None, language):
        for key, value in list(state.items()):
            if _is_chosen(value):
                state[key] = value
    state[_DRAWN] = language


def _is_chosen(value: object) -> bool:
    """Whether a field may hold that; buttons (bool) and uploads may not be set."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str) for one in value)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def language_switch(language: str) -> None:
    """A choice between the languages, each called by its own name; page and settings stay."""

    def keep() -> None:
        st.query_params[LANGUAGE] = st.session_state["language"] or language

    st.session_state["language"] = language
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.segmented_control(
            translate(language, "Language"),
            LANGUAGES,
            required=True,
            format_func=lambda name: OWN_NAME.render(name),
            key="language",
            on_change=keep,
            label_visibility="collapsed",
        )
