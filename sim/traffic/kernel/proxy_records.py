"""The kernel's records of proxies that do more than send on: connections, links, guards, rules.

They lie beside slots, pods and proxies, so that who has nothing of them pays nothing for them.
"""

from __future__ import annotations

import numpy as np

Keys = np.dtype([("key", "u8"), ("multiplier", "u8")])  # Of a stream of draws.
Listed = np.dtype([("pod", "i4")])
# What there is beside a slot where a proxy does more than send once to one pod.
Trip = np.dtype(
    [
        ("connection", "i4"),
        ("row", "i4"),  # Of what its proxy knows of the backend it is routed to.
        ("picks", "i1"),  # Choices of the balancer for this attempt.
        ("tried", "i1"),  # Pods that have failed it.
        ("admitted", "i1"),
    ],
    align=True,
)
Connection = np.dtype(
    [
        ("opened", "f8"),
        ("idle_since", "f8"),
        ("served", "i8"),
        ("pod", "i4"),
        ("process", "i4"),
        ("next", "i4"),  # The one below in its owner's stack, or the next free one.
    ],
    align=True,
)
Point = np.dtype([("point", "u8"), ("pod", "i4")], align=True)  # Of a hash ring.
Idle = np.dtype([("top", "i4")])  # Of an owner's stack: its number + 1, or 0 if it is empty.
# What a proxy has on its way to a pod; apart from `Link`, so that all of it stays in the cache.
OnWay = np.dtype([("count", "i4")])
# The same by count, for who looks for the least of all. See `levels`.
LEVELS = 8
Level = np.dtype([("bits", "u8")])  # Of 64 places of a list, those with so many on their way.
Held = np.dtype([("pods", "i4")])  # How many there are of these.
ListPlace = np.dtype([("number", "i4")])  # Of a pod in a list + 1; 0 if it is not there.
# What a proxy knows of a pod that may be ejected.
Link = np.dtype(
    [
        ("ends", "f8"),  # The last ejection; there was none if `ejections` is 0.
        ("in_a_row", "i4"),
        ("ejections", "i4"),
    ],
    align=True,
)
# What a proxy allows.
Guard = np.dtype(
    [
        ("tokens", "f8"),
        ("filled", "f8"),
        ("latest", "f8"),  # When the last of all ejections ends.
        ("phase", "f8"),
        ("in_flight", "i8"),
        ("attempts", "i8"),  # Under way, as the retry budget counts,
        ("retries", "i8"),  # and how many of them are retries.
    ],
    align=True,
)
Owed = np.dtype([("weight", "i8")])  # To a pod, where endpoints are weighed.
Remembered = np.dtype([("last", "f8"), ("pod", "i4")], align=True)  # By user; the pod + 1.

PROXY_ADDRESSES = {
    "ring": Point,  # At the place of an endpoint list its ring, where rings are asked.
    "trip": Trip,  # By slot.
    "tried": Listed,  # [slot, place].
    "connection": Connection,
    "idle": Idle,  # By owner: a user, or [pod, proxy].
    "link": Link,  # [pod, proxy].
    "on_way": OnWay,  # [proxy, pod].
    "level": Level,  # [proxy, level, place / 64].
    "held": Held,  # [proxy, level].
    "list_place": ListPlace,  # [proxy, pod].
    "guard": Guard,  # By proxy.
    "healthy": Listed,  # Of a list, those that are not ejected.
    "remembered": Remembered,
    "owed": Owed,  # [pod, row of what proxies know of backends].
}
PROXY_FIELDS = [
    ("again_keys", Keys),
    ("second_keys", Keys),
    ("method_keys", Keys),
    ("ring_keys", Keys),
    ("hash_user_keys", Keys),
    # Of proxies; the first tells whether any of the others is not as usual.
    ("proxied", "i8"),
    ("keeps", "i8"),
    ("budget", "f8"),  # Below 0: none.
    ("per_request", "i8"),
    ("by_user", "i8"),  # A user always comes by the same proxy.
    ("counts_links", "i8"),
    ("on_way_places", "i8"),
    ("level_words", "i8"),
    ("gated", "i8"),
    ("ejects", "i8"),
    ("tries", "i8"),
    ("avoid", "i8"),
    ("elsewhere", "i8"),  # Sets of causes, a bit for each: tried on another pod always,
    ("elsewhere_twice", "i8"),  # or if the request may be sent twice;
    ("retried", "i8"),  # tried again by the client.
    ("keep_alive", "f8"),
    ("requests_each", "i8"),
    ("lifetime", "f8"),
    ("close_notice", "f8"),
    ("connect_timeout", "f8"),
    ("idempotent_share", "f8"),
    ("affinity", "f8"),  # Below 0: none.
    ("most_in_flight", "i8"),
    ("per_second", "f8"),
    ("burst", "f8"),
    ("consecutive_errors", "i8"),
    ("sweep", "f8"),
    ("base_ejection", "f8"),
    ("most_share", "f8"),
    ("owed_rows", "i8"),  # How many rows there are, where endpoints are weighed.
    ("free_connection", "i8"),  # The first, and how many there are.
    ("free_connections", "i8"),
]
