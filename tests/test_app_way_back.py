"""The page Way back: a drill from click to verdict, in both languages, and what one takes home."""

from __future__ import annotations

import pytest
from small_manifests import DEPLOYMENT
from test_app import CJK, page, surroundings, until, word, words_of

from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.drawing.ways_back import since_decision, ways_back
from sim.interfaces.app.take_away import download_buttons, drill_downloads
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import Work

__all__ = ["surroundings"]  # A page's Chinese, and a shelf of its own.

BAR = {
    "name": "Canary",
    "seconds": {"detect": 60.0, "decide": 100.0, "answer": 4.0, "capacity": 2.0},
    "back_seconds": 6.0,
    "half_seconds": 0.5,
    "remark": "",
}


def test_a_drill_reaches_a_verdict_and_a_link_shows_it_in_the_other_language() -> None:
    """Two seeds of a small service, sent back by command at the finish."""
    words = {"ways": "Recreate,RollingUpdate", "when": "finish", "drills": "2", "n": "2"}
    app = page("en", "way-back", **words)
    # Nothing runs on a first visit that says what it wants.
    assert not app.exception
    assert app.multiselect(key="way-back-moments").value == ["finish"]
    app.selectbox(key="scenario").set_value("own").run()
    app.text_area(key="manifest").set_value(DEPLOYMENT)
    app.text_input(key="image").set_value("web=nginx:1.21")
    app.text_area(key="overrides").set_value("traffic.rate=5/s\nusers.population=50")
    app.run()
    app.button(key="start-drill").click().run()

    def there() -> bool:
        app.run()
        assert not app.exception
        assert not app.error
        return "class='seatrial-verdict'" in words_of(app)

    until(there, 0.5)
    offered = [one.proto.id.rpartition("-")[2] for one in app.get("download_button")]
    assert offered == ["png", "svg", "csv", "zip", "json"]  # With the result, not a view later.
    said = words_of(app)
    assert "is back after" in said or "are back equally soon" in said or "cannot tell" in said
    assert 'title="from the decision until both' in said
    assert "seatrial drill-rollback" in app.code[-1].value
    assert "--at finish" in app.code[-1].value
    link = {name: word(app, name) for name in app.query_params if name != "lang"}
    assert not any(CJK.search(value) for value in link.values())
    other = page("zh", "way-back", **link)
    assert not other.exception
    assert "class='seatrial-verdict'" in words_of(other)
    assert CJK.search(words_of(other))


def test_without_a_moment_nobody_is_sent_back() -> None:
    """The button says so by being off."""
    app = page("en", "way-back", at="finish", drills="2")
    app.multiselect(key="way-back-moments").set_value([]).run()
    assert not app.exception
    assert app.button(key="start-drill").disabled


def test_what_follows_the_decision_is_drawn_alone_as_well() -> None:
    """On an axis of its own, so that hours of waiting do not hide six seconds."""
    whole = ways_back([BAR], DAY, "en", "a")
    after = ways_back(since_decision([BAR]), DAY, "en", "b")
    assert "first effect → detected: 60.0 s" in whole
    assert "first effect → detected" not in after
    assert "→ full healthy capacity: 2.0 s" in after
    assert "back after 6.0 ± 0.5 s" in after


def test_the_values_taken_home_are_one_line_for_each_run() -> None:
    """A clock that was not reached is empty, and never a number."""
    figure = {"values": [1.5, None]}
    drill = {
        "seeds": [7, 8],
        "figures": {"back_seconds": {"unit": "seconds"}},
        "moments": [
            {
                "moment": "finish",
                "strategies": [{"strategy": "Canary", "figures": {"back_seconds": figure}}],
            }
        ],
    }
    lines = drill_downloads.values_csv(drill).decode().splitlines()
    assert lines[1:] == [
        "finish,Canary,7,back_seconds,seconds,1.5",
        "finish,Canary,8,back_seconds,seconds,",
    ]


def test_whoever_is_quicker_than_the_drawing_waits_for_it(tmp_path, monkeypatch) -> None:
    """The file comes while its worker is at it; without a worker there is none to wait for."""
    monkeypatch.setenv("SEATRIAL_SHELF", str(tmp_path))
    work = Work(task="drill", order={"seed": 1})
    name = f"{work.name}.en.png"
    drawing = iter([True, True])

    def is_drawing(_: Work) -> bool:
        if next(drawing, False):
            return True
        shelf.put(name, b"drawn")  # The worker's last act.
        return False

    monkeypatch.setattr(download_buttons, "_is_drawing", is_drawing)
    assert b"drawn" == download_buttons.awaited(name, work)


def test_a_picture_that_its_worker_did_not_live_to_draw_is_drawn_when_it_is_asked_for() -> None:
    """The result is on the shelf and nothing else: as after a power cut between the two."""
    panel = {"name": "by command", "bars": [BAR]}
    work = Work(task="drill", order={"strategies": []})  # Nobody could compute that again.
    shelf.put_json(work.name, {"views": {one: {"moments": [panel]} for one in ("en", "zh")}})

    drawn = download_buttons.awaited(f"{work.name}.en.png", work)

    assert drawn.startswith(b"\x89PNG")
    assert b"back after 6.0" in download_buttons.awaited(f"{work.name}.en.svg", work)
    with pytest.raises(LookupError):
        download_buttons.awaited(f"{work.name}.fr.png", work)
