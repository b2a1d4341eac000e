"""Alerts at the boundaries of `for`: the facts sheet's list (16.1), evaluation by evaluation.

An evaluation every 30 s gives a sample (x) or none (.); the phases are pending, firing and
inactive (a resolved one) by their first letter, and - where there is no alert.
"""

from __future__ import annotations

import pytest

from sim.errors import QueryError
from sim.model.samples import NAME, Sample
from sim.monitoring.alerting import AlertPhase, AlertRule, evaluated
from sim.monitoring.promql.evaluate import query
from sim.monitoring.series import SeriesStore

ERRORS = (Sample(((NAME, "errors"), ("pod", "a")), 0.07),)


def phases(seen: str, every: float = 30.0, **fields: float) -> str:
    rule = AlertRule(name="HighErrorRate", expr="errors > 0.05", **fields)
    alerts, told = {}, ""
    for n, letter in enumerate(seen):
        alerts = evaluated(rule, alerts, ERRORS if letter == "x" else (), every * n)
        told += "".join(alert.phase.value[0] for alert in alerts.values()) or "-"
    return told


@pytest.mark.parametrize(
    ("seen", "fields", "expected"),
    [
        (".x", {}, "-f"),  # Without `for` at once.
        ("xxxxxx", {"for_seconds": 120.0}, "ppppff"),  # Exactly 120 s is enough …
        ("xxxxxx", {"for_seconds": 120.1}, "pppppf"),  # … and a little more takes one more.
        ("xxxxxx", {"for_seconds": 119.9}, "ppppff"),
        ("xxx", {"for_seconds": 30.0}, "pff"),
        ("xxx.xxxxx", {"for_seconds": 120.0}, "ppp-ppppf"),  # The clock restarts.
        ("x.x.x.x", {"for_seconds": 30.0}, "p-p-p-p"),  # One that flaps never fires.
        ("xx.", {"for_seconds": 30.0}, "pfi"),  # Resolved at the first false evaluation.
        ("xx.x", {"for_seconds": 30.0}, "pfip"),  # And pending again.
        ("xx..", {"for_seconds": 30.0, "keep_firing_for_seconds": 60.0}, "pfff"),
        ("xx...", {"for_seconds": 30.0, "keep_firing_for_seconds": 60.0}, "pfffi"),
        ("xx...", {"for_seconds": 30.0, "keep_firing_for_seconds": 61.0}, "pffff"),
        ("xx..x...", {"for_seconds": 30.0, "keep_firing_for_seconds": 60.0}, "pffffffi"),
        ("x.", {"for_seconds": 60.0, "keep_firing_for_seconds": 60.0}, "p-"),
        ("....", {}, "----"),
        ("x" + "." * 32, {}, "f" + "i" * 31 + "-"),  # Told of for a quarter of an hour.
    ],
)
def test_an_alert_is_pending_fires_and_resolves_as_the_list_says(seen, fields, expected):
    assert expected == phases(seen, **fields)


def test_an_alert_carries_the_labels_of_its_sample_and_of_its_rule():
    rule = AlertRule(name="HighErrorRate", expr="", labels=(("severity", "critical"),))
    ((labels, alert),) = evaluated(rule, {}, ERRORS, 7.0).items()

    assert (("alertname", "HighErrorRate"), ("pod", "a"), ("severity", "critical")) == labels
    assert (AlertPhase.FIRING, 0.07, 7.0, 7.0) == (
        alert.phase,
        alert.value,
        alert.active_at,
        alert.fired_at,
    )


def test_each_series_has_an_alert_of_its_own():
    rule = AlertRule(name="x", expr="", for_seconds=30.0)
    other = (Sample((("pod", "b"),), 1.0),)
    alerts = evaluated(rule, evaluated(rule, {}, ERRORS, 0.0), (*ERRORS, *other), 30.0)

    assert ["firing", "pending"] == [alert.phase.value for alert in alerts.values()]


def test_two_samples_that_make_the_same_alert_are_refused():
    rule = AlertRule(name="x", expr="", labels=(("pod", "all"),))
    two = (Sample((("pod", "a"),), 1.0), Sample((("pod", "b"),), 1.0))
    with pytest.raises(QueryError, match="same labelset after applying alert labels"):
        evaluated(rule, {}, two, 0.0)


@pytest.mark.parametrize(
    ("ratio", "window", "held", "expected"),
    [(0.10, 60.0, 120.0, 150.0), (0.10, 300.0, 120.0, 270.0), (0.30, 300.0, 0.0, 60.0)],
)
def test_detection_takes_the_ramp_of_the_window_and_the_time_that_it_must_hold(
    ratio, window, held, expected
):
    """10 requests a second; errors begin at 600 s; scrapes each 15 s, evaluations each 30 s.

    The ratio over the window passes 5 % after window x 5 % / ratio, is seen at the next scrape and
    evaluation, and held from then on.
    """
    store, rule = SeriesStore(), AlertRule(name="x", expr="", for_seconds=held)
    for n in range(101):
        now = 15.0 * n
        bad = max(0.0, now - 600.0) * 10.0 * ratio
        store.append(((NAME, "requests"), ("status", "500")), now, bad)
        store.append(((NAME, "requests"), ("status", "200")), now, 10.0 * now - bad)
    span = f"[{window:.0f}s]"
    asked = f'sum(rate(requests{{status="500"}}{span})) / sum(rate(requests{span})) > 0.05'
    alerts, fired = {}, None
    for n in range(50):
        now = 30.0 * n
        alerts = evaluated(rule, alerts, query(store, asked, now), now)
        if fired is None and any(one.phase is AlertPhase.FIRING for one in alerts.values()):
            fired = now

    assert fired is not None
    ramp = window * 0.05 / ratio
    assert ramp + held <= fired - 600.0 <= ramp + held + 15.0 + 30.0 + 30.0
    assert expected == fired - 600.0
