"""Sample-ratio check: whether the users are split as was meant, and what it cannot see."""

from __future__ import annotations

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.lab.asking import ask_number, ask_whole
from sim.interfaces.app.lab.settings import COUNTS, SPLITS
from sim.judges.wording import probability
from sim.stats.sample_ratio import ALARM, noticed_from, split_p_value

FEW = 5.0  # Users to be expected of each group, so that chi square is near enough (Cochran).


def show_split(language: str) -> None:
    """The check for one's own counts."""
    one, two, three = st.columns(3)
    with one:
        first = ask_whole(translate(language, "users in A"), "ab-a", COUNTS)
    with two:
        second = ask_whole(translate(language, "users in B"), "ab-b", COUNTS)
    with three:
        label = translate(language, "meant for B (%)")
        share = ask_number(label, "ab-split", SPLITS, 1.0) / 100
    users = first + second
    if users * min(share, 1 - share) < FEW:
        st.info(
            translate(
                language,
                "Too few users to check: at least {least} must be expected in each group.",
                least=f"{FEW:g}",
            )
        )
        return
    _judged(split_p_value(first, second, share), language)
    low, high = noticed_from(users, share)
    st.markdown(
        translate(
            language,
            "{share} % of them are in B. With {users} users the alarm goes off below {low} % and "
            "above {high} %; a smaller mistake goes unnoticed.",
            share=f"{100 * second / users:.4g}",
            users=f"{users:,}",
            low=f"{100 * low:.4g}",
            high=f"{100 * high:.4g}",
        )
    )
    st.caption(
        translate(
            language,
            "Pearson's chi square on users, never on requests; the limit is that of Fabijan and "
            "others (KDD 2019), strict because the check is made often and a false alarm stops an "
            "experiment. What breaks a split: a redirect or a crash that only one group has, "
            "robots, a header that gets lost, counting by what happened after the assignment.",
        )
    )


def _judged(p: float, language: str) -> None:
    values = {"p": probability(p), "limit": f"{ALARM:g}"}
    if p < ALARM:
        st.error(
            translate(
                language,
                "✕ The split is broken (p = {p}, alarm below {limit}): where the assignment "
                "works, chance does this in fewer than 1 of 2,000 experiments. Find out why "
                "before you believe any result of this one.",
                **values,
            )
        )
        return
    st.success(
        translate(
            language,
            "✓ Nothing speaks against the split (p = {p}, alarm below {limit}).",
            **values,
        )
    )
