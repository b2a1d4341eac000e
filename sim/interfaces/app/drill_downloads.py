"""What a visitor takes home of a rollback drill: pictures, values, scenario, JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from shlex import quote

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app import downloads, shelf
from sim.interfaces.app.order import Order
from sim.model.objects import JsonObject

COLUMNS = ("moment", "strategy", "seed", "figure", "unit", "value")
_MIME = {"png": "image/png", "svg": "image/svg+xml"}


def offer(order: Order, drill: JsonObject, name: str, language: str) -> None:
    """Buttons for everything; *name* is the result's on the shelf."""
    labels = {
        "png": translate(language, "Picture (PNG)"),
        "svg": translate(language, "Picture (SVG)"),
    }
    document = json.dumps(drill, indent=2, ensure_ascii=False, allow_nan=False).encode()
    archive = downloads.scenario_zip(order, command(order, _moments(drill)))
    with st.container(horizontal=True):
        for ending, label in labels.items():
            if (data := shelf.find(f"{name}.{language}.{ending}")) is not None:
                _button(label, data, ending, _MIME[ending])
        _button(translate(language, "Values (CSV)"), values_csv(drill), "csv", "text/csv")
        _button(translate(language, "Scenario (YAML)"), archive, "zip", "application/zip")
        _button(translate(language, "Download as JSON"), document, "json", "application/json")


def _button(label: str, data: bytes, ending: str, mime: str) -> None:
    name = f"seatrial-way-back.{ending}"
    st.download_button(label, data, name, mime, key=f"way-back-{ending}", on_click="ignore")


def _moments(drill: JsonObject) -> list[str]:
    return [one["moment"] for one in drill["moments"]]


def values_of(drill: JsonObject) -> Iterator[tuple[str, str, int, str, str, float | None]]:
    """Every figure of every run; an empty value is a clock that was not reached."""
    for moment in drill["moments"]:
        for way in moment["strategies"]:
            for key, figure in way["figures"].items():
                unit = drill["figures"][key]["unit"]
                for seed, value in zip(drill["seeds"], figure["values"], strict=True):
                    yield moment["moment"], way["strategy"], seed, key, unit, value


def values_csv(drill: JsonObject) -> bytes:
    """The values as CSV."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(values_of(drill))
    return stream.getvalue().encode()


def command(order: Order, moments: list[str]) -> str:
    """The command line that does the same."""
    words = downloads.command(order).replace("seatrial compare", "seatrial drill-rollback", 1)
    return " ".join([words, *(f"--at {quote(moment)}" for moment in moments)])
