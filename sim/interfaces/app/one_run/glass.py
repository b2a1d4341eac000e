"""Parts of the page about one run: alerts against the truth, and kubectl at the scrubbed moment."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app import address
from sim.interfaces.app.drawing.alerts import alerts_picture
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.one_run.alert_story import definition, sentences
from sim.interfaces.app.one_run.kubectl_view import COMMANDS, MOST_WRITES, Kept, kept_from, printed
from sim.interfaces.app.one_run.usual_rule import USUAL, config_map
from sim.interfaces.app.shown import show_table, theme_colours
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Table
from sim.model.objects import JsonObject

AT, COMMAND = "at", "kubectl"
LONGEST_SECONDS = 7 * 86_400.0
FIELDS = (
    address.number(AT, AT, 0.0, -LONGEST_SECONDS, LONGEST_SECONDS),
    address.choice(COMMAND, COMMAND, next(iter(COMMANDS)), lambda: COMMANDS),
)


def show_alerts(recording: JsonObject, table: JsonObject, language: str) -> None:
    """What really failed, and when each alert said so; how to have alerts where there are none."""
    alerts = recording["alerts"]
    st.subheader(translate(language, "Alerts against the truth"))
    if alerts["usual"]:
        _show_usual(language)
    show_markup(alerts_picture(recording, theme_colours(), language), f"alerts-{language}")
    if not alerts["lanes"]:
        none = translate(
            language,
            "Rules of alerts that were evaluated: {n}. None of their alerts became pending.",
            n=alerts["rules"],
        )
        st.markdown(none)
    told = "".join(f"<li>{escape(text)}</li>" for text in sentences(alerts, language))
    st.html(f"<ul class='seatrial-story'>{told}</ul>")
    st.caption(definition(language))
    show_table(Table.from_json(table))


def _show_usual(language: str) -> None:
    """Whose rule it is where the scenario has none, what it cannot see, and how to have one's own.

    A process counts what it answers; a connection that nobody took is in no process's counter.
    """
    st.markdown(
        translate(
            language,
            "The scenario has no rules of alerts, so a usual one only looks on here: {alert}, when "
            "more than 5 % of what the pods answered within a minute were server errors (5xx), for "
            "30 s. Requests that were refused or cut off reach no process that could count them: "
            "the pods' own metrics cannot show them.",
            alert=USUAL.name,
        )
    )
    with st.expander(translate(language, "The rule, and how to have your own")):
        st.markdown(
            translate(
                language,
                "Choose “my own manifest” on the left and add this after the Deployment, behind a "
                "line of three dashes; then change what you like and press Run.",
            )
        )
        st.code(config_map(), language=None, wrap_lines=True)


def show_kubectl(work: Work, found: JsonObject, language: str) -> None:
    """A command, and what it would have printed at the moment to which the player was moved."""
    low, high = found["recording"]["start"], found["recording"]["end"]
    st.session_state[AT] = min(max(float(st.session_state[AT]), low), high)
    st.subheader(translate(language, "As kubectl would have shown it"))
    if found["cluster"] is None:
        st.info(
            translate(
                language,
                "This run wrote more than {n} times to its API server, too much for a page; "
                "`seatrial run --out` keeps all of it for `seatrial get` and `seatrial describe`.",
                n=f"{MOST_WRITES:,}",
            )
        )
        return
    command, moment = st.columns([3, 2])
    with command:
        chosen = st.selectbox(
            translate(language, "Command"),
            list(COMMANDS),
            format_func=lambda name: f"kubectl {name}",
            key=COMMAND,
            persist_state="session",
        )
    with moment:
        at = st.number_input(
            translate(language, "Moment (seconds from the first write)"),
            low,
            high,
            step=1.0,
            format="%.2f",
            key=AT,
            persist_state="session",
            help=translate(language, "It follows the player above when that is let go or paused."),
        )
    kept = _kept(work.name) or kept_from(found["cluster"])
    text = printed(str(chosen), kept, float(at))
    st.html(
        # Scrolled sideways on a phone, so it must be reached by the keyboard.
        f"<pre class='seatrial-terminal' role='region' tabindex='0' aria-label='{escape(chosen)}'>"
        f"{escape(text)}</pre>"
    )


@lru_cache(maxsize=4)
def _kept(name: str) -> Kept | None:
    """The cluster of the run under *name*, once for all moments; None if it had to make room."""
    found = shelf.find_json(name)
    return None if found is None else kept_from(found["cluster"])
