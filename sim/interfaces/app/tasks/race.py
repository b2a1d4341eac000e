"""The race of one leaving pod, request by request: as the service is, and with a preStop hook.

A deletion sets out on two ways at once: to the kubelet, which stops the process, and to the proxies
by way of the EndpointSlice. Requests that a proxy sends between the two arrivals are refused.
Both runs meet the same requests. Seconds from the first write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sim.interfaces.app.one_run.recording import DIGITS
from sim.interfaces.app.order import Order
from sim.interfaces.app.tasks.engines import Kept
from sim.interfaces.app.tasks.run import endpoint_lists, pre_stop_seconds
from sim.interfaces.app.work.task import Progress, Task
from sim.model.attempts import Attempts
from sim.model.causes import Cause
from sim.model.objects import JsonObject
from sim.model.run import PodPhase, Window

if TYPE_CHECKING:
    from sim.model.run import PodSpan, Run
    from sim.scenario.scenario import Scenario

PRE_STOP_SECONDS = 5
_HOOK = "deployment.spec.template.spec.containers[0].lifecycle.preStop"
HOOKED = (f"{_HOOK}=", f"{_HOOK}.sleep.seconds={PRE_STOP_SECONDS}")
BEFORE_SECONDS, AFTER_SECONDS = 1.0, 8.0  # Of the requests around the deletion.


def race(order: JsonObject, progress: Progress) -> JsonObject:
    """What the order's strategy did to the first pod that it deleted, without and with a hook."""
    asked = Order.from_json(order)
    progress(0, 2)
    without = _raced(asked.scenario(), asked)
    progress(1, 2)
    return {
        "without": without,
        "with": _raced(asked.with_more(HOOKED, ()), asked),
        "seconds": PRE_STOP_SECONDS,
    }


def _raced(scenario: Scenario, asked: Order) -> JsonObject | None:
    """The race of the first pod that was deleted; None if none was."""
    from sim.experiments.window import measured_window
    from sim.session import run

    strategy = asked.strategies[0]
    whole = measured_window(scenario, [strategy])
    end = min(whole.first_write + BEFORE_SECONDS + AFTER_SECONDS, whole.end)
    window = Window(start=whole.start, first_write=whole.first_write, end=end)
    kept = _Named()
    found = run(
        scenario,
        strategy,
        asked.seed,
        window=window,
        keep_objects=True,
        engine="reference",
        recorder=kept,
    )
    deleted = [span for span in found.pods if span.phase is PodPhase.TERMINATING]
    deleted = [span for span in deleted if span.start >= window.first_write]
    if not deleted:
        return None
    first = min(deleted, key=lambda span: span.start)
    return race_of(found, first, kept, pre_stop_seconds(scenario))


class _Named(Kept):
    """Keeps every attempt, and what its pod is called."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[int, str] = {}

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """Keep them."""
        super().record(attempts, pod_name, versions)
        self.names |= {pod: pod_name(pod) for pod in set(attempts.pod.tolist()) if pod >= 0}


def race_of(run: Run, span: PodSpan, kept: _Named, hook_seconds: float) -> JsonObject:
    """The moments of the pod that is deleted at *span*'s start, and every request sent to it."""
    zero = run.window.first_write
    low, high = span.start - BEFORE_SECONDS, span.start + AFTER_SECONDS
    killing = next(
        event.time
        for event in run.events
        if event.reason == "Killing" and event.subject == f"Pod/{span.pod}"
    )
    told = kept.columns()
    rows = zip(*(told[name].tolist() for name in ("sent", "proxy", "pod", "cause")), strict=True)
    removed = [time for time, names in endpoint_lists(run) if span.pod not in names]
    return {
        "pod": span.pod,
        "deleted": round(span.start - zero, DIGITS),
        "killing": round(killing - zero, DIGITS),
        "sigterm": round(killing + hook_seconds - zero, DIGITS),
        "unready": min((t for t in removed if t >= span.start - zero), default=None),
        "requests": sorted(
            [round(sent - zero, DIGITS), proxy, cause == Cause.NONE]
            for sent, proxy, pod, cause in rows
            if kept.names.get(pod) == span.pod and low <= sent < high
        ),
    }


TASK = Task(carry_out=race)
