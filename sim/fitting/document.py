"""A fit as a behaviour file: YAML with a comment on where each number comes from."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from sim.fitting.access_log import written
from sim.fitting.fitted import LONGEST_VISIT_SECONDS, Fit
from sim.fitting.pods import PodTimes
from sim.model.duration import show_duration, show_rate, show_share
from sim.scenario.behaviour_file import KIND
from sim.scenario.spec import API_VERSION


def document(fit: Fit | PodTimes, name: str) -> str:
    """The behaviour file that says what *fit* found in the recording called *name*."""
    spec = pods_spec(fit) if isinstance(fit, PodTimes) else traffic_spec(fit)
    whole = CommentedMap(apiVersion=API_VERSION, kind=KIND)
    whole["metadata"] = CommentedMap(name="fitted", description=f"Fitted to {name}.")
    whole["spec"] = spec
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(whole, stream)
    return stream.getvalue()


def traffic_spec(fit: Fit) -> CommentedMap:
    """Traffic as rates step by step, users and their visits where single ones are known."""
    spec = CommentedMap()
    points = CommentedSeq()
    for number, rate in enumerate(fit.stretch.rates):
        at = show_duration(number * fit.stretch.step_seconds)
        point = CommentedMap(at=at, rate=show_rate(_rounded(float(rate))))
        point.fa.set_flow_style()
        if not number or points[-1]["rate"] != point["rate"]:
            points.append(point)
    spec["traffic"] = CommentedMap(kind="piecewise", points=points)
    if fit.classes:
        spec["traffic"]["classes"] = _classes(fit)
    if fit.visits is not None:
        users = CommentedMap(population=max(1, round(fit.population)))
        if fit.visits.requests >= 1.05:
            users["visits"] = CommentedMap(
                requests=_rounded(fit.visits.requests),
                think=show_duration(_rounded(_think_seconds(fit))),
            )
        spec["users"] = users
    if fit.visits is not None:
        start = written(fit.stretch.start)
        spec.yaml_set_start_comment(f"{fit.requests:,.0f} requests; 0s is {start} UTC.", 2)
    return spec


def _think_seconds(fit: Fit) -> float:
    """As recorded, or as long as a scenario's visits may be."""
    assert fit.visits is not None
    longest = LONGEST_VISIT_SECONDS / _rounded(fit.visits.requests)
    return min(fit.visits.think_seconds, 0.99 * longest)


def _classes(fit: Fit) -> CommentedMap:
    """Shares of one whole: what rounding leaves goes to the largest."""
    classes = CommentedMap()
    tenths = [round(1000 * share) for _, share in fit.classes]
    tenths[0] += 1000 - sum(tenths)
    for (name, _), share in zip(fit.classes, tenths, strict=True):
        one = CommentedMap(share=show_share(share / 1000))
        one.fa.set_flow_style()
        classes[name] = one
    return classes


def pods_spec(fit: PodTimes) -> CommentedMap:
    """How long pods take to be scheduled, to pull, and to listen."""
    spec = CommentedMap()
    if fit.startup:
        spec["versions"] = CommentedMap(
            old=CommentedMap(startup=show_duration(_rounded(fit.startup.median)))
        )
    nodes: dict[str, Any] = CommentedMap()
    if fit.pull:
        nodes["pull"] = _range(fit.pull.low, fit.pull.high)
    if nodes:
        spec["nodes"] = nodes
    return spec


def _range(low: float, high: float) -> str:
    return f"{show_duration(_rounded(low))}..{show_duration(_rounded(high))}"


def _rounded(number: float) -> float:
    """Three digits: a recording does not know more."""
    return float(f"{number:.3g}")
