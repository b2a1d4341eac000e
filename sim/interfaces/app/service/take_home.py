"""One's own scenario as a folder to take home, which the command line takes as it is."""

from __future__ import annotations

import io
import re
import shlex
import zipfile

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.order import MANIFEST_FILE, SCENARIO_FILE, Order
from sim.interfaces.app.service.yaml_form import EMPTY

_EPOCH = (1980, 1, 1, 0, 0, 0)  # The same texts are the same file.


def folder_name(service: str) -> str:
    """A folder's name for *service*: nothing in it that a shell or a disk takes for its own."""
    return re.sub(r"[^a-z0-9.-]+", "-", service.lower()).strip("-.")[:60] or "own"


def zipped(order: Order, folder: str) -> bytes:
    """The two texts of *order* in a *folder*."""
    texts = {SCENARIO_FILE: (order.description.strip() and order.description) or EMPTY}
    texts[MANIFEST_FILE] = order.manifest
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", _EPOCH), text)
    return stream.getvalue()


def command(order: Order, folder: str) -> str:
    """What to type beside the unpacked folder; what this page's own settings add are flags."""
    words = ["seatrial", "compare", f"{folder}/"]
    for flag, values in (
        ("--image", order.images),
        ("--fault", order.faults),
        ("--set", order.overrides),
    ):
        for value in values:
            words += [flag, value]
    return shlex.join(words)


def show_take_home(order: Order, service: str, language: str) -> None:
    """A button for the folder, and the command that takes it."""
    folder = folder_name(service)
    st.subheader(translate(language, "Take it home"))
    st.download_button(
        translate(language, "Download the scenario folder (zip)"),
        zipped(order, folder),
        f"{folder}.zip",
        "application/zip",
        on_click="ignore",
        key="take-home",
    )
    st.caption(
        translate(
            language,
            "Unpacked, the command line takes the folder as it is; a colleague elsewhere uploads"
            " its two files here.",
        )
    )
    st.code(command(order, folder), language=None, wrap_lines=True)
