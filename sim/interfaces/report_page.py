"""A report as one HTML file that asks nobody for anything: style and pictures are inside."""

from __future__ import annotations

import base64
from html import escape

from sim.i18n import translate
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.report import Picture, Report

# The browser itself then refuses whatever would leave the machine, and scripts.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
.verdict { border-left: 0.3rem solid #004488; padding: 0.2rem 0 0.2rem 1rem; font-size: 1.1em; }
figure { margin: 1.5rem 0; overflow-x: auto; }
img { max-width: 100%; height: auto; background: #fff; }
code { overflow-wrap: anywhere; }
pre { padding: 0.8rem; border: 1px solid rgba(128, 128, 128, 0.4); white-space: pre-wrap; }
h2 { margin-top: 2rem; }
"""


def page(report: Report, language: str) -> str:
    """The whole file."""
    first, *others = report.sentences or ("",)
    again = translate(language, "The same again")
    parts = [
        f"<h1>{escape(report.title)}</h1>",
        f"<p class='verdict'>{escape(first)}</p>",
        *(f"<p>{escape(sentence)}</p>" for sentence in others),
        *(_picture(one) for one in report.pictures),
        *(
            f"<h2>{escape(table.title)}</h2>{html_table(table)}"
            for table in report.tables
            if table.rows
        ),
        _warnings(report, language),
        f"<h2>{escape(again)}</h2>",
        f"<pre><code>{escape(report.command)}</code></pre>",
    ]
    tag = {"zh": "zh-Hans"}.get(language, language)
    return (
        f'<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{chr(10).join(filter(None, parts))}\n</main>\n</body>\n</html>\n"
    )


def _picture(one: Picture) -> str:
    data = base64.b64encode(one.png).decode("ascii")
    return f'<figure><img alt="{escape(one.alt)}" src="data:image/png;base64,{data}"></figure>'


def _warnings(report: Report, language: str) -> str:
    if not report.warnings:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in report.warnings)
    title = translate(language, "Warnings")
    return f"<h2>{escape(title)}</h2><ul>{items}</ul>"
