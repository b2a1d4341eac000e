"""One run under the glass: everything that a page plays back, as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING

from sim.analysis.failures import by_cause
from sim.analysis.share_obtained import shares_obtained
from sim.faults.reading import faults_of
from sim.i18n import LANGUAGES
from sim.interfaces.alert_tables import alerts_table, measurements_table
from sim.interfaces.app.one_run.alert_story import alerts_of
from sim.interfaces.app.one_run.kubectl_view import kept_of
from sim.interfaces.app.one_run.recording import DIGITS, shares_by_step, spans_of
from sim.interfaces.app.one_run.usual_rule import watched
from sim.interfaces.app.order import Order
from sim.interfaces.app.settings import NO_RELEASE
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.comparison_tables import settings_table
from sim.interfaces.experiment_table import experiment_table
from sim.interfaces.run_tables import (
    deeds_table,
    run_causes_table,
    run_classes_table,
    run_figures_table,
)
from sim.interfaces.scenario_tables import assumptions_table, problem_lines
from sim.model.hook import hook_of
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.analysis.figures import Yardstick
    from sim.model.run import Run, Window
    from sim.scenario.scenario import Scenario

MOST_EVENTS = 2000
FEW_REQUESTS = 20_000
STEPS = 3  # The window, the run without a release, the run itself.


def run(order: JsonObject, progress: Progress) -> JsonObject:
    """The run of the order's one strategy and seed, beside the run without a release."""
    from sim.analysis.figures import Yardstick
    from sim.experiments.window import measured_window
    from sim.session import run as run_session

    asked = Order.from_json(order)
    scenario = watched(asked.scenario())
    name = asked.strategies[0]
    strategy = None if name == NO_RELEASE else name
    progress(0, STEPS)
    window = measured_window(scenario, [strategy] if strategy else ["RollingUpdate"])
    progress(1, STEPS)
    engine = _engine(scenario, window)

    def carried(name: str | None) -> Run:
        return run_session(
            scenario, name, asked.seed, window=window, keep_objects=True, engine=engine
        )

    without = carried(None)
    progress(2, STEPS)
    found = without if strategy is None else carried(strategy)
    yardstick = Yardstick(
        no_release=without, slo_availability=scenario.slo_availability, prices=scenario.prices
    )
    return {
        "recording": {
            **recording_of(found),
            "alerts": alerts_of(scenario, found),
            "pre_stop": pre_stop_seconds(scenario),
        },
        "cluster": kept_of(found),
        "views": {language: _view(scenario, found, yardstick, language) for language in LANGUAGES},
    }


def _engine(scenario: Scenario, window: Window) -> str:
    """Both engines give the same bits; few requests are not worth compiling one for."""
    requests = max(scenario.rate_curve(window.start, window.end).rates) * window.seconds
    return "reference" if requests <= FEW_REQUESTS else "kernel"


def pre_stop_seconds(scenario: Scenario) -> float:
    """How long the serving container's preStop hook sleeps; 0 without one."""
    container = scenario.deployment["spec"]["template"]["spec"]["containers"][0]
    return hook_of(container, "preStop").seconds


def recording_of(run: Run) -> JsonObject:
    """Pods, endpoint lists, requests by second, events and failed requests of *run*."""
    zero = run.window.first_write
    pods: dict[str, JsonObject] = {}
    for span in run.pods:
        empty = {"pod": span.pod, "version": span.version, "node": span.node, "own": []}
        pods.setdefault(span.pod, empty)["own"].append(span)
    return {
        "strategy": run.strategy,
        "seed": run.seed,
        "versions": list(run.versions),
        "start": round(run.window.start - zero, DIGITS),
        "end": round(run.window.end - zero, DIGITS),
        "settled": None if run.settled_at is None else round(run.settled_at - zero, DIGITS),
        "phase": None if run.phase is None else run.phase.value,
        "pods": [
            {**{k: v for k, v in pod.items() if k != "own"}, "spans": spans_of(pod["own"], zero)}
            for pod in pods.values()
        ],
        "endpoints": list(endpoint_lists(run)),
        "shares": shares_by_step(run),
        "asked": [
            [round(one.start - zero, DIGITS), round(min(one.end, 1e9) - zero, DIGITS), one.percent]
            for one in run.asked_shares
        ],
        "obtained": [
            [one.start - zero, one.end - zero, one.asked, one.obtained, one.answers]
            for one in shares_obtained(run)
        ],
        "events": [
            [round(event.time - zero, DIGITS), event.subject, event.reason, event.note]
            for event in run.events
            if event.time >= run.window.start
        ][:MOST_EVENTS],
        "failures": list(_failures(run)),
        "causes": {cause.key: count for cause, count in by_cause(run).items()},
    }


def endpoint_lists(run: Run) -> Iterator[tuple[float, list[str]]]:
    """Whenever it changed, the ready pods in all EndpointSlices together."""
    slices: dict[str, list[str]] = {}
    before: list[str] | None = None
    for change in run.changes:
        obj = change.object
        if obj["kind"] != "EndpointSlice":
            continue
        name = obj["metadata"]["name"]
        if change.verb == "DELETED":
            slices.pop(name, None)
        else:
            slices[name] = [
                endpoint["targetRef"]["name"]
                for endpoint in obj.get("endpoints") or ()
                if (endpoint.get("conditions") or {}).get("ready")
            ]
        now = sorted({pod for pods in slices.values() for pod in pods})
        if now != before:
            before = now
            yield round(change.time - run.window.first_write, DIGITS), now


def _failures(run: Run) -> Iterator[JsonObject]:
    zero = run.window.first_write
    for one in run.failures:
        yield {
            "user": one.user,
            "attempts": one.attempts,
            "meant": round(one.meant - zero, DIGITS),
            "sent": round(one.sent - zero, DIGITS),
            "answered": round(one.answered - zero, DIGITS),
            "cause": one.cause.key,
            "proxy": one.proxy,
            "endpoints": one.endpoints,
            "heard": None if isinf(one.heard) else round(one.heard - zero, DIGITS),
            "pod": one.pod_name,
            "doing": one.doing.value,
            "class": run.classes[one.endpoint_class] if run.classes else None,
        }


def _view(scenario: Scenario, found: Run, by: Yardstick, language: str) -> JsonObject:
    given_up, tested = found.given_up, found.experiment
    return {
        "given_up": "" if given_up is None else given_up.describe().render(language),
        "faults": [one.describe().render(language) for one in faults_of(scenario.faults)],
        "deeds": deeds_table(found, language).to_json(),
        "measurements": measurements_table(found, language).to_json(),
        "classes": run_classes_table(found, language).to_json(),
        "experiment": None if tested is None else experiment_table(tested, language).to_json(),
        "figures": run_figures_table(found, by, scenario.prices, language).to_json(),
        "alerts": alerts_table(found, language).to_json(),
        "causes": run_causes_table(found, language).to_json(),
        "settings": settings_table([(found.strategy, found.settings)], language).to_json(),
        "warnings": problem_lines(scenario.warnings, language),
        "assumptions": assumptions_table(scenario, language).to_json(),
    }


TASK = Task(carry_out=run)
