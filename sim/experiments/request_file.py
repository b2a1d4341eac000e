"""The request file: every attempt of a run in one Parquet file, written while the run goes on.

One row group is what the data plane hands on at a time, so neither the memory that is needed nor
the file's bytes depend on how many requests there are or on which engine carries them. The file
has its name once it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.disk import draft_name, sync
from sim.model.attempts import Attempts
from sim.model.causes import Cause
from sim.model.run import IntArray

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_WHOLE = ("request", "attempt", "user", "proxy")
_TIMES = ("meant", "sent", "answered")


class RequestFile:
    """Takes a run's attempts and writes them; a `model.attempts.Recorder`."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """Write *attempts* as one row group."""
        pods = {number: pod_name(number) for number in np.unique(attempts.pod).tolist()}
        table = _table(attempts, pods, dict(enumerate(versions)))
        self._writer.write_table(table, row_group_size=len(attempts))


@contextmanager
def request_file(path: str | Path) -> Iterator[RequestFile]:
    """A file that is at *path* when the `with` block has ended well, and nowhere otherwise."""
    import pyarrow.parquet as pq

    target = Path(path).absolute()
    draft = draft_name(target)
    try:
        with pq.ParquetWriter(draft, _schema(), compression="zstd") as writer:
            yield RequestFile(writer)
        sync(draft)
        draft.replace(target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            *((name, pa.int64()) for name in _WHOLE),
            ("pod", pa.string()),
            ("pod_number", pa.int64()),
            ("version", pa.string()),
            *((name, pa.float64()) for name in _TIMES),
            ("cause", pa.string()),
            ("final", pa.bool_()),
        ]
    )


def _table(attempts: Attempts, pods: dict[int, str], versions: dict[int, str]) -> pa.Table:
    """*attempts* with names for numbers; what was not chosen is null."""
    import pyarrow as pa

    causes = {int(cause): cause.key for cause in Cause}
    columns = {name: getattr(attempts, name) for name in (*_WHOLE, *_TIMES, "final")}
    columns["pod"] = _named(attempts.pod, pods)
    columns["pod_number"] = pa.array(attempts.pod, mask=attempts.pod < 0)
    columns["version"] = _named(attempts.version, versions)
    columns["cause"] = _named(attempts.cause, causes)
    return pa.table(columns, schema=_schema())


def _named(numbers: IntArray, names: dict[int, str]) -> pa.Array:
    import pyarrow as pa

    known, place = np.unique(numbers, return_inverse=True)
    words = pa.array([names.get(number) or None for number in known.tolist()], pa.string())
    return words.take(pa.array(place))
