"""Rules of a Prometheus server as data: what fires when, and what is recorded under which name.

(prometheus/prometheus model/rulefmt/rulefmt.go) Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.model.alert_template import Template
from sim.model.samples import NAME, Labels, labels_of

_ALERT_NAME = "alertname"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """An alert for every sample of *expr* that stays for *for_seconds*.

    It is still told of for *keep_firing_for_seconds* after the sample has gone. *labels* and
    *annotations* are templates. *place* is where *expr* is written: file, line and column.
    """

    name: str
    expr: str
    for_seconds: float = 0.0
    keep_firing_for_seconds: float = 0.0
    labels: Labels = ()
    annotations: Labels = ()
    place: tuple[str, int, int] = ("", 0, 0)

    def labels_for(self, sample: Labels, value: float = 0.0) -> Labels:
        """What the alert for a *sample* is called: its labels, the rule's, and the alert's name."""
        known = {name: text for name, text in sample if name != NAME}
        own = {name: Template(text).filled(sample, value) for name, text in self.labels}
        return labels_of(known | own | {_ALERT_NAME: self.name})

    def told(self, labels: Labels, value: float) -> Labels:
        """The annotations of an alert with these *labels* and this *value*."""
        return tuple(
            (name, Template(text).filled(labels, value)) for name, text in self.annotations
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule:
    """The samples of *expr*, written down as series called *name* with *labels*."""

    name: str
    expr: str
    labels: Labels = ()
    place: tuple[str, int, int] = ("", 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """Rules that are evaluated one after the other, every *interval_seconds* (None: as usual)."""

    name: str
    rules: tuple[AlertRule | RecordingRule, ...]
    interval_seconds: float | None = None


class AlertChange(NamedTuple):
    """At *time* an alert became `pending`, `firing`, `resolved` (or `dropped`: it never fired).

    *labels* are the alert's, its name among them; *annotations* as its template filled them then.
    A rule that could not be evaluated is an `error`, whose reason is its only annotation.
    """

    time: float
    name: str
    phase: str
    labels: Labels
    value: float
    annotations: Labels = ()
