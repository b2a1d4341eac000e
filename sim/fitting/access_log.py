"""An access log in the common or combined format, as Apache and nginx write it, line by line.

`host ident user [time] "request" status bytes ["referrer" "agent"] …`; what follows is left alone.
(Apache mod_log_config, LogFormat "common" and "combined"; nginx ngx_http_log_module, "combined")
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ScenarioError
from sim.fitting.endpoint_class import class_of
from sim.i18n import Message, message

MOST_REQUESTS = 5_000_000
MOST_CLASSES = 10_000
LONGEST_LINE = 32 * 1024
TRIED_LINES = 20  # If none of so many first lines can be read, it is another format.
_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    rf"(\S+) \S+ ([^\[]*) \[([^\]]{{10,40}})\] {_QUOTED} (\d{{3}}) (?:\d+|-)"
    rf"(?: {_QUOTED} {_QUOTED})?"
)
_REQUEST = re.compile(r"([A-Z]{3,16}) (\S+)(?: HTTP/[\d.]+)?")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BOTS = re.compile(r"bot\b|bot/|crawl|spider|slurp|archiver|feed|monitor", re.IGNORECASE)
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The requests of a log in the order of their time, and what was odd about its lines.

    *times* are seconds since 1970 (whole ones, as logs have them), *clients* numbers of whoever
    shares an address and a user agent, *classes* index into *class_names*.
    """

    times: NDArray[np.float64]
    clients: NDArray[np.int32]
    classes: NDArray[np.int32]
    class_names: tuple[str, ...]
    server_errors: int
    bots: int
    unread: int
    first_unread: int  # Its line; 0 if every line could be read.

    @property
    def requests(self) -> int:
        """How many there are."""
        return len(self.times)


def read_log(path: Path, shown: str) -> Log:
    """The log at *path*, which may be gzipped. Raise `ScenarioError` if it is no such log."""
    reader = _Reader(shown)
    try:
        with _opened(path) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                reader.take(line, number)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(
            [Problem(message("cannot be read: {reason}", reason=reason), shown)]
        ) from None
    return reader.log()


def _opened(path: Path):  # type: ignore[no-untyped-def]
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if zipped else path.open("rb")


def _lines(stream) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    """Lines, of which what is longer than any sensible one is thrown away unread."""
    while line := stream.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
            if not rest:
                break
        yield line


class _Reader:
    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.times: list[float] = []
        self.numbers: list[int] = []
        self.kinds: list[int] = []
        self.known: dict[tuple[str, str], int] = {}
        self.classes: dict[str, int] = {}
        self.errors = self.bots = self.unread = self.first_unread = 0

    def take(self, line: bytes, number: int) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            return
        found = _LINE.match(text)
        time = _moment(found[3]) if found else None
        if found is None or time is None:
            self._cannot(number, text)
            return
        if len(self.times) == MOST_REQUESTS:
            raise self._bad(
                number,
                message("more than {most} requests", most=f"{MOST_REQUESTS:,}"),
                message("cut the log to the days that matter"),
            )
        agent = found[7] or ""
        self.times.append(time)
        self.numbers.append(self.known.setdefault((found[1], agent), len(self.known)))
        self.kinds.append(self._class(found[4]))
        self.errors += int(found[5]) >= _SERVER_ERROR
        self.bots += _is_bot(agent)

    def _class(self, request: str) -> int:
        parts = _REQUEST.match(request)
        name = class_of(parts[1], parts[2]) if parts else class_of("-", "-")
        if name not in self.classes and len(self.classes) >= MOST_CLASSES:
            name = class_of("-", "-")
        return self.classes.setdefault(name, len(self.classes))

    def _cannot(self, number: int, text: str) -> None:
        self.unread += 1
        self.first_unread = self.first_unread or number
        if not self.times and self.unread == TRIED_LINES:
            raise self._none(text)

    def _none(self, text: str) -> ScenarioError:
        return self._bad(
            self.first_unread,
            message("{found} is no line of an access log", found=repr(text[:60])),
            message('the common or combined format: host - - [time] "GET / HTTP/1.1" 200 512'),
        )

    def _bad(self, line: int, text: Message, hint: Message | None = None) -> ScenarioError:
        return ScenarioError([Problem(text, self.shown, line, 1, hint=hint)])

    def log(self) -> Log:
        if not self.times:
            if self.unread:
                raise self._none("…")
            raise self._bad(1, message("the log is empty"))
        times = np.array(self.times, np.float64)
        order = np.argsort(times, kind="stable")  # Lines are written when requests end.
        return Log(
            times=times[order],
            clients=np.array(self.numbers, np.int32)[order],
            classes=np.array(self.kinds, np.int32)[order],
            class_names=tuple(self.classes),
            server_errors=self.errors,
            bots=self.bots,
            unread=self.unread,
            first_unread=self.first_unread,
        )


@lru_cache(maxsize=4096)
def _is_bot(agent: str) -> bool:
    return _BOTS.search(agent) is not None


@lru_cache(maxsize=4096)
def _moment(text: str) -> float | None:
    """Seconds since 1970 of `17/May/2015:10:05:03 +0000`; None for anything else."""
    found = re.fullmatch(
        r"(\d{2})/(\w{3})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})", text
    )
    if found is None or found[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[i]) for i in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        zone = timezone(offset if found[7] == "+" else -offset)
        month = _MONTHS.index(found[2]) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    except ValueError:
        return None


def written(seconds: float) -> str:
    """A moment as people write it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
