"""The story of one failed request on its page: moment by moment, and what would have helped."""

from __future__ import annotations

from html import escape

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.one_run.glass import AT
from sim.interfaces.app.one_run.remedies import remedy
from sim.interfaces.app.one_run.story import story
from sim.interfaces.cause_names import cause_name
from sim.model.objects import JsonObject

STORY = "story"


def show_story(recording: JsonObject, language: str) -> None:
    """Choose one of the failed requests that are told, and hear of it; or that there is none."""
    failures = sorted(recording["failures"], key=lambda one: float(one["meant"]))
    st.subheader(translate(language, "The story of one failed request"))
    if not failures:
        st.markdown(
            translate(
                language,
                "No request failed in this run, so there is no story to tell. Switch on a fault on "
                "the left, or take another strategy.",
            )
        )
        return
    if int(st.session_state[STORY]) >= len(failures):
        st.session_state[STORY] = 0
    number = st.selectbox(
        translate(language, "Failed request"),
        range(len(failures)),
        format_func=lambda n: translate(
            language,
            "{time} s, user {user}: {cause}",
            time=f"{failures[n]['meant']:+.2f}",
            user=failures[n]["user"],
            cause=cause_name(failures[n]["cause"], language),
        ),
        key=STORY,
        persist_state="session",
    )
    one = failures[int(number or 0)]
    items = "".join(
        f"<li><b>{time:+.3f} s</b> {escape(text.render(language))}</li>"
        for time, text in story(one, recording)
    )
    st.html(f"<ol class='seatrial-story'>{items}</ol>")
    st.markdown(_moral(one, recording, language))
    st.button(
        translate(language, "Show this moment in the player above"),
        key="to-moment",
        on_click=_move_to,
        args=(float(one["answered"]), recording["start"], recording["end"]),
    )


def _move_to(at: float, low: float, high: float) -> None:
    st.session_state[AT] = round(min(max(at, low), high), 2)


def _moral(one: JsonObject, recording: JsonObject, language: str) -> str:
    """How many failed like this one, and what would have helped them."""
    alike = translate(
        language,
        "Failed like this one: {count} of {all} failed requests of the run.",
        count=f"{recording['causes'][one['cause']]:,}",
        all=f"{sum(recording['causes'].values()):,}",
    )
    found = remedy(one["cause"], recording["pre_stop"])
    if found is None:
        return alike
    helped = translate(language, "What would have helped: {remedy}", remedy=found.render(language))
    return f"{alike}  \n**{helped}**"
