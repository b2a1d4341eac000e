"""The scenarios of the handbook's chapters: measured again, and what each of them teaches."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def make_summaries():
    spec = importlib.util.spec_from_file_location("summaries", ROOT / "docs" / "make_summaries.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SUMMARIES = make_summaries()


def summary(name):
    return json.loads((ROOT / "scenarios" / name / "summary.json").read_text("utf-8"))


@pytest.mark.parametrize("name", list(SUMMARIES.STRATEGIES))
def test_what_stands_beside_a_scenario_is_what_it_measures(name):
    """Rewrite it with `python docs/make_summaries.py`."""
    written = (ROOT / "scenarios" / name / "summary.json").read_text("utf-8")

    assert written == SUMMARIES.summary_of(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SUMMARIES.DRILLS))
def test_what_stands_beside_a_drilled_scenario_is_what_it_measures(name):
    written = (ROOT / "scenarios" / name / "summary.json").read_text("utf-8")

    assert written == SUMMARIES.drill_summary_of(name)


def test_blue_green_is_back_at_once_while_blue_is_there_and_not_ten_minutes_later():
    found = summary("rollback")["moments"]
    alert, later = (found[at]["strategies"]["BlueGreen"] for at in ("alert", "later"))

    assert max(alert["back_seconds"]) < 2.0
    assert min(later["back_seconds"]) > 5.0


def test_noticing_and_deciding_take_ten_times_as_long_as_any_way_back():
    for way in summary("rollback")["moments"]["alert"]["strategies"].values():
        for noticed, decided, back in zip(
            way["detected_seconds"], way["decided_seconds"], way["back_seconds"], strict=True
        ):
            assert 60.0 < noticed < decided
            assert decided > 10 * back


def test_a_canary_exposes_fewer_requests_until_somebody_notices():
    found = summary("rollback")["moments"]["alert"]["strategies"]

    for canary, rolling in zip(
        found["Canary"]["exposed_requests"], found["RollingUpdate"]["exposed_requests"], strict=True
    ):
        assert 1.5 * canary < rolling


def test_a_maintenance_window_is_out_for_four_hours_and_a_rolling_update_not_at_all():
    found = summary("maintenance")["strategies"]

    window, rolling = found["MaintenanceWindow"], found["RollingUpdate"]
    assert all(abs(seconds - 240) <= 3 for seconds in window["full_outage_seconds"])
    assert set(rolling["full_outage_seconds"]) == set(rolling["failed_requests"]) == {0.0}


def test_blue_green_costs_twice_the_pods_and_keeps_open_connections_on_blue():
    found = summary("blue-green")["strategies"]["BlueGreen"]

    assert {6.0} == set(found["peak_pods"])
    assert {0.0} == set(found["failed_requests"])
    # Until blue's pods go, which is after boot, a look of 20 s and a delay of 30 s.
    assert all(seconds > 50 for seconds in found["old_version_gone_seconds"])


def test_a_canary_exposes_fewer_users_for_the_same_time_and_takes_longer():
    found = summary("canary")["strategies"]

    for canary, rolling in zip(
        found["Canary"]["users_exposed"], found["RollingUpdate"]["users_exposed"], strict=True
    ):
        assert canary < rolling
    assert (
        min(found["Canary"]["settled_seconds"])
        > 90
        > max(found["RollingUpdate"]["settled_seconds"])
    )
    assert max(found["Canary"]["share_missed"]) < 0.05


def test_the_printed_rolling_update_is_never_out_and_loses_what_a_hook_would_save():
    found = summary("rolling-update")["strategies"]["RollingUpdate"]

    assert {0.0} == set(found["full_outage_seconds"])
    assert all(lost > 0 for lost in found["failed_requests"])
    # Six, at most two more, and those that wind up.
    assert all(8 <= pods <= 12 for pods in found["peak_pods"])


def test_the_printed_green_stands_by_so_that_its_pods_listen_before_they_are_asked():
    """Without a probe those of a rolling update are asked as soon as their containers run."""
    found = summary("two-deployments")["strategies"]
    green, rolling = (found[one] for one in ("BlueGreen", "RollingUpdate"))

    assert {0.0} == set(green["failed_requests"])
    assert all(lost > 0 for lost in rolling["failed_requests"])
    assert {6.0} == set(green["peak_pods"])
    # What that costs: a second set of pods for half a minute before the switch and as long after.
    assert min(green["pod_seconds_running"]) > 1.3 * max(rolling["pod_seconds_running"])


def test_the_printed_routes_of_a_mesh_are_a_canary_s_and_ruin_a_rolling_update():
    """It moves no weights, and ends with nine of ten requests sent to a subset without pods."""
    found = summary("canary-mesh")["strategies"]

    canary, rolling = (found[one]["failed_requests"] for one in ("Canary", "RollingUpdate"))
    assert all(20 * few < many for few, many in zip(canary, rolling, strict=True))
    # 3,000 requests a step (a spread of 0.9 %), and the header's users come on top.
    assert max(found["Canary"]["share_missed"]) < 0.04


def test_an_ingress_gives_a_canary_what_its_annotation_asks_for():
    found = summary("canary-ingress")["strategies"]

    assert {0.0} == set(found["Canary"]["failed_requests"])
    assert max(found["Canary"]["share_missed"]) < 0.02
    assert (
        min(found["Canary"]["settled_seconds"])
        > 60
        > max(found["RollingUpdate"]["settled_seconds"])
    )


def test_a_rollout_s_analysis_sends_home_what_a_rolling_update_brings_to_everybody():
    found = summary("canary-analysis")["strategies"]

    assert ({"Degraded": 3}, {"Healthy": 3}) == (
        found["Canary"]["phases"],
        found["RollingUpdate"]["phases"],
    )
    failed = (found[one]["failed_requests"] for one in ("Canary", "RollingUpdate"))
    assert all(20 * few < many for few, many in zip(*failed, strict=True))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("chapter", "file"),
    [("2.2", "rolling-update/deployment"), ("3.2", "two-deployments/deployments")],
)
def test_a_manifest_that_is_said_to_be_printed_in_the_handbook_is(shared, chapter, file):
    text = (shared / "handbook" / "deployment-strategies.zh.md").read_text("utf-8")
    part = text[text.index(f"### {chapter} ") :]
    (printed,) = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)[:1]
    written = (ROOT / "scenarios" / f"{file}.yaml").read_text("utf-8")

    assert said(printed) == said(written)


def said(text):
    """What a manifest says, without its comments."""
    lines = (line.partition(" #")[0].rstrip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_a_flag_moves_code_and_no_pods_and_waits_for_kubelets_at_each_step():
    found = summary("feature-flags")["strategies"]

    flags, rolling = found["FeatureFlags"], found["RollingUpdate"]
    assert {0.0} == set(flags["failed_requests"])
    # The same pods at the same time; the old code answers for three steps of 91 s and their pauses.
    assert flags["settled_seconds"] == rolling["settled_seconds"]
    assert min(flags["old_version_gone_seconds"]) > 3 * 91 + 3 * 30
    # Beta users (5 %, in a population of 5,000) come on top of each step.
    assert all(0.02 < missed < 0.08 for missed in flags["share_missed"])


def test_copies_overload_the_database_that_both_versions_call():
    found = summary("shadow")["strategies"]

    assert {0.0} == set(found["RollingUpdate"]["failed_requests"])
    assert min(found["Shadow"]["failed_requests"]) > 500
    assert min(found["Shadow"]["copies_failed"]) > 500


def test_an_ab_test_finds_the_better_button_and_nobody_sees_both():
    found = summary("ab-test")["strategies"]["ABTest"]

    assert {"Healthy": 3} == found["phases"]
    assert {0.0} == set(found["users_who_flipped"]) == set(found["failed_requests"])
    for a, b in zip(found["conversion_a"], found["conversion_b"], strict=True):
        assert a < b
    assert {6.0} == set(found["peak_pods"])
