"""The kernel's counts: whatever is taken over when, every count is there once and in order."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.traffic.kernel.counting import Counts
from sim.traffic.kernel.tally import KEY_BIN, KEY_CAUSE, KEY_CLASS, KEY_VERSION

ENTRY = np.dtype([("key", "i8"), ("count", "i8")])
row = st.tuples(
    st.integers(-3, 12),  # Second.
    st.integers(-1, 2),  # Version.
    st.integers(0, 2),  # Cause.
    st.integers(0, 1),  # Class.
    st.sampled_from([0, 1, 3839]),  # Bin.
)
taken = st.lists(st.dictionaries(row, st.integers(1, 300), max_size=12), max_size=8)


class LeftSparse:
    """As much of the kernel's arrays as is emptied: rows that were left sparse."""

    def __init__(self, entries: dict[tuple[int, ...], int]) -> None:
        self._entries = np.array([(key_of(*row), n) for row, n in entries.items()], dtype=ENTRY)
        self.single = {"rows": 1, "sparse": len(entries)}

    def __getitem__(self, name: str) -> np.ndarray:
        assert name == "sparse_entry"
        return self._entries


def key_of(second: int, version: int, cause: int, of: int, latency_bin: int) -> int:
    key = (second << KEY_VERSION) + version + 1
    key = (key << KEY_CAUSE) + cause
    return (((key << KEY_CLASS) + of) << KEY_BIN) + latency_bin


@settings(deadline=None)
@given(taken, st.booleans(), st.booleans())
def test_counts_come_in_order_and_each_once_whatever_came_late(chunks, classes, asked_often):
    """Most of a chunk is later than all before; the rest belongs into earlier ones."""
    counts, expected = Counts(has_classes=classes), Counter()
    for chunk in chunks:
        counts.take_over(LeftSparse(chunk), lambda deed: 0)
        expected.update(chunk)
        if asked_often:
            counts.table()
    table = counts.table()
    columns = [table.second, table.version, table.cause, table.bin, table.count]
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    rows = sorted(expected.items())

    assert [(s, v, c, b, n) for (s, v, c, _, b), n in rows] == found
    seconds, sums = table.by_second(table.count)
    assert seconds.tolist() == sorted({second for (second, *_), _ in rows})
    assert int(sums.sum()) == expected.total()
    if classes:
        assert [of for (_, _, _, of, _), _ in rows] == table.endpoint_class.tolist()
