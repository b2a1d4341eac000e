"""A few failed requests as a table: when, by which proxy, what it believed, what the pod did."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice
from math import isinf
from typing import TYPE_CHECKING

from sim.analysis.palette import version_word
from sim.i18n import Message, message, translate
from sim.interfaces.cause_names import cause_name
from sim.interfaces.comparison_tables import arm_name
from sim.interfaces.table import Row, Table
from sim.model.failed import NOT_ASKED, Doing, FailedRequest

if TYPE_CHECKING:
    from sim.model.run import Run

SHOWN_EACH = 2  # Of each cause; the run folder has more.

DOING: dict[Doing, Message] = {
    Doing.NOT_CHOSEN: message("none was chosen"),
    Doing.STARTING: message("no process listens yet"),
    Doing.SERVING: message("serving"),
    Doing.WINDING_UP: message("deleted, still serving"),
    Doing.DRAINING: message("past SIGTERM, draining"),
    Doing.STOPPED: message("deleted, process ended"),
    Doing.GONE: message("gone from the cluster"),
    Doing.UNREACHABLE: message("its machine does not answer"),
}


def stories_table(runs: Sequence[Run], language: str) -> Table:
    """Two of each cause in each of *runs*; empty if nothing failed.

    Seconds are those from the first write; with several runs the first column says whose they are.
    """
    several, classes = len(runs) > 1, any(run.classes for run in runs)
    headings = (
        *((message("strategy"),) if several else ()),
        message("time (s)"),
        message("user"),
        *((message("class of requests"),) if classes else ()),
        message("cause"),
        message("its proxy knew"),
        message("the pod"),
    )
    return Table(
        title=translate(language, "Failed requests, one by one (seconds from the first write)"),
        headings=tuple(heading.render(language) for heading in headings),
        rows=tuple(
            _row(one, run, language, (arm_name(run.strategy, language),) if several else ())
            for run in runs
            for one in _chosen(run)
        ),
    )


def _chosen(run: Run) -> list[FailedRequest]:
    """The first ones of each cause, in time."""
    by_cause = sorted(run.failures, key=lambda one: (one.cause, one.meant))
    groups = groupby(by_cause, lambda one: one.cause)
    return [one for _, group in groups for one in islice(group, SHOWN_EACH)]


def _row(one: FailedRequest, run: Run, language: str, before: tuple[str, ...]) -> Row:
    return Row(
        cells=(
            *before,
            f"{one.meant - run.window.first_write:+.2f}",
            str(one.user),
            *((run.classes[one.endpoint_class],) if run.classes else ()),
            cause_name(one.cause.key, language),
            _belief(one, language),
            _pod(one, run, language),
        ),
        explains=one.cause.key,
    )


def _belief(one: FailedRequest, language: str) -> str:
    """What the proxy had in mind when it sent the deciding try."""
    if one.endpoints == NOT_ASKED:
        return translate(language, "it was not asked: a kept connection")
    if isinf(one.heard):
        return translate(language, "nothing yet")
    return translate(
        language,
        "{count} pods, heard {seconds} s before",
        count=one.endpoints,
        seconds=f"{one.sent - one.heard:.2f}",
    )


def _pod(one: FailedRequest, run: Run, language: str) -> str:
    """The pod it was sent to, and what that was doing when the request failed."""
    doing = DOING[one.doing].render(language)
    if not one.pod_name:
        return doing
    said = translate(
        language,
        "{pod} ({version}): {doing}",
        pod=one.pod_name,
        version=version_word(run.versions[one.version], language),
        doing=doing,
    )
    if not one.in_flight:
        return said
    load = translate(
        language,
        "{in_flight} in flight, {queued} of them waiting",
        in_flight=one.in_flight,
        queued=one.queued,
    )
    return f"{said}; {load}"
