"""Seatrial's page: pick a release, run every strategy on it, read the verdict.

streamlit run app.py
"""

from __future__ import annotations

import streamlit as st

from sim.errors import Problem, ScenarioError
from sim.i18n import translate
from sim.interfaces.app.inputs import ask
from sim.interfaces.app.jobs import State
from sim.interfaces.app.language import language_switch, page_language
from sim.interfaces.app.progress import follow
from sim.interfaces.app.results import show_outcome, show_problems, show_scenario
from sim.interfaces.app.server import current_job, start
from sim.scenario.source import bundled_scenarios

st.set_page_config(page_title="Seatrial", page_icon="⛵", layout="wide")
language = page_language()
st.title("Seatrial")
st.caption(
    translate(
        language, "Sea trials for a Kubernetes rollout: what a release costs, before production."
    )
)
job = current_job()
running = job is not None and job.state is State.RUNNING
problems: tuple[Problem, ...] = ()
scenario = None

with st.sidebar:
    language_switch(language)
    order = ask(language, list(bundled_scenarios()))
    if not order.is_blank:
        try:
            scenario = order.scenario()
        except ScenarioError as error:
            problems = error.problems
    blocked = scenario is None or not order.strategies or running
    if st.button(translate(language, "Compare"), type="primary", disabled=blocked, key="compare"):
        start(order, language)

show_problems(problems, language)
if job is not None and job.state is State.RUNNING:
    follow(job, language)
elif job is not None:
    show_outcome(job, language)
elif scenario is not None:
    show_scenario(scenario, language)
elif order.is_blank:
    st.info(translate(language, "Paste a Deployment on the left, or choose a scenario."))
