"""Heavy neighbours: twenty visitors press Compare at once; how others' pages open meanwhile.

    python benchmarks/neighbours.py            200 pages are opened
    python benchmarks/neighbours.py --opens 50

`seatrial app` runs as a user starts it, with an empty shelf. When the default comparison is there,
twenty visitors ask for a comparison of a hundred seeds each, all different, in the same moment. Two
are at work and the others wait their turn; everybody's page must say which. While both cores are
busy, pages that are cached are opened one after the other, each by a new visitor, from the
websocket's opening to the last message of the page. *Memory* is the server's own resident size,
without its workers, after the first half and after the last open: nothing may grow.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from viewers import visit
from visitor import Visitor, serving

from sim.interfaces.app.work.jobs import AT_ONCE

CROWD = 20
HEAVY = "scenario=web-app-20min&n=100&seed={seed}&set=window.length%3D6h"
PAGES = ("start", "compare", "scenario", "ab", "believe")
WAITING = "yours begins by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many were at work and waited, all *waits* for a page in seconds, bytes held."""

    at_work: int
    waiting: int
    refused: int
    pressed: float
    waits: np.ndarray
    half: int
    end: int

    @property
    def p95(self) -> float:
        """What 95 % of the opens keep."""
        return float(np.quantile(self.waits, 0.95, method="inverted_cdf"))


async def neighbours(port: int, server: int, crowd: int, opens: int) -> Found:
    """Have a *crowd* press Compare at once, and open pages meanwhile."""
    await visit(port, "compare")  # The default comparison is there now.
    for page in PAGES:
        await visit(port, page)
    process = psutil.Process(server)
    async with contextlib.AsyncExitStack() as opened:
        everybody = [
            Visitor(port=port, page="compare", query=HEAVY.format(seed=1000 * number))
            for number in range(crowd)
        ]
        for one in everybody:
            opened.push_async_callback(one.leave)
        await asyncio.gather(*(one.arrive() for one in everybody))
        begun = time.monotonic()
        await asyncio.gather(*(one.press("start-compare") for one in everybody))
        pressed = time.monotonic() - begun
        waits, half = [], 0
        for number in range(opens):
            waits.append((await visit(port, PAGES[number % len(PAGES)]))[0])
            if number == opens // 2:
                half = process.memory_info().rss
        end = process.memory_info().rss
        waiting = sum(one.has(WAITING) for one in everybody)
        under_way = sum(bool(one.interval) for one in everybody)
        await asyncio.gather(*(one.press("cancel-compare") for one in everybody if one.interval))
    return Found(
        at_work=under_way - waiting,
        waiting=waiting,
        refused=crowd - under_way,
        pressed=pressed,
        waits=np.array(waits),
        half=half,
        end=end,
    )


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--opens", type=int, default=200)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, server):
        found = asyncio.run(neighbours(port, server, CROWD, asked.opens))
    print(f"pressed at once: {CROWD}, answered after {found.pressed:.2f} s")
    print(f"at work {found.at_work} of {AT_ONCE}, waiting {found.waiting}, refused {found.refused}")
    print(
        f"{len(found.waits)} opens: median {np.median(found.waits):.3f} s, p95 {found.p95:.3f} s, "
        f"longest {found.waits.max():.3f} s"
    )
    print(f"memory: {found.half / 1e6:.0f} MB half-way, {found.end / 1e6:.0f} MB at the end")


if __name__ == "__main__":
    main()
