"""Many people at one server: what the benchmark measures, and a minute of it."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import numpy as np
import pytest
from message_ids import compile_chinese
from viewers import CACHED_SECONDS, LAG_SECONDS, Watched, visit, waits, watched
from visitor import serving

from sim.interfaces.app.frozen import freeze_what_is_loaded
from sim.interfaces.app.pages import PAGES


def seen(lags: list[float], missed: int = 0, after: int = 0) -> Watched:
    """A watching that came to this."""
    return Watched(
        lags=np.array(lags), missed=missed, messages=0, interval=1.0, before=10**8, after=after
    )


def test_a_refresh_that_never_came_is_later_than_any() -> None:
    """Nineteen of twenty within a tenth of a second keep the promise, eighteen do not."""
    assert seen([0.1] * 19, missed=1).lag_p95 == 0.1
    assert seen([0.1] * 18, missed=2).lag_p95 == float("inf")
    assert seen([], after=10**8 + 7_000_000).is_flat
    assert not seen([], after=10**8 + 9_000_000).is_flat


def test_what_is_loaded_later_is_kept_out_of_collections_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page brings libraries along; each view without a new one leaves the heap alone."""
    freeze_what_is_loaded()
    try:
        before = gc.get_freeze_count()
        new = [[] for _ in range(1000)]
        freeze_what_is_loaded()
        assert gc.get_freeze_count() <= before
        monkeypatch.setitem(sys.modules, "loaded_later", sys)
        freeze_what_is_loaded()
        assert gc.get_freeze_count() >= before + len(new)
    finally:
        gc.unfreeze()


def test_a_visitor_without_a_browser_is_sent_a_whole_page(tmp_path: Path) -> None:
    """By `seatrial app` as a user starts it; the socket speaks what Streamlit's front end does."""
    compile_chinese()
    with serving(tmp_path) as (port, _):
        _, visitor = asyncio.run(visit(port, "scenario", "scenario=canary"))

    assert visitor.has(PAGES["scenario"].question.render("en"))
    assert not visitor.interval


@pytest.mark.slow
def test_twelve_viewers_of_a_heavy_run_are_served_in_time(tmp_path: Path) -> None:
    """A minute of `benchmarks/viewers.py`, with the waits for cached pages before it."""
    compile_chinese()
    with serving(tmp_path) as (port, server):
        _, cached = asyncio.run(waits(port))
        found = asyncio.run(watched(port, server, 12, 30.0, together=False))

    assert max(cached.values()) < CACHED_SECONDS
    assert found.lag_p95 < LAG_SECONDS
    assert found.is_flat
