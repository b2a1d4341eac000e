"""What if: the new version has a fault, of this size, from this moment on; who is hurt?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from sim.analysis.figures import FIGURES as ALL_FIGURES
from sim.i18n import message, translate
from sim.interfaces.app import address
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawn import drawn
from sim.interfaces.app.page import Page
from sim.interfaces.app.service.understood import understood
from sim.interfaces.app.shown import (
    plain,
    show_basis,
    show_link,
    show_reading,
    show_table,
    theme_colours,
)
from sim.interfaces.app.study.ask_study import FIELDS, ask_study, effort, usual_study, work_of
from sim.interfaces.app.study.harm import Cell, cells_of
from sim.interfaces.app.study.harm_pictures import heat_maps, tornado_picture
from sim.interfaces.app.study.harm_words import harm_table, refused_table, sentences
from sim.interfaces.app.study.study import FIGURES, MOST_RUNS, Study
from sim.interfaces.app.study.study_files import offer, sweep_command
from sim.interfaces.app.work.elsewhere import result_or_wait
from sim.interfaces.app.work.server import result_of
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject


def show(language: str) -> None:
    """Ask, compute elsewhere, show."""
    with st.sidebar:
        study = ask_study(language)
    reading = understood(study.order, language)
    wrong = () if study.order.is_blank else study.problems()
    for problem in wrong:
        st.error(plain(problem.render(language)))
    if reading is None or wrong:
        return
    _compute_or_show(study, reading, language)


def _compute_or_show(study: Study, reading: JsonObject, language: str) -> None:
    work = work_of(study)
    too_much = study.runs > MOST_RUNS
    with st.sidebar:
        st.caption(effort(study, language))
    if too_much and result_of(work) is None:
        less = translate(language, "Choose fewer sizes, moments, strategies or seeds.")
        st.error(f"{effort(study, language)} {less}")
    found = result_or_wait(
        work,
        translate(language, "Try it out"),
        language,
        at_once=study == usual_study(),
        blocked=too_much or not study.order.strategies,
    )
    if found is None:
        st.caption(
            translate(
                language,
                "Every fault, size and moment with every strategy and seed, the same point without "
                "a fault, and no release beside them: {runs} runs. Below: what they rest on.",
                runs=f"{study.runs:,}",
            )
        )
        show_reading(reading, language)
    else:
        _show(found, study, work, language)


def _show(found: JsonObject, study: Study, work: Work, language: str) -> None:
    figure = _ask_figure(language)
    cells = cells_of(found, figure)
    if not any(cell.kind for cell in cells):
        show_table(refused_table(found, language))
        return
    said = "<br>".join(escape(text) for text in sentences(cells, figure, language))
    st.html(f"<p class='seatrial-verdict'>{said}</p>")
    st.caption(
        translate(
            language,
            "{n} seeds at each point, {runs} runs in all. Each is measured from {before} s before "
            "the release is written until {window} s after it; some {sent} requests are sent in "
            "that time. A fault stays as long as the new version does: “no fault” is what the "
            "release costs by itself. ± is half of a 95 % interval by itself; who is hurt least "
            "or most is said only if all comparisons behind that sentence hold together at 95 %.",
            n=study.order.runs,
            runs=f"{found['runs']:,}",
            before=f"{found['before']:g}",
            window=f"{found['window']:g}",
            sent=f"{found['sent']:,.0f}",
        )
    )
    _show_pictures(cells, figure, work.name, language)
    show_table(harm_table(cells, figure, language))
    show_table(refused_table(found, language))
    _take_home(found, study, figure, work, language)


def _show_pictures(cells: Sequence[Cell], figure: str, name: str, language: str) -> None:
    colours = theme_colours()
    st.subheader(translate(language, "Harm: {figure}", figure=ALL_FIGURES[figure].label))
    for part, draw in (("harm", heat_maps), ("tornado", tornado_picture)):
        made = partial(draw, cells, figure, colours, language)
        picture = drawn(name, f"{part} {figure}", colours, language, made)
        if not picture:
            continue
        if part == "tornado":
            st.subheader(translate(language, "What matters most"))
            st.caption(
                translate(
                    language,
                    "A long bar matters, a short one hardly does. Each goes from the mean at the "
                    "least harmful level to that at the most harmful one, averaged over all else: "
                    "over the faults, sizes, moments and strategies that were chosen here, and "
                    "others give other bars. Hatched: these runs cannot tell the two levels apart, "
                    "seeing that they were picked from all pairs of levels.",
                )
            )
        show_markup(picture, part)


def _ask_figure(language: str) -> str:
    return str(
        st.radio(
            translate(language, "Harm is counted in"),
            FIGURES,
            format_func=lambda key: ALL_FIGURES[key].label.render(language),
            key="study-harm",
            horizontal=True,
            persist_state="session",
        )
    )


def _take_home(found: JsonObject, study: Study, figure: str, work: Work, language: str) -> None:
    st.subheader(translate(language, "Take it with you"))
    offer(found, figure, work, language)
    show_link(address.words_of(FIELDS, st.session_state), language)
    st.caption(translate(language, "The same in a terminal"))
    st.code(sweep_command(study, found["before"]), language=None, wrap_lines=True)
    with st.expander(translate(language, "What this rests on")):
        view = found["views"][language]
        show_basis(view["warnings"], view["assumptions"])


PAGE = Page(
    title=message("What if"),
    question=message("What if the new version has a fault: who is hurt, and how much?"),
    show=show,
    fields=FIELDS,
)
