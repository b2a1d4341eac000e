"""Rollback clocks: from a bad version's first effect until all is as it was before the release.

first effect -> detected -> decided -> last answer by the bad version -> full healthy capacity.
A clock that was not reached in the window is None and never a number. A new pod is the bad version
only while it serves anybody its new code: where that stands behind a flag, the pod may stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from sim.analysis.dark import Stretch, dark_stretches, is_dark
from sim.analysis.rollback_witness import NEW_VERSION
from sim.model.deed import DeedKind, first_of
from sim.model.run import PodPhase, PodSpan, Run

OLD_VERSION = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackClocks:
    """Moments of one run, in simulated seconds; None where one was not reached in the window.

    *last_bad_answer* is the last answer that the bad version gave at all, and None while a pod is
    left that may give one. *full_capacity* is when as many pods were available as before the first
    write that answer as the old version does, old ones or dark ones, and stayed so. The last two
    exist only where somebody decided to go back.
    """

    first_write: float
    first_effect: float | None
    detected: float | None
    decided: float | None
    last_bad_answer: float | None
    full_capacity: float | None

    @property
    def back(self) -> float | None:
        """When the bad version had answered for the last time and all capacity was back."""
        if self.decided is None or self.last_bad_answer is None or self.full_capacity is None:
            return None
        return max(self.decided, self.last_bad_answer, self.full_capacity)


def rollback_clocks(
    run: Run, first_effect: float | None, min_ready_seconds: float = 0.0
) -> RollbackClocks:
    """The clocks of *run*; *first_effect* is the first failure that a `Witness` saw."""
    decided = first_of(run.deeds, DeedKind.DECIDED)
    dark = dark_stretches(run.code_paths)
    return RollbackClocks(
        first_write=run.window.first_write,
        first_effect=first_effect,
        detected=first_of(run.deeds, DeedKind.DETECTED),
        decided=decided,
        last_bad_answer=None if decided is None else _last_bad_answer(run, dark),
        full_capacity=None
        if decided is None
        else full_capacity_at(
            run.pods,
            before=run.window.first_write,
            since=decided,
            end=run.window.end,
            min_ready_seconds=min_ready_seconds,
            dark=dark,
        ),
    )


def _last_bad_answer(run: Run, dark: Mapping[str, tuple[Stretch, ...]]) -> float | None:
    """None while a pod is left that is not *dark*: it might answer again."""
    end = run.window.end
    left = (span for span in run.pods if span.version == NEW_VERSION and span.end > end)
    if not all(is_dark(dark.get(span.pod, ()), end) for span in left):
        return None
    # One that never answered anybody had given its last answer before anybody decided.
    found = run.last_answer.get(NEW_VERSION, run.window.first_write)
    return found if found < end else None  # What a dark pod had begun before it heard.


def full_capacity_at(
    spans: Iterable[PodSpan],
    *,
    before: float,
    since: float,
    end: float,
    min_ready_seconds: float = 0.0,
    dark: Mapping[str, tuple[Stretch, ...]] | None = None,
) -> float | None:
    """From when on, in [*since*, *end*), as many old pods were available as just before *before*.

    It must have stayed so until *end*: two of two at 10 s, one at 12 s and two again at 15 s is 15.
    Pods of other versions count as old ones while they are *dark*.
    """
    changes: dict[float, int] = {since: 0}
    wanted = 0
    for span in spans:
        if span.phase is not PodPhase.READY:
            continue
        for start, stop in _as_old(span, min_ready_seconds, dark or {}):
            wanted += span.version == OLD_VERSION and start < before <= stop
            for moment, change in ((max(start, since), 1), (max(stop, since), -1)):
                changes[moment] = changes.get(moment, 0) + change
    there, reached = 0, inf
    for moment in sorted(changes):
        if moment >= end:
            break
        there += changes[moment]
        reached = min(reached, moment) if there >= wanted else inf
    return None if reached == inf else reached


def _as_old(
    span: PodSpan, min_ready_seconds: float, dark: Mapping[str, tuple[Stretch, ...]]
) -> Iterator[Stretch]:
    """In which parts of *span* the pod is available and answers as the old version does."""
    always = ((span.start, span.end),)
    stretches = always if span.version == OLD_VERSION else dark.get(span.pod, ())
    for since, until in stretches:
        start, stop = max(span.start + min_ready_seconds, since), min(span.end, until)
        if start < stop:
            yield start, stop
