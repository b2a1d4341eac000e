"""What the page shows: mistakes, what a comparison rests on, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from sim.errors import Problem
from sim.i18n import translate
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.app.jobs import Job, State
from sim.interfaces.app.result import View
from sim.interfaces.scenario_tables import (
    assumptions_table,
    pasted_place,
    problem_lines,
    without_paste,
)
from sim.interfaces.table import Table

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def show_problems(problems: Sequence[Problem], language: str) -> None:
    """Every mistake with its line and column."""
    if not problems:
        return
    st.error(translate(language, "This cannot be used; {n} mistakes were found.", n=len(problems)))
    for problem in problems:
        with st.container(border=True):
            place = pasted_place(problem, language)
            if place:
                st.caption(place)
            st.text(without_paste(problem).render(language))


def show_outcome(job: Job, language: str) -> None:
    """How *job* ended: its result, or why there is none."""
    if job.state is State.CANCELLED:
        st.info(translate(language, "Cancelled."))
    elif job.result is not None:
        _show_view(job.result.views[language], language)
        st.download_button(
            translate(language, "Download as JSON"),
            job.result.document,
            file_name="seatrial.json",
            mime="application/json",
            on_click="ignore",
        )
    else:
        st.error(translate(language, "There is no result."))
        st.text(job.error[language])


def show_scenario(scenario: Scenario, language: str) -> None:
    """What *scenario* was understood to be."""
    _show_basis(problem_lines(scenario.warnings, language), assumptions_table(scenario, language))


def _show_view(view: View, language: str) -> None:
    st.subheader(translate(language, "Verdict"))
    st.info(_plain(view.verdict))
    alt = translate(language, "Pods and traffic over time, one run of each strategy")
    st.image(view.picture, width="stretch", alt=alt)
    for table in view.tables:
        _show_table(table)
    _show_basis(view.warnings, view.assumptions)


def _show_basis(warnings: Sequence[str], assumptions: Table) -> None:
    for text in warnings:
        st.warning(_plain(text))
    _show_table(assumptions)


def _show_table(table: Table) -> None:
    if table.rows:
        st.subheader(table.title)
        st.html(html_table(table))


def _plain(text: str) -> str:
    """*text* with nothing in it that Markdown would take for its own."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~$:" else c for c in text)
