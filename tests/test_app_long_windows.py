"""Windows of many hours on the pages: bounded in bytes, and nothing bad vanishes in them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from handmade import OK, run, span

from sim.analysis import picture
from sim.analysis.failures import failed, sent
from sim.analysis.lanes import MOST_SPANS, condensed, lanes
from sim.analysis.traffic_share import traffic_share
from sim.i18n import LANGUAGES
from sim.interfaces.app.comparison.pictures import budgets, heats, timelines
from sim.interfaces.app.drawing.alerts import alerts_picture
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.one_run.recording import picture_of, shares_by_step
from sim.interfaces.app.order import Order
from sim.interfaces.app.work import shelf, worker
from sim.interfaces.app.work.task import GIB, Task, Work
from sim.model.causes import Cause
from sim.model.run import PodPhase, RequestCounts, Run, Window

HOUR, BIN, ROWS = 3600, 1000, 5
LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
from sim.interfaces.app.work.worker import main
if __name__ == "__main__":
    main()
"""
LOST = Cause.NO_ENDPOINT


def day(hours: int, outage: tuple[int, int] = (0, 0), strategy: str | None = "Canary") -> Run:
    """200 requests a second for so many *hours* in five bins; none is answered in the outage."""
    seconds = np.repeat(np.arange(hours * HOUR), ROWS)
    out = (seconds >= outage[0]) & (seconds < outage[1])
    bins = np.tile(BIN + 80 * np.arange(ROWS), hours * HOUR)
    counts = RequestCounts(
        second=seconds,
        version=np.where(out, -1, (seconds > hours * HOUR // 2).astype(np.int64)),
        cause=np.where(out, int(LOST), int(OK)),
        bin=bins,
        count=np.full(len(seconds), 200 // ROWS),
    )
    end = float(hours * HOUR)
    pods = tuple(span(f"web-app-{n}", n // 3, PodPhase.READY, 0.0, end) for n in range(6))
    window = Window(start=0.0, first_write=30.0, end=end)
    blank = run([(0, 0, OK, 0.1, 1)])
    return replace(
        blank, strategy=strategy, window=window, requests=counts, pods=pods, settled_at=None
    )


def document(runs: list[Run]) -> dict:
    shown = picture.time_shown(runs)
    zero = runs[0].window.first_write
    whole = {
        "comparison": {"window": {"firstWriteSeconds": zero}},
        "shown": list(shown),
        "pictures": [picture_of(one, shown, runs[0], 0.999) for one in runs],
    }
    return json.loads(json.dumps(whole, allow_nan=False))


@pytest.fixture(scope="module")
def a_day() -> dict:
    """A day and ten strategies, each with its own second without an answer."""
    outages = [(40_000 + 3000 * n, 40_001 + 3000 * n) for n in range(10)]
    return document([day(24, strategy=None), *(day(24, outage) for outage in outages)])


def test_the_pictures_of_a_day_are_as_light_as_those_of_minutes(a_day):
    """All that the page of ten strategies draws, and its document: below 3 MB each."""
    drawn = [draw(a_day, DAY, "en") for draw in (timelines, heats, budgets)]
    assert 100_000 < sum(map(len, drawn)) < 3_000_000
    assert len(json.dumps(a_day)) < 3_000_000
    for one in a_day["pictures"]:
        assert 200 <= len(one["traffic"]["edges"]) <= 602
        assert 90 <= len(one["heat"]["edges"]) <= 152
        assert len(one["seconds"]) == len(one["budget"]) <= 603


def test_one_second_without_an_answer_is_seen_in_a_day(a_day):
    """Its step of five minutes failed by a third of a per cent on average, and wholly at worst."""
    for one in a_day["pictures"][1:]:
        traffic = one["traffic"]
        bad = [n for n, share in enumerate(traffic["worst"]) if share]
        assert (traffic["step"], len(bad)) == (300, 1)
        assert traffic["worst"][bad[0]] == 1.0
        assert traffic["failed"][bad[0]] == pytest.approx(1 / 300, abs=1e-4)
    for language, words in (
        ("en", "worst second: failed 100.0 %"),
        ("zh", "最差的一秒：失败 100.0 %"),
    ):
        markup = timelines(a_day, DAY, language)
        assert words in markup
        assert ("worst second of each 5 min" in markup) == (language == "en")
    # From top to foot: the paths of light red reach down all of the 84 units.
    worst = re.findall(r'<path d="M[^"]*" fill="#BB1E39" fill-opacity="0.4"', markup)
    assert len(worst) == 10
    for path in worst:
        heights = [float(y) for y in re.findall(r"V([0-9.]+)", path)]
        assert max(heights) - min(heights) == pytest.approx(84.0)


def test_axes_of_a_day_count_in_hours_and_of_minutes_in_seconds(a_day):
    assert "hours since the first write" in timelines(a_day, DAY, "en")
    assert "距首次写入的小时数" in budgets(a_day, DAY, "zh")
    short = document([picture_run(None), picture_run("Canary")])
    for draw in (timelines, heats, budgets):
        assert "seconds since the first write" in draw(short, DAY, "en")
    assert "worst second" not in timelines(short, DAY, "en")
    assert short["pictures"][1]["traffic"]["step"] == 1


def picture_run(strategy: str | None) -> Run:
    rows = [(s, 0, OK, 0.1, 9) for s in range(60)] + [(s, -1, LOST, 0.01, 1) for s in range(30, 35)]
    pods = (span("web-app-0", 0, PodPhase.READY, -5.0, 60.0),)
    return replace(run(rows, window=(0.0, 20.0, 60.0), pods=pods), strategy=strategy)


def test_steps_add_up_to_the_seconds_that_they_are_made_of():
    found = day(2, (5000, 5007))
    edges = [0, 30, 90, 4999, 5003, 7200]
    share, every = traffic_share(found, edges), traffic_share(found)
    assert share.sent.tolist() == [200 * (b - a) for a, b in pairwise(edges)]
    parts = [share.failed, *share.answered]
    assert np.allclose(sum(parts), 1.0)
    assert share.worst.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert share.failed[3] == pytest.approx(3 / 4)
    assert every.worst.tolist() == every.failed.tolist()


@pytest.mark.parametrize(("hours", "step"), [(1, 2), (8, 15), (24, 60)])
def test_the_player_s_steps_lose_no_request(hours, step):
    found = day(hours, (700, 701))
    shares = shares_by_step(found)
    assert step == shares["step"]
    assert len(shares["sent"]) == len(shares["edges"]) - 1 <= 2401
    assert (sum(shares["sent"]), sum(shares["failed"])) == (sent(found), failed(found))
    answered = sum(map(sum, shares["answered"]))
    assert answered + sum(shares["failed"]) == sum(shares["sent"])
    assert max(shares["worst"]) == 1.0


def test_the_truth_above_alerts_is_bounded_and_keeps_its_worst_second():
    """A version that fails for hours has as many columns as there is room for."""
    found = day(8, (600, 8 * HOUR))
    harms = [{"start": 570.0 + n, "end": 571.0 + n, "delay": None} for n in range(5000)]
    recording = {
        "start": -30.0,
        "end": 8 * HOUR - 30.0,
        "shares": shares_by_step(found),
        "alerts": {"lanes": [], "harms": harms},
    }
    for language in LANGUAGES:
        drawn = alerts_picture(recording, DAY, language)
        assert len(drawn) < 150_000
        assert "100.0 %" in drawn


def test_a_container_that_crashes_all_day_keeps_its_lane_short_and_its_crashes():
    phases = (PodPhase.READY, PodPhase.UNREADY)
    crashing = [span("web-app-0", 1, phases[n % 2], 20.0 * n, 20.0 * (n + 1)) for n in range(4320)]
    found = replace(day(24), pods=tuple(crashing))
    whole = lanes(found, 0.0, 86_400.0)
    (lane,) = condensed(whole, 0.0, 86_400.0)
    assert len(whole[0].spans) > MOST_SPANS > 300 > len(lane.spans)
    assert {PodPhase.UNREADY} == {span.phase for span in lane.spans}
    assert (lane.spans[0].start, lane.spans[-1].end) == (0.0, 86_400.0)
    few = lanes(day(24), 0.0, 86_400.0)
    assert few == condensed(few, 0.0, 86_400.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_for_papers_shows_the_worst_second_and_hours(language):
    figure = picture.draw([day(8, strategy=None), day(8, (9000, 9001))], language)
    _, _, without, with_outage = figure.axes
    step = with_outage.patches[-1].get_data()
    assert (100.0 - np.asarray(step.baseline)).max() == 100.0
    assert len(step.values) <= 602
    assert len(with_outage.patches) == len(without.patches) + 2  # Failures, and their worst second.
    labels = [tick.get_text() for tick in without.get_xticklabels()]
    assert ["0", "2", "4", "6"] == labels


def test_who_asks_for_too_much_hears_what_to_make_smaller(monkeypatch):
    """And how much there was, in both languages."""

    def too_much(order: object, progress: object) -> dict:
        raise MemoryError

    told: list[dict] = []

    class Reports:
        def write(self, line: str) -> None:
            told.append(json.loads(line))

        def flush(self) -> None:
            """Nothing is held back."""

    tasks = {"compare": Task(carry_out=too_much, memory_bytes=3 * GIB)}
    monkeypatch.setattr(worker, "TASKS", tasks)
    worker.carry_out({"task": "compare", "order": {}, "name": "0" * 32}, Reports())
    for language in LANGUAGES:
        said = told[0]["error"][language]
        assert "3 GiB" in said and "window.length" in said and "traffic.rate" in said
    assert "内存" in told[0]["error"]["zh"]


@pytest.mark.slow
def test_eight_hours_are_compared_in_a_worker_with_little_memory(tmp_path):
    """Three arms, each process in 1.8 GiB of address space; the pictures for papers are drawn too.

    One run's table alone was 200 MB, and a worker that only imports has 600 MB.
    """
    order = Order(
        bundled="web-app-20min",
        strategies=("Recreate", "Canary"),
        overrides=("window.length=8h",),
        runs=2,
    )
    work = Work(task="compare", order=order.to_json())
    folder, place = tmp_path / "of the worker", tmp_path / "shelf"
    folder.mkdir()
    asked = {"task": "compare", "order": dict(work.order), "name": work.name, "niceness": 0}
    asked |= {"server": os.getpid(), "folder": str(folder)}
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED.format(limit=int(1.8 * GIB))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env={**os.environ, shelf.PLACE: str(place)},
        timeout=600,
        check=True,
    )
    last = json.loads(ended.stdout.splitlines()[-1])

    assert {"shelved": work.name} == last
    sizes = {path.suffix: path.stat().st_size for path in place.iterdir()}
    assert 100_000 < sizes[""] < 3_000_000
    assert sizes[".png"] > 10_000
