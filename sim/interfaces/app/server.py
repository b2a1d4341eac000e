"""What all visitors of one server share: its jobs."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.jobs import Job, Jobs
from sim.interfaces.app.order import Order


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one registry of jobs."""
    return Jobs()


def current_job() -> Job | None:
    """The job that the address names."""
    return jobs().get(st.query_params.get("job"))


def start(order: Order, language: str) -> None:
    """Start *order* and keep the job's id in the address, so that a reload finds it.

    Too many at once are refused, and the visitor is told.
    """
    name = jobs().start(order)
    if name is None:
        st.warning(translate(language, "This machine is busy with other comparisons; try again."))
        return
    st.query_params["job"] = name
    st.rerun()
