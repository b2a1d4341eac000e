"""What a manifest has and the simulator does not act on, and what that does to the answer."""

from __future__ import annotations

import io

import pytest
from command_line import call

from sim.errors import ScenarioError
from sim.scenario.load import load

HEAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: prod}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
"""
CONTAINERS = """\
      containers:
      - {name: web, image: "shop:1"}
"""
SIDECAR = """\
      - {name: proxy, image: "envoy:1"}
"""
AUTOSCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}
  minReplicas: 4
  maxReplicas: 9
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: shop%s}
spec: {selector: {app: shop}, ports: [{port: 80}]}
"""


def warnings(text: str) -> list[str]:
    """The warnings about the manifest *text*."""
    return [one.render() for one in load(["-"], stdin=io.BytesIO(text.encode())).warnings]


def test_containers_beside_the_first_need_no_warning() -> None:
    """They start, run and end here as in a cluster."""
    init = '      initContainers: [{name: migrate, image: "shop:1"}]\n'
    assert warnings(HEAD + init + CONTAINERS) == []
    assert warnings(HEAD + CONTAINERS + SIDECAR) == []


def test_a_field_at_its_empty_value_changes_nothing_and_is_only_listed() -> None:
    """As kubectl get writes many of them."""
    [found] = warnings(HEAD + "      affinity: {}\n" + CONTAINERS)
    assert found == "<stdin>:9:17: spec.template.spec.affinity: kept, not yet simulated"


def test_only_the_present_version_of_an_autoscaler_acts() -> None:
    assert warnings(HEAD + CONTAINERS + AUTOSCALER % "shop") == []
    [found] = warnings(HEAD + CONTAINERS + (AUTOSCALER % "shop").replace("/v2", "/v1"))
    assert found == (
        "<stdin>:12:1: HorizontalPodAutoscaler/shop is kept, not yet simulated (only autoscaling/v2"
        " acts here)"
    )


def test_a_service_of_another_namespace_is_told_to_be_there() -> None:
    """It is not that another Service was chosen: this one never reaches the pods."""
    [found] = warnings(HEAD + CONTAINERS + SERVICE % "")
    assert found == (
        "<stdin>:12:1: metadata.namespace: Service/shop is in the namespace default,"
        " Deployment/shop in prod: it never reaches its pods (put both into one namespace)"
    )
    assert warnings(HEAD + CONTAINERS + SERVICE % ", namespace: prod") == []


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("  name: {{ .Release.Name }}\n", 9),
        ('  name: {{ include "shop.name" . }}\n', 9),
        ("  {{- toYaml .Values.labels | nindent 4 }}\n", 3),
    ],
)
def test_a_chart_that_was_not_rendered_is_called_one(text: str, column: int) -> None:
    """Instead of what a YAML reader makes of two braces."""
    with pytest.raises(ScenarioError) as caught:
        warnings("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n" + text)
    [problem] = caught.value.problems
    assert problem.render() == (
        f"<stdin>:4:{column}: this is a template, not yet a manifest"
        " (render it first, as helm template does)"
    )


def test_braces_in_quotes_do_not_hide_a_mistake_in_another_line() -> None:
    """Configuration of other programs is full of them."""
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: "{{ b }}"\n\tc: d\n'
    with pytest.raises(ScenarioError, match="a tab cannot be used for indentation"):
        warnings(text)


@pytest.mark.parametrize("text", ["", "# nothing\n---\n# at all\n"])
def test_files_without_any_object_are_not_called_ok(text: str) -> None:
    """An empty answer of a renderer would pass for a checked one."""
    shown = call("validate", "-", stdin=text)
    assert shown.exit_code == 2
    assert "<stdin>: there is no Kubernetes object here (every document is empty)" in shown.stderr


def test_a_manifest_cannot_command_the_terminal() -> None:
    """Its control characters are written out, in messages and in tables."""
    shown = call(
        "validate", "-", stdin=HEAD.replace("name: shop", 'name: "\\e[2Jshop"') + CONTAINERS
    )
    assert r"\x1b[2Jshop" in shown.stderr
    listed = call("validate", "-", "--image", "web=\x1b[2Jx", stdin=HEAD + CONTAINERS)
    assert r"\x1b[2Jx" in "".join(listed.stdout.split())
    assert "\x1b" not in shown.stderr + listed.stdout + listed.stderr
