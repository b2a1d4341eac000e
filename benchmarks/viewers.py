"""Twelve people look at one heavy comparison: how late their pages are, and what the server holds.

    python benchmarks/viewers.py                      five minutes of watching
    python benchmarks/viewers.py --seconds 60 --check one minute; exit code 1 if a promise is missed

`seatrial app` runs as a user starts it, with an empty shelf. First the waits for a page alone, from
opening the websocket to the last message of a page that wants nothing more: the comparison first,
as soon as the server answers (which begins it by itself when it starts), then every other page, one
after the other, while the server still works for those to come. Then one visitor starts
the comparison of eight strategies in `web-app-20min` over twelve hours, a hundred seeds, which
takes both cores for longer than this lasts, and twelve open the same link. Their pages refresh
themselves at the interval that the app asks for (it is printed), each at a moment of its own, or
all at the same one with `--together`.

*Lag* is from the moment at which a refresh is due by a viewer's clock until the last message of
its frame has arrived; a refresh that is late does not put off the next, so none is left out. The
viewers are one process on the same cores. *Memory* is the server's own resident size, without its
workers.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from visitor import Visitor, serving

from sim.interfaces.app.pages import PAGES

LAG_SECONDS, CACHED_SECONDS, DEFAULT_SECONDS = 0.5, 1.0, 3.0
FLAT_SHARE, FLAT_BYTES = 0.05, 8e6  # More memory than both is growth.
SETTLING_SECONDS = 10.0
EIGHT = (
    "Recreate,RollingUpdate,BlueGreen,Canary,CanaryThenRolling,FeatureFlags,BlueGreenBehindFlag,"
    "MaintenanceWindow"
)
HEAVY = f"scenario=web-app-20min&s={EIGHT}&n=100&seed=77&set=window.length%3D12h"
VERDICT, WITH_VERDICT = "class='seatrial-verdict'", ("compare", "way-back", "what-if")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of watching: all *lags* in seconds, and the server's bytes at both ends."""

    lags: np.ndarray
    missed: int
    messages: int
    interval: float
    before: int
    after: int

    @property
    def lag_p95(self) -> float:
        """The lag that 95 % of the refreshes keep; one that never came is later than any."""
        every = np.concatenate([self.lags, np.full(self.missed, np.inf)])
        return float(np.quantile(every, 0.95, method="inverted_cdf"))

    @property
    def growth(self) -> int:
        """How many more bytes the server holds."""
        return self.after - self.before

    @property
    def is_flat(self) -> bool:
        """Whether memory stayed as it was."""
        return self.growth <= max(FLAT_BYTES, FLAT_SHARE * self.before)


async def visit(port: int, page: str, query: str = "") -> tuple[float, Visitor]:
    """How long *page* took until all of it was there, and its visitor, gone by now."""
    begun = time.monotonic()
    visitor = Visitor(port=port, page=page, query=query)
    await visitor.arrive()
    await visitor.until_all_is_there()
    waited = time.monotonic() - begun
    await visitor.leave()
    return waited, visitor


async def waits(port: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds that each page takes that is visited first on an empty shelf, one after the other.

    The default comparison is the first of them. Then seconds of each page when it is cached, the
    longest of three visits; meanwhile the server is at work for the pages to come.
    """
    first, cached = {}, {}
    for page in ("compare", *(name for name in PAGES if name != "compare")):
        first[page], seen = await visit(port, page)
        assert page not in WITH_VERDICT or seen.has(VERDICT), f"{page} has no verdict"
        cached[page] = max([(await visit(port, page))[0] for _ in range(3)])
    return first, cached


async def watched(port: int, server: int, viewers: int, seconds: float, together: bool) -> Watched:
    """Have a heavy comparison made and so many *viewers* look at it for so long."""
    process = psutil.Process(server)
    async with contextlib.AsyncExitStack() as opened:
        host, *crowd = [Visitor(port=port, page="compare", query=HEAVY) for _ in range(viewers + 1)]
        for one in (host, *crowd):
            opened.push_async_callback(one.leave)
        await host.arrive()
        await host.press("start-compare")
        await asyncio.gather(*(one.arrive() for one in crowd))
        assert all(one.interval for one in crowd), "nobody's page refreshes: is it over already?"
        await _look(crowd, SETTLING_SECONDS, together)
        before, heard = process.memory_info().rss, sum(one.messages for one in crowd)
        await _look(crowd, seconds, together)
        after = process.memory_info().rss
        assert all(one.interval for one in crowd), "the comparison was over too early"
        await host.press("cancel-compare")
    return Watched(
        lags=np.array([lag for one in crowd for lag in one.lags]),
        missed=sum(one.missed for one in crowd),
        messages=sum(one.messages for one in crowd) - heard,
        interval=crowd[0].interval,
        before=before,
        after=after,
    )


async def _look(crowd: list[Visitor], seconds: float, together: bool) -> None:
    await asyncio.gather(
        *(
            one.watch(seconds, 0.0 if together else number / len(crowd) * one.interval)
            for number, one in enumerate(crowd)
        )
    )


def told_waits(first: dict[str, float], cached: dict[str, float]) -> bool:
    """Print the waits; whether all are as short as was promised."""
    print(
        f"promised: compare {DEFAULT_SECONDS:g} s at first, each page {CACHED_SECONDS:g} s cached"
    )
    for page, seconds in cached.items():
        print(f"{page:10} first {first[page]:6.2f} s, cached {1000 * seconds:6.0f} ms")
    return first["compare"] < DEFAULT_SECONDS and max(cached.values()) < CACHED_SECONDS


def told_watching(found: Watched, viewers: int, seconds: float) -> bool:
    """Print lags and memory; whether both are as was promised."""
    middle, most = np.quantile(found.lags, 0.5), found.lags.max()
    print(
        f"{viewers} viewers, {seconds:g} s, a refresh every {found.interval:g} s: "
        f"{len(found.lags):,} refreshes, {found.missed} missed, {found.messages:,} messages"
    )
    print(
        f"lag p50 {1000 * middle:.0f} ms, p95 {1000 * found.lag_p95:.0f} ms, "
        f"max {1000 * most:.0f} ms (promised p95 {1000 * LAG_SECONDS:.0f} ms)"
    )
    print(
        f"server's memory {found.before / 1e6:.1f} MB, at the end {found.after / 1e6:.1f} MB "
        f"({found.growth / 1e6:+.1f} MB, {'flat' if found.is_flat else 'growing'})"
    )
    return found.lag_p95 < LAG_SECONDS and found.is_flat


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--viewers", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--together", action="store_true", help="all refresh at the same moment")
    parser.add_argument("--check", action="store_true", help="exit code 1 if a promise is missed")
    parser.add_argument("--only", choices=("waits", "watching"), help="half of it")
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} before, {os.cpu_count()} cores", flush=True)
    kept = True
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, server):
        if asked.only != "watching":
            kept &= told_waits(*asyncio.run(waits(port)))
        if asked.only != "waits":
            looked = watched(port, server, asked.viewers, asked.seconds, asked.together)
            kept &= told_watching(asyncio.run(looked), asked.viewers, asked.seconds)
    print(f"load {os.getloadavg()[0]:.1f} after")
    if asked.check and not kept:
        sys.exit(1)


if __name__ == "__main__":
    main()
