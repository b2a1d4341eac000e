"""The little style that Streamlit's theme does not bring: tables, code boxes, spacing."""

from __future__ import annotations

STYLE = """<style>
.stMainBlockContainer { padding-top: 4.2rem; padding-bottom: 3rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {
  color: inherit !important; opacity: 0.92; }
.st-key-toolkit-words { position: absolute; }
.stMainBlockContainer h1 { font-size: 2rem; }
.stMainBlockContainer h3 { font-size: 1.25rem; }
.st-key-manifest textarea, .st-key-description textarea, .st-key-overrides textarea {
  font-family: ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; font-size: 0.85rem;
}
/* What is chosen is read to its end. */
.stMultiSelect [data-tag], .stMultiSelect [data-tag] span[title] {
  max-width: 100% !important; height: auto !important; white-space: normal !important; }
.stMainBlockContainer { --paper: #ffffff; }
/* A wide table scrolls, and a shadow at its edge says that there is more. */
.seatrial-table { overflow-x: auto; margin-bottom: 1rem; background:
  linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% local no-repeat,
  linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% local no-repeat,
  linear-gradient(to right, rgba(128,128,128,.45), transparent) left / .8rem 100% no-repeat,
  linear-gradient(to left, rgba(128,128,128,.45), transparent) right / .8rem 100% no-repeat; }
.seatrial-table table { border-collapse: separate; border-spacing: 0;
  font-variant-numeric: tabular-nums; }
.seatrial-table th { white-space: nowrap; }
.seatrial-table th, .seatrial-table td {
  padding: 0.3rem 0.9rem 0.3rem 0; text-align: left; vertical-align: top;
  border: 0; border-bottom: 1px solid rgba(128, 128, 128, 0.25);
}
.seatrial-table td:first-child { overflow-wrap: break-word; max-width: 24rem; }
.seatrial-table td:not(:first-child) { white-space: nowrap; }
.seatrial-table td.prose:not(:first-child) { white-space: normal; min-width: 9rem; }
.seatrial-table td.prose:last-child { min-width: 12rem; }
.seatrial-table .named td.prose:first-child { min-width: 12rem; }
.seatrial-table .named th:first-child, .seatrial-table .named td:first-child {
  position: sticky; left: 0; background: var(--paper) padding-box; }
.seatrial-table .figure { text-align: right; white-space: nowrap; }
.seatrial-table tr.sub td { font-size: 0.9em;
  color: color-mix(in srgb, currentColor 82%, transparent); }
.seatrial-table tr.sub td:first-child { padding-left: 1.2rem; }
.seatrial-table [title] { text-decoration: underline dotted; cursor: help; }
.seatrial-terminal { overflow: auto; max-height: 26rem; font-size: 0.85rem; line-height: 1.5;
  padding: 0.8rem; border: 1px solid currentColor; border-radius: 0.4rem; }
.seatrial-story { line-height: 1.7; }
.seatrial-story b { font-variant-numeric: tabular-nums; margin-right: 0.5rem; }
.st-key-doors [data-testid="stPageLink"] a { padding-left: 0; margin-left: 0; }
.seatrial-verdict { font-size: 1.15rem; line-height: 1.6; border-left: 4px solid currentColor;
  padding: 0.2rem 0 0.2rem 1rem; margin: 0.5rem 0 1rem; }
.seatrial-verdict small { font-size: 1rem; }
.seatrial-verdict div:has(small) + div:not(:has(small)) { margin-top: 0.6rem; }
.seatrial-clauses { margin: 0 0 1rem; padding-left: 1.3rem; line-height: 1.5; }
@media (max-width: 640px) {
  .seatrial-table { font-size: 0.85rem; }
  .seatrial-table th { white-space: normal; }
  .seatrial-table th, .seatrial-table td { padding-right: 0.7rem; }
  .seatrial-table td:first-child { max-width: 8.5rem; }
  .seatrial-table .named td.prose:first-child { min-width: 6.5rem; }
}
</style>"""
# By night the accent is light, so that it is seen on the page; what is written on it must be dark.
NIGHT_STYLE = """<style>
.stMainBlockContainer { --paper: #14171c; }
[data-testid="stBaseButton-primary"]:enabled, [data-testid="stBaseButton-primary"]:enabled p,
.stMultiSelect span[title] { color: #0c1116 !important; }
.stMultiSelect [role="button"] svg { fill: #0c1116; }
</style>"""
