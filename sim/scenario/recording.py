"""A recording of traffic: counts per interval from a CSV file with `timestamp,value` columns."""

from __future__ import annotations

import csv
import io
import math
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from sim.errors import Problem, ScenarioError
from sim.i18n import Message, message
from sim.scenario.node import Place
from sim.scenario.source import read_bytes
from sim.scenario.traffic import Steps
from sim.scenario.words import MOST_PER_SECOND

_MOST_BYTES = 4 * 1024 * 1024
_MOST_ROWS = 200_000
_LEAST_SECONDS = 0.001  # Below it, rates are beyond all numbers.


def read_recording(path: Path, shown: str) -> Steps:
    """(seconds since the first row, requests per second) of every row.

    The interval is the usual distance between rows, so a row's rate is its count ÷ interval; it
    holds until the next row. Raise `ScenarioError` at the first bad row.
    """
    data = read_bytes(path, shown, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise _bad(shown, 1, message("larger than {most} KiB", most=_MOST_BYTES // 1024))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _bad(shown, line, message("this is not text")) from None
    counted = _rows(text, shown)
    if len(counted) < 2:
        raise _bad(shown, 1, message("a recording needs at least two rows"))
    interval = median(later - earlier for (earlier, _), (later, _) in pairwise(counted))
    if interval < _LEAST_SECONDS:
        raise _bad(
            shown,
            1,
            message("the rows are {seconds} s apart", seconds=f"{interval:g}"),
            message("at least {least} s", least=_LEAST_SECONDS),
        )
    start = counted[0][0]
    return [(at - start, count / interval) for at, count in counted]


def _rows(text: str, shown: str) -> Steps:
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: Steps = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if header[:2] != ["timestamp", "value"]:
            raise _bad(
                shown,
                1,
                message("the columns are {found}", found=", ".join(header)[:60] or "-"),
                message("the first line must be timestamp,value"),
            )
        for row in reader:
            if not row:
                continue
            at, count = _row(row, shown, reader.line_num)
            if rows and at <= rows[-1][0]:
                raise _bad(
                    shown,
                    reader.line_num,
                    message("{found} is not later than the row before", found=repr(row[0])),
                    message("rows in the order of time, each once"),
                )
            if len(rows) >= _MOST_ROWS:
                raise _bad(
                    shown, reader.line_num, message("more than {most} rows", most=_MOST_ROWS)
                )
            rows.append((at, count))
    except csv.Error as error:
        raise _bad(shown, reader.line_num, message("not CSV: {detail}", detail=error)) from None
    return rows


def _row(row: list[str], shown: str, line: int) -> tuple[float, float]:
    if len(row) < 2:
        raise _bad(shown, line, message("a row without a value"), message("timestamp,value"))
    return _time(row[0].strip(), shown, line), _count(row[1].strip(), shown, line)


def _time(text: str, shown: str, line: int) -> float:
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise _bad(
                shown,
                line,
                message("{found} is not a time", found=repr(text[:40])),
                message("such as 2024-05-01 12:00:00, or seconds"),
            ) from None
        # Wall-clock arithmetic: the machine's own time zone must not matter.
        return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
    if not math.isfinite(seconds):
        raise _bad(shown, line, message("{found} is not a time", found=repr(text[:40])))
    return seconds


def _count(text: str, shown: str, line: int) -> float:
    try:
        count = float(text)
    except ValueError:
        count = math.nan
    if not 0 <= count <= MOST_PER_SECOND * 86400:
        raise _bad(
            shown,
            line,
            message("{found} is not a count of requests", found=repr(text[:40])),
            message("a number that is not negative"),
        )
    return count


def _bad(shown: str, line: int, text: Message, hint: Message | None = None) -> ScenarioError:
    problem: Problem = Place(shown, line, 1).problem(text, hint=hint)
    return ScenarioError([problem])
