"""The inputs of a study: scenario, faults with their sizes, moments, strategies and seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from sim.faults import FAULTS
from sim.i18n import translate
from sim.interfaces.app import address, settings
from sim.interfaces.app.study.study import FIGURES, MOST_RUNS, VERSION, Study, kinds
from sim.interfaces.app.work.server import result_of
from sim.interfaces.app.work.task import Work
from sim.model.duration import show_duration
from sim.strategies import STRATEGIES

# Sizes from "one would hardly see it" to "everybody does"; a kind without a row has its example.
SIZES: Mapping[str, str] = {
    "bug": "1%, 5%, 20%",
    "slow": "2x, 4x, 8x",
    "leak": "2MiB/s, 8MiB/s, 32MiB/s",
    "start": "+10s, +40s, +90s",
    "crash": "10s, 30s, 60s",
    "hang": "0.1%, 1%, 5%",
}
USUAL_FAULTS, USUAL_MOMENTS, USUAL_SEEDS = ("bug", "hang"), "0s, 30s", 5
USUAL_STRATEGIES = ("Recreate", "RollingUpdate", "BlueGreen", "Canary")
MOST_SEEDS = 50


def usual_sizes(kind: str) -> str:
    """The sizes of a fault that are tried if nobody says others."""
    return SIZES.get(kind, settings.usual_amount(kind))


def _text(name: str, usual: str) -> address.Field:
    """A text that the address leaves out as long as it is as usual."""
    plain = address.text(name, name, usual)
    return replace(plain, write=lambda value: [value] if value and value != usual else [])


FIELDS = (
    *(field for field in settings.SCENARIO if not field.name.startswith("fault-")),
    address.several("faults", "study-faults", USUAL_FAULTS, kinds),
    *(_text(f"sizes-{kind}", usual_sizes(kind)) for kind in kinds()),
    address.text("moments", "study-moments", USUAL_MOMENTS),
    address.several("arms", "study-arms", USUAL_STRATEGIES, lambda: STRATEGIES),
    address.number("seeds", "study-seeds", USUAL_SEEDS, 2, MOST_SEEDS),
    settings.SEED,
    address.choice("harm", "study-harm", FIGURES[0], lambda: FIGURES),
)


def ask_study(language: str) -> Study:
    """Show every input and answer what they hold."""
    settings.ask_scenario(language)
    _ask_faults(language)
    st.text_input(
        translate(language, "Moments after the release"),
        key="study-moments",
        persist_state="session",
        help=translate(
            language,
            "When a fault begins: so long after the release is written, with commas between; at 0s "
            "no new pod exists yet. Until then the new version is sound.",
        ),
    )
    st.multiselect(
        translate(language, "Strategies"),
        list(STRATEGIES),
        key="study-arms",
        persist_state="session",
        placeholder=translate(language, "choose at least one"),
    )
    st.number_input(
        translate(language, "Number of seeds"),
        2,
        MOST_SEEDS,
        key="study-seeds",
        persist_state="session",
    )
    settings.ask_more(language, translate(language, "First seed"))
    return study_of(st.session_state)


def _ask_faults(language: str) -> None:
    chosen = st.multiselect(
        translate(language, "Faults of the new version"),
        kinds(),
        key="study-faults",
        persist_state="session",
        placeholder=translate(language, "choose at least one"),
    )
    for kind in chosen:
        example = FAULTS[kind].example.split(":", 2)[2]
        st.text_input(
            translate(language, "Sizes of {kind}", kind=kind),
            key=f"sizes-{kind}",
            persist_state="session",
            help=FAULTS[kind].parse(VERSION, example).describe().render(language),
        )


def study_of(state: Mapping[Any, Any]) -> Study:
    """What these settings ask for."""
    sound = {f"fault-{kind}": False for kind in FAULTS}
    order = settings.order_of(
        {**state, **sound, "strategies": state["study-arms"], "runs": state["study-seeds"]}
    )
    return Study(
        order=order,
        sizes=tuple((kind, _listed(state[f"sizes-{kind}"])) for kind in state["study-faults"]),
        moments=_listed(state["study-moments"]),
    )


def usual_study() -> Study:
    """What a first visitor sees: small, and enough to see who bears what."""
    fields = (*settings.COMPARISON, *FIELDS)
    return study_of({field.key: field.usual for field in fields})


def work_of(study: Study) -> Work:
    """The study as the page gives it away."""
    return Work(task="what_if", order=study.to_json())


def effort(study: Study, language: str) -> str:
    """How many runs it is and how long they take, by the pace of the first study of this page."""
    first = result_of(work_of(usual_study()))
    runs = f"{study.runs:,}"
    if first is None:
        return translate(language, "{runs} runs; at most {most}.", runs=runs, most=f"{MOST_RUNS:,}")
    seconds = first["seconds"] / first["runs"] * study.runs
    return translate(
        language,
        "{runs} runs are about {duration} here; at most {most} runs.",
        runs=runs,
        duration=show_duration(float(max(5, 5 * round(seconds / 5)))),
        most=f"{MOST_RUNS:,}",
    )


def _listed(text: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in (text or "").replace("\N{FULLWIDTH COMMA}", ",").split(","))
    return tuple(dict.fromkeys(filter(None, parts)))
