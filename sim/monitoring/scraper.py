"""The scraper of a Prometheus server: it asks each target at its own moments, and writes it down.

Whoever has not been asked yet is not known; what a process had counted when it was killed is lost;
a target that is gone, or does not answer, leaves stale series. (prometheus/prometheus
scrape/scrape.go: offset, append, endOfRunStaleness; discovery/manager.go: updatert)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import ceil
from typing import NamedTuple, TypeAlias

from sim.model.draws import Purpose, Stream
from sim.model.monitoring import SERVER, TARGETS
from sim.model.samples import NAME, Labels, labels_of
from sim.model.wait import Process, Wait
from sim.monitoring.series import SeriesStore

DISCOVERY_SECONDS = 5.0  # How often news of targets reaches the scraper.
STALE_AFTER = 1.1  # So many intervals after the scrape that found no target it says so.

# What a target shows at this moment; None if it does not answer.
Exposed: TypeAlias = Sequence[tuple[Labels, float]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Somebody who can be asked: *labels* (job and instance among them) go to all it shows.

    *kind* is one of `TARGETS`; together with it *number* keys the draw of the target's offset.
    """

    kind: str
    number: int
    labels: Labels
    expose: Callable[[], Exposed]

    @property
    def identity(self) -> tuple[str, Labels]:
        """What no two targets share."""
        return self.kind, self.labels


class _Seen(NamedTuple):
    """One sample that a scrape saw; without a value it saw that the series is gone."""

    time: float
    labels: Labels
    value: float | None


@dataclass(slots=True, eq=False)
class _Loop:
    """The scraping of one target; *shown* are the series of the last scrape.

    *names* are those of what it shows, with its own labels: they stay the same.
    """

    target: Target
    offset: float
    shown: set[Labels] = field(default_factory=set)
    names: dict[Labels, Labels] = field(default_factory=dict)
    is_over: bool = False

    def named(self, labels: Labels) -> Labels:
        """The series of what the target shows with *labels*; the target's own win."""
        found = self.names.get(labels)
        if found is None:
            found = self.names[labels] = labels_of((*labels, *self.target.labels))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Blindness:
    """Scrapes of a *kind* of target that are lost, or arrive *late_seconds* later."""

    kind: str
    late_seconds: float | None


class Scraper:
    """Asks all targets that *discover* tells of every *interval* seconds, into *store*.

    *clock* tells the time. Drive `watch` to let it run.
    """

    def __init__(
        self,
        store: SeriesStore,
        discover: Callable[[], Sequence[Target]],
        now: Callable[[], float],
        *,
        interval_seconds: float,
        seed: int,
    ) -> None:
        self._store = store
        self._discover = discover
        self._now = now
        self._interval = interval_seconds
        self._offsets = Stream(seed, Purpose.SCRAPE_PHASE)
        self._loops: dict[tuple[str, Labels], _Loop] = {}
        self._due: list[tuple[float, int, _Loop]] = []
        self._entries = 0
        self._ends: list[tuple[float, int, float, _Loop]] = []
        self._blind: list[_Blindness] = []
        self._late: dict[str, deque[tuple[float, _Seen]]] = {kind: deque() for kind in TARGETS}

    def watch(self) -> Process[None]:
        """Look for targets, and scrape each whenever its time has come, to the end of the run."""
        look = self._now()
        while True:
            moment = min(look, self._due[0][0]) if self._due else look
            if moment > self._now():
                yield Wait(moment)
            if moment == look:
                self._look_for_targets()
                look += DISCOVERY_SECONDS
            while self._due and self._due[0][0] <= self._now():
                _, _, loop = heappop(self._due)
                if not loop.is_over:
                    self._scrape(loop)
                    self._plan(loop)

    def settle(self) -> None:
        """Write down what has arrived by now though it was seen before."""
        now = self._now()
        for waiting in self._late.values():
            while waiting and waiting[0][0] <= now:
                self._enter(waiting.popleft()[1])
        while self._ends and self._ends[0][0] <= now:
            _, _, stale_at, loop = heappop(self._ends)
            if loop.target.identity not in self._loops:
                for labels in sorted(loop.shown):
                    self._take(loop.target.kind, _Seen(stale_at, labels, None))

    @property
    def is_blind(self) -> bool:
        """Whether the server itself is away."""
        return any(one.kind == SERVER and one.late_seconds is None for one in self._blind)

    @contextmanager
    def blinded(self, kind: str, late_seconds: float | None) -> Iterator[None]:
        """Scrapes of *kind* fail, or come in late, while the `with` block lasts.

        Where it is the `SERVER` itself nothing is written, not even that nobody answered.
        """
        one = _Blindness(kind, late_seconds)
        self._blind.append(one)
        try:
            yield
        finally:
            self._blind.remove(one)

    def _look_for_targets(self) -> None:
        if self.is_blind:
            return
        found = {target.identity: target for target in self._discover()}
        for identity in [known for known in self._loops if known not in found]:
            self._end(self._loops.pop(identity))
        for identity, target in found.items():
            if identity not in self._loops:
                key = TARGETS.index(target.kind)
                offset = self._offsets.uniform(target.number, key) * self._interval
                loop = self._loops[identity] = _Loop(target, offset)
                self._plan(loop, at_once=True)

    def _plan(self, loop: _Loop, *, at_once: bool = False) -> None:
        moment = self._next(loop, at_once=at_once)
        self._entries += 1
        heappush(self._due, (moment, self._entries, loop))

    def _next(self, loop: _Loop, *, at_once: bool = False) -> float:
        """The next of the target's moments: its offset, and every interval from there."""
        now = self._now()
        turns = ceil((now - loop.offset) / self._interval)
        moment = loop.offset + turns * self._interval
        while moment < now or (moment == now and not at_once):
            turns += 1
            moment = loop.offset + turns * self._interval
        return moment

    def _end(self, loop: _Loop) -> None:
        """The target is gone: its series go stale as of the scrape that will not be."""
        loop.is_over = True
        stale_at = self._next(loop)
        self._entries += 1
        told_at = stale_at + STALE_AFTER * self._interval
        heappush(self._ends, (told_at, self._entries, stale_at, loop))

    def _scrape(self, loop: _Loop) -> None:
        if self.is_blind:
            return
        self.settle()
        target, now = loop.target, self._now()
        exposed = None if self._is_lost(target.kind) else target.expose()
        seen = {loop.named(labels): value for labels, value in exposed or ()}
        up = labels_of({NAME: "up", **dict(target.labels)})
        for labels in sorted(loop.shown - set(seen) - {up}):
            self._take(target.kind, _Seen(now, labels, None))
        loop.shown = {*seen, up}
        seen[up] = float(exposed is not None)
        for labels, value in seen.items():
            self._take(target.kind, _Seen(now, labels, value))

    def _is_lost(self, kind: str) -> bool:
        return any(one.kind == kind and one.late_seconds is None for one in self._blind)

    def _take(self, kind: str, seen: _Seen) -> None:
        """Write a sample down now, or when it will have arrived; never before an earlier one."""
        waiting = self._late[kind]
        delays = [one.late_seconds or 0.0 for one in self._blind if one.kind in (kind, SERVER)]
        arrives = self._now() + max(delays, default=0.0)
        if waiting or arrives > self._now():
            waiting.append((max(arrives, waiting[-1][0]) if waiting else arrives, seen))
        else:
            self._enter(seen)

    def _enter(self, seen: _Seen) -> None:
        if seen.value is None:
            self._store.end(seen.labels, seen.time)
        else:
            self._store.append(seen.labels, seen.time, seen.value)
