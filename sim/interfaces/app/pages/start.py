"""Start: what this is in a sentence, and a rolling update that explains itself."""

from __future__ import annotations

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app import settings
from sim.interfaces.app.drawing.player import Playing, show_player
from sim.interfaces.app.frame import link_to
from sim.interfaces.app.one_run.narration import narration, shown
from sim.interfaces.app.one_run.race_story import show_race
from sim.interfaces.app.order import Order
from sim.interfaces.app.page import Page
from sim.interfaces.app.pages import PAGES
from sim.interfaces.app.shown import theme_colours
from sim.interfaces.app.work.jobs import State
from sim.interfaces.app.work.progress import follow, show_end
from sim.interfaces.app.work.server import standing, start
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject

RECORDED = Order(bundled=settings.FIRST, strategies=("RollingUpdate",), runs=1)


def show(language: str) -> None:
    """The sentence, the doors, the recording."""
    st.markdown(
        translate(
            language,
            "Seatrial simulates every pod, probe, proxy and request of a release, and counts who "
            "is hurt by it and why.",
        )
    )
    st.subheader(translate(language, "A rolling update, request by request"))
    played, raced = (Work(task=task, order=RECORDED.to_json()) for task in ("run", "race"))
    for work in (played, raced):
        if standing(work) == (None, None):
            start(work, language)
    found = _done(played, language)
    if found is not None:
        _play(found["recording"], language)
        enlarged = _done(raced, language)
        if enlarged is not None:
            show_race(enlarged, language)
    st.subheader(translate(language, "Where to go from here"))
    _doors(language)


def _done(work: Work, language: str) -> JsonObject | None:
    """What *work* came to; None while it is under way, which is shown."""
    found, job = standing(work)
    if found is None and job is not None:
        if job.state is State.RUNNING:
            follow(job, language)
        else:
            show_end(job, language)
    return found


def _doors(language: str) -> None:
    """Every other page and its question, in two columns where there is room."""
    others = [name for name in PAGES if name != "start"]
    half = -(-len(others) // 2)
    with st.container(key="doors"):
        columns = st.columns(2)
    for column, names in zip(columns, (others[:half], others[half:]), strict=True):
        for name in names:
            with column.container(gap=None):
                link_to(name, language)
                st.caption(PAGES[name].question.render(language))


def _play(recording: JsonObject, language: str) -> None:
    start_seconds, end_seconds = shown(recording)
    before = translate(
        language,
        "{n} pods of the old version answer everything. In a moment the release is written.",
        n=sum(pod["version"] == 0 for pod in recording["pods"]),
    )
    playing = Playing(
        start=start_seconds,
        end=end_seconds,
        captions=narration(recording, language),
        before=before,
        events=5,
        autoplay=True,
    )
    show_player(recording, playing, theme_colours(), language, key=f"start-{language}")
    st.caption(
        translate(
            language,
            "A recorded run of the scenario {scenario}, seed {seed}: nothing in it is drawn by "
            "hand. The numbers jump to what is explained.",
            scenario=RECORDED.bundled,
            seed=RECORDED.seed,
        )
    )


PAGE = Page(
    title=message("Start"),
    question=message(
        "Sea trials for a Kubernetes rollout: what a release costs, before production."
    ),
    show=show,
)
