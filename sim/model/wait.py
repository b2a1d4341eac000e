"""What a process yields while it waits, in simulated time or by the wall clock."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """What a process yields: go on when *condition* is true, or at *deadline* at the latest.

    The driver sends back what the condition returned (truthy), or False at the deadline. Without
    a condition it is a plain sleep and sends back True. Conditions look only at the cluster, so
    a driver may ask them whenever something changed there.
    """

    deadline: float | None
    condition: Callable[[], Any] | None = None


Process: TypeAlias = Generator[Wait, Any, T]
