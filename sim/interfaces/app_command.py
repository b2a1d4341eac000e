"""`seatrial app`: the pages in a browser, for this machine alone."""

from __future__ import annotations

import os
import socket
import threading
import time
import tomllib
import webbrowser
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.options import option

SCRIPT = Path(__file__).with_name("app_script.py")
CONFIG = "config.toml"
DEFAULT_PORT = 8501
LOOKS, LOOK_SECONDS = 120, 0.25


def app(
    ctx: typer.Context,
    port: Annotated[
        int,
        option(
            "--port",
            metavar="N",
            min=1024,
            max=65535,
            text=message("Where the pages answer, on this machine only."),
        ),
    ] = DEFAULT_PORT,
    no_browser: Annotated[
        bool, option("--no-browser", text=message("Open no browser, only answer."))
    ] = False,
    lang: options.Lang = None,
) -> None:
    """Serve the pages until Ctrl-C."""
    _refuse_taken(port)
    import streamlit as st
    from streamlit.web import bootstrap

    from sim.interfaces.app.door import MIDDLEWARE, ROUTES
    from sim.interfaces.app.prepared import prepare

    given = settings() | {"server_port": port, "server_headless": True}
    bootstrap.load_config_options(given)
    prepare()
    if not no_browser:
        _open_when_it_answers(port)
    served = st.App(SCRIPT, routes=ROUTES, middleware=MIDDLEWARE)
    served.run(config={name.replace("_", "."): value for name, value in given.items()})


def _refuse_taken(port: int) -> None:
    """Raise a `ScenarioError` before anything is begun, if another program answers at *port*."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            text = message("port {port} is taken by another program", port=port)
            hint = message("choose another with --port")
            raise ScenarioError([Problem(text, hint=hint)]) from None


def _open_when_it_answers(port: int) -> None:
    """Show the first page in the user's browser, once there is one."""

    def wait() -> None:
        for _ in range(LOOKS):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    webbrowser.open(f"http://localhost:{port}")
                    return
            time.sleep(LOOK_SECONDS)

    threading.Thread(target=wait, daemon=True).start()


def settings() -> dict[str, Any]:
    """The file that `streamlit run app.py` reads, as options: loopback, no telemetry, limits."""
    place = _place()
    beside = place / ".streamlit" / CONFIG
    file = beside if beside.is_file() else place / CONFIG
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(table: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """`[theme.dark] font = "x"` is `theme_dark_font`."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        whole = f"{before}{name}"
        found += _flat(value, f"{whole}_") if isinstance(value, dict) else [(whole, value)]
    return found


def _place() -> Path:
    """The folder of the script: inside a wheel, or the checkout itself."""
    inside = Path(str(files("sim"))) / "_app"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2]
