"""A failed request with its story: who believed what when it was sent, and what its pod was doing.

A run keeps a few of each cause, drawn by request number alone, so that two strategies tell of the
same users where both hurt them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sim.model.causes import Cause

NOT_ASKED = -1  # Endpoints of a proxy whose choice was not needed: the connection was kept.
STORIES_EACH = 16  # How many of one cause a run keeps.


class Doing(StrEnum):
    """What a pod was doing when a request failed."""

    NOT_CHOSEN = "not_chosen"  # No pod was chosen at all.
    STARTING = "starting"  # No process listens: it starts, or starts again.
    SERVING = "serving"
    WINDING_UP = "winding_up"  # Deleted, and its process serves on: in preStop, or deaf to SIGTERM.
    DRAINING = "draining"  # Past SIGTERM: finishes what it has and takes no new connection.
    STOPPED = "stopped"  # Deleted, and its process has ended.
    GONE = "gone"  # No longer in the cluster.
    UNREACHABLE = "unreachable"  # Its machine does not answer.


class FailedRequest(NamedTuple):
    """One of them, when its last attempt was answered. Seconds of simulated time.

    *meant* is when the user meant to send, *sent* when the deciding try was; its *proxy* knew of
    *endpoints* pods (`NOT_ASKED`: a kept connection was used) from a list that it had taken up at
    *heard* (minus infinity: before any).
    *in_flight* and *queued* are the pod's. *pod* is the data plane's number (-1: none was chosen),
    *pod_name* the cluster's. *endpoint_class* is the number of its class (0 where all are alike).
    """

    request: int
    user: int
    attempts: int
    meant: float
    sent: float
    answered: float
    cause: Cause
    proxy: int
    endpoints: int
    heard: float
    pod: int
    version: int
    doing: Doing
    in_flight: int
    queued: int
    endpoint_class: int = 0
    pod_name: str = ""

    def without_class(self) -> tuple[object, ...]:
        """All of it but the class, for where there are none."""
        place = self._fields.index("endpoint_class")
        return (*self[:place], *self[place + 1 :])
