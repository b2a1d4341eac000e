"""What the A/B lab is asked: each setting's name in the address, its usual value, its limits."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sim.i18n import message
from sim.interfaces.app import address

MOST = 10_000_000
TABS = {
    "size": message("How many users"),
    "groups": message("The two groups"),
    "split": message("Was the split as meant"),
    "peeking": message("Looking too often"),
    "judge": message("What a limit is worth"),
}
ASSIGNED = {
    "user": message("by user: a hash decides, and it stays"),
    "request": message("by request: a lot each time"),
}
SHARES, LIFTS = (0.01, 99.0), (-90.0, 900.0)
USERS, COUNTS, SPLITS = (1, MOST), (0, MOST), (0.1, 99.9)
SIZES, LOOKS = (100, 20_000), (1, 50)
POPULATIONS, RATES, MINUTES = (10, 1_000_000), (1.0, 1000.0), (1, 60)
LOST, SLOWER = (0.0, 50.0), (1.0, 20.0)

_GROUPS = (
    address.choice("assign", "ab-assign", "user", lambda: ASSIGNED),
    address.number("converts-a", "ab-converts-a", 5.0, *SHARES),
    address.number("converts-b", "ab-converts-b", 7.0, *SHARES),
    address.number("population", "ab-population", 20_000, *POPULATIONS),
    address.number("rate", "ab-rate", 100.0, *RATES),
    address.number("minutes", "ab-minutes", 5, *MINUTES),
    address.number("meant", "ab-meant", 50.0, *SPLITS),
    address.number("lost", "ab-lost", 0.0, *LOST),
    address.number("errors", "ab-errors", 0.0, *LOST),
    address.number("slower", "ab-slower", 1.0, *SLOWER),
    address.number("ab-seed", "ab-seed", 0, 0, 2**31),
)
FIELDS = (
    address.number("base", "ab-base", 5.0, *SHARES),
    address.number("lift", "ab-lift", 10.0, *LIFTS),
    address.number("users", "ab-users", 10_000, *USERS),
    *_GROUPS,
    address.number("a", "ab-a", 5000, *COUNTS),
    address.number("b", "ab-b", 4780, *COUNTS),
    address.number("split", "ab-split", 50.0, *SPLITS),
    address.number("size", "ab-size", 2000, *SIZES),
    address.number("looks", "ab-looks", 14, *LOOKS),
    address.number("truth", "ab-truth", 0.0, *LIFTS),
    address.text("rps", "ab-rps", "20"),
    address.text("weight", "ab-weight", "5%"),
    address.text("for", "ab-for", "30m"),
    address.text("limit", "ab-limit", "1%"),
    address.text("good", "ab-good", "0.5%"),
    address.text("bad", "ab-bad", "2%"),
    address.choice("tab", "ab-tab", "size", lambda: TABS),
)
USUAL = {field.key: field.usual for field in FIELDS}


def held(key: str) -> Any:
    """What the session holds of a setting, also one of another tab; an emptied one is as usual."""
    found = st.session_state.get(key)
    return USUAL[key] if found is None else found
