"""The two groups of an A/B test: who was in them, what they did, who saw both versions and why."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.drawing.groups import groups_picture
from sim.interfaces.app.drawing.intervals import intervals_picture
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.lab import settings
from sim.interfaces.app.lab.asking import ask_number, ask_whole
from sim.interfaces.app.lab.settings import ASSIGNED, held
from sim.interfaces.app.shown import plain, show_table, theme_colours
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Table
from sim.model.objects import JsonObject


def show_groups(language: str) -> None:
    """Ask for users and versions, run the test, show its groups."""
    st.markdown(
        translate(
            language,
            "One A/B test in the simulated cluster, with every request of every user: the "
            "handbook's two buttons (5.2 to 5.4), with your users.",
        )
    )
    order = _ask(language)
    work = Work(task="groups", order=order)
    found = on_demand(work, translate(language, "Run the A/B test"), "groups", language)
    if found is None:
        return
    if found["views"] is None:
        st.warning(translate(language, "No version answered any user while the test lasted."))
        return
    view = found["views"][language]
    for remark in view["remarks"]:
        box = {"good": st.success, "note": st.info, "bad": st.error}[remark["kind"]]
        box(plain(remark["text"]))
    show_table(Table.from_json(view["who"]))
    show_markup(groups_picture(found, theme_colours(), language), "ab-groups")
    show_table(Table.from_json(view["did"]))
    st.caption(_basis(language))
    _show_looks(found, order, language)


def _ask(language: str) -> JsonObject:
    """Three rows of settings: whom it is made with, what B is like, what goes wrong."""
    one, two, three = st.columns(3)
    with one:
        st.selectbox(
            translate(language, "who is in which group"),
            list(ASSIGNED),
            key="ab-assign",
            format_func=lambda name: ASSIGNED[name].render(language),
            persist_state="session",
        )
    with two:
        old = ask_number(
            translate(language, "conversion of A (%)"), "ab-converts-a", settings.SHARES, 0.1
        )
    with three:
        new = ask_number(
            translate(language, "conversion of B (%)"), "ab-converts-b", settings.SHARES, 0.1
        )
    one, two, three = st.columns(3)
    with one:
        label = translate(language, "users that there are")
        population = ask_whole(label, "ab-population", settings.POPULATIONS)
    with two:
        label = translate(language, "all requests per second")
        rate = ask_number(label, "ab-rate", settings.RATES, 1.0)
    with three:
        label = translate(language, "minutes that it lasts")
        minutes = ask_whole(label, "ab-minutes", settings.MINUTES)
    more = _ask_trouble(language)
    return {
        "assign": held("ab-assign"),
        "old": old,
        "new": new,
        "population": population,
        "rate": rate,
        "minutes": minutes,
        "expected": old / 100 * abs(held("ab-lift") / 100 or 0.1),
        **more,
    }


def _ask_trouble(language: str) -> JsonObject:
    by_user = held("ab-assign") == "user"
    with st.expander(translate(language, "An uneven split, and what goes wrong")):
        one, two, three = st.columns(3)
        with one:
            label = translate(language, "meant for B (%)")
            meant = ask_number(label, "ab-meant", settings.SPLITS, 1.0)
            label = translate(language, "Seed")
            seed = ask_whole(label, "ab-seed", (0, 2**31))
        with two:
            label = translate(language, "B's users whose header gets lost (%)")
            lost = ask_number(label, "ab-lost", settings.LOST, 1.0)
            if not by_user:
                st.caption(translate(language, "By request there is no header to lose."))
        with three:
            label = translate(language, "more errors of B (% of requests)")
            errors = ask_number(label, "ab-errors", settings.LOST, 0.5)
            label = translate(language, "B's answers take so many times as long")
            slower = ask_number(label, "ab-slower", settings.SLOWER, 0.5)
    return {
        "meant": meant,
        "lost": lost if by_user else 0.0,
        "errors": errors,
        "slower": slower,
        "seed": seed,
    }


def _basis(language: str) -> str:
    return translate(
        language,
        "Users are what lots are drawn for, so users are what counts: conversion by Newcombe, "
        "revenue by Welch; failures and latency are ratios over users, by the delta method (Deng "
        "and others 2018), because the requests of one user are no independent draws. Every row at "
        "95 % for itself: of twenty rows without any difference one leaves out 0. Decide by the "
        "one that was named beforehand; the others are guardrails. Users decide once, at a slow "
        "or failed answer rather not; that new things charm or annoy for a while (novelty), that "
        "they come back on another day, and that they talk to each other is not modelled.",
    )


def _show_looks(found: JsonObject, order: JsonObject, language: str) -> None:
    """The difference as it stood twelve times on the way."""
    st.subheader(translate(language, "The difference over time"))
    looks = found["looks"]
    if not looks:
        st.info(
            translate(
                language,
                "At no look had five users of each group converted and five not: too few to say "
                "anything.",
            )
        )
        return
    one = {
        "gap": [look["gap"] for look in looks],
        **{
            kind: {end: [look[kind][n] for look in looks] for n, end in enumerate(("low", "high"))}
            for kind in ("once", "valid")
        },
    }
    picture = intervals_picture(
        one,
        [look["users"] for look in looks],
        theme_colours(),
        language,
        truth=(order["new"] - order["old"]) / 100,
        axis=translate(language, "users of both groups so far"),
    )
    show_markup(picture, "ab-looks-picture")
    st.caption(
        translate(
            language,
            "Solid: the 95 % interval of a single look. Dashed: the one that holds at all looks "
            "together (cut off where it leaves the picture), narrowest for a change of {expected} "
            "points. Thick and red: it leaves out 0. The dotted line is what you stated.",
            expected=f"{100 * order['expected']:.2g}",
        )
    )
