"""A run's table of requests: narrow in memory, whole for whoever reads it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from handmade import recreate
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.failures import failed
from sim.model.run import RequestCounts

NAMES = ("second", "version", "cause", "bin", "count")
row = st.tuples(
    st.integers(-40, 40),
    st.integers(-1, 200),
    st.integers(0, 21),
    st.integers(0, 3839),
    st.integers(1, 2**40),
)


def columns_of(rows) -> dict[str, np.ndarray]:
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 5).T
    return dict(zip(NAMES, table, strict=True))


def equal(columns, counts: RequestCounts) -> bool:
    return all(
        np.array_equal(column, getattr(counts, name)) and getattr(counts, name).dtype == np.int64
        for name, column in columns.items()
    )


@settings(deadline=None)
@given(st.lists(row), st.integers(0, 30), st.integers(-50, 50), st.integers(-50, 50))
def test_what_was_put_in_is_read_whole_or_cut_or_in_parts(rows, cut, start, end):
    columns = columns_of(rows)
    counts = RequestCounts(**columns)
    inside = (columns["second"] >= start) & (columns["second"] < end)
    parts = [slice(0, cut), slice(cut, None)]  # A second may lie on both sides of the cut.
    joined = RequestCounts.joined(
        [RequestCounts(**{name: column[p] for name, column in columns.items()}) for p in parts]
    )

    assert equal(columns, counts)
    assert equal(columns, joined)
    assert equal(columns, pickle.loads(pickle.dumps(counts)))
    assert equal({n: c[inside] for n, c in columns.items()}, counts.within(start, end))
    assert len(counts) == len(rows) and counts.total == columns["count"].sum()


@settings(deadline=None)
@given(st.lists(row, min_size=1))
def test_sums_by_second_are_those_of_its_rows(rows):
    columns = columns_of(rows)
    seconds, sums = RequestCounts(**columns).by_second(columns["count"])

    assert sorted(set(columns["second"].tolist())) == seconds.tolist()
    for second, found in zip(seconds.tolist(), sums.tolist(), strict=True):
        assert columns["count"][columns["second"] == second].sum() == found


def test_sums_over_narrow_columns_do_not_overflow():
    """Counts that fit into a byte, bins into two: their sums and products do not."""
    many = 1000
    counts = RequestCounts(
        second=np.zeros(many, np.int64),
        version=np.zeros(many, np.int64),
        cause=np.zeros(many, np.int64),
        bin=np.full(many, 3839),
        count=np.full(many, 127),
    )
    assert counts.total == int(counts.count.sum()) == 127_000
    assert (counts.count * counts.bin).tolist() == [127 * 3839] * many


def test_a_day_of_an_ordinary_service_takes_few_bytes_a_row():
    """180 rows a second, as 200 requests a second come to."""
    seconds = np.repeat(np.arange(3600), 180)
    rest = np.arange(len(seconds))
    counts = RequestCounts(
        second=seconds,
        version=rest % 3 - 1,
        cause=rest % 7,
        bin=rest % 3840,
        count=1 + rest % 90,
    )
    assert counts.kept_bytes < 5.2 * len(counts)
    assert len(pickle.dumps(counts)) < 5.3 * len(counts)


def test_classes_are_read_where_there_are_any():
    columns = columns_of([(0, 0, 0, 5, 1), (1, 0, 0, 6, 2)])
    classes = np.array([3, 31])
    counts = RequestCounts(**columns, endpoint_class=classes)
    assert classes.tolist() == counts.endpoint_class.tolist()
    assert [31] == counts.within(1, 2).endpoint_class.tolist()
    assert RequestCounts(**columns).endpoint_class is None


def test_what_was_worked_out_of_a_run_does_not_travel_with_it():
    """It would double what a comparison sends; the other side works it out again."""
    run = recreate()
    lost = failed(run)
    there = pickle.loads(pickle.dumps(run))

    assert run.worked_out and not there.worked_out
    assert there.digest() == run.digest()
    assert failed(there) == lost


@pytest.mark.parametrize("bounds", [(5, 5), (7, 3), (90, 100), (-10, -5)])
def test_a_stretch_without_requests_is_empty(bounds):
    counts = RequestCounts(**columns_of([(n, 0, 0, 1, 1) for n in range(10)]))
    assert len(counts.within(*bounds)) == counts.within(*bounds).total == 0
