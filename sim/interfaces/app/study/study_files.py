"""What a visitor takes home of a study: pictures, every run's harm, JSON, the command."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.study.harm import cells_of
from sim.interfaces.app.study.harm_pictures import sheet
from sim.interfaces.app.study.study import FIGURES, Study
from sim.interfaces.app.take_away.download_buttons import download, download_json, download_picture
from sim.interfaces.app.take_away.downloads import command
from sim.interfaces.app.take_away.value_files import PARQUET, csv_of, parquet_of
from sim.interfaces.app.tasks.what_if import PNG, SHORT
from sim.interfaces.app.work.task import Work
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


def offer(found: JsonObject, figure: str, work: Work, language: str) -> None:
    """Buttons for everything that came of *work*."""
    with st.container(horizontal=True):
        suffix = PNG.format(figure=SHORT[figure], language=language)
        download_picture(work, suffix, "png", language)
        label = translate(language, "Picture (SVG)")
        download(label, lambda: picture_svg(found, figure, language), "svg", "image/svg+xml")
        label = translate(language, "Values (CSV)")
        download(label, lambda: values_csv(found), "csv", "text/csv")
        label = translate(language, "Values (Parquet)")
        download(label, lambda: values_parquet(found), "parquet", PARQUET)
        download_json(found, language)


def picture_svg(found: JsonObject, figure: str, language: str) -> bytes:
    """All panels and what matters most, in the colours of day."""
    return sheet(cells_of(found, figure), figure, DAY, language).encode()


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
