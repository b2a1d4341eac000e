"""One step of a canary: a weight, a size, a route, a pause, or a question that must be answered."""

from __future__ import annotations

from collections.abc import Sequence

from sim.cluster import Cluster
from sim.model.asked_share import MOVING, WEIGHT
from sim.model.canary_steps import (
    Analyse,
    Pause,
    SetCanaryScale,
    SetHeaderRoute,
    SetMatch,
    SetWeight,
    Step,
    headers_in,
    weight_in,
)
from sim.model.sent import Kind, Sent
from sim.ports import Process
from sim.strategies.canary_traffic import BEYOND, Traffic
from sim.strategies.judged import passes_in_step


def take(cluster: Cluster, traffic: Traffic, steps: Sequence[Step], number: int) -> Process[bool]:
    """Take step *number* of *steps*; False if the release cannot go on from there."""
    step = steps[number]
    match step:
        case SetWeight():
            return (yield from reach(cluster, traffic, step.percent, number))
        case SetCanaryScale():
            return (yield from traffic.resize(cluster, weight_in(steps, number), number))
        case SetHeaderRoute():
            headers = headers_in(steps, number)
            sent = [Sent(kind=Kind.HEADER, name=name, value=text) for name, text in headers]
            yield traffic.match(cluster, sent)
        case SetMatch():
            yield traffic.match(cluster, step.sent)
        case Analyse():
            return (yield from passes_in_step(step.analysis, cluster, number))
        case Pause(seconds=None):
            yield cluster.until_resumed(f"paused-in-{number}")
        case Pause():
            yield cluster.sleep_since(f"paused-in-{number}", step.seconds or 0.0)
    return True


def reach(cluster: Cluster, traffic: Traffic, weight: int, number: int = BEYOND) -> Process[bool]:
    """Reach *weight*; False if pods do not come up for as long as the deadline allows."""
    cluster.note(WEIGHT, f"{MOVING}{weight}")
    reached = yield from traffic.shift(cluster, weight, number)
    if reached:
        cluster.note(WEIGHT, f"{weight}")
    return reached
