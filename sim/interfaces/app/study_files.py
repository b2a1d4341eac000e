"""What a visitor takes home of a study: pictures, every run's harm, JSON, the command."""

from __future__ import annotations

import json
from collections.abc import Iterator

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app import shelf
from sim.interfaces.app.downloads import command, download
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.harm import cells_of
from sim.interfaces.app.harm_pictures import sheet
from sim.interfaces.app.study import FIGURES, Study
from sim.interfaces.app.tasks.what_if import PNG, SHORT
from sim.interfaces.app.value_files import csv_of, parquet_of
from sim.model.objects import JsonObject

COLUMNS = {
    "fault": "string",
    "moment": "string",
    "strategy": "string",
    "seed": "int64",
    "failed_requests": "float64",
    "users_hurt": "float64",
}
FOLDER = "what-if"


def offer(found: JsonObject, figure: str, name: str, language: str) -> None:
    """Buttons for everything; *name* is the result's on the shelf."""
    png = shelf.find(name + PNG.format(figure=SHORT[figure], language=language))
    svg = sheet(cells_of(found, figure), figure, DAY, language)
    document = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
    with st.container(horizontal=True):
        if png is not None:
            download(translate(language, "Picture (PNG)"), png, "png", "image/png")
        download(translate(language, "Picture (SVG)"), svg.encode(), "svg", "image/svg+xml")
        download(translate(language, "Values (CSV)"), values_csv(found), "csv", "text/csv")
        download(
            translate(language, "Values (Parquet)"),
            values_parquet(found),
            "parquet",
            "application/vnd.apache.parquet",
        )
        download(
            translate(language, "Download as JSON"), document.encode(), "json", "application/json"
        )


def sweep_command(study: Study, before_seconds: float) -> str:
    """The same runs in a terminal."""
    fault, moment = study.axes(before_seconds)
    return command(study.order, "sweep", "--vary", fault, "--vary", moment, "-o", FOLDER)


def values_of(found: JsonObject) -> Iterator[tuple[str, str, str, int, float, float]]:
    """Every run: fault, when it began after the release, strategy, seed, and both figures."""
    first = found["study"]["order"]["seed"]
    for cell in found["cells"]:
        rows = zip(*(cell[figure] for figure in FIGURES), strict=True)
        for number, (failed, hurt) in enumerate(rows):
            yield cell["fault"], cell["moment"], cell["strategy"], first + number, failed, hurt


def values_csv(found: JsonObject) -> bytes:
    """The values as CSV."""
    return csv_of(tuple(COLUMNS), values_of(found))


def values_parquet(found: JsonObject) -> bytes:
    """The values as Parquet."""
    return parquet_of(COLUMNS, values_of(found))
