"""Theory against simulator on the page: its curves, what was measured on them, and the sources."""

from __future__ import annotations

import streamlit as st

from sim.i18n import message, translate
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.theory import theory_picture
from sim.interfaces.app.shown import show_table, theme_colours
from sim.interfaces.app.tasks.theory import (
    MEASURED_SECONDS,
    PODS,
    SERVICE_SECONDS,
    WARM_UP_SECONDS,
    WORKERS,
    theory_seconds,
)
from sim.interfaces.app.work.made import show_made
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.table import Row, Table
from sim.model.objects import JsonObject


def show_theory(language: str) -> None:
    """What theory can compute, and the runs that know nothing of it."""
    few, many = WORKERS
    st.markdown(
        translate(
            language,
            "{pods} pods behind a random choice are {pods} independent queues. Requests come as a "
            "Poisson stream, and a worker is busy with one for {service} ms on average, "
            "exponentially distributed. Then theory knows exactly how long a request takes, "
            "waiting included, at every load (ρ, the share of its time that a worker is busy). "
            "The simulator knows nothing of these formulas:",
            pods=PODS,
            service=f"{1000 * SERVICE_SECONDS:g}",
        )
    )
    st.markdown(
        translate(
            language,
            "- {few} worker in each pod, M/M/1: service ÷ (1 - ρ). Source: Kleinrock, *Queueing "
            "Systems*, volume 1 (1975), section 3.2.\n"
            "- {many} workers in each pod, M/M/{many}: service × (1 + C ÷ ({many} × (1 - ρ))), "
            "where C is the share that must wait. Source: Erlang (1917); Kleinrock, section 3.5.\n"
            "- Why pods are independent: a Poisson stream that is split at random is Poisson "
            "streams. Source: Kingman, *Poisson Processes* (1993), the colouring theorem.",
            few=few,
            many=many,
        )
    )
    work = Work(task="theory", order={})
    found = on_demand(work, translate(language, "Measure it now"), "theory", language)
    if found is None:
        return
    picture = theory_picture(found, theory_seconds, theme_colours(), language)
    show_markup(picture, "theory")
    st.caption(_how(found, language))
    show_table(theory_table(found, language))
    show_made(found["made"], language)


def _how(found: JsonObject, language: str) -> str:
    return translate(
        language,
        "Lines: theory. Marks: mean of {n} runs (seeds {first} to {last}), each watched for "
        "{seconds} s after {warm} s to warm up, for a system begins empty and theory speaks of one "
        "that has run for ever. Whiskers: intervals of {level} % each, so that all {points} hold "
        "the truth together in 95 of 100 such experiments: one ✕ would be news.",
        n=len(found["seeds"]),
        first=found["seeds"][0],
        last=found["seeds"][-1],
        seconds=f"{MEASURED_SECONDS:g}",
        warm=f"{WARM_UP_SECONDS:g}",
        level=f"{100 * found['level']:.3g}",
        points=len(found["points"]),
    )


def theory_table(found: JsonObject, language: str) -> Table:
    """Theory and measurement beside each other."""
    headings = (
        message("system"),
        message("ρ"),
        message("theory (ms)"),
        message("measured (ms)"),
        message("{level} % interval", level=f"{100 * found['level']:.3g}"),
        message("theory inside"),
        message("requests"),
    )
    return Table(
        title=translate(language, "Mean time of a request"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(_row(point, language) for point in found["points"]),
        figures_from=1,
    )


def _row(point: JsonObject, language: str) -> Row:
    inside = point["low"] <= point["theory"] <= point["high"]
    return Row(
        cells=(
            f"M/M/{point['workers']}",
            f"{point['load']:.2f}",
            f"{1000 * point['theory']:.2f}",
            f"{1000 * point['mean']:.2f}",
            f"{1000 * point['low']:.2f} – {1000 * point['high']:.2f}",
            translate(language, "✓ yes") if inside else translate(language, "✕ no"),
            f"{point['requests']:,}",
        )
    )
