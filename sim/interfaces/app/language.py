"""The page's language: the address says it, else the browser, else Chinese."""

from __future__ import annotations

import streamlit as st

from sim.i18n import LANGUAGES, message, translate

# In each catalogue the translation of this word is the language's own name.
OWN_NAME = message("English")


def page_language() -> str:
    """The language of this view."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    browser = (st.context.locale or "zh").lower()
    return "zh" if browser.startswith("zh") else "en"


def language_switch(language: str) -> None:
    """A choice between the languages, each called by its own name; kept in the address."""

    def keep() -> None:
        st.query_params["lang"] = st.session_state["language"] or language

    st.segmented_control(
        translate(language, "Language"),
        LANGUAGES,
        default=language,
        required=True,
        format_func=lambda name: OWN_NAME.render(name),
        key="language",
        on_change=keep,
        label_visibility="collapsed",
    )
