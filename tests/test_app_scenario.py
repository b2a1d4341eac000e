"""The scenario's page: form and text are one thing, mistakes have a place, the plan is drawn."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest
from recorded_log import an_hour
from small_manifests import DEPLOYMENT
from test_app import CJK, page, surroundings, words_of

from sim.i18n import translate
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.drawing.plan import plan_picture
from sim.interfaces.app.order import MANIFEST_FILE, Order
from sim.interfaces.app.pages.scenario import copied
from sim.interfaces.app.service.form_fields import every_field
from sim.interfaces.app.service.plan import plan_of
from sim.interfaces.app.service.reading import document
from sim.interfaces.app.service.yaml_form import (
    rate_is_elsewhere,
    values_of,
    with_behaviour,
    with_value,
)
from sim.interfaces.app.tasks.fit import fit
from sim.model.objects import JsonObject
from sim.scenario.load import load
from sim.scenario.source import bundled_scenarios

__all__ = ["surroundings"]
TEXT = """\
# Ours.
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata:
  name: ours
spec:
  manifests:
    - manifests.yaml
  traffic:
    kind: poisson
    rate: 50/s            # measured in May
"""


def fitted(log: bytes) -> JsonObject:
    """What the page is told of an uploaded *log*."""
    order = {"name": "access.log", "log": b64encode(log).decode()}
    return fit(order, lambda done, total: None)


def test_a_value_of_the_form_stands_in_the_text_and_comments_stay() -> None:
    """And comes back out of it."""
    changed = with_value(TEXT, "traffic.rate", "80/s")

    assert "80/s" in changed
    assert "# measured in May" in changed
    assert "# Ours." in changed
    assert values_of(changed)["traffic.rate"] == "80/s"
    assert with_value(changed, "traffic.rate", "50/s") == TEXT


def test_every_field_of_the_form_is_one_of_a_scenario(tmp_path) -> None:
    """What the form writes is what the program reads."""
    given = {"traffic.rate": "80/s", "users.population": "500", "clients.attempts": "3"}
    given |= {"clients.attemptTimeout": "3s", "slo.availability": "99.5%"}
    given |= {"versions.new.startup": "9s", "versions.new.service.wait": "50ms"}
    given |= {"network.proxy": "istio"}
    fields = list(every_field())
    shapes = {"memory": "1Gi", "cpu": "2", "rate": "9/s", "count": "5", "proxies": "5"}
    counts = ("concurrency", "queueLimit")
    text = TEXT
    for field in fields:
        last = field.path.rpartition(".")[2]
        usual = field.options[0] if field.options else "7" if last in counts else "1s"
        if field.path.endswith("service.cpu"):
            usual = "20ms"
        elif last in shapes:
            usual = shapes[last]
        text = with_value(text, field.path, given.get(field.path, usual))
    (tmp_path / "scenario.yaml").write_text(text)
    (tmp_path / MANIFEST_FILE).write_text(DEPLOYMENT)

    scenario = load([tmp_path])

    assert scenario.population == 500
    assert scenario.slo_availability == 0.995
    assert scenario.clients.attempts == 3
    for field in fields:
        assert field.path in values_of(text)
        text = with_value(text, field.path, "")
    assert values_of(text) == {"traffic.kind": "poisson"}


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "just words",
        "- a\n- b",
        "spec: 1",
        "a: &x 1\nspec: *x",
        "{" * 5000,
        "!!python/x 1",
    ],
)
def test_a_text_that_is_no_scenario_has_no_form(text: str) -> None:
    """Nothing is built from it, and nothing is lost."""
    assert values_of(text) is None
    assert with_value(text, "traffic.rate", "1/s") == text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_copy_can_be_changed_by_the_form_and_has_its_mistakes_by_line(language: str) -> None:
    """Did you mean …?"""
    app = page(language, "scenario")
    assert not app.exception
    assert "traffic.rate" in words_of(app)
    app.button(key="copy").click().run()
    assert not app.exception
    app.text_input(key="form-traffic.rate").set_value("70/s").run()
    assert "rate: 70/s" in app.text_area(key="description").value
    assert not app.error
    wrong = app.text_area(key="description").value.replace("traffic:", "trafic:")
    app.text_area(key="description").set_value(wrong).run()
    assert not app.exception
    assert "traffic" in words_of(app)
    assert ("did you mean" in words_of(app)) == (language == "en")
    assert ("line" in words_of(app)) if language == "en" else ("第" in words_of(app))
    assert bool(CJK.search(words_of(app))) == (language == "zh")


def test_a_plan_holds_what_strategies_wait_for_and_when_faults_strike() -> None:
    """Seconds from the first write, which comes 30 s after the window's start."""
    scenario = load(["canary"], faults=["node:node-1:45s", "bug:new:5%"])

    plan = plan_of(scenario)

    canary = next(one for one in plan["strategies"] if one["name"] == "Canary")
    assert [(bar["start"], bar["end"]) for bar in canary["bars"]] == [(0, 30), (30, 60), (60, 90)]
    assert canary["bars"][1]["text"]["en"] == "20 % for the new version"
    assert [one["bars"][0]["start"] for one in plan["faults"]] == [15.0, 0.0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_planned_step_is_drawn_with_its_weight_and_a_wait_with_its_length(language: str) -> None:
    """Where no pointer is: in words beside the bars."""
    drawn = plan_picture(plan_of(load(["web-app"])), DAY, language)
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)

    assert any("5 % → 20 % → 50 %" in word for word in words)
    kept = "blue is kept after the switch"
    assert any(translate(language, kept) in word for word in words)
    assert bool(CJK.search(" ".join(words))) == (language == "zh")


@pytest.mark.parametrize("name", [*bundled_scenarios()])
def test_a_copy_of_every_bundled_scenario_is_read_as_the_scenario_itself(name: str) -> None:
    """Whatever files it is made of, the copy has two texts and no mistake."""
    description, manifest = copied(bundled_scenarios()[name])
    own = document(Order(bundled=None, description=description, manifest=manifest))
    itself = document(Order(bundled=name))

    assert own["problems"] == {}
    assert own["assumptions"]["en"]["rows"] == itself["assumptions"]["en"]["rows"]
    assert own["plan"] == itself["plan"]


def test_an_uploaded_access_log_becomes_the_traffic_of_the_scenario() -> None:
    """Of none yet, and of one that says more: that stays."""
    found = fitted(an_hour(visits=200).encode())

    assert found["problems"] == {}
    for before in ("", TEXT.replace("  traffic:", "  slo:\n    availability: 99%\n  traffic:")):
        text = with_behaviour(before, found["behaviour"])
        read = document(Order(bundled=None, description=text, manifest=DEPLOYMENT))
        assert read["problems"] == {}
        assert ("99%" in text) == bool(before)
        assert "50/s" not in text
        assert rate_is_elsewhere(text)
    assert not rate_is_elsewhere(TEXT)


@pytest.mark.parametrize("log", ["", "no log at all\n", "\x00\x01 \ufffd\n" * 50])
def test_an_upload_that_is_no_log_is_a_sentence_in_both_languages(log: str) -> None:
    """And it names no file of this machine."""
    found = fitted(log.encode())

    assert found["behaviour"] == ""
    for language in ("en", "zh"):
        (said,) = found["problems"][language]
        assert "access.log" not in said
        assert bool(CJK.search(said)) == (language == "zh")
