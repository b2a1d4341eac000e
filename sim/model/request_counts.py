"""Requests by how they ended: a sparse table of counts that takes a few bytes a row.

A day of 200 requests a second comes to 15 million rows. As five columns of 64-bit integers they
would take 600 MB a run, and a comparison holds a dozen runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Narrow = npt.NDArray[np.signedinteger]  # Of whatever width its numbers need.
_WIDTHS = (np.int8, np.int16, np.int32)


class RequestCounts:
    """How requests ended, one row per distinct combination, in order.

    *second* is the floor of the moment the user meant to send; *version* indexes `Run.versions`
    (-1: answered by nobody); *cause* is a `Cause` (0 success); *bin* a latency bin of the time
    from that moment to the final answer. Where requests have classes, *endpoint_class* is
    the number of theirs. Rows are sorted, so equal runs have equal bytes.

    A column is kept as narrow as its numbers are, and read as 64-bit integers: calculating with
    narrow ones would overflow without a word. Whoever reads a column twice keeps it meanwhile.
    """

    __slots__ = ("_bin", "_cause", "_count", "_endpoint_class", "_rows", "_seconds", "_version")

    _seconds: IntArray  # Each second once for a stretch of rows …
    _rows: IntArray  # … and how many rows it has.
    _version: Narrow
    _cause: Narrow
    _bin: Narrow
    _count: Narrow
    _endpoint_class: Narrow | None

    def __init__(
        self,
        *,
        second: IntArray,
        version: IntArray,
        cause: IntArray,
        bin: IntArray,  # noqa: A002, the name that everybody reads it by.
        count: IntArray,
        endpoint_class: IntArray | None = None,
    ) -> None:
        begins = _begins(second)
        self._seconds = second[begins].astype(np.int64)
        self._rows = np.diff(begins, append=len(second))
        self._version = _narrow(version)
        self._cause = _narrow(cause)
        self._bin = _narrow(bin)
        self._count = _narrow(count)
        self._endpoint_class = None if endpoint_class is None else _narrow(endpoint_class)

    @property
    def second(self) -> IntArray:
        """The second of each row."""
        return np.repeat(self._seconds, self._rows)

    @property
    def version(self) -> IntArray:
        """The version of each row."""
        return self._version.astype(np.int64)

    @property
    def cause(self) -> IntArray:
        """The cause of each row."""
        return self._cause.astype(np.int64)

    @property
    def bin(self) -> IntArray:
        """The latency bin of each row."""
        return self._bin.astype(np.int64)

    @property
    def count(self) -> IntArray:
        """How many requests are in each row."""
        return self._count.astype(np.int64)

    @property
    def endpoint_class(self) -> IntArray | None:
        """The class of each row; None where all are alike."""
        return None if self._endpoint_class is None else self._endpoint_class.astype(np.int64)

    @property
    def total(self) -> int:
        """All requests in the table."""
        return int(self._count.sum(dtype=np.int64))

    @property
    def kept_bytes(self) -> int:
        """What the columns take in memory, and in a file or a pipe."""
        columns = (getattr(self, name) for name in self.__slots__)
        return sum(column.nbytes for column in columns if column is not None)

    def __len__(self) -> int:
        return len(self._count)

    def __repr__(self) -> str:
        return f"RequestCounts({self.total:,} requests in {len(self):,} rows)"

    def by_second(self, numbers: IntArray) -> tuple[IntArray, IntArray]:
        """Every second that has rows, and the sum of the *numbers* of its rows."""
        return self._seconds, _sums(numbers, np.cumsum(self._rows) - self._rows)

    def within(self, start: float, end: float) -> RequestCounts:
        """Only the requests meant to be sent in [*start*, *end*), whole seconds."""
        low, high = np.searchsorted(self._seconds, (ceil(start), ceil(end))).tolist()
        high = max(low, high)
        if (low, high) == (0, len(self._seconds)):
            return self
        first = int(self._rows[:low].sum())
        kept = slice(first, first + int(self._rows[low:high].sum()))
        found = object.__new__(RequestCounts)  # Rows are sorted: nothing is looked at or copied.
        found._seconds, found._rows = self._seconds[low:high], self._rows[low:high]
        found._version, found._cause = self._version[kept], self._cause[kept]
        found._bin, found._count = self._bin[kept], self._count[kept]
        of = self._endpoint_class
        found._endpoint_class = None if of is None else of[kept]
        return found

    @classmethod
    def joined(cls, parts: Sequence[RequestCounts]) -> RequestCounts:
        """The rows of all *parts*, of which there is one at least, one after the other."""
        found = object.__new__(cls)
        for name in cls.__slots__:
            columns = [getattr(part, name) for part in parts]
            setattr(found, name, None if columns[0] is None else np.concatenate(columns))
        begins = _begins(found._seconds)  # A second may begin in one part and end in another.
        found._seconds, found._rows = found._seconds[begins], _sums(found._rows, begins)
        return found


def _begins(column: IntArray) -> IntArray:
    """Where in *column* each stretch of equal numbers begins."""
    changes = np.flatnonzero(column[1:] != column[:-1]) + 1
    return np.concatenate([np.zeros(min(len(column), 1), np.int64), changes])


def _sums(numbers: IntArray, begins: IntArray) -> IntArray:
    """The sum of the *numbers* of each stretch."""
    return np.add.reduceat(numbers, begins) if len(begins) else np.zeros(0, np.int64)


def _narrow(column: IntArray) -> Narrow:
    """*column* in the narrowest integers that hold all of it."""
    low, high = int(column.min(initial=0)), int(column.max(initial=0))
    for width in _WIDTHS:
        if np.iinfo(width).min <= low and high <= np.iinfo(width).max:
            return column.astype(width)
    return column.astype(np.int64)
