"""An access log as a web server would have written it: an hour of a small shop."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC).timestamp()
PATHS = ("/", "/shop/7", "/search?q=x", "/css/site.css", "/cart")


def line(seconds, client="10.0.0.1", path="/shop/7", method="GET", status=200, agent="Mozilla"):
    """One line: so many *seconds* after noon."""
    when = datetime.fromtimestamp(NOON + math.floor(seconds), UTC).strftime("%d/%b/%Y:%H:%M:%S")
    request = f"{method} {path} HTTP/1.1"
    return f'{client} - - [{when} +0000] "{request}" {status} 512 "-" "{agent}"\n'


def an_hour(visits=1200, requests=4.0, think=8.0, seed=1):
    """Visits of users at random: geometric in their requests, exponential in their pauses."""
    draws = np.random.default_rng(seed)
    rows = []
    for start in np.sort(draws.uniform(0, 3600, visits)):
        client = f"10.0.{draws.integers(20)}.{draws.integers(250)}"
        at = start
        for _ in range(draws.geometric(1 / requests)):
            rows.append((at, client, PATHS[draws.integers(len(PATHS))]))
            at += draws.exponential(think)
    return "".join(line(at, client, path) for at, client, path in sorted(rows))
