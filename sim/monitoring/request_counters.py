"""What pods and proxies have counted of their requests so far: the counters behind `/metrics`.

Made from the attempts that a data plane tells. A pod counts what its process answered, since that
process began; a proxy counts every attempt that it ended, whatever came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.model.attempts import Attempts, FloatArray
from sim.model.causes import Cause
from sim.model.network import ProxyKind
from sim.model.run import IntArray
from sim.model.status_codes import OF_A_POD, OF_A_PROXY, Answer, seen_by_proxy

_MOST = 1 << 20  # Versions.


@dataclass(slots=True)
class Latencies:
    """How many took up to each bound, as counts by bucket, and their sum in seconds."""

    counts: IntArray
    seconds: float = 0.0

    @property
    def cumulative(self) -> list[int]:
        """Those up to each bound."""
        found: list[int] = np.cumsum(self.counts).tolist()
        return found


@dataclass(slots=True)
class Book:
    """What one pod or one proxy has counted: requests by (version, answer), times by version."""

    requests: dict[tuple[int, Answer], int] = field(default_factory=dict)
    latencies: dict[int, Latencies] = field(default_factory=dict)


class RequestCounters:
    """Counters of all pods, and of all proxies where *proxy* looks into requests.

    *bounds* are those of the histograms, in seconds; *patience_seconds* is how long a client waits.
    """

    def __init__(self, bounds: Sequence[float], proxy: ProxyKind, patience_seconds: float) -> None:
        self._bounds = np.array(bounds)
        self._patience_seconds = patience_seconds
        self._by_pod = _answers({cause: Answer(code) for cause, code in OF_A_POD.items()})
        self._by_proxy, self._by_proxy_late = _proxy_answers(proxy)
        self._pods: dict[int, Book] = {}
        self._proxies: dict[int, Book] = {}

    def take(self, attempts: Attempts) -> None:
        """Count some *attempts* more."""
        seconds = attempts.answered - attempts.sent
        late = seconds >= self._patience_seconds
        everybody = np.ones(len(attempts), np.bool_)
        self._enter(self._pods, attempts.pod, self._by_pod, attempts, seconds, everybody)
        self._enter(self._proxies, attempts.proxy, self._by_proxy, attempts, seconds, ~late)
        self._enter(self._proxies, attempts.proxy, self._by_proxy_late, attempts, seconds, late)

    def of_pod(self, pod: int) -> Book:
        """What the present process of *pod* has counted."""
        return self._pods.get(pod) or Book()

    def of_proxy(self, proxy: int) -> Book:
        """What *proxy* has counted."""
        return self._proxies.get(proxy) or Book()

    def restart(self, pod: int) -> None:
        """A new process begins at 0; what was not scraped of the last one is lost."""
        self._pods.pop(pod, None)

    def _enter(
        self,
        books: dict[int, Book],
        owner: IntArray,
        answers: Mapping[int, Answer],
        attempts: Attempts,
        seconds: FloatArray,
        which: npt.NDArray[np.bool_],
    ) -> None:
        """Write those of *attempts* that *which* says, and that have one of *answers*."""
        if not answers:
            return
        counted = np.zeros(len(Cause), np.bool_)
        counted[list(answers)] = True
        which = which & counted[attempts.cause]
        places = len(self._bounds)
        bucket = np.searchsorted(self._bounds, seconds, side="left")
        # Who, version (-1 is one too), cause and bucket in one number: the digits of a clock.
        key = ((owner * _MOST + attempts.version + 1) * len(Cause) + attempts.cause) * places
        keys, row = np.unique((key + bucket)[which], return_inverse=True)
        counts = np.bincount(row, minlength=len(keys))
        totals = np.bincount(row, weights=seconds[which], minlength=len(keys))
        for number, count, total in zip(
            keys.tolist(), counts.tolist(), totals.tolist(), strict=True
        ):
            rest, place = divmod(number, places)
            rest, cause = divmod(rest, len(Cause))
            who, version = divmod(rest, _MOST)
            _write(books.setdefault(who, Book()), version - 1, answers[cause], count)
            times = books[who].latencies.get(version - 1)
            if times is None:
                times = Latencies(np.zeros(places, np.int64))
                books[who].latencies[version - 1] = times
            times.counts[place] += count
            times.seconds += total


def _write(book: Book, version: int, answer: Answer, count: int) -> None:
    key = (version, answer)
    book.requests[key] = book.requests.get(key, 0) + count


def _answers(known: Mapping[Cause, Answer]) -> dict[int, Answer]:
    return {int(cause): answer for cause, answer in known.items()}


def _proxy_answers(proxy: ProxyKind) -> tuple[dict[int, Answer], dict[int, Answer]]:
    """What *proxy* counts for each cause: in time, and when the client has left meanwhile."""
    if proxy not in OF_A_PROXY:
        return {}, {}
    by_time = [
        {cause: seen_by_proxy(proxy, cause, given_up=late) for cause in OF_A_PROXY[proxy]}
        for late in (False, True)
    ]
    return _answers(by_time[0]), _answers(by_time[1])
