"""A recording: one run as plain numbers for a page to draw, seconds from the first write."""

from __future__ import annotations

from math import isinf

import numpy as np

from sim.analysis.error_budget import burned_by_second
from sim.analysis.failures import failed, in_window, per_second, sent
from sim.analysis.lanes import lanes
from sim.analysis.traffic_share import traffic_share
from sim.model.causes import Cause
from sim.model.latency import middle_of
from sim.model.objects import JsonObject
from sim.model.run import PodSpan, Run

HEAT_SECONDS = 2
HEAT_STEPS_PER_DECADE = 6
DIGITS = 4


def picture_of(
    run: Run, shown: tuple[float, float], no_release: Run, slo_availability: float
) -> JsonObject:
    """Lanes, shares of the traffic, latencies and the budget of *run* in the time *shown*."""
    zero = run.window.first_write
    share = traffic_share(run)
    return {
        "strategy": run.strategy,
        "versions": list(run.versions),
        "lost": failed(run),
        "sent": sent(run),
        "settled": None if run.settled_at is None else round(run.settled_at - zero, DIGITS),
        "lanes": [
            {"pod": lane.pod, "version": lane.number, "spans": spans_of(lane.spans, zero)}
            for lane in lanes(run, *shown)
        ],
        "seconds": [float(second - zero) for second in share.seconds],
        "answered": [[round(x, DIGITS) for x in band.tolist()] for band in share.answered],
        "failed": [round(x, DIGITS) for x in share.failed.tolist()],
        "heat": heat_of(run),
        "budget": budget_of(run, no_release, slo_availability),
    }


def spans_of(spans: tuple[PodSpan, ...], zero: float) -> list[list[object]]:
    """Phase, start and end of each span; an end that has not come is null."""
    return [
        [
            span.phase.value,
            round(span.start - zero, DIGITS),
            None if isinf(span.end) else round(span.end - zero, DIGITS),
        ]
        for span in spans
    ]


def heat_of(run: Run) -> JsonObject:
    """How many requests sent in the same two seconds took about as long, failed ones too.

    A cell is `[column, row, count]`: column × 2 s from the window's start, row a step of a sixth
    of a decade above a millisecond.
    """
    requests = in_window(run)
    start = int(np.floor(run.window.start))
    column = (requests.second - start) // HEAT_SECONDS
    milliseconds = np.maximum(1000.0 * middle_of(requests.bin), 1.0)
    row = np.floor(HEAT_STEPS_PER_DECADE * np.log10(milliseconds)).astype(np.int64)
    keys, place = np.unique(np.stack([column, row]), axis=1, return_inverse=True)
    counts = np.bincount(place.ravel(), weights=requests.count, minlength=keys.shape[1])
    cells = np.concatenate([keys, counts.astype(np.int64)[None, :]]).T
    return {"start": start - run.window.first_write, "cells": cells.tolist()}


def budget_of(run: Run, no_release: Run, slo_availability: float) -> list[float]:
    """By each second's end: failures beyond no release so far, as a share of those allowed."""
    burned = burned_by_second(run, no_release, slo_availability)
    return [] if burned is None else [round(x, DIGITS) for x in burned.tolist()]


def shares_by_second(run: Run) -> JsonObject:
    """Requests of each second of the window, by the version that answered well, and failed."""
    requests = in_window(run)
    start = int(np.floor(run.window.start))
    every, lost = per_second(run)

    def answered(version: int) -> list[int]:
        mine = (requests.version == version) & (requests.cause == Cause.NONE)
        counts = np.bincount(
            requests.second[mine] - start, weights=requests.count[mine], minlength=len(every)
        )
        return [int(count) for count in counts.tolist()]

    return {
        "start": float(start - run.window.first_write),
        "sent": every.tolist(),
        "failed": lost.tolist(),
        "answered": [answered(version) for version in range(len(run.versions))],
    }
