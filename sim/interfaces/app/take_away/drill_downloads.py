"""What a visitor takes home of a rollback drill: pictures, values, scenario, JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.order import Order
from sim.interfaces.app.take_away import downloads
from sim.interfaces.app.take_away.download_buttons import download, download_json, download_picture
from sim.interfaces.app.take_away.value_files import csv_of
from sim.interfaces.app.tasks.drill import PICTURE
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject

COLUMNS = ("moment", "strategy", "seed", "figure", "unit", "value")


def offer(order: Order, drill: JsonObject, work: Work, language: str) -> None:
    """Buttons for everything that came of *work*."""
    words = command(order, _moments(drill))
    with st.container(horizontal=True):
        for ending in ("png", "svg"):
            suffix = PICTURE.format(language=language, ending=ending)
            download_picture(work, suffix, ending, language)
        label = translate(language, "Values (CSV)")
        download(label, lambda: values_csv(drill), "csv", "text/csv")
        label = translate(language, "Scenario (YAML)")
        archive = partial(downloads.scenario_zip, order, words)
        download(label, archive, "zip", "application/zip")
        download_json(drill, language)


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
