"""How long a request takes, as a scenario says it: measured durations, and every mistake."""

from __future__ import annotations

import pytest
from test_scenario_dependencies import shop as shop

from sim.errors import ScenarioError
from sim.model.behaviour import Demand

MEASURED = "versions: {old: {service: {distribution: empirical, durations: [10ms, 20ms, 60ms]}}"
QUANTILES = (
    "versions: {old: {service: {distribution: empirical, quantiles: {50%: 20ms, 90%: 80ms}}}"
)


def behaviours(scenario):
    return {one.name: one.behaviour for one in scenario.versions}


def test_measured_durations_are_computing_and_waiting_together(shop):
    found = behaviours(shop(MEASURED + ", new: {service: {cpu: 10ms}}}"))

    assert found["old"].demand is Demand.EMPIRICAL
    assert found["old"].measured_seconds == (0.01, 0.02, 0.06)
    assert found["old"].cpu_seconds == 0.005
    assert found["old"].service_seconds == pytest.approx(0.03)
    assert found["new"].cpu_seconds == 0.01
    assert found["new"].service_seconds == pytest.approx(0.03)


def test_quantiles_have_the_mean_of_the_lines_through_them(shop):
    """0.5 x 20 + 0.4 x 50 + 0.1 x 80 ms."""
    found = behaviours(shop(QUANTILES + ", new: {service: {durations: [10ms]}}}"))

    assert found["old"].measured_seconds == (0.02, 0.08)
    assert found["old"].measured_shares == (0.5, 0.9)
    assert found["old"].service_seconds == pytest.approx(0.038)
    assert (found["new"].measured_seconds, found["new"].measured_shares) == ((0.01,), ())


def test_a_version_may_leave_the_measured_durations(shop):
    new = "new: {service: {distribution: gamma, cv: 0.5, wait: 20ms}}"
    found = behaviours(shop(f"{MEASURED}, {new}}}"))["new"]

    assert (found.demand, found.demand_cv, found.wait_seconds) == (Demand.GAMMA, 0.5, 0.02)
    assert found.measured_seconds == ()


def test_what_is_measured_is_listed_and_changes_the_fingerprint(shop):
    one = shop(MEASURED + "}")
    rows = {row.field: row.value for row in one.assumptions}

    assert rows["versions.old.service.durations"] == "10ms, 20ms, 60ms"
    assert "versions.old.service.wait" not in rows
    assert one.fingerprint() != shop(MEASURED.replace("60ms", "61ms") + "}").fingerprint()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("versions: {old: {service: {distribution: empirical}}}", "made of measured durations"),
        ("versions: {old: {service: {durations: [1ms]}}}", "those of an empirical distribution"),
        (MEASURED.replace("10ms,", "0ms,") + "}", "durations must be longer than nothing"),
        (MEASURED + ", new: {service: {wait: 1ms}}}", "computing and waiting together"),
        (MEASURED + ", new: {service: {cpu: 1s}}}", "at most 30ms"),
        (MEASURED + ", new: {service: {distribution: gamma}}}", "say how long it waits"),
        (QUANTILES + ", new: {service: {quantiles: {50%: 1ms}}}}", "at least 2"),
        (QUANTILES.replace("90%", "50.0%: 30ms, 90%") + "}", "at one share twice"),
        (QUANTILES.replace("80ms", "8ms") + "}", "is faster than a smaller one"),
        (QUANTILES.replace("20ms", "0s") + "}", "quantiles must be longer than nothing"),
        (
            QUANTILES.replace("quantiles", "durations: [1ms], quantiles") + "}",
            "either durations or their quantiles",
        ),
        ("versions: {old: {service: {quantiles: {1%: 1ms, 2%: 2ms}}}}", "of an empirical"),
        ("dependencies: {d: {distribution: empirical}}", "has no measured durations"),
    ],
)
def test_each_mistake_is_told_once(shop, text, expected):
    with pytest.raises(ScenarioError) as caught:
        shop(text)

    assert len(caught.value.problems) == 1, caught.value.problems
    assert expected in caught.value.problems[0].render()
