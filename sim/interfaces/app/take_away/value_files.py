"""Rows of values as files that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | None
PARQUET = "application/vnd.apache.parquet"


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """*rows* under the names of their *columns* as CSV."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return stream.getvalue().encode()


def parquet_of(columns: Mapping[str, str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """*rows* as Parquet; *columns* are names with their Arrow types, such as `int64`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    kinds = [pa.type_for_alias(kind) for kind in columns.values()]
    arrays = [pa.array(one, kind) for one, kind in zip(values, kinds, strict=True)]
    stream = io.BytesIO()
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), stream)
    return stream.getvalue()
