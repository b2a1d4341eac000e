"""Believe it: theory, a readable twin, Kubernetes' own words, and the handbook's claims."""

from __future__ import annotations

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app import settings
from sim.interfaces.app.belief import fidelity
from sim.interfaces.app.belief.against_theory import show_theory
from sim.interfaces.app.belief.claims import show_claims
from sim.interfaces.app.order import Order
from sim.interfaces.app.page import Page
from sim.interfaces.app.shown import show_table
from sim.interfaces.app.work.made import show_made
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Row, Table


def show(language: str) -> None:
    """Three reasons, and what the handbook says: each can be tried."""
    theory, engines, kubernetes, handbook = st.tabs(
        [
            translate(language, "Against theory"),
            translate(language, "Against a readable twin"),
            translate(language, "Against Kubernetes"),
            translate(language, "The handbook's claims"),
        ]
    )
    with theory:
        show_theory(language)
    with engines:
        _show_engines(language)
    with kubernetes:
        _show_fidelity(language)
    with handbook:
        show_claims(language)


def _show_engines(language: str) -> None:
    st.markdown(
        translate(
            language,
            "What happens to a request is written down twice: as a plain program for people to "
            "read, and as a compiled kernel that carries millions. Both must agree on every "
            "attempt, to the last bit. Try it with a seed of your own.",
        )
    )
    st.number_input(
        translate(language, "Seed"), 0, 2**31, key="seed", persist_state="session", width=200
    )
    order = Order(
        bundled=settings.FIRST,
        strategies=("RollingUpdate",),
        runs=1,
        seed=int(st.session_state["seed"]),
    )
    work = Work(task="engines", order=order.to_json())
    found = on_demand(work, translate(language, "Run both now"), "engines", language)
    if found is None:
        return
    reference, kernel = found["attempts"]
    if found["different"] == 0 and found["digests"][0] == found["digests"][1]:
        st.success(
            translate(
                language,
                "{attempts} attempts with {columns} values each, and not one differs.",
                attempts=f"{reference:,}",
                columns=found["columns"],
            )
        )
    else:
        st.error(
            translate(
                language,
                "They differ: {reference} and {kernel} attempts, {different} of them different. "
                "Please report it with the seed.",
                reference=f"{reference:,}",
                kernel=f"{kernel:,}",
                different=found["different"],
            )
        )
    st.caption(
        translate(
            language,
            "Scenario {scenario}, {strategy}, seed {seed}. The readable one took {slow} s, the "
            "kernel {fast} s, cluster included.",
            scenario=order.bundled,
            strategy=found["strategy"],
            seed=found["seed"],
            slow=f"{found['seconds'][0]:.2f}",
            fast=f"{found['seconds'][1]:.2f}",
        )
    )
    show_made(found["made"], language)


def _show_fidelity(language: str) -> None:
    every, modelled, left_out = fidelity.counts()
    st.markdown(
        translate(
            language,
            "Seatrial rests on {every} statements about Kubernetes. {modelled} are modelled, and "
            "each has a test that proves it; {left_out} are not modelled, for a reason.",
            every=every,
            modelled=modelled,
            left_out=left_out,
        )
    )
    st.caption(
        translate(language, "The statements are in English, as Kubernetes' documentation is.")
    )
    headings = (
        message("number"),
        message("subject"),
        message("statement about Kubernetes"),
        message("why it is not modelled"),
    )
    with st.container(key="in-english-left-out"):
        show_table(
            Table(
                title=translate(language, "What is not modelled"),
                headings=tuple(heading.render(language) for heading in headings),
                rows=tuple(Row(cells=cells) for cells in fidelity.not_modelled()),
            )
        )
    st.subheader(translate(language, "All statements"))
    found = fidelity.sections()
    name = st.selectbox(translate(language, "Section"), list(found), key="fidelity-section")
    with st.container(key="in-english-statements"):
        st.markdown(found[str(name)].replace("<br>", " · "))


PAGE = Page(
    title=message("Believe it"),
    question=message("Why should I believe these numbers?"),
    show=show,
    fields=(settings.SEED,),
)
