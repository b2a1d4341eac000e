"""One run under the glass: alerts beside the truth, and kubectl at a moment."""

from __future__ import annotations

import json
from math import inf

import pytest
from small_manifests import DEPLOYMENT, WINDOW
from streamlit.testing.v1 import AppTest
from test_app import CJK, page, surroundings, words_of

from sim.analysis.alert_lanes import (
    AlertLane,
    AlertSpan,
    Harm,
    detection_seconds,
    false_alarms,
    harms_in,
    told_by,
)
from sim.interfaces.app.drawing.alerts import alerts_picture
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.one_run.alert_story import sentences
from sim.interfaces.app.one_run.kubectl_view import COMMANDS, kept_from, printed
from sim.interfaces.app.one_run.usual_rule import config_map
from sim.interfaces.app.order import Order
from sim.interfaces.app.settings import usual_run
from sim.interfaces.app.tasks.run import run as run_task
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject

__all__ = ["surroundings"]
OFTEN = ("monitoring.scrapeInterval=1s", "monitoring.evaluationInterval=2s")


def lane(name: str, *spans: tuple[str, float, float]) -> AlertLane:
    """An alert that went through *spans*."""
    made = tuple(AlertSpan(phase=phase, start=start, end=end) for phase, start, end in spans)
    return AlertLane(name=name, labels=(("alertname", name),), spans=made)


def done(order: Order) -> JsonObject:
    """What a page gets of one run."""
    return json.loads(json.dumps(run_task(order.to_json(), lambda done, total: None)))


@pytest.fixture(scope="module")
def watched() -> JsonObject:
    """A bad release of a small service that has the rule of alerts which the page offers."""
    manifest = DEPLOYMENT + "---\n" + config_map().replace("[1m]", "[8s]").replace("30s", "4s")
    order = Order(
        bundled=None,
        manifest=manifest,
        images=("web=nginx:1.21",),
        overrides=("traffic.rate=20/s", "users.population=50", *WINDOW, *OFTEN),
        faults=("bug:new:60%",),
        strategies=("RollingUpdate",),
        runs=1,
    )
    return done(order)


@pytest.fixture(scope="module")
def usual() -> JsonObject:
    """The run that a first visitor sees."""
    return done(usual_run())


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ([0, 0, 0], []),
        ([0, 2, 1], [(101, 103, 3)]),
        ([1, *[0] * 9, 1], [(100, 111, 2)]),  # Ten seconds apart are one time,
        ([1, *[0] * 10, 1], [(100, 101, 1), (111, 112, 1)]),  # eleven are two.
    ],
)
def test_a_time_of_harm_ends_after_ten_seconds_without_a_failure(
    failed: list[int], expected: list[tuple[float, float, int]]
) -> None:
    found = list(harms_in([5] * len(failed), failed, 100.0))
    assert expected == [(harm.start, harm.end, harm.failed) for harm in found]
    assert all(harm.sent == 5 * (harm.end - harm.start) for harm in found)


def test_the_delay_is_from_the_first_failure_to_the_first_alert_that_fires() -> None:
    """Pending is not firing; an alert before any harm is false; the second harm has its own."""
    harms = [
        Harm(start=10.0, end=20.0, failed=1, sent=9),
        Harm(start=60.0, end=70.0, failed=1, sent=9),
    ]
    slow = lane("slow", ("pending", 12.0, 40.0), ("firing", 40.0, 50.0))
    quick = lane("quick", ("firing", 5.0, 6.0), ("firing", 25.0, inf))

    assert told_by(harms[0], harms, [slow, quick]) is quick
    assert 15.0 == detection_seconds(harms[0], quick)
    assert told_by(harms[1], harms, [slow, quick]) is None
    assert [(5.0, "quick")] == false_alarms(harms, [slow, quick])


def test_the_rule_that_the_page_offers_fires_and_its_delay_is_named(watched: JsonObject) -> None:
    """The truth is the run's own: the first second with a failed request."""
    recording = watched["recording"]
    alerts, shares = recording["alerts"], recording["shares"]
    first = shares["start"] + next(n for n, count in enumerate(shares["failed"]) if count)
    fired = next(s for lane in alerts["lanes"] for s in lane["spans"] if s[0] == "firing")[1]
    harm = alerts["harms"][0]

    assert 1 == alerts["rules"]
    assert first == harm["start"]
    assert "HighErrorRatio" == harm["alert"]
    assert harm["delay"] == pytest.approx(fired - first)
    assert sum(one["failed"] for one in alerts["harms"]) == sum(shares["failed"])
    for language in ("en", "zh"):
        told = sentences(alerts, language)[0]
        drawn = alerts_picture(recording, DAY, language)
        assert f"{harm['delay']:.1f}" in told and "HighErrorRatio" in told
        assert "HighErrorRatio" in drawn and f"{harm['delay']:.1f}" in drawn
        assert bool(CJK.search(told)) == bool(CJK.search(drawn)) == (language == "zh")


def terminal(app: AppTest) -> str:
    """What kubectl printed, on the page."""
    printed_there = [element.proto.body for element in app.get("html")]
    return next(text for text in printed_there if "seatrial-terminal" in text)


def test_kubectl_shows_the_pods_that_the_player_shows(usual: JsonObject) -> None:
    """At every tenth second: the same names, and the same of them ready."""
    kept, recording = kept_from(usual["cluster"]), usual["recording"]
    for at in range(-10, 60, 10):
        _, *rows = printed("get pods", kept, float(at)).splitlines()
        shown = {
            pod["pod"]: phase
            for pod in recording["pods"]
            for phase, start, end in pod["spans"]
            if start <= at and (end is None or at < end)
        }
        assert sorted(shown) == [row.split()[0] for row in rows]
        terminating = {row.split()[0] for row in rows if row.split()[2] == "Terminating"}
        assert terminating == {pod for pod, phase in shown.items() if phase == "terminating"}


def test_every_command_prints_something_at_any_moment(usual: JsonObject) -> None:
    """The rollout is said to go on in its middle and to be over at its end."""
    kept, end = kept_from(usual["cluster"]), usual["recording"]["end"]
    for command in COMMANDS:
        assert all(printed(command, kept, at).strip() for at in (-10.0, 3.0, end))
    status = "rollout status deployment --watch=false"
    assert printed(status, kept, 3.0).startswith("Waiting for deployment")
    assert "successfully rolled out" in printed(status, kept, end)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_follows_the_moment_and_says_how_to_have_alerts(
    language: str, usual: JsonObject
) -> None:
    """The address carries moment and command; no picture stands empty where nothing watches."""
    work = Work(task="run", order=usual_run().to_json())
    shelf.put_json(work.name, usual)
    app = page(language, "run", at="3", kubectl="get replicasets")
    assert not app.exception
    before = terminal(app)
    assert "DESIRED" in before
    assert config_map().strip() in [code.value.strip() for code in app.code]
    app.number_input(key="at").set_value(50.0).run()

    assert not app.exception
    assert terminal(app) != before
    assert app.query_params["at"] in ("50", ["50"])
    assert bool(CJK.search(words_of(app))) == (language == "zh")
