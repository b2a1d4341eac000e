"""What a query of the monitoring is answered with, and who can be asked one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

NAME = "__name__"  # The label that holds a metric's name.
Labels: TypeAlias = tuple[tuple[str, str], ...]


class Sample(NamedTuple):
    """One series' value at the moment of the query; *labels* are sorted, without empty ones."""

    labels: Labels
    value: float


Vector: TypeAlias = tuple[Sample, ...]


class Metrics(Protocol):
    """What the monitoring would say: the simulated one, or a real Prometheus."""

    def query(self, promql: str) -> Vector | float:
        """The value of an instant query now. Raise a `QueryError` for one that has none."""
        ...


def labels_of(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> Labels:
    """*pairs* as labels: sorted, and an empty value is the same as no label."""
    return tuple(sorted((name, value) for name, value in dict(pairs).items() if value))


def shown(labels: Labels) -> str:
    """Labels as Prometheus prints them: `up{job="web"}`."""
    known = dict(labels)
    name = known.pop(NAME, "")
    inner = ", ".join(f'{key}="{value}"' for key, value in known.items())
    return f"{name}{{{inner}}}"
