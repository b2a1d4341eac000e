"""The kernel's records of classes of requests."""

from __future__ import annotations

import numpy as np

from sim.traffic.kernel.proxy_records import Keys

BY_LOT = -1  # Whether such a request may be sent twice is drawn.
EndpointClass = np.dtype([("reached", "f8"), ("idempotent", "i8")])  # The cumulated share.

CLASS_ADDRESSES = {"endpoint_class": EndpointClass}
CLASS_FIELDS = [
    ("classes", "i8"),  # 0: all requests are alike.
    (
        "versions",
        "i8",
    ),  # How many rows of versions there are, and after them as many of each class.
    ("class_keys", Keys),
]
