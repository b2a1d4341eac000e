"""A/B lab: how many users it takes, whether the split was as meant, and what peeking does."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.errors import ScenarioError
from sim.i18n import message, translate
from sim.interfaces.app import address
from sim.interfaces.app.drawing.intervals import intervals_picture
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.peeking import peeking_picture
from sim.interfaces.app.on_demand import on_demand
from sim.interfaces.app.page import Page
from sim.interfaces.app.shown import plain, show_link, show_table, theme_colours
from sim.interfaces.app.task import Work
from sim.interfaces.judged_traffic import read_share, read_traffic
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject
from sim.stats.power import ALPHA, POWER, size_for_shares
from sim.stats.sample_ratio import ALARM, split_p_value

MOST = 10_000_000
TABS = {
    "size": message("How many users"),
    "split": message("Was the split as meant"),
    "peeking": message("Looking too often"),
    "judge": message("What a limit is worth"),
}
FIELDS = (
    address.number("base", "ab-base", 5.0, 0.01, 99.0),
    address.number("lift", "ab-lift", 10.0, -90.0, 900.0),
    address.number("users", "ab-users", 10_000, 1, MOST),
    address.number("a", "ab-a", 5000, 0, MOST),
    address.number("b", "ab-b", 4780, 0, MOST),
    address.number("split", "ab-split", 50.0, 0.1, 99.9),
    address.number("size", "ab-size", 2000, 100, 20_000),
    address.number("looks", "ab-looks", 14, 1, 50),
    address.text("rps", "ab-rps", "20"),
    address.text("weight", "ab-weight", "5%"),
    address.text("for", "ab-for", "30m"),
    address.text("limit", "ab-limit", "1%"),
    address.text("good", "ab-good", "0.5%"),
    address.text("bad", "ab-bad", "2%"),
    address.choice("tab", "ab-tab", "size", lambda: TABS),
)


def show(language: str) -> None:
    """Four small instruments."""
    size, split, peeking, judge = _tabs(language)
    with size:
        _show_size(language)
    with split:
        _show_split(language)
    with peeking:
        _show_peeking(language)
    with judge:
        _show_judge(language)
    show_link(address.words_of(FIELDS, st.session_state), language)


def _tabs(language: str) -> Sequence[DeltaGenerator]:
    """The instruments; the address knows which is in view, so that a reload comes back to it."""
    labels = {one: words.render(language) for one, words in TABS.items()}
    key = f"ab-tabs-{language}"

    def note() -> None:
        state = st.session_state
        state["ab-tab"] = next(one for one in TABS if labels[one] == state[key])

    shown = labels[st.session_state["ab-tab"]]
    return st.tabs(list(labels.values()), default=shown, key=key, on_change=note)


def _number(label: str, key: str, low: float, high: float, step: float) -> float:
    return float(
        st.number_input(label, low, high, step=step, key=key, persist_state="session") or low
    )


def _whole(label: str, key: str, low: int, high: int) -> int:
    return int(st.number_input(label, low, high, key=key, persist_state="session") or low)


def _show_size(language: str) -> None:
    one, two, three = st.columns(3)
    with one:
        label = translate(language, "conversion today (%)")
        base = _number(label, "ab-base", 0.01, 99.0, 0.1) / 100
    with two:
        label = translate(language, "change worth finding (%, of today's)")
        lift = _number(label, "ab-lift", -90.0, 900.0, 1.0) / 100
    with three:
        users = _whole(translate(language, "users a day, both groups"), "ab-users", 1, MOST)
    if not 0.0 < base * (1 + lift) < 1.0 or lift == 0.0:
        st.info(translate(language, "The change must leave a conversion between 0 and 100 %."))
        return
    show_table(size_table(base, lift, users, language))
    st.caption(
        translate(
            language,
            "Two-sided z test at {alpha} %, and {power} % of the experiments find it (Fleiss, "
            "Levin and Paik 2003, 4.14). Half the change takes four times the users.",
            alpha=f"{100 * ALPHA:g}",
            power=f"{100 * POWER:g}",
        )
    )


def size_table(base: float, lift: float, users: int, language: str) -> Table:
    """Users of each group, and days, for the change and for its half and its double."""
    rows = []
    for part in (0.5, 1.0, 2.0):
        other = base * (1 + part * lift)
        if not 0.0 < other < 1.0:
            continue
        size = size_for_shares(base, other)
        cells = (
            f"{100 * part * lift:+.3g}",
            f"{100 * base:.4g} → {100 * other:.4g}",
            f"{size:,}",
            f"{2 * size / users:,.1f}",
        )
        rows.append(Row(cells=cells))
    headings = (
        message("change (%)"),
        message("conversion (%)"),
        message("users of each group"),
        message("days"),
    )
    return Table(
        title=translate(language, "What it takes to find a change"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
        figures_from=0,
    )


def _show_split(language: str) -> None:
    one, two, three = st.columns(3)
    with one:
        first = _whole(translate(language, "users in A"), "ab-a", 0, MOST)
    with two:
        second = _whole(translate(language, "users in B"), "ab-b", 0, MOST)
    with three:
        label = translate(language, "meant for B (%)")
        share = _number(label, "ab-split", 0.1, 99.9, 1.0) / 100
    p = split_p_value(first, second, share)
    values = {"p": f"{p:.2g}", "limit": f"{ALARM:g}"}
    if p < ALARM:
        st.error(
            translate(
                language,
                "✕ The split is broken (p = {p}, alarm below {limit}): chance does not do that. "
                "Find out why before you believe any result of this experiment.",
                **values,
            )
        )
    else:
        st.success(
            translate(
                language,
                "✓ Nothing speaks against the split (p = {p}, alarm below {limit}).",
                **values,
            )
        )
    st.caption(
        translate(
            language,
            "Pearson's chi square; the limit is that of Fabijan and others (KDD 2019), strict "
            "because the check is made often and a false alarm stops an experiment.",
        )
    )


def _show_peeking(language: str) -> None:
    one, two = st.columns(2)
    with one:
        size = _whole(translate(language, "users of each group at the end"), "ab-size", 100, 20_000)
    with two:
        looks = _whole(translate(language, "looks until then"), "ab-looks", 1, 50)
    share = float(st.session_state["ab-base"]) / 100
    order = {"share": share, "size": size, "looks": looks, "seed": 0}
    work = Work(task="peek", order=order)
    found = on_demand(work, translate(language, "Simulate experiments"), "peek", language)
    if found is None:
        return
    last, end, valid = found["once"][-1], found["end"], found["valid"][-1]
    st.markdown(
        translate(
            language,
            "{trials} experiments in which A and B convert alike ({share} %). Whoever looks once, "
            "at the end, sees a difference in **{end} %** of them. Whoever looks {looks} times and "
            "stops at the first difference sees one in **{often} %** ({low} to {high}). With the "
            "always-valid test it is **{valid} %**, however often one looks.",
            trials=f"{found['trials']:,}",
            share=f"{100 * share:g}",
            end=f"{100 * end['value']:.1f}",
            looks=len(found["users"]),
            often=f"{100 * last['value']:.1f}",
            low=f"{100 * last['low']:.1f}",
            high=f"{100 * last['high']:.1f}",
            valid=f"{100 * valid['value']:.1f}",
        )
    )
    show_markup(peeking_picture(found, theme_colours(), language), "peeking")
    _show_one(found, language)


def _show_one(found: JsonObject, language: str) -> None:
    """One of the experiments, with its intervals over time."""
    one = found["shown"]
    st.subheader(translate(language, "One of them: intervals over time"))
    show_markup(intervals_picture(one, found["users"], theme_colours(), language), "intervals")
    fooled = translate(
        language,
        "It is the first that an early look makes a finding of, and the end does not.",
    )
    usual = translate(language, "No early look made a finding that the end does not have.")
    st.caption(
        translate(
            language,
            "Experiment {number}. Solid: the 95 % interval of a single look. Dashed: the one that "
            "holds at all looks together (cut off where it leaves the picture). Thick and red: it "
            "leaves out 0, where the truth is.",
            number=one["number"],
        )
        + " "
        + (fooled if one["fooled"] else usual)
    )


def _show_judge(language: str) -> None:
    st.markdown(
        translate(
            language,
            "A rule such as “more than 1 % errors and we go back” sees only the requests of the "
            "new version. How often is it wrong at your traffic?",
        )
    )
    labels = {
        "rps": translate(language, "all requests per second"),
        "weight": translate(language, "part of the new version"),
        "for": translate(language, "how long the rule watches"),
        "limit": translate(language, "more errors than this are an alarm"),
        "good": translate(language, "errors of a version that should pass"),
        "bad": translate(language, "errors of a version that should be stopped"),
    }
    columns = [*st.columns(3), *st.columns(3)]  # Two rows: on a phone they keep their order.
    for column, (name, label) in zip(columns, labels.items(), strict=True):
        column.text_input(label, key=f"ab-{name}", persist_state="session")
    order = {name: str(st.session_state[f"ab-{name}"]).strip() for name in labels}
    try:
        read_traffic(None, order["rps"], order["weight"], order["for"])
        for name in ("limit", "good", "bad"):
            read_share(name, order[name])
    except ScenarioError as error:
        st.error(plain(error.render(language)))
        return
    work = Work(task="judge", order=order)
    found = on_demand(work, translate(language, "Ask the judge"), "judge", language)
    if found is not None:
        show_table(Table.from_json(found[language]["table"]))
        st.info(found[language]["sentence"])


PAGE = Page(
    title=message("A/B lab"),
    question=message("How many users does it take to tell, and how often is one fooled?"),
    show=show,
    fields=FIELDS,
)
