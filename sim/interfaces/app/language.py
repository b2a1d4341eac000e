"""The page's language: the address says it, else the visitor's choice, else the browser's, else zh.

A navigation forgets the address, so the choice is kept in the session and written down again.
"""

from __future__ import annotations

import streamlit as st

from sim.i18n import LANGUAGES, message, translate
from sim.interfaces.app.address import LANGUAGE

# In each catalogue the translation of this word is the language's own name.
OWN_NAME = message("English")
_CHOSEN = "language-chosen"


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
