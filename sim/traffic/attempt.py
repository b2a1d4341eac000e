"""What a user wants, and one try at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.traffic.clock import Due

if TYPE_CHECKING:
    from sim.model.causes import Cause
    from sim.traffic.connection import Connection


class Request:
    """What one user wants, from the moment it is meant to be sent to the client's final answer.

    *number* counts arrivals from 0; *deadline* is when the client stops trying altogether. A
    probe's request has a negative number, and *hear* is told its answer instead of any client.
    """

    __slots__ = ("deadline", "hear", "number", "proxy", "sent", "user")

    def __init__(self, number: int, user: int, proxy: int, sent: float, deadline: float) -> None:
        self.number = number
        self.user = user
        self.proxy = proxy
        self.sent = sent
        self.deadline = deadline
        self.hear: Callable[[Attempt, Cause], None] | None = None


class Attempt:
    """One try at a request: sent to one pod, answered once, with one pending event meanwhile.

    *pod* and *version* are -1 until a pod is chosen. *abandoned* means that the client gave up
    while a worker was busy with it: the server does not notice and works on to *ends*, which is
    infinite while nobody knows how long its computing will take; *waits* is what comes after that.
    *tried* are the pods that failed it before, without the client's knowing; *picks* counts the
    balancer's choices. *admitted* means that its proxy's gate has let it in. *listed* is how many
    pods its proxy knew of when it was sent, from the list of *heard*.
    """

    __slots__ = (
        "abandoned",
        "admitted",
        "connection",
        "ends",
        "gives_up",
        "heard",
        "listed",
        "number",
        "pending",
        "picks",
        "pod",
        "request",
        "sent",
        "tried",
        "version",
        "waits",
    )

    def __init__(self, request: Request, number: int, sent: float, gives_up: float) -> None:
        self.request = request
        self.number = number
        self.sent = sent
        self.gives_up = gives_up
        self.pod = -1
        self.version = -1
        self.ends = float("inf")
        self.waits = 0.0
        self.abandoned = False
        self.connection: Connection | None = None
        self.tried: tuple[int, ...] = ()
        self.picks = 0
        self.admitted = False
        self.listed = 0
        self.heard = float("-inf")
        self.pending: Due | None = None

    @property
    def order(self) -> tuple[int, int]:
        """Its place among attempts that are answered at one moment."""
        return (self.request.number, self.number)
