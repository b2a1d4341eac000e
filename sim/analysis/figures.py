"""The figures: each one once, with its key, unit, label, definition and function."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.analysis import (
    clocks,
    copies,
    cost,
    downtime,
    error_budget,
    failures,
    latency,
    readiness,
    share_obtained,
    users,
)
from sim.analysis.availability import availability
from sim.analysis.figure import Figure as Figure
from sim.analysis.figure import Yardstick as Yardstick
from sim.analysis.groups import GROUPS
from sim.analysis.units import Unit
from sim.i18n import Message, message
from sim.model.run import PodPhase, Run


def _number(count: int | None) -> float | None:
    return None if count is None else float(count)


def _latency(share: float, *, successes: bool) -> Callable[[Run, Yardstick], float | None]:
    return lambda run, _: latency.latency_ms(run, share, successes=successes)


def _percentile(percent: int) -> Figure:
    return Figure(
        key=f"latency_ms_p{percent}",
        unit=Unit.MILLISECONDS,
        label=message("latency p{percent}, successes", percent=percent),
        definition=message(
            "{percent} % of the requests that succeeded had their answer within this time, from "
            "the moment the user meant to send, retries included",
            percent=percent,
        ),
        compute=_latency(percent / 100, successes=True),
    )


def _percentile_of_all(percent: int) -> Figure:
    return Figure(
        key=f"latency_all_ms_p{percent}",
        unit=Unit.MILLISECONDS,
        label=message("latency p{percent}, all requests", percent=percent),
        definition=message(
            "{percent} % of all requests, failed ones too, had their final answer within this "
            "time, from the moment the user meant to send, retries included",
            percent=percent,
        ),
        compute=_latency(percent / 100, successes=False),
        less_is_better=None,  # A fast error is a fast answer.
    )


_SUFFERED = (
    Figure(
        key="failed_requests",
        unit=Unit.REQUESTS,
        label=message("failed requests"),
        definition=message(
            "requests meant to be sent inside the window whose final answer, after retries, was "
            "an error or a timeout"
        ),
        compute=lambda run, _: float(failures.failed(run)),
    ),
    Figure(
        key="availability",
        unit=Unit.SHARE,
        label=message("availability"),
        definition=message("1 - failed requests ÷ all requests, over the window"),
        compute=lambda run, _: availability(run),
        less_is_better=False,
    ),
    Figure(
        key="downtime_seconds",
        unit=Unit.SECONDS,
        label=message("downtime"),
        definition=message(
            "total length of the stretches (1 s, merged until they hold at least 20 requests) "
            "whose failures are significantly above what the SLO allows (one-sided binomial test, "
            "1 in 10,000); seconds without requests begin no stretch"
        ),
        compute=lambda run, by: downtime.downtime_seconds(run, by.slo_availability),
        stands_alone=False,
    ),
    Figure(
        key="full_outage_seconds",
        unit=Unit.SECONDS,
        label=message("full outage"),
        definition=message(
            "total length of the stretches (1 s, merged until they hold at least 20 requests) in "
            "which nothing succeeded"
        ),
        compute=lambda run, _: downtime.full_outage_seconds(run),
    ),
    Figure(
        key="no_ready_pod_seconds",
        unit=Unit.SECONDS,
        label=message("without a ready pod"),
        definition=message("time of the window in which no pod was ready"),
        compute=lambda run, _: readiness.no_ready_pod_seconds(run),
    ),
    Figure(
        key="users_hurt",
        unit=Unit.USERS,
        label=message("users hurt"),
        definition=message("distinct users with a failed request in the window"),
        compute=lambda run, _: float(users.users_hurt(run)),
    ),
    Figure(
        key="blast_radius",
        unit=Unit.SHARE,
        label=message("blast radius"),
        definition=message(
            "share of the users who sent in the window that failed in this run but not in the "
            "no-release run with the same draws"
        ),
        compute=lambda run, by: users.blast_radius(run, by.no_release),
        stands_alone=False,
    ),
    Figure(
        key="users_exposed",
        unit=Unit.USERS,
        label=message("users exposed"),
        definition=message("distinct users answered by the new version, rightly or not"),
        compute=lambda run, _: float(users.users_exposed(run)),
        less_is_better=None,
    ),
    Figure(
        key="users_of_both_versions",
        unit=Unit.USERS,
        label=message("users of both versions"),
        definition=message(
            "distinct users answered by more than one version: those whom the release moved, and "
            "those who flip where each request is shared out anew"
        ),
        compute=lambda run, _: _number(users.users_of_both(run)),
        less_is_better=None,  # A release that moves everybody at once is counted as well.
    ),
    Figure(
        key="error_budget_burned",
        unit=Unit.SHARE,
        label=message("error budget burned"),
        definition=message(
            "failed requests beyond the no-release run, as a share of all failures that the SLO "
            "allows in the window"
        ),
        compute=lambda run, by: error_budget.budget_burned(run, by.no_release, by.slo_availability),
        stands_alone=False,
    ),
    Figure(
        key="peak_burn_rate",
        unit=Unit.TIMES,
        label=message("peak burn rate"),
        definition=message(
            "the highest error ratio over any 10 s with at least 20 requests, as a multiple of "
            "the error ratio that the SLO allows"
        ),
        compute=lambda run, by: error_budget.peak_burn_rate(run, by.slo_availability),
        stands_alone=False,
    ),
)

_CLOCKS = (
    Figure(
        key="old_version_gone_seconds",
        unit=Unit.SECONDS,
        label=message("until the old version's last answer"),
        definition=message("from the first write to the last answer that the old version gave"),
        compute=lambda run, _: clocks.old_version_gone_seconds(run),
    ),
    Figure(
        key="settled_seconds",
        unit=Unit.SECONDS,
        label=message("until only the final pods exist"),
        definition=message(
            "from the first write until only the final version's pods exist, all of them ready "
            "and none terminating"
        ),
        compute=lambda run, _: clocks.settled_seconds(run),
    ),
)


_SHARES = (
    Figure(
        key="share_missed",
        unit=Unit.SHARE,
        label=message("share asked for and not obtained"),
        definition=message(
            "the most by which the new version's part of the answers was off the share that was "
            "asked for it, over the steps that were held for at least 5 s"
        ),
        compute=lambda run, _: share_obtained.share_missed(run),
    ),
)


_COPIES = (
    Figure(
        key="copies_answered_well",
        unit=Unit.REQUESTS,
        label=message("copies answered well"),
        definition=message("mirrored requests, over the whole run, that a shadow answered well"),
        compute=lambda run, _: _number(copies.answered_well(run)),
        less_is_better=None,
    ),
    Figure(
        key="copies_failed",
        unit=Unit.REQUESTS,
        label=message("copies not answered well"),
        definition=message(
            "mirrored requests, over the whole run, that ended in an error or a timeout; no user "
            "heard of it"
        ),
        compute=lambda run, _: _number(copies.not_answered_well(run)),
        less_is_better=None,
    ),
)


def _pod_seconds(key: str, name: Message, phases: tuple[PodPhase, ...]) -> Figure:
    return Figure(
        key=key,
        unit=Unit.POD_SECONDS,
        label=message("pod-seconds {phase}", phase=name),
        definition=message("time that pods spent {phase}, summed over the window", phase=name),
        compute=lambda run, _: cost.pod_seconds(run, phases),
    )


_COST = (
    _pod_seconds("pod_seconds_pending", message("pending"), cost.PENDING),
    _pod_seconds("pod_seconds_running", message("running"), cost.RUNNING),
    _pod_seconds("pod_seconds_terminating", message("terminating"), cost.TERMINATING),
    Figure(
        key="extra_pod_seconds",
        unit=Unit.POD_SECONDS,
        label=message("extra pod-seconds"),
        definition=message(
            "time that pods held a place on a node, summed over the window, beyond the no-release "
            "run with the same draws; 3,600 are a pod-hour"
        ),
        compute=lambda run, by: cost.held_pod_seconds(run) - cost.held_pod_seconds(by.no_release),
        stands_alone=False,
    ),
    Figure(
        key="core_seconds",
        unit=Unit.CORE_SECONDS,
        label=message("core-seconds requested"),
        definition=message(
            "requested cores × seconds in the window, of all pods that a node has accepted, "
            "terminating ones included"
        ),
        compute=lambda run, _: cost.core_seconds(run),
    ),
    Figure(
        key="byte_seconds",
        unit=Unit.BYTE_SECONDS,
        label=message("memory-seconds requested"),
        definition=message(
            "requested bytes × seconds in the window, of all pods that a node has accepted, "
            "terminating ones included"
        ),
        compute=lambda run, _: cost.byte_seconds(run),
    ),
    Figure(
        key="peak_pods",
        unit=Unit.PODS,
        label=message("peak pods"),
        definition=message("the most pods that existed at one moment, in whatever phase"),
        compute=lambda run, _: float(cost.peak_pods(run)),
    ),
    Figure(
        key="money",
        unit=Unit.MONEY,
        label=message("cost"),
        definition=message("the requested cores and memory at the scenario's prices"),
        compute=lambda run, by: cost.money(run, by.prices),
        stands_alone=False,
    ),
)

PERCENTILES = (50, 90, 95, 99)

FIGURES: Mapping[str, Figure] = {
    figure.key: figure
    for figure in (
        *_SUFFERED,
        *(_percentile(percent) for percent in PERCENTILES),
        *(_percentile_of_all(percent) for percent in PERCENTILES),
        *_CLOCKS,
        *_SHARES,
        *_COPIES,
        *GROUPS,
        *_COST,
    )
}


def measure(run: Run, by: Yardstick) -> Mapping[str, float | None]:
    """Every figure of *run* by key; None where it does not exist."""
    return {key: figure.compute(run, by) for key, figure in FIGURES.items()}
