"""The settings that most pages share: a scenario, its faults, strategies and seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from sim.faults import FAULTS
from sim.i18n import translate
from sim.interfaces.app import address
from sim.interfaces.app.order import Order
from sim.interfaces.app.service import own_text
from sim.scenario.source import bundled_scenarios
from sim.strategies import BUILT_IN, STRATEGIES

DEFAULT_RUNS = 10
MOST_RUNS = 100
OWN = own_text.OWN
FIRST = "web-app"
NO_RELEASE = "none"
_OFFERED, _NEXT = "strategies-offered", "strategies-next"


def scenarios() -> list[str]:
    """The bundled scenarios, the plainest first."""
    return sorted(bundled_scenarios(), key=lambda name: name != FIRST)


def usual_amount(kind: str) -> str:
    """The amount of a fault that its own example has."""
    return str(FAULTS[kind].example).split(":", 2)[2]


def _fault_fields() -> Iterable[address.Field]:
    for kind in FAULTS:
        switch = f"fault-{kind}"
        yield address.switch(switch, switch)
        yield address.text(f"{switch}-amount", f"amount-{kind}", usual_amount(kind), switch)


SCENARIO = (
    address.choice("scenario", "scenario", FIRST, lambda: [*scenarios(), OWN]),
    address.text("text", own_text.ID),
    address.text("image", "image"),
    address.text("set", "overrides"),
    *_fault_fields(),
)
SEED = address.number("seed", "seed", 0, 0, 2**31)
COMPARISON = (
    *SCENARIO,
    address.several("s", "strategies", BUILT_IN, lambda: STRATEGIES),
    address.number("n", "runs", DEFAULT_RUNS, 2, MOST_RUNS),
    SEED,
)
ONE_RUN = (
    *SCENARIO,
    address.choice("strategy", "strategy", "RollingUpdate", lambda: [*STRATEGIES, NO_RELEASE]),
    SEED,
)


def ask_comparison(language: str) -> Order:
    """Show every input of a comparison and answer what they hold."""
    ask_scenario(language)
    if _NEXT in st.session_state:
        st.session_state["strategies"] = st.session_state.pop(_NEXT)
    st.multiselect(
        translate(language, "Strategies"),
        list(STRATEGIES),
        key="strategies",
        persist_state="session",
        placeholder=translate(language, "choose at least one"),
    )
    st.number_input(
        translate(language, "Number of seeds"), 2, MOST_RUNS, key="runs", persist_state="session"
    )
    _ask_faults(language)
    ask_more(language, translate(language, "First seed"))
    return order_of(st.session_state)


def follow_rollout(own: str | None) -> bool:
    """Choose the strategy that a Rollout asks for, as `seatrial compare` does; whether it is news.

    Only while nobody has chosen otherwise; a scenario without one has the two built-in ones again.
    The choice is shown by the next run of the page.
    """
    state = st.session_state
    wanted = [*([own] if own else []), *BUILT_IN]
    before = state.get(_OFFERED, list(BUILT_IN))
    if list(state["strategies"]) != before or wanted == before:
        return False
    state[_OFFERED] = state[_NEXT] = wanted
    return True


def ask_run(language: str) -> Order:
    """Show every input of one run and answer what they hold."""
    ask_scenario(language)
    nothing = translate(language, "no release")
    st.selectbox(
        translate(language, "Strategy"),
        [*STRATEGIES, NO_RELEASE],
        key="strategy",
        format_func=lambda name: nothing if name == NO_RELEASE else name,
        persist_state="session",
    )
    _ask_faults(language)
    ask_more(language, translate(language, "Seed"))
    state = st.session_state
    return order_of({**state, "strategies": [state["strategy"]], "runs": 1})


def ask_scenario(language: str, *, manifest: bool = True, image: bool = True) -> None:
    """The scenario, or one's own *manifest*, which another place may ask for; a new *image*."""
    own = translate(language, "my own manifest")
    chosen = st.selectbox(
        translate(language, "Scenario"),
        [*scenarios(), OWN],
        format_func=lambda name: own if name == OWN else name,
        key="scenario",
        persist_state="session",
    )
    if chosen == OWN and manifest:
        own_text.ask_manifest(language)
    if not image:
        return
    st.text_input(
        translate(language, "New image (container=image)"),
        placeholder="web=nginx:1.21",
        key="image",
        persist_state="session",
        help=translate(
            language,
            "What the release changes. Without it, the scenario's own release, or a restart.",
        ),
    )


def order_of(state: Mapping[Any, Any]) -> Order:
    """What these settings ask for."""
    own = state["scenario"] == OWN
    lines = map(str.strip, (state["overrides"] or "").splitlines())
    return Order(
        bundled=None if own else state["scenario"],
        manifest=own_text.manifest(state) if own else "",
        description=own_text.description(state) if own else "",
        images=tuple(filter(None, [(state["image"] or "").strip()])),
        overrides=tuple(filter(None, lines)),
        faults=_faults(state),
        strategies=tuple(state["strategies"]),
        runs=int(state["runs"]),
        seed=int(state["seed"]),
    )


def _faults(state: Mapping[Any, Any]) -> tuple[str, ...]:
    found = []
    for kind in FAULTS:
        if state[f"fault-{kind}"]:
            target = str(FAULTS[kind].example).split(":", 2)[1]
            found.append(f"{kind}:{target}:{state[f'amount-{kind}']}")
    return tuple(found)


def _ask_faults(language: str) -> None:
    """One switch and one amount for each kind of fault that there is."""
    count = sum(bool(st.session_state[f"fault-{kind}"]) for kind in FAULTS)
    title = translate(language, "Faults")
    # The label must not change under the pointer, or the box would close.
    with st.expander(title, expanded=count > 0):
        for kind in FAULTS:
            _, target, usual = FAULTS[kind].example.split(":", 2)
            switch, amount = st.columns([3, 2], vertical_alignment="center")
            sentence = FAULTS[kind].parse(target, usual).describe().render(language)
            switch.toggle(kind, key=f"fault-{kind}", help=sentence, persist_state="session")
            amount.text_input(
                translate(language, "amount of {kind}", kind=kind),
                key=f"amount-{kind}",
                label_visibility="collapsed",
                persist_state="session",
            )


def ask_the_rest(language: str) -> None:
    """Faults, the first seed, and any other value."""
    _ask_faults(language)
    ask_more(language, translate(language, "First seed"))


def ask_more(language: str, seed: str) -> None:
    """The first seed, and any other value of the scenario."""
    with st.expander(translate(language, "More settings")):
        st.number_input(seed, 0, 2**31, key="seed", persist_state="session")
        st.text_area(
            translate(language, "Other values, one a line"),
            placeholder="traffic.rate=100/s",
            key="overrides",
            height=100,
            persist_state="session",
        )


def usual_order() -> Order:
    """What a first visitor sees compared: everything as it comes."""
    return order_of({field.key: field.usual for field in COMPARISON})


def usual_run() -> Order:
    """The one run that a first visitor sees."""
    state = {field.key: field.usual for field in (*COMPARISON, *ONE_RUN)}
    return order_of({**state, "strategies": [state["strategy"]], "runs": 1})
