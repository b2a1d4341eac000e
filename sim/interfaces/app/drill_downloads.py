"""What a visitor takes home of a rollback drill: pictures, values, scenario, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app import downloads, shelf
from sim.interfaces.app.order import Order
from sim.interfaces.app.value_files import csv_of
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
                downloads.download(label, data, ending, _MIME[ending])
        downloads.download(
            translate(language, "Values (CSV)"), values_csv(drill), "csv", "text/csv"
        )
        downloads.download(
            translate(language, "Scenario (YAML)"), archive, "zip", "application/zip"
        )
        downloads.download(
            translate(language, "Download as JSON"), document, "json", "application/json"
        )


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
    return csv_of(tuple(COLUMNS), values_of(drill))


def command(order: Order, moments: list[str]) -> str:
    """The command line that does the same."""
    at = [word for moment in moments for word in ("--at", moment)]
    return downloads.command(order, "drill-rollback", *at)
