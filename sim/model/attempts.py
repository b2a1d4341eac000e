"""Attempts as columns: every try at every request, for who keeps them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.model.run import IntArray

FloatArray = npt.NDArray[np.float64]
CHUNK = 1 << 16  # Attempts that a data plane keeps before it hands them on.


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Some attempts, in the order in which they ended; (request, attempt) is the name of one.

    *attempt* counts from 0. The user *meant* to send the request then, this attempt was *sent* and
    *answered* then, in seconds of simulated time. *pod* and *version* are the data plane's numbers
    (-1: none was chosen), *cause* is a `Cause`. *final* says that it decided the request's answer.
    """

    request: IntArray
    attempt: IntArray
    user: IntArray
    proxy: IntArray
    pod: IntArray
    version: IntArray
    meant: FloatArray
    sent: FloatArray
    answered: FloatArray
    cause: IntArray
    final: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.request)


# Told `CHUNK` attempts at a time, and what is left when the log is flushed.
Log: TypeAlias = Callable[[Attempts], None]


class Recorder(Protocol):
    """Who keeps every attempt of a run."""

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """The next *attempts*; by then their pods and versions have the names that they keep."""
        ...
