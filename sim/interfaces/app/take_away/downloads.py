"""What a visitor takes home of a comparison: report, picture, tables, scenario, JSON."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.order import MANIFEST_FILE, SCENARIO_FILE, Order
from sim.interfaces.app.take_away.download_buttons import download, download_json, download_picture
from sim.interfaces.app.take_away.value_files import PARQUET, csv_of, parquet_of
from sim.interfaces.app.tasks.compare import PNG
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject
from sim.scenario.source import bundled_scenarios

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # So that equal content gives equal bytes.
COLUMNS = {
    "strategy": "string",
    "seed": "int64",
    "figure": "string",
    "unit": "string",
    "value": "float64",
}


def offer(
    order: Order, comparison: JsonObject, work: Work, report: Callable[[], str], language: str
) -> None:
    """Buttons for everything that came of *work*; the *report* is written when it is asked for."""
    with st.container(horizontal=True):
        label = translate(language, "Report (HTML)")
        download(label, lambda: report().encode(), "html", "text/html")
        download_picture(work, PNG.format(language=language), "png", language)
        label = translate(language, "Values (CSV)")
        download(label, lambda: values_csv(comparison), "csv", "text/csv")
        label = translate(language, "Values (Parquet)")
        download(label, lambda: values_parquet(comparison), "parquet", PARQUET)
        label = translate(language, "Scenario (YAML)")
        download(label, lambda: scenario_zip(order), "zip", "application/zip")
        download_json(comparison, language)


def values_of(comparison: JsonObject) -> Iterator[tuple[str, int, str, str, float | None]]:
    """Every figure of every run: strategy, seed, figure, unit, value (None: there was none)."""
    for arm in comparison["arms"]:
        for key, figure in arm["figures"].items():
            for seed, value in zip(comparison["seeds"], figure["values"], strict=True):
                unit = comparison["figures"][key]["unit"]
                yield arm["strategy"] or "no release", seed, key, unit, value


def values_csv(comparison: JsonObject) -> bytes:
    """The values as CSV."""
    return csv_of(tuple(COLUMNS), values_of(comparison))


def values_parquet(comparison: JsonObject) -> bytes:
    """The values as Parquet."""
    return parquet_of(COLUMNS, values_of(comparison))


def scenario_zip(order: Order, words: str | None = None) -> bytes:
    """The scenario's files, and the command that does the same in a terminal."""
    if order.bundled is None:
        files = {MANIFEST_FILE: order.manifest, SCENARIO_FILE: order.description}
    else:
        folder: Path = bundled_scenarios()[order.bundled]
        files = {
            path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))
        }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**files, "command.txt": (words or command(order)) + "\n"}.items():
            if text.strip():
                archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text)
    return stream.getvalue()


def command(order: Order, verb: str = "compare", *more: str) -> str:
    """The command line that does the same; *more* are further words of it."""
    from shlex import quote

    source = order.bundled or (SCENARIO_FILE if order.description.strip() else MANIFEST_FILE)
    words = ["seatrial", verb, source]
    for option, values in (
        ("--image", order.images),
        ("--fault", order.faults),
        ("--set", order.overrides),
        ("--strategy", order.strategies),
    ):
        words += [word for value in values for word in (option, value)]
    words += ["--runs", str(order.runs), "--seed", str(order.seed), *more]
    return " ".join(map(quote, words))
