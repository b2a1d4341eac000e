"""The report: one comparison as one HTML file that needs nothing else, for a mail or a wiki."""

from __future__ import annotations

from html import escape

import sim
from sim.i18n import translate
from sim.interfaces.app.comparison.limited import Limited
from sim.interfaces.app.comparison.pairs import chance_sentence, pairs_picture
from sim.interfaces.app.comparison.pictures import budget_sentence, budgets, heats, timelines
from sim.interfaces.app.comparison.trade_offs import trade_offs_picture
from sim.interfaces.app.comparison.verdict_clauses import verdict_html
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.html_tables import html_table
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


def report(found: JsonObject, command: str, language: str, limited: Limited | None = None) -> str:
    """The whole page; *command* repeats it in a terminal, *limited* is about limits if given."""
    limited = limited or Limited()
    view = found["views"][language]
    title = translate(language, "Sea trial of {name}", name=found["comparison"]["scenario"]["name"])
    parts = [
        f"<h1>{escape(title)}</h1>",
        verdict_html(
            view["clauses"], limited.sentences, chance_sentence(found["comparison"], language)
        ),
        *_limits(limited),
        timelines(found, DAY, language),
        trade_offs_picture(found, DAY, language),
        pairs_picture(found["comparison"], DAY, language),
        *(_section(view[name]) for name in ("figures", "causes", "classes")),
        f"<h2>{escape(translate(language, 'Latency over time'))}</h2>",
        heats(found, DAY, language),
        f"<h2>{escape(translate(language, 'Error budget'))}</h2>",
        budgets(found, DAY, language),
        f"<p>{escape(budget_sentence(found, language))}</p>",
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


def _limits(limited: Limited) -> list[str]:
    table = [] if limited.table is None else [_shown(limited.table)]
    return [*table, *(f"<p>{escape(note)}</p>" for note in limited.notes)]


def _section(found: JsonObject) -> str:
    return _shown(Table.from_json(found))


def _shown(table: Table) -> str:
    return f"<h2>{escape(table.title)}</h2>{html_table(table)}" if table.rows else ""
