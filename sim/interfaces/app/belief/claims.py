"""The handbook's claims on the page: each ordering, and whether runs bear it out."""

from __future__ import annotations

import streamlit as st

from sim.experiments.claims.handbook import CHAPTERS
from sim.i18n import translate
from sim.interfaces.app.shown import plain, show_table
from sim.interfaces.app.work.made import show_made
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

SEEDS = 5


def show_claims(language: str) -> None:
    """Every chapter that there is, put to the test when somebody asks for it."""
    for key in CHAPTERS:
        _show_chapter(key, language)


def _show_chapter(key: str, language: str) -> None:
    chapter = CHAPTERS[key]
    st.markdown(
        translate(
            language,
            "Chapter {chapter} of the handbook puts strategies into an order by {words}. The "
            "scenario {scenario} tries each order with {seeds} seeds, the same for all strategies, "
            "in {n} cases: {cases}.",
            chapter=key,
            words=translate(language, ", ").join(
                one.word.render(language) for one in chapter.orderings
            ),
            scenario=chapter.scenario,
            n=len(chapter.cases),
            cases=translate(language, ", ").join(
                one.name.render(language) for one in chapter.cases
            ),
            seeds=SEEDS,
        )
    )
    work = Work(task="claims", order={"chapter": key, "seeds": SEEDS})
    found = on_demand(work, translate(language, "Put them to the test"), f"claims-{key}", language)
    if found is None:
        st.caption(translate(language, "It takes some minutes, and is kept."))
        return
    view = found[language]
    show_table(verdicts_table(view, language))
    st.caption(
        translate(
            language,
            "A verdict is about these cases and these seeds. It rests on paired differences, case "
            "by case; the intervals of one ordering hold together at 95 %.",
        )
    )
    show_made(found["made"], language)
    for one in view["orderings"]:
        heading = translate(language, "{word}: {verdict}", word=one["word"], verdict=one["verdict"])
        with st.expander(heading):
            st.markdown(plain(one["sentence"]))
            show_table(Table.from_json(one["statements"]))
            show_table(Table.from_json(one["figures"]))
    with st.expander(translate(language, "How it was measured")):
        show_table(Table.from_json(view["measures"]))
        show_table(Table.from_json(view["cases"]))


def verdicts_table(view: JsonObject, language: str) -> Table:
    """One line for each ordering: what is claimed, from least to most, and what came of it."""
    return Table(
        title=translate(language, "What is claimed, from least to most"),
        headings=(
            translate(language, "word"),
            translate(language, "claim"),
            translate(language, "verdict"),
        ),
        rows=tuple(
            Row(cells=(one["word"], one["order"], one["verdict"])) for one in view["orderings"]
        ),
    )
