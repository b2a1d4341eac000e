"""What a user wants, and one try at it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Protocol

from sim.model.retry import MOST_HEDGED_ATTEMPTS
from sim.traffic.clock import Due, Kind

if TYPE_CHECKING:
    from sim.model.causes import Cause
    from sim.model.dependency import Call
    from sim.traffic.connection import Connection


_AGES = count()
FIRST_HEDGE = MOST_HEDGED_ATTEMPTS  # The hedge of attempt k is attempt 64 + k.


class Calling(Protocol):
    """Where an attempt has a call."""

    def end(self, attempt: Attempt) -> bool:
        """The call of *attempt* ends at this moment; whether it went well."""
        ...

    def drop(self, attempt: Attempt) -> None:
        """*attempt* leaves; nobody moves up yet."""
        ...


class Request:
    """What one user wants, from the moment it is meant to be sent to the client's final answer.

    *number* counts arrivals from 0; *deadline* is when the client stops trying altogether. A
    probe's request has a negative number, and *hear* is told its answer instead of any client.
    *endpoint_class* is the number of its class.
    """

    __slots__ = ("deadline", "endpoint_class", "hear", "number", "proxy", "sent", "user")

    def __init__(self, number: int, user: int, proxy: int, sent: float, deadline: float) -> None:
        self.number = number
        self.user = user
        self.proxy = proxy
        self.sent = sent
        self.deadline = deadline
        self.endpoint_class = 0
        self.hear: Callable[[Attempt, Cause], None] | None = None


class Attempt:
    """One try at a request: sent to one pod, answered once, with one pending event meanwhile.

    *pod* and *version* are -1 until a pod is chosen. *abandoned* means that the client gave up
    while a worker was busy with it: the server does not notice and works on to *ends*, which is
    infinite while nobody knows how long its computing will take; *waits* is what comes after that.
    What ends then is its *phase*, by the kind of the event: all of its service (FINISH), or only
    its computing (CALL) or a call (RETURN). *calls* are those still to be made, and *calling* is
    where it has one now, which is answered at *answered_at* (infinite while it waits for a slot)
    and of interest until *patient_until*.
    *tried* are the pods that failed it before, without the client's knowing; *picks* counts the
    balancer's choices. *admitted* means that its proxy's gate has let it in. *listed* is how many
    pods its proxy knew of when it was sent, from the list of *heard*, and *tried_at* is when it was
    sent to the last of them. *backend* is where it is routed; a *mirrored* one is a copy that
    nobody waits for. Its hedge is a *plan* until that is sent, and its *twin* then; who of the two
    has lost *has_lost*.
    """

    __slots__ = (
        "_age",
        "abandoned",
        "admitted",
        "answered_at",
        "backend",
        "calling",
        "calls",
        "connection",
        "ends",
        "gives_up",
        "has_lost",
        "heard",
        "listed",
        "mirrored",
        "number",
        "patient_until",
        "pending",
        "phase",
        "picks",
        "plan",
        "pod",
        "request",
        "sent",
        "tried",
        "tried_at",
        "turn",
        "twin",
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
        self.phase = Kind.FINISH
        self.calls: tuple[Call, ...] = ()
        self.calling: Calling | None = None
        self.answered_at = self.patient_until = float("inf")
        self.abandoned = False
        self.connection: Connection | None = None
        self.tried: tuple[int, ...] = ()
        self.picks = 0
        self.admitted = False
        self.backend = 0
        self.mirrored = False
        self.listed = 0
        self.tried_at = sent
        self.heard = float("-inf")
        self.pending: Due | None = None
        self._age = next(_AGES)
        self.turn = number  # Which of its client's attempts it is, or is a hedge of.
        self.plan: Due | None = None
        self.twin: Attempt | None = None
        self.has_lost = False

    @property
    def order(self) -> tuple[int, int, float, int]:
        """Its place among attempts that are answered, or done computing, at one moment.

        By name; a probe that was given up in service and the next one of its kind share theirs, and
        come in the order in which they were sent, or made, if that was at one moment.
        """
        return (self.request.number, self.number, self.sent, self._age)
