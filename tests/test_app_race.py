"""The preStop race on the page Start: what the pictures show is what the requests met."""

from __future__ import annotations

import json

import pytest
from test_app import CJK, page, surroundings, words_of

from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.drawing.race import after, last_request, race_picture, refused, shown_of
from sim.interfaces.app.one_run.race_story import sentences
from sim.interfaces.app.settings import usual_run
from sim.interfaces.app.tasks.race import PRE_STOP_SECONDS
from sim.interfaces.app.tasks.race import race as race_task
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work
from sim.model.objects import JsonObject

__all__ = ["surroundings"]


@pytest.fixture(scope="module")
def raced() -> JsonObject:
    """What the page gets: JSON, and no more."""
    found = race_task(usual_run().to_json(), lambda done, total: None)
    return json.loads(json.dumps(found, allow_nan=False))


def test_both_races_meet_the_same_requests_and_only_the_hook_differs(raced: JsonObject) -> None:
    """A process refuses from SIGTERM on and answers before it: no request is an exception."""
    without, with_hook = raced["without"], raced["with"]
    sent = [[(time, proxy) for time, proxy, _ in one["requests"]] for one in (without, with_hook)]
    assert sent[0] == sent[1]
    for one in (without, with_hook):
        assert one["deleted"] < one["killing"] <= one["sigterm"]
        assert one["deleted"] < one["unready"]
        assert all(well == (time < one["sigterm"]) for time, _, well in one["requests"])
    assert without["sigterm"] == without["killing"]
    assert with_hook["sigterm"] == pytest.approx(with_hook["killing"] + PRE_STOP_SECONDS)
    assert refused(without) and not refused(with_hook)
    assert after(with_hook)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_has_a_cross_for_every_refused_request(
    language: str, raced: JsonObject
) -> None:
    """And the sentence below it the same numbers."""
    shown = shown_of(raced["without"], raced["with"])
    for one, said in zip(
        (raced["without"], raced["with"]), sentences(raced, language), strict=True
    ):
        drawn = race_picture(one, shown, 3, DAY, language)
        assert drawn.count("<path") == len(refused(one))
        assert drawn.count("<circle") == sum(
            shown[0] <= time - one["deleted"] and well for time, _, well in one["requests"]
        )
        assert str(len(refused(one))) in said and str(len(after(one))) in said
        assert bool(CJK.search(said)) == bool(CJK.search(drawn)) == (language == "zh")
    assert f"{last_request(raced['without']):.2f}" in sentences(raced, language)[0]


def test_a_hook_that_is_too_short_is_said_to_be(raced: JsonObject) -> None:
    """The sentence follows the moments, not the hook."""
    late = {**raced["with"], "sigterm": raced["with"]["deleted"] + 0.1}
    assert "slept too short" in sentences({**raced, "with": late}, "en")[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_start_shows_the_race_enlarged(language: str, raced: JsonObject) -> None:
    """Beside the player, with the lines that make the difference."""
    from sim.interfaces.app.tasks.run import run as run_task

    order = usual_run().to_json()
    for task, carry_out in (("run", run_task), ("race", lambda *_: raced)):
        work = Work(task=task, order=order)
        if shelf.find(work.name) is None:
            shelf.put_json(work.name, carry_out(dict(order), lambda done, total: None))
    app = page(language, "start")
    assert not app.exception
    assert 2 == len(app.get("bidi_component"))
    assert any("preStop" in code.value for code in app.code)
    assert bool(CJK.search(words_of(app))) == (language == "zh")
