"""The kernel's memory: a few arrays of records, and the numbers that stand for words in them.

Records keep what is used together together, and few arrays make a call from Python cheap. A slot is
an attempt with its one pending event, or an event of a pod; two cache lines. `State` is what every
function of the kernel is given: all that is single, and where the arrays are.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from sim.traffic.kernel.call_records import Call as Call
from sim.traffic.kernel.call_records import Caller as Caller
from sim.traffic.kernel.call_records import Dependency as Dependency
from sim.traffic.kernel.class_records import CLASS_ADDRESSES, CLASS_FIELDS
from sim.traffic.kernel.core_records import Meter as Meter
from sim.traffic.kernel.core_records import Node as Node
from sim.traffic.kernel.core_records import Thread as Thread
from sim.traffic.kernel.probe_records import Probe as Probe
from sim.traffic.kernel.proxy_records import PROXY_ADDRESSES, PROXY_FIELDS, Keys, Listed
from sim.traffic.kernel.route_records import ROUTE_ADDRESSES, ROUTE_FIELDS
from sim.traffic.kernel.version_records import Version as Version

Records: TypeAlias = Any  # A record or an array of them, as NumPy has it or as compiled code has.

INF = float("inf")
NOBODY = -1  # No slot, pod, row or bucket.
MIRRORED = -2  # Not a probe: the attempt is a copy that nobody waits for.
LOST = -2  # Not a slot: the other try at the request was answered well.
STILL = -1  # Not a cause: the attempt is not over.

# What a slot is doing.
FREE, OUT, RETRYING, WAITING, SERVING, HANGING, EVENT = range(7)
# How an attempt in service computes: not (any more), on a core of its own, or followed by a meter.
NOT_COMPUTING, ALONE, METERED = range(3)
# What happens next to a meter; of several at one moment, the first of these.
DONE, PERIOD, QUOTA = 1, 2, 3
# Probes: none, one whose answers are known, one that sends requests. Verdicts and results: 0, 1.
NO_PROBE, QUIET, ASKING = range(3)
UNKNOWN = -1
PROBE_KINDS = 3  # Startup, readiness, liveness: a pod's probes are rows 3 x pod + kind.
# Service times.
CONSTANT, EXPONENTIAL, LOGNORMAL, TABLE = range(4)
# Balancers that are compiled.
RANDOM, ROUND_ROBIN, LEAST_REQUEST, LEAST_CONNECTIONS, RING_HASH, WEIGHTED = range(6)
# Why the loop came back to Python.
REACHED, SIGNALLED, NO_SLOTS, NO_LOG, NO_ROWS, SLOW_CALENDAR, NO_CONNECTIONS = range(7)
# Of a proxy's choice: it knows of no pod, or all that it knows of are ejected.
ALL_OUT = -2
SIGNAL_OOM, SIGNAL_DRAINED, SIGNAL_PROBE, SIGNAL_CRASH = range(4)
MOST_AVOIDED = 16  # Pods that an attempt has tried, where its proxy picks again to avoid them.
SPARE_SLOTS = 4  # What an event takes at most: of a request, its retry, a hedge, a mirrored copy.
BLOCK = 256  # Requests that are drawn at a time.

Slot = np.dtype(
    [
        ("time", "f8"),  # Of its event, whose name is (request, attempt, kind).
        ("request", "i8"),
        ("attempt", "i4"),
        ("next", "i4"),  # Neighbours in a bucket of the calendar, or the next free slot.
        ("previous", "i4"),
        ("bucket", "i4"),  # NOBODY: no event is pending.
        ("kind", "i1"),
        ("stage", "i1"),
        ("abandoned", "i1"),
        ("computing", "i1"),
        ("pod", "i4"),
        ("version", "i4"),
        ("proxy", "i4"),
        ("ahead", "i4"),  # Neighbours in a queue of attempts that wait;
        ("behind", "i4"),  # the next to be done in a meter.
        ("probe", "i4"),  # The row of the probe whose request or event it is.
        ("listed", "i4"),  # How many pods its proxy knew of when it was sent.
        ("sent", "f8"),
        ("meant", "f8"),
        ("gives_up", "f8"),
        ("ends", "f8"),
        ("waits", "f8"),
        ("share", "f8"),  # The draw of its demand, exponential with mean 1.
        ("computed", "f8"),  # ALONE: the moment; METERED: the meter's work at the end.
        ("user", "i8"),
        ("heard", "f8"),  # When its proxy had taken up that list.
        ("tried_at", "f8"),  # When it was sent to its last pod.
    ],
    align=True,
)
Pod = np.dtype(
    [
        ("version", "i4"),
        ("node", "i4"),
        ("listening", "i1"),
        ("reachable", "i1"),
        ("draining", "i1"),
        ("terminating", "i1"),
        ("limited", "i1"),  # Its quota can bind.
        ("followed", "i1"),  # Its meter is among those that its node follows.
        ("has_process", "i1"),
        ("crossed", "i1"),
        ("serving", "i4"),
        ("waiting", "i4"),
        ("first", "i4"),  # Of those that wait.
        ("last", "i4"),
        ("busy_seconds", "f8"),
        ("busy_until", "f8"),
        ("answered", "i8"),
        ("failed", "i8"),
        ("spent_seconds", "f8"),
        ("limit_bytes", "f8"),
        ("leaked_bytes", "f8"),
        ("leaks_since", "f8"),
        ("base_bytes", "f8"),
        ("leak", "f8"),
        ("oom", "i4"),  # The slots of its own events.
        ("drained", "i4"),
        ("turn", "i4"),
        ("forgotten", "i4"),
        ("flags", "i4"),  # The number of its table of code paths + 1, or 0.
        ("process", "i4"),  # The number of the last one.
        ("ended_at", "f8"),  # When the last process to end did.
        ("concurrency", "i8"),  # Of its version.
        ("queue_limit", "i8"),
        ("began", "f8"),  # When the last process to begin did.
        ("slowdown", "f8"),  # Of its machine.
    ],
    align=True,
)
Proxy = np.dtype(
    [
        ("next_change", "f8"),
        ("heard", "f8"),  # When it took up the list that it believes in.
        ("apply_at", "f8"),  # Of the list that is just published.
        ("offset", "i8"),
        ("picks", "i8"),
        ("count", "i4"),
        ("first", "i4"),  # Of the lists to come.
        ("coming", "i4"),
        ("levelled", "i4"),  # Whether its levels are those of this list.
    ],
    align=True,
)
Coming = np.dtype([("time", "f8"), ("offset", "i8"), ("count", "i4")], align=True)
Row = np.dtype(
    [
        ("key", "i8"),  # Second, version, cause and class.
        ("low", "i4"),  # The bins in between are the ones in use.
        ("high", "i4"),
        ("place", "i4"),
    ],
    align=True,
)
Sparse = np.dtype([("key", "i8"), ("count", "i8")], align=True)
Logged = np.dtype(
    [
        ("request", "i8"),
        ("user", "i8"),
        ("meant", "f8"),
        ("sent", "f8"),
        ("answered", "f8"),
        ("proxy", "i4"),
        ("pod", "i4"),
        ("version", "i4"),
        ("attempt", "i2"),
        ("cause", "i1"),
        ("final", "i1"),
    ],
    align=True,
)
Story = np.dtype(
    [
        ("draw", "u8"),
        ("request", "i8"),
        ("user", "i8"),
        ("meant", "f8"),
        ("sent", "f8"),
        ("answered", "f8"),
        ("heard", "f8"),
        ("attempts", "i4"),
        ("proxy", "i4"),
        ("endpoints", "i4"),
        ("pod", "i4"),
        ("version", "i4"),
        ("in_flight", "i4"),
        ("queued", "i4"),
        ("cause", "i1"),
        ("doing", "i1"),
        ("endpoint_class", "i1"),
    ],
    align=True,
)
Worst = np.dtype([("draw", "u8"), ("place", "i4"), ("stories", "i4")], align=True)
Told = np.dtype([("time", "f8"), ("pod", "i4"), ("what", "i1"), ("kind", "i1"), ("result", "i1")])
Piece = np.dtype([("time", "f8"), ("rate", "f8")])
Drawn = np.dtype([("drawn", "f8")])
DRAWN = tuple(f"drawn_{what}" for what in ("time", "share", "user", "proxy", "choice"))
Twin = np.dtype([("slot", "i4")])  # Of the other try at the request: NOBODY, or LOST.
Head = np.dtype([("slot", "i4")])  # Of a bucket.
Marks = np.dtype([("bits", "u8")])  # Of 64 buckets, those with a slot in them.
Doomed = np.dtype([("slot", "i4")])
Place = np.dtype([("row", "i4")])  # Of the hash table of rows.
Bin = np.dtype([("count", "u4")])
Members = np.dtype([("bits", "u1")])  # Eight users of a set.
Quantile = np.dtype([("value", "f8")])

# The arrays, by the name of one record.
ADDRESSES = {
    "slot": Slot,
    "pod": Pod,
    "meter": Meter,
    "node": Node,
    "version": Version,  # [0 or 1 + class, version].
    "proxy": Proxy,
    "probe": Probe,
    "head": Head,
    "taken": Marks,
    "listed": Listed,  # Endpoint lists, one after the other.
    "coming": Coming,  # [proxy, place]: lists that are not believed in yet.
    **dict.fromkeys(DRAWN, Drawn),  # By number in the block.
    "piece": Piece,
    "row": Row,
    "place": Place,
    "bin": Bin,  # [row, bin].
    "sparse_entry": Sparse,
    "sent": Members,
    "failed": Members,
    "exposed": Members,  # [version, byte].
    "log": Logged,
    "signal": Told,
    "story": Story,  # [cause, place].
    "worst": Worst,  # By cause: the story that goes next.
    "thread": Thread,  # [node, place]: those with a core of their own, where cores are counted.
    "doomed_slot": Doomed,  # Slots that something happens to together.
    **PROXY_ADDRESSES,
    **ROUTE_ADDRESSES,
    **CLASS_ADDRESSES,
    "dependency": Dependency,
    "call": Call,  # Lists of calls, one after the other.
    "caller": Caller,  # By slot, where there are dependencies.
    "twin": Twin,  # By slot, where there are hedges.
    "quantile": Quantile,  # Tables of them, one after the other.
}
State: TypeAlias = Any
StateRecord = np.dtype(
    [(name, "u8") for name in ADDRESSES]
    + [
        # What never changes.
        ("timeout", "f8"),
        ("deadline", "f8"),
        ("backoff", "f8"),
        ("hedge_after", "f8"),  # Infinite: never.
        ("window_start", "f8"),
        ("window_end", "f8"),
        ("end", "f8"),
        ("population", "f8"),
        ("attempts", "i8"),
        ("proxies", "i8"),
        ("balancer", "i8"),
        ("poisson", "i8"),
        ("keep_log", "i8"),
        ("pieces", "i8"),
        ("user_bytes", "i8"),
        ("arrival_keys", Keys),
        ("user_keys", Keys),
        ("proxy_keys", Keys),
        ("choice_keys", Keys),
        ("demand_keys", Keys),
        ("bug_keys", Keys),
        ("hang_keys", Keys),
        ("crash_keys", Keys),
        ("jitter_keys", Keys),
        ("sample_keys", Keys),
        ("goes_on", "f8"),  # 0: every visit is one request.
        ("stays", "f8"),
        ("think", "f8"),
        ("going_on_keys", Keys),
        ("thinking_keys", Keys),
        ("dependencies", "i8"),
        ("call_keys", Keys),
        ("latency_keys", Keys),
        ("error_keys", Keys),
        # How large arrays are.
        ("slots", "i8"),
        ("most_rows", "i8"),
        ("row_mask", "i8"),
        ("most_logged", "i8"),
        ("list_places", "i8"),
        ("bag_places", "i8"),
        # The present.
        ("now", "f8"),
        ("arrival", "f8"),  # When the next request is meant to be sent,
        ("arrival_bucket", "i8"),  # and in which bucket that is.
        ("cumulated", "f8"),
        ("at_piece_start", "f8"),
        ("piece_now", "i8"),
        ("over", "i8"),  # No request comes any more.
        ("base", "i8"),  # The number of the first request in the block of draws.
        ("arrived", "i8"),  # Visits, that is: their first requests.
        ("followed", "i8"),  # Their other requests.
        ("ended", "i8"),
        ("free", "i8"),  # The first free slot, and how many there are.
        ("free_slots", "i8"),
        ("lacks", "i8"),  # There may be too little of something for the next event.
        ("logged", "i8"),
        ("rows", "i8"),
        ("sparse", "i8"),
        ("signals", "i8"),
        ("doomed", "i8"),
        # The calendar.
        ("origin", "f8"),
        ("buckets_per_second", "f8"),
        ("bits", "i8"),
        ("mask", "i8"),
        ("current", "i8"),
        ("year", "i8"),
        ("decade", "i8"),
        ("far", "i8"),  # How many slots are in the present decade, but not this year, or beyond.
        ("beyond", "i8"),
        ("walked", "i8"),  # How often a slot was passed by one that came later to its bucket;
        ("patience", "i8"),  # how often until somebody looks after that,
        ("looked_at", "i8"),  # and how many requests had come when somebody did.
    ]
    + PROXY_FIELDS
    + ROUTE_FIELDS
    + CLASS_FIELDS,
    align=True,
)
