"""One run on the page: what is played back is what happened, and the story of one request."""

from __future__ import annotations

import json

import pytest
from test_app import CJK, page, surroundings, until, words_of

from sim.analysis.failures import failed, sent
from sim.interfaces.app.one_run.narration import narration, too_late
from sim.interfaces.app.one_run.story import deleted_at, removed_at, story
from sim.interfaces.app.order import Order
from sim.interfaces.app.tasks.run import recording_of
from sim.interfaces.app.tasks.run import run as run_task
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work
from sim.model.run import Run
from sim.scenario.load import load
from sim.session import Window, run

__all__ = ["surroundings"]
WINDOW = Window(start=0.0, first_write=5.0, end=60.0)


@pytest.fixture(scope="module")
def rolled() -> Run:
    """The default service, updated by rolling."""
    scenario = load(["web-app"])
    return run(scenario, "RollingUpdate", 0, window=WINDOW, keep_objects=True, engine="reference")


@pytest.fixture(scope="module")
def recording(rolled: Run) -> dict:
    """What a page gets of it: JSON, and no more."""
    return json.loads(json.dumps(recording_of(rolled), allow_nan=False))


def test_a_recording_counts_what_the_run_counts(rolled: Run, recording: dict) -> None:
    """Second by second, nobody is lost on the way to the page."""
    shares = recording["shares"]
    assert sum(shares["failed"]) == failed(rolled)
    assert sum(shares["sent"]) == sent(rolled)
    answered = [sum(counts) for counts in shares["answered"]]
    assert sum(answered) + sum(shares["failed"]) == sum(shares["sent"])


def test_a_pod_is_listed_only_after_it_was_ready(recording: dict) -> None:
    """The endpoint list on the page is the cluster's, late as it was."""
    for pod in recording["pods"]:
        ready = [start for phase, start, _ in pod["spans"] if phase == "ready"]
        listed = [time for time, names in recording["endpoints"] if pod["pod"] in names]
        if ready and listed and ready[0] > 0:
            assert ready[0] <= listed[0] < ready[0] + 1.0


def test_a_story_is_told_in_order_and_has_the_failure_in_it(recording: dict) -> None:
    """The race: deleted, out of the list, and still a proxy that has not heard of it."""
    raced = [one for one in recording["failures"] if one["cause"] == "refused_terminating"]
    assert raced
    for one in raced:
        told = story(one, recording)
        times = [time for time, _ in told]
        assert times == sorted(times)
        failures = [time for time, text in told if "refused by a terminating pod" in str(text)]
        assert failures == [one["answered"]]
        assert deleted_at(one["pod"], recording) <= one["answered"]


def test_the_narration_says_only_what_was_measured(recording: dict) -> None:
    """Its numbers are the recording's; without a failure there is no race to tell of."""
    first = too_late(recording)
    assert first is not None
    texts = [caption.text for caption in narration(recording, "en")]
    race = next(text for text in texts if text.startswith("A race"))
    assert f"{removed_at(first['pod'], recording):.2f} s" in race
    assert f"user {first['user']} " in race

    without = narration({**recording, "failures": []}, "en")

    assert len(without) == len(texts) - 1
    assert all(CJK.search(caption.text) for caption in narration(recording, "zh"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_start_plays_a_run_without_a_setting(language: str) -> None:
    """And its doors lead to every other page."""
    app = page(language, "start")
    assert not app.exception
    until(lambda: bool(app.run().get("bidi_component")) and not app.exception, 0.5)
    assert bool(CJK.search(words_of(app))) == (language == "zh")
    assert "lang" in app.query_params


def test_a_run_shows_the_story_of_a_failed_request() -> None:
    """From the shelf, in either language."""
    order = Order(bundled="web-app", strategies=("RollingUpdate",), runs=1)
    work = Work(task="run", order=order.to_json())
    if shelf.find(work.name) is None:
        shelf.put_json(work.name, run_task(dict(work.order), lambda done, total: None))
    for language in ("en", "zh"):
        app = page(language, "run")
        assert not app.exception
        assert "seatrial-story" in words_of(app)
        assert bool(CJK.search(words_of(app))) == (language == "zh")
        app.selectbox(key="story").select_index(1).run()
        assert app.query_params["story"] in ("1", ["1"])


def test_a_run_of_what_cannot_be_read_says_where(recording: dict) -> None:
    """The same sentences as on the comparison's page."""
    app = page("en", "run", set="traffic.rate=many")
    assert not app.exception
    assert "traffic.rate" in words_of(app)
    assert not app.get("bidi_component")
