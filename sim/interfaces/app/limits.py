"""Limits of one's own: what a release may cost at most, and which strategies keep to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from sim.analysis.figures import FIGURES
from sim.i18n import translate
from sim.interfaces.app import address
from sim.interfaces.comparison_tables import figure_name
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject
from sim.stats import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so much of a figure; its name in the address and its key in the session."""

    figure: str
    name: str

    @property
    def key(self) -> str:
        """Where the session keeps it."""
        return f"limit-{self.figure}"


LIMITS = (
    Limit(figure="failed_requests", name="max-failed"),
    Limit(figure="downtime_seconds", name="max-downtime"),
    Limit(figure="settled_seconds", name="max-settled"),
    Limit(figure="peak_pods", name="max-pods"),
)
FIELDS = tuple(address.number(limit.name, limit.key, None, 0.0, 1e9) for limit in LIMITS)


def ask_limits(language: str) -> Mapping[str, float]:
    """Show the inputs; the limits that were given, by figure."""
    found = {}
    st.caption(
        translate(
            language,
            "Your limits first: what must a release not cost? Leave open what does not matter.",
        )
    )
    columns = st.columns(len(LIMITS), vertical_alignment="bottom")
    for limit, column in zip(LIMITS, columns, strict=True):
        figure = FIGURES[limit.figure]
        value = column.number_input(
            translate(language, "at most: {figure}", figure=figure_name(figure, language)),
            min_value=0.0,
            value=None,
            key=limit.key,
            placeholder=translate(language, "no limit"),
            help=figure.definition.render(language),
            persist_state="session",
        )
        if value is not None:
            found[limit.figure] = float(value)
    return found


def kept_table(comparison: JsonObject, limits: Mapping[str, float], language: str) -> Table:
    """For each strategy in how many runs it keeps each limit, and all of them."""
    rows = []
    for arm in comparison["arms"]:
        if arm["strategy"] is None:
            continue
        held = {
            key: [value is not None and value <= most for value in arm["figures"][key]["values"]]
            for key, most in limits.items()
        }
        every = [all(one) for one in zip(*held.values(), strict=True)]
        cells = [_kept(one, language) for one in (*held.values(), every)]
        rows.append(Row(cells=(arm["strategy"], *cells)))
    names = [
        translate(
            language,
            "{figure} ≤ {most}",
            figure=figure_name(FIGURES[key], language),
            most=f"{limits[key]:g}",
        )
        for key in limits
    ]
    return Table(
        title=translate(language, "Runs that keep the limits (95 % interval of the share)"),
        headings=(
            translate(language, "strategy"),
            *names,
            translate(language, "all limits"),
        ),
        rows=tuple(rows),
    )


def _kept(held: list[bool], language: str) -> str:
    share = wilson(sum(held), len(held))
    mark = "✓" if all(held) else "✕" if not any(held) else "~"
    return translate(
        language,
        "{mark} {n} of {all} ({low} to {high} %)",
        mark=mark,
        n=sum(held),
        all=len(held),
        low=f"{100 * share.low:.0f}",
        high=f"{100 * share.high:.0f}",
    )
