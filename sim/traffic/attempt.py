"""What a user wants, and one try at it."""

from __future__ import annotations

from sim.traffic.clock import Due


class Request:
    """What one user wants, from the moment it is meant to be sent to the client's final answer.

    *number* counts arrivals from 0; *deadline* is when the client stops trying altogether.
    """

    __slots__ = ("deadline", "number", "proxy", "sent", "user")

    def __init__(self, number: int, user: int, proxy: int, sent: float, deadline: float) -> None:
        self.number = number
        self.user = user
        self.proxy = proxy
        self.sent = sent
        self.deadline = deadline


class Attempt:
    """One try at a request: sent to one pod, answered once, with one pending event meanwhile.

    *pod* and *version* are -1 until a pod is chosen. *abandoned* means that the client gave up
    while a worker was busy with it: the server does not notice and works on to *ends*.
    """

    __slots__ = (
        "abandoned",
        "ends",
        "gives_up",
        "number",
        "pending",
        "pod",
        "request",
        "sent",
        "version",
    )

    def __init__(self, request: Request, number: int, sent: float, gives_up: float) -> None:
        self.request = request
        self.number = number
        self.sent = sent
        self.gives_up = gives_up
        self.pod = -1
        self.version = -1
        self.ends = float("inf")
        self.abandoned = False
        self.pending: Due | None = None

    @property
    def order(self) -> tuple[int, int]:
        """Its place among attempts that are answered at one moment."""
        return (self.request.number, self.number)
