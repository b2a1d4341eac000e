"""Whether what the versions say of their service times fits together."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model import duration as words
from sim.model.demand import Demand
from sim.scenario.node import Node, Place, get
from sim.scenario.service import Service
from sim.scenario.spec import Spec


def problems(spec: Spec, root: Node | None) -> Iterator[Problem]:
    """Durations and an empirical distribution belong together, in each version's own entry."""
    for name, entry in spec.versions.items():
        old = spec.versions.get("old", entry)
        found = _mistake(entry.service, (entry if name == "old" else entry.over(old)).service)
        if found is not None:
            field, text, hint = found
            node = get(root, "versions", name, "service", field)
            place = node.place if node is not None else Place("")
            yield place.problem(text, f"spec.versions.{name}.service.{field}", hint)


def _mistake(own: Service, whole: Service) -> tuple[str, Message, Message] | None:
    """What is wrong with what an entry says itself, given the *whole*: the field, why, a hint."""
    said = own.model_fields_set
    if whole.distribution is not Demand.EMPIRICAL:
        for field in said & {"durations", "quantiles"}:
            text = message("durations are those of an empirical distribution")
            return field, text, message("distribution: empirical")
        if "distribution" in said and whole.is_measured and "wait" not in said:
            text = message("the old version's durations do not hold here, so say how long it waits")
            return "distribution", text, message("wait: 45ms")
        return None
    if {"durations", "quantiles"} <= said:
        text = message("either durations or their quantiles")
        return "quantiles", text, message("leave it out")
    if not whole.is_measured:
        text = message("an empirical distribution is made of measured durations")
        return "distribution", text, message("durations: [3ms, 5ms, 12ms]")
    if "wait" in said:
        text = message("measured durations are of computing and waiting together")
        return "wait", text, message("leave it out")
    if "cpu" in said and whole.cpu > whole.mean_measured:
        text = message("computing is a part of the measured durations and cannot be longer")
        most = words.show_duration(whole.mean_measured)
        return "cpu", text, message("at most {most}", most=most)
    return None
