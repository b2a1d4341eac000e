"""What the visitor asks for: a scenario, faults, strategies, seeds."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from sim.faults import FAULTS
from sim.i18n import translate
from sim.interfaces.app.order import Order
from sim.strategies import BUILT_IN, STRATEGIES

DEFAULT_RUNS = 10
MOST_RUNS = 100
MOST_CHARACTERS = 200_000
OWN = "own"
FIRST = "web-app"


def ask(language: str, bundled: Sequence[str]) -> Order:
    """Show every input and answer what they hold."""
    chosen = _ask_scenario(language, bundled)
    manifest = _ask_manifest(language) if chosen == OWN else ""
    image = st.text_input(
        translate(language, "New image (container=image)"),
        placeholder="web=nginx:1.21",
        key="image",
        help=translate(
            language,
            "What the release changes. Without it, the scenario's own release, or a restart.",
        ),
    )
    faults = _ask_faults(language)
    strategies = st.multiselect(
        translate(language, "Strategies"),
        list(STRATEGIES),
        default=list(BUILT_IN),
        key="strategies",
        placeholder=translate(language, "choose at least one"),
    )
    runs = st.number_input(
        translate(language, "Number of seeds"), 2, MOST_RUNS, DEFAULT_RUNS, key="runs"
    )
    with st.expander(translate(language, "More settings")):
        seed = st.number_input(translate(language, "First seed"), 0, 2**31, 0, key="seed")
        overrides = st.text_area(
            translate(language, "Other values, one a line"),
            placeholder="traffic.rate=100/s",
            key="overrides",
            height=100,
        )
    return Order(
        bundled=None if chosen == OWN else chosen,
        manifest=manifest,
        images=tuple(filter(None, [(image or "").strip()])),
        overrides=tuple(filter(None, map(str.strip, (overrides or "").splitlines()))),
        faults=faults,
        strategies=tuple(strategies),
        runs=int(runs),
        seed=int(seed),
    )


def _ask_scenario(language: str, bundled: Sequence[str]) -> str:
    own = translate(language, "my own manifest")
    chosen = st.selectbox(
        translate(language, "Scenario"),
        [*sorted(bundled, key=lambda name: name != FIRST), OWN],
        format_func=lambda name: own if name == OWN else name,
        key="scenario",
    )
    return str(chosen)


def _ask_manifest(language: str) -> str:
    text = st.text_area(
        translate(language, "Manifest (YAML)"),
        height=320,
        max_chars=MOST_CHARACTERS,
        key="manifest",
        placeholder="apiVersion: apps/v1\nkind: Deployment\n…",
        help=translate(
            language,
            "A Deployment, and its Service if you have it. Seatrial reads it here on this "
            "machine; nothing in it is executed.",
        ),
    )
    return text or ""


def _ask_faults(language: str) -> tuple[str, ...]:
    """One switch and one amount for each kind of fault that there is."""
    st.caption(translate(language, "Faults"))
    found = []
    for kind in FAULTS:
        _, version, usual = FAULTS[kind].example.split(":")
        switch, amount = st.columns([3, 2], vertical_alignment="center")
        sentence = FAULTS[kind].parse(version, usual).describe().render(language)
        if switch.toggle(kind, key=f"fault-{kind}", help=sentence):
            label = translate(language, "amount of {kind}", kind=kind)
            written = amount.text_input(
                label, usual, key=f"amount-{kind}", label_visibility="collapsed"
            )
            found.append(f"{kind}:{version}:{written}")
    return tuple(found)
