"""How requests ended: counts, users, last answers, and the log for those who compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import floor

import numpy as np

from sim.model.attempts import CHUNK, Attempts, Log
from sim.model.behaviour import Workload
from sim.model.causes import ANSWERS, Cause
from sim.model.failed import Doing, FailedRequest
from sim.model.latency import bin_of
from sim.model.run import RequestCounts, Users
from sim.ports import RequestRecord
from sim.traffic.attempt import Attempt, Request
from sim.traffic.pod import Pod
from sim.traffic.sample import Sample


class Tally:
    """Counts that do not grow with the number of requests; only a log that is kept does.

    One that is told holds `CHUNK` attempts at most.

    A request's version is that of the pod to which its deciding attempt was sent, also if that pod
    refused it; -1 if no pod was chosen.
    """

    def __init__(
        self,
        workload: Workload,
        seed: int,
        pods: Sequence[Pod],
        keep_log: bool,
        tell: Log | None = None,
    ) -> None:
        self._pods = pods
        self._sample = Sample(seed)
        self._window_start = workload.window_start
        self._window_end = workload.window_end
        self._keep_log = keep_log or tell is not None
        self._tell = tell
        self._log: list[RequestRecord] = []
        self._has_classes = len(workload.classes) > 0
        self._counts: dict[tuple[int, int, int, int, int], int] = {}
        self._sent: set[int] = set()
        self._failed: set[int] = set()
        self._exposed: dict[int, set[int]] = {}
        self._last_answers: dict[int, float] = {}
        self.arrived = 0
        self._copies: dict[int, tuple[int, int]] = {}
        self.ended = 0

    def meant(self, request: Request) -> None:
        """A user meant to send *request*."""
        self.arrived += 1
        if self._in_window(request):
            self._sent.add(request.user)

    def answer(self, attempt: Attempt, cause: Cause, final: bool, now: float) -> None:
        """*attempt* ended with *cause*, and the request with it if that is *final*."""
        if cause in ANSWERS:
            self._last_answers[attempt.version] = now
            if self._in_window(attempt.request):
                self._exposed.setdefault(attempt.version, set()).add(attempt.request.user)
        if final:
            self._end(attempt, cause, now)
        if self._keep_log:
            self._log.append(_record(attempt, cause, final, now))
            if self._tell is not None and len(self._log) == CHUNK:
                self.flush_log()

    def answer_copy(self, attempt: Attempt, cause: Cause) -> None:
        """A mirrored copy ended with *cause*, which nobody hears."""
        good, bad = self._copies.get(attempt.version, (0, 0))
        failed = cause is not Cause.NONE
        self._copies[attempt.version] = (good + (not failed), bad + failed)

    def copies(self) -> Mapping[int, tuple[int, int]]:
        """By version, how many copies it answered well and how many not."""
        return {version: self._copies[version] for version in sorted(self._copies)}

    def counts(self) -> RequestCounts:
        """The counts so far, sorted by second, version, cause, class and bin."""
        keys = sorted(self._counts)
        columns = np.array(keys, dtype=np.int64).reshape(-1, 5).T.copy()
        return RequestCounts(
            second=columns[0],
            version=columns[1],
            cause=columns[2],
            bin=columns[4],
            count=np.array([self._counts[key] for key in keys], dtype=np.int64),
            endpoint_class=columns[3] if self._has_classes else None,
        )

    def users(self) -> Users:
        """The users so far."""
        return Users(
            sent=_sorted(self._sent),
            failed=_sorted(self._failed),
            exposed={version: _sorted(self._exposed[version]) for version in sorted(self._exposed)},
        )

    def last_answers(self) -> Mapping[int, float]:
        """When each version last gave an answer that a client received."""
        return {version: self._last_answers[version] for version in sorted(self._last_answers)}

    def stories(self) -> tuple[FailedRequest, ...]:
        """A sample of the requests of the window that failed."""
        return self._sample.stories()

    def take_log(self) -> tuple[RequestRecord, ...]:
        """The attempts that ended since the last call, in the order in which they ended."""
        log, self._log = self._log, []
        return tuple(log)

    def flush_log(self) -> None:
        """Tell the log what it has not been told yet."""
        if self._tell is not None and self._log:
            self._tell(_columns(self.take_log()))

    def _end(self, attempt: Attempt, cause: Cause, now: float) -> None:
        request = attempt.request
        self.ended += 1
        latency_bin = bin_of(now - request.sent)
        second, of = floor(request.sent), request.endpoint_class
        key = (second, attempt.version, int(cause), of, latency_bin)
        self._counts[key] = self._counts.get(key, 0) + 1
        if cause is not Cause.NONE and self._in_window(request):
            self._failed.add(request.user)
            if self._sample.wants(request.number, cause):
                self._sample.keep(self._story(attempt, cause, now))

    def _story(self, attempt: Attempt, cause: Cause, now: float) -> FailedRequest:
        request = attempt.request
        pod = self._pods[attempt.pod] if attempt.pod >= 0 else None
        return FailedRequest(
            request=request.number,
            user=request.user,
            attempts=attempt.turn + 1,
            meant=request.sent,
            sent=attempt.tried_at,
            answered=now,
            cause=cause,
            proxy=request.proxy,
            endpoints=attempt.listed,
            heard=attempt.heard,
            pod=attempt.pod,
            version=attempt.version,
            doing=Doing.NOT_CHOSEN if pod is None else pod.doing,
            in_flight=0 if pod is None else pod.in_flight,
            queued=0 if pod is None else pod.queued,
            endpoint_class=request.endpoint_class,
        )

    def _in_window(self, request: Request) -> bool:
        return self._window_start <= request.sent < self._window_end


def _sorted(users: set[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(sorted(users), dtype=np.int64)


def _record(attempt: Attempt, cause: Cause, final: bool, now: float) -> RequestRecord:
    return RequestRecord(
        request=attempt.request.number,
        attempt=attempt.number,
        user=attempt.request.user,
        proxy=attempt.request.proxy,
        pod=attempt.pod,
        version=attempt.version,
        meant=attempt.request.sent,
        sent=attempt.sent,
        answered=now,
        cause=cause,
        final=final,
    )


def _columns(log: Sequence[RequestRecord]) -> Attempts:
    types = {"final": np.bool_, **dict.fromkeys(("meant", "sent", "answered"), np.float64)}
    return Attempts(
        **{
            one.name: np.array([getattr(row, one.name) for row in log], types.get(one.name, int))
            for one in fields(Attempts)
        }
    )
