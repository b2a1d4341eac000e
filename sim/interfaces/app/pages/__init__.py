"""The pages in the order of the navigation: one file each, and one line here."""

from __future__ import annotations

from sim.registry import Registry

PAGES = Registry(
    "page",
    {
        "compare": "sim.interfaces.app.pages.compare:PAGE",
    },
)
