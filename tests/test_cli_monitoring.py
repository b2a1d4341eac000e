"""`seatrial run` on a service that is monitored: alerts, judges, and a person's own queries."""

from __future__ import annotations

import json

import pytest
from command_line import call
from small_manifests import DEPLOYMENT, SMALL

RULES = """
groups:
- name: all
  rules:
  - alert: Failing
    expr: >-
      sum(rate(http_requests_total{status=~"5.."}[8s])) / sum(rate(http_requests_total[8s])) > 0.05
    for: 3s
    annotations: {summary: "{{ $value | humanizePercentage }} fail"}
"""
OFTEN = (
    "--set",
    "window.length=40s",
    "--set",
    "monitoring.scrapeInterval=1s",
    "--set",
    "monitoring.evaluationInterval=2s",
)
BUG = ("--fault", "bug:new:60%")


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)
    (tmp_path / "alerts.yaml").write_text(RULES)
    return [str(tmp_path / name) for name in ("shop.yaml", "alerts.yaml")]


def test_alerts_are_printed_with_their_times_beside_the_truth(shop):
    found = call("run", *shop, *SMALL, *OFTEN, *BUG).stdout

    head, *rows = found[found.index("Alerts, in seconds") :].split("\n\n")[0].splitlines()[1:]
    assert ["s", "alert", "state", "value", "truth", "of", "what"] == head.split()
    assert ["pending", "firing"] == [row.split()[2] for row in rows if "Failing" in row][:2]
    assert any("% fail" in row for row in rows)


def test_json_has_every_change_under_stable_names(shop):
    found = json.loads(call("run", *shop, *SMALL, *OFTEN, *BUG, "--json").stdout)
    pending, firing = found["alerts"][:2]

    assert ("Failing", "pending") == (pending["alert"], pending["state"])
    assert {"alertname": "Failing"} == firing["labels"]
    assert 0.05 < firing["value"] <= 1.0
    assert firing["annotations"]["summary"].endswith("% fail")
    assert 0.0 < firing["failedInTheMinuteBefore"] < 0.5
    assert 4.0 == pytest.approx(firing["time"] - pending["time"])  # Evaluations, 3 s or more.


def test_a_person_may_ask_at_the_end_of_the_window(shop):
    words = ("--query", "count(up{job='web-app'})", "--query", "nothing", "--query", "vector(2)")
    found = json.loads(call("run", shop[0], *SMALL, *OFTEN, *words, "--json").stdout)["answers"]

    assert [words[1], "nothing", "vector(2)"] == [one["query"] for one in found]
    assert [[], 2.0] == [found[1]["samples"], found[2]["samples"][0]["value"]]
    printed = call("run", shop[0], *SMALL, *OFTEN, *words).stdout
    assert "empty" in printed[printed.index("Answers of the monitoring") :]


def test_asking_changes_nothing_of_the_run(shop):
    found = [
        json.loads(call("run", shop[0], *SMALL, *words, "--json").stdout)
        for words in ((), ("--query", "up"))
    ]

    assert found[0] == {name: to for name, to in found[1].items() if name != "answers"}


def test_a_query_that_is_not_simulated_is_refused_by_name(shop):
    found = call("run", shop[0], *SMALL, "--query", "topk(1, up)")

    assert 2 == found.exit_code
    assert "topk(1, up): topk is not supported in queries" in found.stderr


@pytest.mark.parametrize("files", [slice(0, 2), slice(1, 2)], ids=["with", "alone"])
def test_validate_refuses_a_rule_that_is_not_simulated(shop, files, tmp_path):
    (tmp_path / "alerts.yaml").write_text(RULES.replace("sum(rate", "topk(1, rate", 1))
    found = call("validate", *shop[files])

    assert 2 == found.exit_code
    assert "alerts.yaml:6:" in found.stderr
    assert "topk is not supported" in found.stderr
