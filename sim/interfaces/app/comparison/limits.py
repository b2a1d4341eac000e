"""Limits of one's own: what a release may cost at most, as a visitor types them and links say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from sim.analysis.cost import HOUR
from sim.analysis.figures import FIGURES
from sim.analysis.rollback_figures import BACK, DRILL_FIGURES
from sim.i18n import Message, message, translate
from sim.interfaces.app import address

# Pixels: two beside each other on a phone, all six on a desk. From 120 on Streamlit puts its
# - and + where the number should be read.
WIDTH = 118


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so much of a figure; its *name* in the address, and what a visitor calls it.

    What is typed is *scale* times the figure's own unit. *words* are the requirement of the
    command line that says the same.
    """

    figure: str
    name: str
    label: Message
    words: str
    scale: float = 1.0
    step: float = 1.0

    @property
    def key(self) -> str:
        """Where the session keeps it."""
        return f"limit-{self.figure}"

    @property
    def definition(self) -> Message:
        """What exactly is limited."""
        found = DRILL_FIGURES[BACK] if self.figure == BACK else FIGURES[self.figure]
        return found.definition

    def required(self, most: float) -> str:
        """`downtime<=5s`, for at *most* 5."""
        return self.words.format(f"{most * self.scale:.10g}")


_ALL = (
    Limit(
        figure="failed_requests",
        name="max-failed",
        label=message("failed requests"),
        words="failed<={}",
    ),
    Limit(
        figure="downtime_seconds",
        name="max-downtime",
        label=message("downtime (s)"),
        words="downtime<={}s",
    ),
    Limit(
        figure="settled_seconds",
        name="max-settled",
        label=message("rollout (s)"),
        words="rollout<={}s",
    ),
    Limit(figure=BACK, name="max-rollback", label=message("rollback (s)"), words="rollback<={}s"),
    Limit(
        figure="extra_pod_seconds",
        name="max-extra-pod-hours",
        label=message("extra pod-hours"),
        words="extra_pod_seconds<={}",
        scale=HOUR,
        step=0.1,
    ),
    Limit(figure="peak_pods", name="max-pods", label=message("peak pods"), words="pods<={}"),
)
LIMITS: Mapping[str, Limit] = {limit.figure: limit for limit in _ALL}
FIELDS = tuple(address.number(one.name, one.key, None, 0.0, 1e9) for one in _ALL)


def ask_limits(language: str) -> Mapping[str, float]:
    """Show the inputs; the limits that were given, by figure, as they were typed."""
    st.caption(
        translate(
            language,
            "Your limits first: what must a release not cost? Leave open what does not matter.",
        )
    )
    found = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        for limit in _ALL:
            value = st.number_input(
                translate(language, "{figure} ≤", figure=limit.label),
                min_value=0.0,
                value=None,
                step=limit.step,
                format="%g",
                key=limit.key,
                placeholder=translate(language, "no limit"),
                help=_explained(limit, language),
                persist_state="session",
                width=WIDTH,
            )
            if value is not None:
                found[limit.figure] = float(value)
    return found


def _explained(limit: Limit, language: str) -> str:
    text = limit.definition.render(language)
    if limit.figure != BACK:
        return text
    drill = translate(
        language,
        "A limit begins a rollback drill under the same seeds: each strategy is sent back at its "
        "finish.",
    )
    return f"{text}\n\n{drill}"


def required_words(given: Mapping[str, float]) -> list[str]:
    """The words of the command line that require the same."""
    return [
        word
        for figure, most in given.items()
        for word in ("--require", LIMITS[figure].required(most))
    ]
