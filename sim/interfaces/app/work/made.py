"""When and by what a result was made, for whoever distrusts it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from sim.experiments.programs import programs
from sim.i18n import translate
from sim.interfaces.app.work.shelf import program
from sim.model.objects import JsonObject

SHOWN_DIGITS = 12  # Of a hash: enough to tell one state of the program from another.


def made_now() -> JsonObject:
    """The moment, the program's text as a hash, and the versions of what it stands on."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "program": program()[:SHOWN_DIGITS],
        "versions": dict(programs()),
    }


def show_made(made: JsonObject, language: str) -> None:
    """It as a line below the result."""
    st.caption(
        translate(
            language,
            "Measured on this machine, {at} UTC, and kept until the program changes (SHA-256 of "
            "its text begins with {program}; {versions}).",
            at=made["at"],
            program=made["program"],
            versions=", ".join(f"{name} {number}" for name, number in made["versions"].items()),
        )
    )
