"""What a word of a handbook is measured by: risk, speed and resources as figures of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from sim.analysis import clocks, cost, failures, users
from sim.analysis.units import Unit
from sim.i18n import Message, message
from sim.model.causes import Cause
from sim.model.run import Phase, PodPhase, Run

NOTICED_SECONDS = 30.0  # A stated reaction, the same for all: a release is not watched by the ms.
NEW_VERSION = 1  # `Run.versions` begins with old and new.


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of a run and of the no-release run with the same draws; less is less of the word.

    *compute* answers None where there is nothing to measure. A *clock* that has not stopped is
    later than any that has.
    """

    key: str
    unit: Unit
    label: Message
    definition: Message
    compute: Callable[[Run, Run], float | None]
    clock: bool = False


def failed_until_noticed(run: Run, no_release: Run) -> float:
    """Failures over no release, from the first write until somebody may have noticed.

    That is `NOTICED_SECONDS` after the new version's first answer, in whole seconds, or the end
    of the window if it never gives one.
    """
    start, end = floor(run.window.first_write), int(run.window.end)
    answered = run.requests.second[run.requests.version == NEW_VERSION]
    if answered.size:
        end = min(end, ceil(int(answered.min()) + NOTICED_SECONDS))
    return float(_failed(run, start, end) - _failed(no_release, start, end))


def _failed(run: Run, start: int, end: int) -> int:
    found = run.requests.within(start, end)
    return int(found.count[found.cause != Cause.NONE].sum())


def _of_arrivals(clock: Callable[[Run], float | None]) -> Callable[[Run, Run], float | None]:
    """*clock*, where the release arrived: a version that was given up was not released sooner."""
    return lambda run, _: clock(run) if run.phase is Phase.HEALTHY else None


_FIGURES = (
    Measure(
        key="failed_until_noticed",
        unit=Unit.REQUESTS,
        label=message("failed until noticed"),
        definition=message(
            "failed requests over no release, from the first write until {seconds} s after the new "
            "version's first answer: what is lost if somebody then ends it (the way back itself "
            "is not in it)",
            seconds=f"{NOTICED_SECONDS:g}",
        ),
        compute=failed_until_noticed,
    ),
    Measure(
        key="failed_requests",
        unit=Unit.REQUESTS,
        label=message("failed if nobody acts"),
        definition=message(
            "failed requests over no release in the whole window: nobody ends the release, so a "
            "slow one has less time to do harm"
        ),
        compute=lambda run, base: float(failures.failed(run) - failures.failed(base)),
    ),
    Measure(
        key="blast_radius",
        unit=Unit.SHARE,
        label=message("blast radius (%)"),
        definition=message(
            "share of the users who sent in the window that failed in this run but not in the "
            "no-release run with the same draws"
        ),
        compute=users.blast_radius,
    ),
    Measure(
        key="old_version_gone_seconds",
        unit=Unit.SECONDS,
        label=message("old version gone (s)"),
        definition=message(
            "from the first write to the last answer that the old version gave, where the "
            "strategy ended as Healthy; one that did not is later than any that did"
        ),
        compute=_of_arrivals(clocks.old_version_gone_seconds),
        clock=True,
    ),
    Measure(
        key="settled_seconds",
        unit=Unit.SECONDS,
        label=message("settled (s)"),
        definition=message(
            "from the first write until only the final version's pods exist, all ready, where the "
            "strategy ended as Healthy; one that did not is later than any that did"
        ),
        compute=_of_arrivals(clocks.settled_seconds),
        clock=True,
    ),
    Measure(
        key="pod_seconds",
        unit=Unit.POD_SECONDS,
        label=message("pod-seconds over no release"),
        definition=message("time that pods existed, summed over the window, over no release"),
        compute=lambda run, base: _pod_seconds(run) - _pod_seconds(base),
    ),
    Measure(
        key="peak_pods",
        unit=Unit.PODS,
        label=message("peak pods"),
        definition=message("the most pods that existed at one moment, in whatever phase"),
        compute=lambda run, _: float(cost.peak_pods(run)),
    ),
)
MEASURES: Mapping[str, Measure] = {one.key: one for one in _FIGURES}
RISK = ("failed_until_noticed", "failed_requests", "blast_radius")
SPEED = ("old_version_gone_seconds", "settled_seconds")
RESOURCES = ("pod_seconds", "peak_pods")


def _pod_seconds(run: Run) -> float:
    return cost.pod_seconds(run, tuple(PodPhase))
