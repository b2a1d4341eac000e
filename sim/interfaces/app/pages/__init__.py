"""The pages in the order of the navigation: one file each, and one line here."""

from __future__ import annotations

from sim.registry import Registry

PAGES = Registry(
    "page",
    {
        "start": "sim.interfaces.app.pages.start:PAGE",
        "compare": "sim.interfaces.app.pages.compare:PAGE",
        "way-back": "sim.interfaces.app.pages.way_back:PAGE",
        "run": "sim.interfaces.app.pages.run:PAGE",
        "what-if": "sim.interfaces.app.pages.what_if:PAGE",
        "scenario": "sim.interfaces.app.pages.scenario:PAGE",
        "ab": "sim.interfaces.app.pages.ab:PAGE",
        "believe": "sim.interfaces.app.pages.believe:PAGE",
    },
)
