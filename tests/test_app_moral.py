"""What the page of one run says above and below its player: the end, the moral, who was told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_manifests import WINDOW
from test_app import CJK, page, surroundings, words_of

from sim.interfaces.app.one_run.alert_story import sentences
from sim.interfaces.app.one_run.remedies import remedy
from sim.interfaces.app.one_run.run_headline import ending, faults_line, headline
from sim.interfaces.app.one_run.story import story
from sim.interfaces.app.one_run.usual_rule import USUAL, watched
from sim.interfaces.app.order import Order
from sim.interfaces.app.tasks.run import run as run_task
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work
from sim.model.causes import MECHANISMS
from sim.model.objects import JsonObject
from sim.model.rules import AlertRule, RuleGroup
from sim.scenario.load import load
from sim.session import Window, run

__all__ = ["surroundings"]
CALM = ("traffic.rate=5/s", "users.population=50", *WINDOW)


def test_a_story_leaves_out_what_came_of_the_pod_long_afterwards() -> None:
    """Soon after the failure it may be how the cluster found out; later it is another story."""
    one = {"user": 1, "attempts": 1, "meant": 2.0, "sent": 2.0, "answered": 3.0, "proxy": 0}
    one |= {
        "cause": "application_bug",
        "endpoints": 3,
        "heard": 1.0,
        "pod": "a",
        "doing": "serving",
    }

    def deleted(time: float) -> JsonObject:
        return {"endpoints": [], "pods": [{"pod": "a", "spans": [["terminating", time, None]]}]}

    assert [1.0, 2.0, 2.0, 3.0] == [time for time, _ in story(one, deleted(80.0))]
    assert [1.0, 2.0, 2.0, 3.0, 4.0] == [time for time, _ in story(one, deleted(4.0))]


@pytest.mark.parametrize(("delay", "over"), [(9.0, False), (11.0, True)])
def test_an_alert_that_comes_too_late_is_said_to(delay: float, over: bool) -> None:
    """Ten seconds of harm: nobody could have been saved any more."""
    harm = {"start": 5.0, "end": 15.0, "failed": 2, "sent": 9, "alert": "A", "delay": delay}
    told = sentences({"harms": [harm], "false": []}, "en")[0]
    assert over == ("By then it was over." in told)


EDGES = [float(second) for second in range(-5, 16)]


def recorded(**changes: object) -> JsonObject:
    """The part of a recording that a headline reads: twenty seconds of ten requests."""
    shares = {"edges": EDGES, "sent": [10] * 20, "failed": [0] * 20}
    usual = {"strategy": "Canary", "phase": "Healthy", "settled": 9.0, "start": -5.0}
    return {"shares": shares, **usual, **changes}


def test_a_release_that_went_through_and_still_fails_is_not_called_over() -> None:
    """Healthy is the strategy's word, and what users meet in the last seconds is the truth."""
    assert "this is not over" not in headline(recorded(), "", "en")
    worse = {"edges": EDGES, "sent": [10] * 20, "failed": [0] * 19 + [3]}
    assert "3 % of the requests failed: this is not over" in headline(
        recorded(shares=worse), "", "en"
    )
    early = {"edges": EDGES, "sent": [10] * 20, "failed": [3] + [0] * 19}
    assert "this is not over" not in headline(recorded(shares=early), "", "en")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "has carried the release through. 9.0 s after"),
        ({"phase": "Degraded", "settled": None}, "taken the release back"),
        ({"phase": None, "settled": None}, "had not finished"),
        ({"strategy": None}, "Nothing was released"),
    ],
)
def test_the_headline_says_where_the_release_ended(changes: JsonObject, words: str) -> None:
    assert words in ending(recorded(**changes), "", "en")
    assert CJK.search(ending(recorded(**changes), "", "zh"))


def test_a_release_that_was_given_up_says_why() -> None:
    assert "gave the release up: too many errors" in ending(recorded(), "too many errors", "en")


def test_moments_of_faults_are_told_from_the_window_that_they_count_from() -> None:
    assert "" == faults_line([], recorded(), "en")
    assert "comes at 5 s" in faults_line(["a node is lost"], recorded(), "en")


def test_every_cause_that_can_happen_points_at_something() -> None:
    """And the race at a hook, or at a longer one where there is one."""
    assert all(remedy(cause.key, 0.0) is not None for cause in MECHANISMS)
    assert remedy("refused_terminating", 0.0) != remedy("refused_terminating", 5.0)
    assert "longer preStop" in str(remedy("gone_at_sigterm", 5.0))


def test_the_usual_rule_only_looks_on() -> None:
    """The same bytes of requests, pods and events with it and without; own rules stay alone."""
    scenario = load(["web-app"], faults=["bug:new:60%"], overrides=["traffic.rate=10/s"])
    window = Window(start=0.0, first_write=3.0, end=30.0)
    alone, looked_at = (
        run(one, "RollingUpdate", 0, window=window, engine="reference")
        for one in (scenario, watched(scenario))
    )
    assert looked_at.requests.count.tolist() == alone.requests.count.tolist()
    assert (looked_at.events, looked_at.pods) == (alone.events, alone.pods)
    assert [rule for group in watched(scenario).rules for rule in group.rules] == [USUAL]
    own = AlertRule(name="Own", expr="up == 0")
    with_own = replace(scenario, rules=(RuleGroup(name="own", rules=(own,)),))
    assert watched(with_own) is with_own


def shelved(**changes: object) -> None:
    """A calm run is on the shelf, as its page will ask for it."""
    order = Order(bundled="web-app", overrides=CALM, runs=1, **changes)
    work = Work(task="run", order=order.to_json())
    shelf.put_json(work.name, run_task(dict(work.order), lambda done, total: None))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_without_a_failed_request_says_so(language: str) -> None:
    """In place of an empty space."""
    shelved(strategies=("none",))
    app = page(language, "run", strategy="none", set="\n".join(CALM))
    assert not app.exception
    words = words_of(app)
    assert ("so there is no story to tell" in words) == (language == "en")
    assert any("kubectl" in box.options[0] for box in app.selectbox), "the page goes on to its end"
    assert bool(CJK.search(words)) == (language == "zh")


def test_a_story_ends_with_its_moral_and_takes_the_page_to_its_moment() -> None:
    """The player and kubectl follow the button."""
    shelved(strategies=("RollingUpdate",), faults=("bug:new:60%",))
    words = {"set": "\n".join(CALM), "fault-bug": "on", "fault-bug-amount": "60%"}
    app = page("en", "run", **words)
    assert not app.exception
    said = words_of(app)
    assert "What would have helped: " in said
    assert "Faults in this run" in said
    before = app.number_input(key="at").value
    app.button(key="to-moment").click().run()
    assert not app.exception
    assert app.number_input(key="at").value > before
