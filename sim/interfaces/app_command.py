"""`seatrial app`: the pages in a browser, for this machine alone."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.options import option

SCRIPT, CONFIG = "app.py", "config.toml"
DEFAULT_PORT = 8501


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
    from streamlit.web import bootstrap

    from sim.interfaces.app.prepared import prepare

    given = settings() | {"server_port": port, "server_headless": no_browser}
    bootstrap.load_config_options(given)
    prepare()
    bootstrap.run(str(_place() / SCRIPT), False, [], given)


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
