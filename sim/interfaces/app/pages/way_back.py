"""Way back: every strategy sent back from the same bad release, and the clocks of each."""

from __future__ import annotations

from html import escape

import streamlit as st

from sim.experiments.drill_moments import MOMENT_NAMES, Moment
from sim.i18n import message, translate
from sim.interfaces.app import address, settings
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.ways_back import legend, since_decision, ways_back
from sim.interfaces.app.order import Order
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
from sim.interfaces.app.take_away import drill_downloads
from sim.interfaces.app.work.elsewhere import result_or_wait
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Table
from sim.model.objects import JsonObject
from sim.strategies import STRATEGIES

USUAL = ("RollingUpdate", "BlueGreen", "Canary")
MOMENTS = [moment.value for moment in Moment]
USUAL_RUNS, MOST_RUNS = 3, 30
FIELDS = (
    *settings.SCENARIO,
    settings.SEED,
    address.several("ways", "way-back-strategies", USUAL, lambda: STRATEGIES),
    address.several("when", "way-back-moments", ("alert",), lambda: MOMENTS),
    address.number("drills", "way-back-runs", USUAL_RUNS, 2, MOST_RUNS),
)


def show(language: str) -> None:
    """Ask, compute elsewhere, show."""
    with st.sidebar:
        order, moments = _ask(language)
    reading = understood(order, language)
    if reading is None:
        return
    work = _work(order, moments)
    found = result_or_wait(
        work,
        translate(language, "Send them back"),
        language,
        at_once=work == usual_work(),
        blocked=not order.strategies or not moments,
    )
    if found is None:
        st.caption(_what_it_takes(order, moments, language))
        show_reading(reading, language)
    else:
        _show(found, order, work, language)


def _what_it_takes(order: Order, moments: list[str], language: str) -> str:
    return translate(
        language,
        "{n} ways back: strategies × moments × seeds = {strategies} × {moments} × {seeds}; and "
        "runs without a release beside them. Below: what they rest on.",
        strategies=len(order.strategies),
        moments=len(moments),
        seeds=order.runs,
        n=len(order.strategies) * len(moments) * order.runs,
    )


def _ask(language: str) -> tuple[Order, list[str]]:
    settings.ask_scenario(language)
    nothing = translate(language, "choose at least one")
    st.multiselect(
        translate(language, "Strategies"),
        list(STRATEGIES),
        key="way-back-strategies",
        persist_state="session",
        placeholder=nothing,
    )
    st.multiselect(
        translate(language, "When it is decided to go back"),
        MOMENTS,
        key="way-back-moments",
        format_func=lambda name: MOMENT_NAMES[Moment(name)].render(language),
        persist_state="session",
        placeholder=nothing,
        help=translate(
            language,
            "By an alert: the scenario's own rollback policy, else more than 5 % errors of a "
            "version for a minute and a person on call.",
        ),
    )
    st.number_input(
        translate(language, "Number of seeds"),
        2,
        MOST_RUNS,
        key="way-back-runs",
        persist_state="session",
    )
    settings.ask_the_rest(language)
    state = st.session_state
    return _order(dict(state)), [name for name in MOMENTS if name in state["way-back-moments"]]


def _order(state: dict[str | int, object]) -> Order:
    chosen = {"strategies": state["way-back-strategies"], "runs": state["way-back-runs"]}
    return settings.order_of({**state, **chosen})


def _work(order: Order, moments: list[str]) -> Work:
    return Work(task="drill", order={**order.to_json(), "moments": moments})


def usual_work() -> Work:
    """The drill that a first visitor finds."""
    return _work(_order({one.key: one.usual for one in FIELDS}), ["alert"])


def _show(found: JsonObject, order: Order, work: Work, language: str) -> None:
    view, drill = found["views"][language], found["drill"]
    st.caption(plain(view["release"]))
    for number, (one, raw) in enumerate(zip(view["moments"], drill["moments"], strict=True)):
        _show_moment(one, raw["moment"] == Moment.ALERT, f"b{number}", language)
    figures, basis = st.tabs(
        (translate(language, "What is measured"), translate(language, "What this rests on"))
    )
    with figures:
        show_table(Table.from_json(view["definitions"]))
    with basis:
        show_table(Table.from_json(view["settings"]))
        show_basis(view["warnings"], view["assumptions"])
    st.subheader(translate(language, "Take it with you"))
    drill_downloads.offer(order, drill, work, language)
    show_link(address.words_of(FIELDS, st.session_state), language)
    st.caption(translate(language, "The same in a terminal"))
    moments = [one["moment"] for one in drill["moments"]]
    st.code(drill_downloads.command(order, moments), language=None, wrap_lines=True)


def _show_moment(one: JsonObject, watched: bool, prefix: str, language: str) -> None:
    """The sentence, the clocks as a picture, then what it cost and what it broke."""
    colours = theme_colours()
    st.subheader(translate(language, "Decided {moment}", moment=one["name"]))
    st.html(f"<p class='seatrial-verdict'>{escape(_begun(one['verdict']))}</p>")
    if len(one["bars"]) > 1:
        st.caption(
            translate(
                language,
                "The intervals in this sentence are of differences under the same seed, and all "
                "of them together hold at 95 %. They suppose that such differences are roughly "
                "normal, which few seeds cannot show: more seeds make them narrower and safer.",
            )
        )
    if one["policy"]:
        st.caption(plain(one["policy"]))
    bars = one["bars"]
    parts = [ways_back(bars, colours, language, prefix)]
    if watched:
        parts.append(ways_back(since_decision(bars), colours, language, f"{prefix}after"))
    figures = "".join(f"<figure>{part}</figure>" for part in parts)
    samples = legend(bars, colours, language, f"{prefix}legend")
    show_markup(f"{samples}<div class='seatrial-columns'>{figures}</div>", f"ways-{prefix}")
    if watched:
        st.caption(
            translate(
                language,
                "Beside it, or below, the same enlarged: only what follows the decision.",
            )
        )
    show_table(Table.from_json(one["exposure"]))
    if one["exposed"]:
        st.caption(one["exposed"])
    st.caption(one["window"])
    show_table(Table.from_json(one["broken"]))
    show_table(Table.from_json(one["clocks"]))


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


PAGE = Page(
    title=message("Way back"),
    question=message("How fast is the way back, and what does it break?"),
    show=show,
    fields=FIELDS,
)
