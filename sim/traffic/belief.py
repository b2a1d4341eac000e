"""What a proxy believes, and the news that it will believe in later."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Belief(Generic[T]):
    """A value that is replaced when news of another one comes into force.

    News is taken up when somebody looks, which no one can tell from taking it up on time: a value
    for t is seen at t. *heard* is when the present one came into force.
    """

    def __init__(self, value: T) -> None:
        self.heard = float("-inf")
        self._value = value
        self._coming: deque[tuple[float, T]] = deque()

    def hear(self, value: T, apply_at: float) -> None:
        """Believe in *value* from *apply_at* on, and in no older one after that."""
        while self._coming and self._coming[-1][0] >= apply_at:
            self._coming.pop()
        self._coming.append((apply_at, value))

    def at(self, now: float) -> T:
        """The last value that has come into force."""
        while self._coming and self._coming[0][0] <= now:
            self.heard, self._value = self._coming.popleft()
        return self._value
