"""How the instruments ask for numbers; an emptied field shows and means the usual value."""

from __future__ import annotations

import streamlit as st

from sim.interfaces.app.lab.settings import USUAL, held


def ask_number(label: str, key: str, limits: tuple[float, float], step: float) -> float:
    """A number within *limits*."""
    st.number_input(
        label,
        *limits,
        step=step,
        key=key,
        persist_state="session",
        placeholder=f"{USUAL[key]:g}",
    )
    return float(held(key))


def ask_whole(label: str, key: str, limits: tuple[int, int]) -> int:
    """A whole number within *limits*."""
    st.number_input(label, *limits, key=key, persist_state="session", placeholder=f"{USUAL[key]}")
    return int(held(key))
