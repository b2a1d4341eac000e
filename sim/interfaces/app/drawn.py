"""Pictures that have been drawn once: the next visitor of the same result gets the same markup."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sim.interfaces.app.drawing.colours import Colours

MOST_PICTURES, MOST_SIZE = 64, "16MB"


@st.cache_data(show_spinner=False, max_entries=MOST_PICTURES, max_size=MOST_SIZE)
def drawn(
    result: str,
    part: str,
    colours: Colours,
    language: str,
    _draw: Callable[[], str],  # Not a part of what it is kept under: the others say what it draws.
) -> str:
    """The *part* of the result of that name on the shelf, in these *colours* and *language*."""
    return _draw()
