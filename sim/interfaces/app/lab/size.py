"""How many users it takes to find a change, and what change one's own traffic can find."""

from __future__ import annotations

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app.lab.asking import ask_number, ask_whole
from sim.interfaces.app.lab.settings import LIFTS, SHARES, USERS
from sim.interfaces.app.shown import show_table
from sim.interfaces.numbers import NOTHING
from sim.interfaces.table import Row, Table
from sim.stats.power import ALPHA, POWER, size_for_shares, smallest_change

WEEKS = (1, 2, 4, 8)
UNEVEN = 0.1  # The share of B that the words have as an example.


def show_size(language: str) -> None:
    """The calculator, both ways round."""
    one, two, three = st.columns(3)
    with one:
        label = translate(language, "conversion today (%)")
        base = ask_number(label, "ab-base", SHARES, 0.1) / 100
    with two:
        label = translate(language, "change worth finding (%, of today's)")
        lift = ask_number(label, "ab-lift", LIFTS, 1.0) / 100
    with three:
        users = ask_whole(translate(language, "new users a day, both groups"), "ab-users", USERS)
    if 0.0 < base * (1 + lift) < 1.0 and lift != 0.0:
        show_table(size_table(base, lift, users, language))
    else:
        st.info(
            translate(
                language,
                "The change must not be 0, and leave a conversion between 0 and 100 %.",
            )
        )
    show_table(reach_table(base, users, language))
    st.caption(_basis(language))


def _basis(language: str) -> str:
    return " ".join(
        (
            translate(
                language,
                "Two-sided z test at {alpha} %, and {power} % of the experiments find it (Fleiss, "
                "Levin and Paik 2003, 4.14). Half the change takes four times the users.",
                alpha=f"{100 * ALPHA:g}",
                power=f"{100 * POWER:g}",
            ),
            translate(
                language,
                "Users, not requests: the requests of one user are alike. A user who comes back "
                "is counted once, so later days bring fewer new ones. Run whole weeks, for "
                "weekdays differ. For one metric that is named beforehand, two halves and one "
                "look; with {share} % for B it takes {times} times as many users in all.",
                share=f"{100 * UNEVEN:g}",
                times=f"{1 / (4 * UNEVEN * (1 - UNEVEN)):.1f}",
            ),
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


def reach_table(base: float, users: int, language: str) -> Table:
    """The smallest rise that so many users a day find, after whole weeks."""
    rows = []
    for weeks in WEEKS:
        size = 7 * weeks * users // 2
        gap = smallest_change(base, size)
        found = (NOTHING, NOTHING)
        if gap is not None:
            found = (f"{100 * base:.4g} → {100 * (base + gap):.4g}", f"{100 * gap / base:+.3g}")
        rows.append(Row(cells=(f"{weeks}", f"{size:,}", *found)))
    headings = (
        message("weeks"),
        message("users of each group"),
        message("conversion (%)"),
        message("smallest change it finds (%)"),
    )
    return Table(
        title=translate(language, "What your traffic can find"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(rows),
        figures_from=0,
    )
