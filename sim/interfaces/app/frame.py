"""The frame that every page stands in: navigation, language, address, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from sim.interfaces.app import address
from sim.interfaces.app.frozen import freeze_what_is_loaded
from sim.interfaces.app.language import carry_over, language_switch, page_language
from sim.interfaces.app.page import Page
from sim.interfaces.app.pages import PAGES
from sim.interfaces.app.roof import Roof
from sim.interfaces.app.service import own_text
from sim.interfaces.app.style import NIGHT_STYLE, STYLE
from sim.interfaces.app.toolkit_words import speak


def show() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Seatrial", page_icon="⛵", layout="wide")
    st.html(STYLE)
    if st.context.theme.type == "dark":
        st.html(NIGHT_STYLE)
    language = page_language()
    speak(language)
    address.take_up(tuple(field for name in PAGES for field in _fields(PAGES[name])))
    carry_over(language)
    own_text.take_up()
    entries = [
        st.Page(
            _drawn(name, PAGES[name], language),
            title=PAGES[name].title.render(language),
            url_path=name,
            default=number == 0,
        )
        for number, name in enumerate(PAGES)
    ]
    current = st.navigation(entries, position="top")
    language_switch(language)
    current.run()
    freeze_what_is_loaded()


def _fields(page: Page) -> tuple[address.Field, ...]:
    return page.fields


def link_to(
    name: str, language: str, label: str | None = None, width: int | Literal["content"] = "content"
) -> None:
    """A door to the page called *name*, with the settings of now."""
    page: Page = PAGES[name]
    target = st.Page(_drawn(name, page, language), title=name, url_path=name, default=_first(name))
    words = address.words_of(page.fields, st.session_state)
    asked = st.query_params.get_all(address.LANGUAGE)
    st.page_link(
        target,
        label=f"**{label or page.title.render(language)}**",
        width=width,
        query_params={**words, **({address.LANGUAGE: asked} if asked else {})},
    )


def _first(name: str) -> bool:
    return name == next(iter(PAGES))


def _drawn(name: str, page: Page, language: str) -> Callable[[], None]:
    """What Streamlit calls to draw *page*: it must carry the page's name."""

    def draw() -> None:
        own_text.keep()
        address.write_down(page.fields)
        with Roof(name, language):
            st.title(page.question.render(language))
            page.show(language)

    draw.__name__ = name
    return draw
