"""The report: one comparison as one HTML file that needs nothing else, for a mail or a wiki."""

from __future__ import annotations

from html import escape

import sim
from sim.i18n import translate
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.app.pictures import budgets, heats, timelines
from sim.interfaces.app.style import STYLE
from sim.interfaces.table import Table
from sim.model.objects import JsonObject

_PAGE_STYLE = """<style>
body { font-family: system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif;
  color: #222; background: #fff; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.seatrial-columns { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
figure { margin: 0; }
</style>"""


def report(found: JsonObject, command: str, language: str) -> str:
    """The whole page; *command* repeats it in a terminal."""
    view = found["views"][language]
    title = translate(language, "Sea trial of {name}", name=found["comparison"]["scenario"]["name"])
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p class='seatrial-verdict'>{escape(view['verdict'])}</p>",
        timelines(found, DAY, language),
        *(_section(view[name]) for name in ("figures", "causes", "classes")),
        f"<h2>{escape(translate(language, 'Latency over time'))}</h2>",
        heats(found, DAY, language),
        f"<h2>{escape(translate(language, 'Error budget'))}</h2>",
        budgets(found, DAY, language),
        *(_section(view[name]) for name in ("stories", "settings", "assumptions")),
        f"<p><code>{escape(command)}</code></p>",
        f"<p>Seatrial {escape(sim.__version__)}</p>",
    ]
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title>{STYLE}{_PAGE_STYLE}</head>"
        f"<body>{''.join(parts)}</body></html>"
    )


def _section(found: JsonObject) -> str:
    table = Table.from_json(found)
    return f"<h2>{escape(table.title)}</h2>{html_table(table)}" if table.rows else ""
