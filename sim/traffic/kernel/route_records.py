"""The kernel's records of routes: tables of routes, their conditions, and what users differ in."""

from __future__ import annotations

import numpy as np

from sim.traffic.kernel.proxy_records import Keys

NO_ROW = -1
Table = np.dtype([("first", "i4"), ("end", "i4")])  # Its routes.
Route = np.dtype(
    [
        ("match", "i4"),  # Its matches; none: it is for everybody.
        ("matches_end", "i4"),
        ("destination", "i4"),
        ("destinations_end", "i4"),
        ("total", "i8"),
        ("salt", "i8"),  # Below 0: a lot for every attempt.
        ("share", "f8"),  # Of the mirror.
        ("mirror", "i4"),  # Its backend's block, or NO_ROW.
        ("falls_to", "i4"),  # The block of the backend for an empty one, or NO_ROW.
    ],
    align=True,
)
Match = np.dtype([("condition", "i4"), ("conditions_end", "i4")])
Condition = np.dtype([("values", "i8"), ("attribute", "i8")])  # A set of values, a bit for each.
Destination = np.dtype([("reached", "i8"), ("place", "i8")])  # The cumulated weight;
# a backend's block, or a version.
Attribute = np.dtype([("value", "i4"), ("values_end", "i4"), ("salted", "i8")])
Value = np.dtype([("reached", "f8")])  # The cumulated share.

ROUTE_ADDRESSES = {
    "table": Table,
    "route": Route,
    "match": Match,
    "condition": Condition,
    "destination": Destination,
    "attribute": Attribute,
    "value": Value,
}
ROUTE_FIELDS = [
    ("routed", "i8"),
    ("attribute_keys", Keys),
    ("route_keys", Keys),
    ("sticky_keys", Keys),
    ("mirror_keys", Keys),
    ("flag_keys", Keys),
    ("flagged", "i8"),  # Some pod has code paths.
    ("block", "i8"),  # Of the backend whose list is just published.
    ("lost_bad", "i8"),  # Copies that no version got.
]
