"""A recording: one run as plain numbers for a page to draw, seconds from the first write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, isinf

import numpy as np

from sim.analysis.error_budget import burned_by_second
from sim.analysis.failures import failed, per_second, sent
from sim.analysis.lanes import condensed, lanes
from sim.analysis.latency import requests_by_bin
from sim.analysis.traffic_share import Shares, answered_well, traffic_share, traffic_step
from sim.model.latency import BINS, middle_of
from sim.model.objects import JsonObject
from sim.model.run import PodSpan, Run
from sim.model.time_step import edges_of, step_for

HEAT_SECONDS, MOST_HEAT_STEPS = 2, 150
HEAT_STEPS_PER_DECADE = 6
MOST_PLAYED_STEPS = 2400  # Seconds of requests in the player, as long as they are no more.
DIGITS = 4


def picture_of(
    run: Run, shown: tuple[float, float], no_release: Run, slo_availability: float
) -> JsonObject:
    """Lanes, shares of the traffic, latencies and the budget of *run* in the time *shown*."""
    zero = run.window.first_write
    edges = edges_of(*shown, traffic_step(shown), zero)
    return {
        "strategy": run.strategy,
        "versions": list(run.versions),
        "lost": failed(run),
        "sent": sent(run),
        "settled": None if run.settled_at is None else round(run.settled_at - zero, DIGITS),
        "lanes": [
            {"pod": lane.pod, "version": lane.number, "spans": spans_of(lane.spans, zero)}
            for lane in condensed(lanes(run, *shown), *shown)
        ],
        "traffic": traffic_of(run, edges, traffic_step(shown)),
        "heat": heat_of(run, shown),
        **budget_of(run, no_release, slo_availability, edges),
    }


def traffic_of(run: Run, edges: Sequence[int], step: int) -> JsonObject:
    """Of the steps between *edges*, *step* seconds each: who answered, what failed at the worst."""
    share = traffic_share(run, edges)
    return {
        "step": step,
        "edges": [edge - run.window.first_write for edge in edges],
        "sent": share.sent.tolist(),
        "answered": [_rounded(band) for band in share.answered],
        "failed": _rounded(share.failed),
        "worst": _rounded(share.worst),
    }


def _rounded(shares: Shares) -> list[float]:
    return [round(x, DIGITS) for x in shares.tolist()]


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


def heat_of(run: Run, shown: tuple[float, float]) -> JsonObject:
    """How many requests sent in the same step took about as long, failed ones too.

    A cell is `[column, row, count]`: the column lies between two of the *edges*, the row is a step
    of a sixth of a decade above a millisecond.
    """
    step = step_for(shown[1] - shown[0], MOST_HEAT_STEPS, HEAT_SECONDS)
    edges = edges_of(*shown, step, run.window.first_write)
    milliseconds = np.maximum(1000.0 * middle_of(np.arange(BINS)), 1.0)
    rows = np.floor(HEAT_STEPS_PER_DECADE * np.log10(milliseconds)).astype(np.int64)
    cells = []
    for column, (start, end) in enumerate(pairwise(edges)):
        counts = np.bincount(rows, weights=requests_by_bin(run, start, end))
        cells += [[column, row, int(counts[row])] for row in np.flatnonzero(counts).tolist()]
    zero = run.window.first_write
    return {"step": step, "edges": [edge - zero for edge in edges], "cells": cells}


def budget_of(
    run: Run, no_release: Run, slo_availability: float, edges: Sequence[int]
) -> JsonObject:
    """Failures beyond no release so far, as a share of those allowed, by the end of *seconds*.

    These are the last ones before each of the *edges*, and the last one of the window.
    """
    burned = burned_by_second(run, no_release, slo_availability)
    start, end = floor(run.window.start), ceil(run.window.end)
    moments = [edge for edge in dict.fromkeys((*edges, end)) if edge > start]
    return {
        "seconds": [float(moment - 1 - run.window.first_write) for moment in moments],
        "budget": []
        if burned is None
        else [round(float(burned[moment - 1 - start]), DIGITS) for moment in moments],
    }


def shares_by_step(run: Run) -> JsonObject:
    """Requests of each step of the window, by the version that answered well, and failed.

    Each begins at its one of *edges*. *worst* is the share that failed in its worst second; a step
    is a second unless the window is long.
    """
    window = run.window
    step = step_for(window.seconds, MOST_PLAYED_STEPS)
    edges = edges_of(window.start, window.end, step, window.first_write)
    places = np.array(edges[:-1], np.int64) - floor(window.start)
    every, lost = per_second(run)
    return {
        "start": float(edges[0] - window.first_write),
        "step": step,
        "edges": [edge - window.first_write for edge in edges],
        "sent": np.add.reduceat(every, places).tolist(),
        "failed": np.add.reduceat(lost, places).tolist(),
        "answered": [np.add.reduceat(well, places).tolist() for well in answered_well(run)],
        "worst": _rounded(np.maximum.reduceat(lost / np.maximum(every, 1), places)),
    }
