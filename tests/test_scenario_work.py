"""A run that would never end is refused before it begins, with an estimate."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from command_line import call
from small_manifests import DEPLOYMENT

from sim.errors import ScenarioError
from sim.model.run import Window
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.scenario.work import MOST_REQUESTS, MOST_SECONDS, expected_requests, refuse_too_much


def scenario(*overrides: str) -> Scenario:
    """A user's own Deployment."""
    return load(["-"], stdin=io.BytesIO(DEPLOYMENT.encode()), overrides=overrides)


def window(end: float) -> Window:
    """A window of *end* seconds."""
    return Window(start=0.0, first_write=5.0, end=end)


def test_the_estimate_is_the_area_under_the_traffic() -> None:
    """50/s for 100 s; 10/s, and three times as much for 20 of 100 s."""
    burst = scenario(
        *("traffic.kind=burst", "traffic.rate=10/s", "traffic.factor=3x"),
        *("traffic.at=60s", "traffic.length=20s"),
    )
    assert 50 * 100 == expected_requests(scenario().rate_curve(0.0, 100.0))
    assert 10 * 80 + 30 * 20 == expected_requests(burst.rate_curve(0.0, 100.0))


def test_as_many_requests_as_are_possible_are_allowed_and_one_more_is_not() -> None:
    """Retries count, because each is served like a request of its own."""
    end = MOST_REQUESTS / 1000
    refuse_too_much(scenario("traffic.rate=1000/s"), window(end))
    refuse_too_much(scenario("traffic.rate=500/s", "clients.attempts=2"), window(end))
    for overrides in (["traffic.rate=1001/s"], ["traffic.rate=1000/s", "clients.attempts=2"]):
        with pytest.raises(ScenarioError, match=r"each run would simulate up to [0-9,]+ requests"):
            refuse_too_much(scenario(*overrides), window(end))


def test_a_window_of_years_is_refused_even_without_traffic() -> None:
    """Every second of it is a row of the record."""
    refuse_too_much(scenario("traffic.rate=0/s"), window(MOST_SECONDS))
    with pytest.raises(ScenarioError, match="longer than can be simulated"):
        refuse_too_much(scenario("traffic.rate=0/s"), window(MOST_SECONDS + 1))


@pytest.mark.parametrize("command", ["compare", "run"])
def test_a_command_says_so_before_it_simulates_anything(command: str) -> None:
    """With exit code 2, the estimate, and by how much to shrink."""
    shown = call(command, "-", "--rps", "1000000", "--set", "clients.attempts=3", stdin=DEPLOYMENT)

    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert "requests, retries included, in a window of" in shown.stderr
    assert "times less in all" in shown.stderr


def test_a_million_million_runs_are_refused_with_what_is_possible() -> None:
    """Their seeds alone would fill the memory."""
    shown = call("compare", "-", "--runs", "1000000000000", stdin=DEPLOYMENT)

    assert shown.exit_code == 2
    assert "--runs: a whole number is needed, from 2 to 10000" in shown.stderr


@pytest.mark.parametrize("version", ["nwe", "v2", "hotfix"])
def test_a_fault_of_a_version_that_never_runs_is_refused(version: str) -> None:
    """It would do nothing, and the release would seem to bear it."""
    with pytest.raises(ScenarioError, match=f"no pod template will be called '{version}'"):
        load(["-"], stdin=io.BytesIO(DEPLOYMENT.encode()), faults=[f"bug:{version}:5%"])


def in_a_scenario(place: Path, manifest: str, more: str = "") -> ScenarioError:
    """How a scenario in *place* that names *manifest* is refused."""
    (place / "shop.yaml").write_text(DEPLOYMENT)
    (place / "scenario.yaml").write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Scenario\nmetadata: {name: shop}\n"
        f"spec:\n  manifests: [{manifest}]\n{more}"
    )
    with pytest.raises(ScenarioError) as caught:
        load([place])
    return caught.value


def test_a_recording_without_time_between_its_rows_is_refused(tmp_path: Path) -> None:
    """Its rate would be infinite."""
    (tmp_path / "counts.csv").write_text("timestamp,value\n0,80000000000\n1e-300,5\n")
    found = in_a_scenario(tmp_path, "shop.yaml", "  traffic: {kind: csv, file: counts.csv}\n")
    assert "counts.csv:1:1: the rows are 1e-300 s apart (at least 0.001 s)" in found.render()


def test_a_name_longer_than_the_system_can_look_up_is_no_file(tmp_path: Path) -> None:
    """And no error of the machine."""
    assert "there is no file xxx" in in_a_scenario(tmp_path, "x" * 5000).render()
