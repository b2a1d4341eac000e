"""`seatrial claims`: what it prints is what it measured, and its commands repeat the runs."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest
from command_line import call

from sim.errors import Problem, ScenarioError
from sim.experiments.claims import check, handbook
from sim.experiments.claims.findings import Finding, Verdict
from sim.experiments.claims.measures import MEASURES
from sim.i18n import message

KEPT = ("none", "bug")


@pytest.fixture(scope="module", autouse=True)
def two_cases():
    """Two of the cases on a shorter canary are enough to see that everything is told."""
    shorter = ("strategies.canary.steps=[10%,5s,50%,5s]", "traffic.rate=40/s")
    whole = handbook.CHAPTERS["1.3"]
    cases = tuple(replace(case, overrides=shorter) for case in whole.cases if case.key in KEPT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(handbook.CHAPTERS, "1.3", replace(whole, cases=cases))
        yield


@pytest.fixture
def one_case(two_cases, monkeypatch):
    """The first of them is enough where only words matter."""
    whole = handbook.CHAPTERS["1.3"]
    monkeypatch.setitem(handbook.CHAPTERS, "1.3", replace(whole, cases=whole.cases[:1]))


@pytest.fixture(scope="module")
def told(two_cases):
    shown = call("claims", "1.3", "--runs", "3", "--workers", "1", "--json")
    assert (0, "") == (shown.exit_code, shown.stderr)
    return json.loads(shown.stdout)


def test_every_case_names_a_command_that_measures_the_same_again(told):
    for case in told["cases"]:
        words = shlex.split(case["command"])
        shown = call(*words[1:], "--workers", "1", "--json")
        again = json.loads(shown.stdout)

        assert again["window"]["endSeconds"] == case["windowSeconds"]
        no_release, *arms = again["arms"]
        lost = no_release["figures"]["failed_requests"]["values"]
        for arm in arms:
            found = case["strategies"][arm["strategy"]]["measures"]
            for key in ("blast_radius", "peak_pods"):
                assert arm["figures"][key]["values"] == found[key]["values"]
            over = zip(arm["figures"]["failed_requests"]["values"], lost, strict=True)
            assert [a - b for a, b in over] == found["failed_requests"]["values"]


def test_every_statement_follows_from_the_figures_that_are_told_with_it(told):
    cases = {case["key"]: case["strategies"] for case in told["cases"]}
    for ordering in told["orderings"]:
        for one in ordering["statements"]:
            assert (one["verdict"] is None) == bool(
                {one["less"], one["more"]} & set(ordering["notMeasured"])
            )
            for found in one["findings"]:
                sides = [
                    cases[found["case"]][one[side]]["measures"][one["measure"]]["values"]
                    for side in ("less", "more")
                ]
                gaps = [a - b for a, b in zip(*sides, strict=True)]
                mean = sum(gaps) / len(gaps)
                assert found["difference"]["value"] == pytest.approx(mean)
                if found["finding"] == Finding.LESS:
                    assert found["difference"]["high"] < 0
                if found["finding"] == Finding.EQUAL:
                    assert set(gaps) == {0.0}


def test_what_is_known_of_the_strategies_comes_out(told):
    """Recreate is out of service and others are not; blue-green needs the most pods."""
    risk, speed, resources = told["orderings"]
    by = {(one["less"], one["more"], one["measure"]): one["verdict"] for one in risk["statements"]}

    assert Verdict.HOLDS == by["RollingUpdate", "Recreate", "failed_requests"]
    assert Verdict.DOES_NOT_HOLD == by["RollingUpdate", "Canary", "blast_radius"]
    assert Verdict.DOES_NOT_HOLD == risk["verdict"]
    assert {"Recreate", "BlueGreen", "RollingUpdate", "Canary"} == set(speed["strategies"])
    cheaper = {
        one["verdict"]
        for one in resources["statements"]
        if one["less"] == "RollingUpdate" and one["more"] == "BlueGreen"
    }
    assert {Verdict.HOLDS} == cheaper


def test_a_strategy_that_does_not_exist_is_named_as_not_measured(one_case, monkeypatch):
    whole = handbook.CHAPTERS["1.3"]
    changed = tuple(
        replace(one, strategies=(*one.strategies[:2], "CarrierPigeon")) for one in whole.orderings
    )
    monkeypatch.setitem(handbook.CHAPTERS, "1.3", replace(whole, orderings=changed))
    shown = call("claims", "1.3", "--runs", "2", "--workers", "1", COLUMNS="120")

    assert 0 == shown.exit_code
    assert "Not measured, because there is no such strategy here: CarrierPigeon." in shown.stdout
    assert "not measured" in shown.stdout


def test_a_strategy_that_a_case_refuses_is_left_out_of_it_and_named(monkeypatch):
    """As a router whose objects nobody reads: the others are measured all the same."""
    real = check.measured_window

    def refusing(scenario, strategies):
        if "Canary" in strategies and scenario.faults:
            raise ScenarioError([Problem(message("no fault"))])
        return real(scenario, strategies)

    monkeypatch.setattr(check, "measured_window", refusing)
    told = json.loads(call("claims", "1.3", "--runs", "2", "--workers", "1", "--json").stdout)

    none, bug = told["cases"]
    # kube-proxy reads nothing of what an A/B test's router writes.
    assert {"ABTest"} == set(none["leftOut"])
    assert {"Canary"} == set(none["strategies"]) - set(bug["strategies"])
    assert {"ABTest", "Canary"} == set(bug["leftOut"])
    assert "Canary" not in bug["command"]
    risk = told["orderings"][0]
    assert {"none"} == {one["case"] for one in risk["whole"]}


@pytest.mark.parametrize(("lang", "words"), [("en", "Recreate is faster than"), ("zh", "快于")])
def test_definitions_figures_commands_and_verdicts_are_printed(one_case, lang, words):
    shown = call("claims", "1.3", "--runs", "2", "--workers", "1", "--lang", lang, COLUMNS="160")

    assert (0, "") == (shown.exit_code, shown.stderr)
    text = " ".join(shown.stdout.split())
    assert words in text
    assert "seatrial compare orderings" in text
    for key in ("failed_until_noticed", "peak_pods"):
        assert MEASURES[key].label.render(lang) in text


@pytest.mark.parametrize(
    ("words", "says"),
    [(("1.4",), "known: 1.3"), (("1.3", "--runs", "1"), "--runs")],
)
def test_what_cannot_be_tested_is_one_clear_message(words, says):
    shown = call("claims", *words)

    assert 2 == shown.exit_code
    assert says in shown.stderr


def test_every_case_of_the_handbook_is_one_of_its_own():
    cases = handbook.CASES

    assert len(cases) == len({case.key for case in cases})
    assert len(cases) == len({(case.faults, case.overrides) for case in cases})
