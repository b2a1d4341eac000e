"""Run: one run under the glass. Scrub through it, and hear the story of one failed request."""

from __future__ import annotations

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app import address, settings
from sim.interfaces.app.drawing.player import Playing, show_player
from sim.interfaces.app.one_run.failed_story import STORY, show_story
from sim.interfaces.app.one_run.glass import AT, FIELDS, show_alerts, show_kubectl
from sim.interfaces.app.one_run.run_headline import faults_line, headline
from sim.interfaces.app.page import Page
from sim.interfaces.app.service.understood import understood
from sim.interfaces.app.shown import (
    plain,
    show_basis,
    show_link,
    show_table,
    theme_colours,
)
from sim.interfaces.app.work.elsewhere import result_or_wait
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

LEAST_SPEED, LONGEST_SECONDS = 2.0, 60.0  # Simulated seconds a second; how long a run may play.
TABLES = ("causes", "classes", "deeds", "measurements", "experiment", "figures", "settings")


def show(language: str) -> None:
    """Ask, compute elsewhere, show."""
    with st.sidebar:
        order = settings.ask_run(language)
    reading = understood(order, language)
    if reading is None:
        return
    work = Work(task="run", order=order.to_json())
    at_once = order == settings.usual_run()
    found = result_or_wait(work, translate(language, "Run"), language, at_once=at_once)
    if found is not None:
        _show(found, work, language)


def _show(found: JsonObject, work: Work, language: str) -> None:
    recording, view = found["recording"], found["views"][language]
    st.markdown(headline(recording, view["given_up"], language))
    if line := faults_line(view["faults"], recording, language):
        st.markdown(plain(line))
    playing = Playing(
        start=recording["start"],
        end=recording["end"],
        at=float(st.session_state[AT]),
        speed=max(LEAST_SPEED, (recording["end"] - recording["start"]) / LONGEST_SECONDS),
        events=10,
    )
    key = f"run-{language}"
    show_player(recording, playing, theme_colours(), language, key, moved=lambda: _move_to(key))
    show_table(shares_table(recording, language))
    show_story(recording, language)
    show_alerts(recording, view["alerts"], language)
    show_kubectl(work, found, language)
    for part in TABLES:
        if view[part] is not None:
            show_table(Table.from_json(view[part]))
    show_basis(view["warnings"], view["assumptions"])
    show_link(address.words_of(PAGE.fields, st.session_state), language)


def _move_to(player: str) -> None:
    """The rest of the page follows the *player*."""
    at = st.session_state[player].get("at")
    if at is not None:
        st.session_state[AT] = float(at)


def shares_table(recording: JsonObject, language: str) -> Table:
    """What share of the requests was asked for the new version when, and what it got."""
    headings = (
        message("from (s)"),
        message("to (s)"),
        message("asked (%)"),
        message("obtained (%)"),
        message("answers"),
    )
    return Table(
        title=translate(language, "Shares of the new version: asked for and obtained"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            Row(
                cells=(
                    f"{start:+.0f}",
                    f"{end:+.0f}",
                    f"{asked:g}",
                    f"{obtained:.1f}",
                    f"{answers:,}",
                )
            )
            for start, end, asked, obtained, answers in recording["obtained"]
        ),
        figures_from=0,
    )


PAGE = Page(
    title=message("One run"),
    question=message("What exactly happened, and why did this request fail?"),
    show=show,
    fields=(*settings.ONE_RUN, address.number("story", STORY, 0, 0, 999), *FIELDS),
)
