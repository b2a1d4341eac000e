"""Buttons that hand over a file, which is made when one is pressed: a page in view waits for none.

Pictures are drawn by a worker after its result is there, and a visitor may be quicker: their
buttons come with the result, and whoever presses one at once gets the file when it is drawn. If
that worker ended before, another one draws them then.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.tasks import TASKS
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.server import job_of, jobs
from sim.interfaces.app.work.task import Task, Work
from sim.model.objects import JsonObject

PATIENCE_SECONDS, LOOK_SECONDS = 60.0, 0.1
_MIME = {"png": "image/png", "svg": "image/svg+xml"}


def download(label: str, made: Callable[[], bytes], ending: str, mime: str) -> None:
    """A button that hands over a file with that *ending*, *made* when it is pressed."""
    st.download_button(
        label, made, f"seatrial.{ending}", mime, key=f"download-{ending}", on_click="ignore"
    )


def download_json(document: JsonObject, language: str) -> None:
    """A button that hands over *document*."""

    def made() -> bytes:
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode()

    download(translate(language, "Download as JSON"), made, "json", "application/json")


def download_picture(work: Work, suffix: str, ending: str, language: str) -> None:
    """A button for the file beside the result of *work*."""
    name = work.name + suffix
    labels = {
        "png": translate(language, "Picture (PNG)"),
        "svg": translate(language, "Picture (SVG)"),
    }
    download(labels[ending], lambda: awaited(name, work), ending, _MIME[ending])


def awaited(name: str, work: Work) -> bytes:
    """The file called *name* once the worker that does *work* has drawn it; without one it begins.

    Raise a `LookupError` if it ends without, or takes too long.
    """
    if not shelf.has(name) and not _is_drawing(work):
        task: Task = TASKS[work.task]
        jobs().start(work, seconds=task.seconds)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        over = not _is_drawing(work) or time.monotonic() > end  # Asked before the last look.
        if (data := shelf.find(name)) is not None:
            return data
        if over:
            raise LookupError(name)
        time.sleep(LOOK_SECONDS)


def _is_drawing(work: Work) -> bool:
    job = job_of(work)
    return job is not None and not job.process_has_ended()
