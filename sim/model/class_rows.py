"""Rows of the behaviour table by class of request: a version's own, and what a class has apart."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sim.model.behaviour import Behaviour
from sim.model.endpoint_class import ClassBehaviour, Work


def row_of_class(version: Behaviour, one: ClassBehaviour) -> Behaviour:
    """How *version* treats requests of class *one*, as a row of its own.

    Factors multiply: 2x of a class under a version that is 3x as slow are 6x. Shares are of what is
    left: 10 % of a class under a version that fails 50 % of all are 55 %.
    """
    changes: dict[str, Any] = {
        "service_time_factor": version.service_time_factor * one.service_time_factor,
        "error_ratio": either(version.error_ratio, one.error_ratio),
        "hang_ratio": either(version.hang_ratio, one.hang_ratio),
        "crash_ratio": either(version.crash_ratio, one.crash_ratio),
        "leak_bytes_per_request": version.leak_bytes_per_request + one.leak_bytes_per_request,
        "classes": (),
    }
    if one.work is not None:
        changes |= {field.name: getattr(one.work, field.name) for field in fields(Work)}
    if one.calls is not None:
        changes["calls"] = one.calls
    return replace(version, **changes)


def rows_by_class(version: Behaviour, classes: int) -> tuple[Behaviour, ...]:
    """One row for each of so many *classes*; those that it says nothing of are as the version."""
    told = tuple(row_of_class(version, one) for one in version.classes[:classes])
    return told + (version,) * (classes - len(told))


def either(one: float, other: float) -> float:
    """The share that one thing or another hits, if they are independent: 0.5 and 0.1 give 0.55.

    A share of nothing changes no bit of the other.
    """
    return one if other == 0.0 else one + (1.0 - one) * other
