"""The plan on a page: its picture, and the same in words."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.plan import plan_picture
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.app.shown import theme_colours
from sim.interfaces.table import Row, Table
from sim.model.duration import show_duration
from sim.model.objects import JsonObject


def show_plan(plan: JsonObject, language: str) -> None:
    """Nothing where nobody waits and nothing goes wrong."""
    picture = plan_picture(plan, theme_colours(), language)
    if not picture:
        return
    st.subheader(translate(language, "Planned steps and faults"))
    show_markup(picture, "plan")
    st.caption(
        translate(
            language,
            "What strategies hold on purpose (a step waits for its pods first, which only a run "
            "can tell), and when faults strike. A fault of a version is there whenever that "
            "version is.",
        )
    )
    with st.expander(translate(language, "The same in words"), key="plan-words"):
        st.html(html_table(plan_table(plan, language)))


def plan_table(plan: JsonObject, language: str) -> Table:
    """One row for each bar: whose it is, from when to when, and what it says."""
    rows = [
        Row(
            cells=(
                one["name"] if number == 0 else "",
                _moment(bar["start"]),
                "…" if bar["end"] is None else _moment(bar["end"]),
                bar["text"][language],
            )
        )
        for one in (*plan["strategies"], *plan["faults"])
        for number, bar in enumerate(one["bars"])
    ]
    return Table(
        title=translate(language, "Planned steps and faults"),
        headings=(
            translate(language, "strategy or fault"),
            translate(language, "from"),
            translate(language, "until"),
            translate(language, "what"),
        ),
        rows=tuple(rows),
    )


def _moment(seconds: float) -> str:
    """Before the first write there is a minus."""
    return f"−{show_duration(-seconds)}" if seconds < 0 else show_duration(seconds)
