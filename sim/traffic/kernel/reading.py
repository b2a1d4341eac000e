"""What people may read of the arrays, as the port has it: counters, users, signals, the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from sim.model.attempts import Attempts
from sim.model.causes import Cause
from sim.model.failed import FailedRequest
from sim.model.run import IntArray, Users
from sim.ports import PodCounters, ProbeKind, RequestRecord, Signal, SignalKind
from sim.traffic.kernel import records as r
from sim.traffic.kernel.storage import Arrays
from sim.traffic.kernel.story import DOING

_SIGNALS = (SignalKind.OOM, SignalKind.DRAINED, SignalKind.PROBE, SignalKind.CRASH)
_PROBES = (ProbeKind.STARTUP, ProbeKind.READINESS, ProbeKind.LIVENESS)


def next_event_time(arrays: Arrays) -> float:
    """When the next data event is due; infinite if none is."""
    slots = arrays["slot"]
    pending = slots["time"][slots["bucket"] >= 0]
    return float(min(arrays.single["arrival"], pending.min(initial=r.INF)))


def signal_of(told: r.Records) -> Signal:
    """The signal that was written to *told*."""
    kind = _SIGNALS[told["what"]]
    detail = None
    if kind is SignalKind.PROBE:
        detail = (str(_PROBES[told["kind"]]), bool(told["result"]))
    return Signal(kind, float(told["time"]), int(told["pod"]), detail)


def order(slots: r.Records, found: IntArray) -> IntArray:
    """The order of the *found* slots by (request, attempt)."""
    return np.lexsort((slots["attempt"][found], slots["request"][found]))


def alone(arrays: Arrays, found: IntArray) -> IntArray:
    """Those of the slots *found* that compute on cores of their own, by (end, request, attempt)."""
    slots, now = arrays["slot"], arrays.single["now"]
    found = found[(slots["computing"][found] == r.ALONE) & (slots["computed"][found] > now)]
    found = found[slots["stage"][found] == r.SERVING]
    keys = (slots["attempt"][found], slots["request"][found], slots["computed"][found])
    return found[np.lexsort(keys)]


def counters(arrays: Arrays, pods: IntArray) -> Mapping[int, PodCounters]:
    """The state of each of *pods* at this moment."""
    now = float(arrays.single["now"])
    ahead: defaultdict[int, float] = defaultdict(float)
    found = alone(arrays, np.flatnonzero(arrays["slot"]["stage"] == r.SERVING))
    moments = arrays["slot"]["computed"][found].tolist()
    for pod, moment in zip(arrays["slot"]["pod"][found].tolist(), moments, strict=True):
        ahead[pod] += moment - now
    rows = arrays["pod"][pods]
    columns = zip(
        pods.tolist(),
        rows["serving"].tolist(),
        rows["waiting"].tolist(),
        rows["busy_seconds"].tolist(),
        rows["busy_until"].tolist(),
        rows["spent_seconds"].tolist(),
        arrays["meter"]["throttled_seconds"][pods].tolist(),
        _memory(rows, now).tolist(),
        rows["answered"].tolist(),
        rows["failed"].tolist(),
        strict=True,
    )
    return {
        pod: PodCounters(
            in_flight=serving + waiting,
            queued=waiting,
            busy_seconds=busy + serving * (now - until),
            cpu_seconds=spent - ahead[pod] if pod in ahead else spent,
            throttled_seconds=throttled,
            memory_bytes=memory,
            answered=answered,
            failed=failed,
        )
        for (
            pod,
            serving,
            waiting,
            busy,
            until,
            spent,
            throttled,
            memory,
            answered,
            failed,
        ) in columns
    }


def _memory(rows: r.Records, now: float) -> r.Records:
    leaked = rows["leaked_bytes"] + rows["leak"] * (now - rows["leaks_since"])
    return np.where(rows["has_process"] == 1, rows["base_bytes"] + leaked, 0.0)


def users(arrays: Arrays) -> Users:
    """Who sent in the window and what they met so far."""
    return Users(
        sent=_members(arrays["sent"]),
        failed=_members(arrays["failed"]),
        exposed={
            version: _members(members)
            for version, members in enumerate(arrays["exposed"])
            if members.any()
        },
    )


def last_answers(arrays: Arrays) -> Mapping[int, float]:
    """When each version gave its last answer, right or wrong."""
    versions = arrays["version"][0]
    answered = np.flatnonzero(versions["has_answered"])
    return {int(version): float(versions["last_answer"][version]) for version in answered}


def copies(arrays: Arrays) -> Mapping[int, tuple[int, int]]:
    """By version, how many mirrored copies it answered well and how many not."""
    good, bad = (arrays["version"][0][name].tolist() for name in ("copies_good", "copies_bad"))
    found = {-1: (0, int(arrays.single["lost_bad"]))}
    found |= dict(enumerate(zip(good, bad, strict=True)))
    return {version: both for version, both in found.items() if any(both)}


def _members(users: r.Records) -> IntArray:
    return np.flatnonzero(np.unpackbits(users, bitorder="little")).astype(np.int64)


def log_records(table: r.Records) -> tuple[RequestRecord, ...]:
    """The log as the port has it, in the order in which attempts ended."""
    return tuple(
        RequestRecord(
            request=request,
            attempt=attempt,
            user=user,
            proxy=proxy,
            pod=pod,
            version=version,
            meant=meant,
            sent=sent,
            answered=answered,
            cause=Cause(cause),
            final=bool(final),
        )
        for (
            request,
            user,
            meant,
            sent,
            answered,
            proxy,
            pod,
            version,
            attempt,
            cause,
            final,
        ) in table.tolist()
    )


def attempts(table: r.Records) -> Attempts:
    """The log as columns."""
    whole = ("request", "attempt", "user", "proxy", "pod", "version", "cause")
    return Attempts(
        **{name: table[name].astype(np.int64) for name in whole},
        **{name: table[name].copy() for name in ("meant", "sent", "answered")},
        final=table["final"].astype(np.bool_),
    )


def stories(arrays: Arrays) -> tuple[FailedRequest, ...]:
    """The sample of failed requests, in the order of their requests."""
    kept = arrays["story"][arrays["story"]["attempts"] > 0]
    told = (
        FailedRequest(
            request=int(one["request"]),
            user=int(one["user"]),
            attempts=int(one["attempts"]),
            meant=float(one["meant"]),
            sent=float(one["sent"]),
            answered=float(one["answered"]),
            cause=Cause(int(one["cause"])),
            proxy=int(one["proxy"]),
            endpoints=int(one["endpoints"]),
            heard=float(one["heard"]),
            pod=int(one["pod"]),
            version=int(one["version"]),
            doing=DOING[one["doing"]],
            in_flight=int(one["in_flight"]),
            queued=int(one["queued"]),
            endpoint_class=int(one["endpoint_class"]),
        )
        for one in kept
    )
    return tuple(sorted(told))
