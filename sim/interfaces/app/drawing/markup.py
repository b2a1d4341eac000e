"""A place on the page for SVG: Streamlit's own HTML element throws it away."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".seatrial-markup");
  if (place.innerHTML !== data.markup) place.innerHTML = data.markup;
}"""
_STYLE = """
.seatrial-markup { color: var(--st-text-color); font-family: var(--st-font); }
.seatrial-columns { display: grid; gap: 1rem 1.2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); }
.seatrial-columns h3 { font-size: 1.05rem; margin: 0; }
.seatrial-columns p { margin: 0 0 .3rem; font-size: .85rem; }
.seatrial-columns figure { margin: 0; max-width: 560px; }
"""


def show_markup(markup: str, key: str) -> None:
    """Show *markup*, which must have escaped whatever is not ours."""
    component = st.components.v2.component(
        "seatrial_markup",
        html="<div class='seatrial-markup'></div>",
        css=_STYLE,
        js=_SCRIPT,
    )
    component(data={"markup": markup}, key=key)
