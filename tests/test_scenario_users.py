"""What users differ in, as a scenario says it."""

from __future__ import annotations

import io

import pytest
from small_manifests import DEPLOYMENT

from sim.errors import ScenarioError
from sim.model.routing import Attribute
from sim.scenario.load import load

SCENARIO = """\
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {{name: shop}}
spec:
  manifests: [web.yaml]
  release: {{image: {{web: "web:2"}}}}
  users:
    attributes:
{attributes}
"""


def shop(place, *lines: str):
    """A scenario whose users have attributes of these *lines*."""
    (place / "web.yaml").write_text(DEPLOYMENT, "utf-8")
    text = SCENARIO.format(attributes="\n".join(f"      {line}" for line in lines))
    (place / "scenario.yaml").write_text(text, "utf-8")
    return load([place])


def test_whoever_is_left_has_none_of_the_values(tmp_path):
    scenario = shop(tmp_path, "group: {internal: 5%, beta: 10%}", "header:X-Canary: {always: 2%}")

    assert scenario.attributes[0].name == "group"
    values = dict(scenario.attributes[0].values)
    assert values == {"internal": 0.05, "beta": 0.1, "": pytest.approx(0.85)}
    # Names of headers have no case.
    assert scenario.attributes[1].name == "header:x-canary"
    shown = {row.field: row.value for row in scenario.assumptions}
    assert shown["users.attributes.group"] == "internal 5%, beta 10%"


def test_a_scenario_without_keeps_its_fingerprint(tmp_path):
    bare = load(["-"], stdin=io.BytesIO(DEPLOYMENT.encode()))
    assert bare.attributes == ()
    assert (
        shop(tmp_path, "group: {beta: 10%}").digest != shop(tmp_path, "group: {beta: 20%}").digest
    )


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("group: {a: 60%, b: 50%}", 9, "the shares of group add up to 110%"),
        ("group: {a: 120%}", 9, "more than everything"),
        ("'header:': {a: 1%}", 9, "not something users differ in"),
        ("'query:x': {a: 1%}", 9, "header:NAME or cookie:NAME"),
        ("'two words': {a: 1%}", 9, "not something users differ in"),
        ("group: {a: often}", 9, "often"),
        ("group: [a, b]", 9, "mapping"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(tmp_path, line, place, words):
    with pytest.raises(ScenarioError) as found:
        shop(tmp_path, line)

    assert words in str(found.value)


def test_the_workload_knows_what_users_differ_in(tmp_path):
    from sim.model.run import Window

    scenario = shop(tmp_path, "group: {beta: 25%}")
    window = Window(start=0.0, first_write=10.0, end=60.0)

    (attribute,) = scenario.workload(window, -30.0).attributes
    assert attribute == Attribute(name="group", values=(("beta", 0.25), ("", 0.75)))
