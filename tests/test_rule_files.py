"""Rule files of Prometheus: read from files and ConfigMaps, every mistake at its place."""

from __future__ import annotations

import json
import re
import textwrap

import pytest
from stories import deployment

from sim.errors import ScenarioError
from sim.model.rules import AlertRule, RecordingRule
from sim.scenario.load import load, validate

RULES = """\
groups:
- name: web
  interval: 30s
  labels: {team: shop}
  rules:
  - record: job:errors
    expr: sum(rate(http_requests_total{status=~"5.."}[1m]))
  - alert: HighErrorRate
    expr: job:errors > 0.05
    for: 2m
    keep_firing_for: 1m
    labels: {severity: critical}
    annotations:
      summary: "{{ $value | humanizePercentage }} of {{ $labels.job }}"
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: alerts
data:
  other.txt: hello
  web.rules: |
"""
OPERATOR = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: alerts
spec:
"""


def inside(head, rules, indent):
    return head + textwrap.indent(rules, " " * indent)


def read(place, rules):
    place.mkdir(exist_ok=True)
    (place / "deployment.yaml").write_text(json.dumps(deployment()))
    (place / "alerts.yaml").write_text(rules)
    return load([place / "deployment.yaml", place / "alerts.yaml"])


FORMS = {
    "file": (RULES, 0),
    "ConfigMap": (inside(CONFIG_MAP, RULES, 4), 7),
    "PrometheusRule": (inside(OPERATOR, RULES, 2), 5),
}


@pytest.mark.parametrize("form", FORMS)
def test_rules_are_the_same_alone_in_a_config_map_and_for_the_operator(tmp_path, form):
    text, above = FORMS[form]
    indent = {"file": 0, "ConfigMap": 4, "PrometheusRule": 2}[form]
    found = read(tmp_path, text)
    (group,) = found.rules
    file = str(tmp_path / "alerts.yaml")

    assert ("web", 30.0) == (group.name, group.interval_seconds)
    assert group.rules == (
        RecordingRule(
            name="job:errors",
            expr='sum(rate(http_requests_total{status=~"5.."}[1m]))',
            labels=(("team", "shop"),),
            place=(file, 7 + above, 11 + indent),
        ),
        AlertRule(
            name="HighErrorRate",
            expr="job:errors > 0.05",
            for_seconds=120.0,
            keep_firing_for_seconds=60.0,
            labels=(("severity", "critical"), ("team", "shop")),
            annotations=(("summary", "{{ $value | humanizePercentage }} of {{ $labels.job }}"),),
            place=(file, 9 + above, 11 + indent),
        ),
    )
    assert () == found.warnings


def test_rules_change_what_a_run_is_a_run_of_and_their_file_s_name_does_not(tmp_path):
    with_rules = read(tmp_path / "a", RULES)
    elsewhere = read(tmp_path / "b", RULES)
    other = read(tmp_path / "c", RULES.replace("0.05", "0.01"))

    assert with_rules.digest == elsewhere.digest != other.digest
    assert "job:errors" in json.dumps(with_rules.understood())


@pytest.mark.parametrize("form", ["file", "ConfigMap"])
@pytest.mark.parametrize(
    ("old", "new", "why", "line", "column"),
    [
        ("expr: job:errors > 0.05", "expr: job:errors >", "this is no PromQL", 9, 11),
        ("for: 2m", "for: 2 minutes", "is not a duration", 10, 10),
        ("for: 2m", "fro: 2m", "fro", 10, 5),
        ("{{ $value |", "{{ $val |", "is not understood in a template", 14, 16),
        ("alert: HighErrorRate", "alarm: HighErrorRate", "exactly one of alert and record", 8, 5),
        ("record: job:errors", "record: job-errors", "not the name of a metric", 6, 5),
        ("interval: 30s", "limit: 5", "not simulated", 3, 10),
        ("  labels: {team: shop}", "  labels: [team]", "a mapping of names to values", 4, 11),
        ("- name: web", "- nome: web", "required value", 2, 3),
    ],
)
def test_each_mistake_is_told_at_its_place(tmp_path, form, old, new, why, line, column):
    text, above = FORMS[form]
    indent = {"file": 0, "ConfigMap": 4}[form]
    assert old in text
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, text.replace(old, new))

    places = [(p.line, p.column) for p in refused.value.problems if why in p.render()]
    assert (line + above, column + indent) in places


def test_yaml_that_is_broken_inside_a_config_map_is_told_at_its_line(tmp_path):
    text = inside(CONFIG_MAP, "groups:\n- name: a: b\n", 4)
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, text)

    assert 9 == refused.value.problems[0].line


def test_a_config_map_without_rules_is_kept_as_before(tmp_path):
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a.txt: 'groups of people'}\n"
    )
    found = read(tmp_path, text)

    assert () == found.rules
    assert "kept, not yet simulated" in found.warnings[0].render()


def test_a_rule_file_alone_is_something_to_validate(tmp_path):
    (tmp_path / "alerts.yaml").write_text(RULES)

    assert () == validate([tmp_path / "alerts.yaml"]).deployments


def test_the_rules_of_the_documentation_can_be_read(tmp_path, root):
    page = (root / "docs" / "scenario.md").read_text("utf-8")
    (text,) = re.findall(r"```yaml rules\n(.*?)```", page, re.DOTALL)

    (group,) = read(tmp_path, text).rules
    assert "HighErrorRatio" == group.rules[0].name
