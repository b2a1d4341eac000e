"""Looking too often: what it makes of experiments without a difference, and of those with one."""

from __future__ import annotations

import streamlit as st

from sim.i18n import Message, message, translate
from sim.interfaces.app.drawing.intervals import intervals_picture
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.peeking import peeking_picture
from sim.interfaces.app.lab.asking import ask_number, ask_whole
from sim.interfaces.app.lab.settings import LIFTS, LOOKS, SIZES, held
from sim.interfaces.app.shown import show_table, theme_colours
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.numbers import NOTHING
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject

MOSTLY_SILENT = 0.5  # Of all looks: then what is shown says more about too few than about peeking.
WAYS = {
    "end": message("one look, at the end"),
    "once": message("a look each time, stop at the first difference"),
    "valid": message("the always-valid interval, stop at the first difference"),
}


def show_peeking(language: str) -> None:
    """Ask for the experiment, simulate many, show how often each way finds a difference."""
    share = float(held("ab-base")) / 100
    one, two, three = st.columns(3)
    with one:
        size = ask_whole(translate(language, "users of each group at the end"), "ab-size", SIZES)
    with two:
        looks = ask_whole(translate(language, "looks until then"), "ab-looks", LOOKS)
    with three:
        label = translate(language, "true change by B (%, of A's)")
        lift = ask_number(label, "ab-truth", LIFTS, 1.0) / 100
    if not 0.0 < share * (1 + lift) < 1.0:
        st.info(translate(language, "The change must leave a conversion between 0 and 100 %."))
        return
    expected = share * abs(float(held("ab-lift")) / 100 or 0.1)
    order = {
        "share": share,
        "truth": share * lift,
        "expected": expected,
        "size": size,
        "looks": looks,
        "seed": 0,
    }
    work = Work(task="peek", order=order)
    found = on_demand(work, translate(language, "Simulate experiments"), "peek", language)
    if found is None:
        return
    if found["silent"] > MOSTLY_SILENT:
        st.warning(_too_few(found, language))
    st.markdown(summary(found, share, language))
    show_table(ways_table(found, language))
    show_markup(peeking_picture(found, theme_colours(), language), "peeking")
    st.caption(_basis(expected, language))
    _show_one(found, language)


def _too_few(found: JsonObject, language: str) -> str:
    return translate(
        language,
        "At {share} % of the looks fewer than five users of a group had converted, or not "
        "converted: so few say nothing. Take more users, or a higher conversion (in the first "
        "tab).",
        share=f"{100 * found['silent']:.0f}",
    )


def summary(found: JsonObject, share: float, language: str) -> str:
    """What peeking does, in the one sentence to remember."""
    ways = found["ways"]
    values: dict[str, object] = {
        "trials": f"{found['trials']:,}",
        "share": f"{100 * share:.4g}",
        "other": f"{100 * (share + found['truth']):.4g}",
        "looks": len(found["users"]),
        "end": f"{100 * ways['end']['value']:.1f}",
        "often": f"{100 * ways['once']['value']:.1f}",
        "valid": f"{100 * ways['valid']['value']:.1f}",
    }
    if not found["truth"]:
        return translate(
            language,
            "{trials} experiments in which A and B convert alike ({share} %), so that every "
            "difference found is a false alarm. Whoever looks once, at the end, finds one in "
            "**{end} %** of them; whoever looks {looks} times and stops at the first, in "
            "**{often} %**; with the always-valid interval, in **{valid} %**, however often one "
            "looks.",
            **values,
        )
    return translate(
        language,
        "{trials} experiments in which A converts {share} % and B {other} %. One look at the end "
        "finds the difference in **{end} %** of them. Stopping at the first of {looks} looks finds "
        "one in **{often} %**, but reports {size} points on average instead of {gap}, and finds as "
        "readily what is not there (set the true change to 0). The always-valid interval finds it "
        "in **{valid} %**: the price of looking at any time is more users.",
        size=_points(ways["once"]["gap"]),
        gap=_points(abs(found["truth"])),
        **values,
    )


def _points(gap: float | None) -> str:
    return NOTHING if gap is None else f"{100 * gap:.2g}"


def ways_table(found: JsonObject, language: str) -> Table:
    """Each way to stop: how often it finds a difference, after how many users, and what size."""
    rows = []
    for kind, name in WAYS.items():
        one = found["ways"][kind]
        share = message(
            "{value} ({low} to {high})",
            **{end: f"{100 * one[end]:.1f}" for end in ("value", "low", "high")},
        )
        cells = (name, share, f"{one['users']:,.0f}", _points(one["gap"]))
        shown = (one.render(language) if isinstance(one, Message) else one for one in cells)
        rows.append(Row(cells=tuple(shown)))
    title = message("What each way finds, where there is nothing to find")
    if found["truth"]:
        title = message(
            "What each way finds; the true difference is {gap} points",
            gap=f"{100 * found['truth']:+.2g}",
        )
    headings = (
        message("way to decide"),
        message("finds a difference (%)"),
        message("users of each group, on average"),
        message("size that it then reports (points)"),
    )
    return Table(
        title=title.render(language),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
        figures_from=1,
    )


def _basis(expected: float, language: str) -> str:
    return translate(
        language,
        "Intervals at 95 %: Newcombe's for one look; always valid by a mixture of normal "
        "distributions (Johari and others 2022), tuned to the change worth finding of the first "
        "tab ({expected} points). The latter says nothing before five users of each group "
        "converted and five did not. In brackets: what the number of experiments leaves open.",
        expected=f"{100 * expected:.2g}",
    )


def _show_one(found: JsonObject, language: str) -> None:
    """One of the experiments, with its intervals over time."""
    one = found["shown"]
    st.subheader(translate(language, "One of them: intervals over time"))
    picture = intervals_picture(
        one, found["users"], theme_colours(), language, truth=found["truth"]
    )
    show_markup(picture, "intervals")
    words = message("No early look made a finding that the end does not have.")
    if one["early"] and found["truth"]:
        words = message("It is the first that an early look makes a finding of.")
    elif one["early"]:
        words = message(
            "It is the first that an early look makes a finding of, and the end does not."
        )
    elif found["truth"]:
        words = message("No early look made a finding.")
    st.caption(
        translate(
            language,
            "Experiment {number}. Solid: the 95 % interval of a single look. Dashed: the one that "
            "holds at all looks together (cut off where it leaves the picture). Thick and red: it "
            "leaves out 0. The dotted line is the truth.",
            number=one["number"],
        )
        + " "
        + words.render(language)
    )
