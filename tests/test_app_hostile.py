"""Hostile and unlucky visitors: strange links, texts that want to be markup, a shelf that fails."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from message_ids import compile_chinese
from neighbours import neighbours
from small_manifests import DEPLOYMENT, WINDOW
from streamlit.testing.v1 import AppTest
from test_app import page, small_order, started, until, words_of, work_of
from visitor import serving

from sim.i18n import LANGUAGES
from sim.interfaces.app import address
from sim.interfaces.app.comparison.report import report
from sim.interfaces.app.drawing.alerts import alerts_picture
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.order import Order
from sim.interfaces.app.pages import PAGES
from sim.interfaces.app.service import own_text
from sim.interfaces.app.shown import plain
from sim.interfaces.app.take_away import downloads
from sim.interfaces.app.toolkit_words import script
from sim.interfaces.app.work import server, shelf
from sim.interfaces.app.work.jobs import GONE_SECONDS, Jobs, State
from sim.interfaces.app.work.task import Work
from sim.interfaces.app.work.worker import carry_out

MARKUP = "![x](http://elsewhere.example/x.png) <script>x()</script> [a](javascript:x()) :red[r] $x$"
GARBAGE = {
    "nothing": "",
    "not a number": "NaN",
    "beyond all numbers": "-1e400",
    "digits": "9" * 5000,
    "digits of elsewhere": "१२३",
    "controls": "\0\x1b[31m\u202e\ud7ff",
    "long": "x" * 10_000,
    "path": "../../../../etc/passwd",
    "device": "traffic.recording=/dev/zero",
    "nested": "traffic.rate=" + "[" * 1900,
    "commas": "," * 2000,
    "lines": "a\n\n# b\nc=d",
    "pods": "deployment.spec.replicas=1000000000",
    "somebody's result": "0" * 32,
    "markup": MARKUP,
}


TRIED = ("compare", "way-back", "run", "what-if", "ab")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shelf of its own for each test; see `test_app`."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setenv(shelf.PLACE, str(tmp_path / "shelf"))
    compile_chinese()


@pytest.fixture
def registry() -> Iterator[Jobs]:
    """Jobs that end with the test."""
    jobs = Jobs()
    yield jobs
    jobs.stop()


OWN_SCRIPTS = [script(language) for language in LANGUAGES]


def is_sound(app: AppTest) -> None:
    """No traceback, no defect, and nothing that Markdown would load from somewhere."""
    assert not app.exception
    for kind in ("error", "warning", "info", "success", "markdown", "caption", "subheader"):
        for element in app.get(kind):
            assert "defect" not in str(element.value)
            assert "![x](http" not in str(element.value)
    for element in app.get("html"):
        own = element.proto.body in OWN_SCRIPTS
        assert own or "<script" not in element.proto.body


def given(name: str, garbage: str) -> dict[str, str]:
    """An address of the page called *name* in which everything is *garbage*."""
    fields: tuple[address.Field, ...] = PAGES[name].fields
    faults = re.compile(r"fault-[a-z-]+?(?<!-amount)$")
    return {one.name: "on" if faults.fullmatch(one.name) else garbage for one in fields}


@pytest.mark.parametrize("name", ["what-if", "ab"])
def test_an_address_full_of_markup_shows_it_as_text(name: str) -> None:
    """A link from a stranger must not make this browser call anybody."""
    app = page("en", name, **given(name, MARKUP))
    is_sound(app)
    assert any("elsewhere" in one.value for one in app.error)


def test_these_pages_have_every_field_that_there_is() -> None:
    """So that no field is left out below."""
    every = {one.name for name in PAGES for one in PAGES[name].fields}
    tried = {one.name for name in TRIED for one in PAGES[name].fields}
    assert every == tried


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
def test_no_address_makes_a_page_fail(name: str) -> None:
    """Every field of these pages, all that there are, with everything that is no value of it."""
    for garbage in GARBAGE.values():
        is_sound(page("zh", name, **given(name, garbage)))


def test_markdown_takes_nothing_of_a_strangers_text_for_its_own() -> None:
    """Not at the beginning of a line either, where a number or a dash begins a list."""
    assert plain("![x](http://a.b)") == r"\!\[x\]\(http\:\/\/a\.b\)".replace(r"\/", "/")
    assert plain("one\n\n    two\n===") == "one  \ntwo  \n\\=\\=\\="
    assert plain("&lt;b&gt;") == r"\&lt;b\&gt;"


@pytest.mark.parametrize("kept", [{"verdict": 1}, {"manifest": 1, "description": ""}, [1]])
def test_a_link_to_a_text_that_is_none_or_gone_says_so(kept: object) -> None:
    """The name may be that of a result of somebody's, or of nothing any more."""
    shelf.put_json("a" * 32, kept)  # type: ignore[arg-type]
    for name in ("a" * 32, "b" * 32, "c" * 32 + ".en.png"):
        app = page("en", "scenario", scenario="own", text=name)
        is_sound(app)
        assert any("not on this server" in one.value for one in app.warning)


def test_a_text_that_is_too_long_for_its_field_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A field's limit is the browser's own; who talks to the server without one has this."""
    monkeypatch.setattr(own_text, "MOST_CHARACTERS", 10_000)
    app = page("en", "scenario", scenario="own")
    app.text_area(key="manifest").set_value(DEPLOYMENT + "#" * 10_000).run()
    assert not app.exception
    for file in Path(os.environ[shelf.PLACE]).glob("?" * 32):
        assert len(json.loads(file.read_text()).get("manifest", "")) <= 10_000


def test_a_shelf_that_takes_nothing_leaves_the_pages_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: Jobs
) -> None:
    """One's own manifest is shown, without a link to it; a run says why it has no result."""
    (tmp_path / "file").touch()
    monkeypatch.setenv(shelf.PLACE, str(tmp_path / "file"))
    app = page("en", "scenario", scenario="own")
    app.text_area(key="manifest").set_value(DEPLOYMENT + "# not read before\n").run()
    assert not app.exception
    assert "text" not in app.query_params
    assert "could not be kept" in words_of(app)


def test_what_the_shelf_has_lost_can_be_asked_for_anew(registry: Jobs, tmp_path: Path) -> None:
    """A page that waits for it would wait for ever."""
    order = {"share": 0.05, "truth": 0.0, "expected": 0.2, "size": 100, "looks": 2, "seed": 0}
    work = Work(task="peek", order=order)
    job = server.jobs().start(work, seconds=60)
    assert job is not None
    job.wait(60)
    assert job.state is State.DONE
    shelf.put(work.name, b'{"half of a')
    assert server.standing(work) == (None, None)
    shelf.put(work.name, b"{}")
    assert server.standing(work) == ({}, None)


def test_the_shelf_is_its_owners_and_leaves_strangers_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever points it at a folder of theirs loses nothing in it; drafts of the dead go."""
    place = tmp_path / "shelf"
    shelf.put("a" * 32, b"x")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place / ("a" * 32)).stat().st_mode) == 0o600
    (place / "thesis.doc").write_bytes(b"x" * 100)
    draft = place / f".{'b' * 32}.123.456.part"
    draft.write_bytes(b"x" * 100)
    for file in place.iterdir():
        os.utime(file, (1, 1))
    monkeypatch.setattr(shelf, "MOST_BYTES", 10)
    shelf.put("c" * 32, b"x" * 20)
    assert {file.name for file in place.iterdir()} == {"thesis.doc", "c" * 32}
    monkeypatch.setattr(shelf, "MOST_FILES", 3)
    for number in range(6):
        shelf.put(f"{number}" * 32, b"")
    assert len(list(place.glob("?" * 32))) == 3


def test_many_visitors_write_the_same_text_at_once() -> None:
    """Each has a draft of its own."""
    wrong: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(50):
                shelf.put("d" * 32, b"x" * 10_000)
        except OSError as error:
            wrong.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert not wrong


@pytest.mark.slow
def test_a_long_run_is_not_stopped_by_many_short_ones(registry: Jobs) -> None:
    """Forgotten are those that have ended."""
    long = started(registry, small_order(runs=500))
    for number in range(45):
        job = registry.start(Work(task="read", order={"broken": number}), seconds=60, at_once=99)
        assert job is not None
        if number % 4 == 3:
            job.wait(60)
    assert long.state is State.RUNNING
    assert registry.of(work_of(small_order(runs=500))) is long


def test_whoever_waits_and_goes_is_passed_over_and_one_visitor_cannot_fill_the_queue(
    registry: Jobs,
) -> None:
    """Places are for those who are still there."""
    first, _ = (started(registry, small_order(runs=n)) for n in (500, 501))
    own = [
        registry.start(work_of(small_order(runs=n)), seconds=60, owner="one") for n in range(2, 6)
    ]
    assert own[-1] is None and all(job is not None and job.waits for job in own[:-1])
    other = registry.start(work_of(small_order(runs=9)), seconds=60, owner="other")
    assert other is not None and other.before == 3
    for job in own[:-1]:
        assert job is not None
        job.seen -= GONE_SECONDS + 1
    first.cancel()
    until(lambda: not other.waits)
    assert all(job is not None and job.state is State.CANCELLED for job in own[:-1])


def test_a_registry_that_was_stopped_begins_nothing_more(registry: Jobs) -> None:
    """Neither what waits nor what is asked for afterwards: it would be an orphan."""
    jobs = [started(registry, small_order(runs=n)) for n in (500, 501, 502)]
    registry.stop()
    until(lambda: all(job.process_has_ended() for job in jobs))
    assert registry.start(work_of(small_order()), seconds=60) is None


def test_a_worker_that_is_killed_is_a_sentence_and_leaves_no_file(registry: Jobs) -> None:
    """Whoever killed it; what lay in its folder goes with it."""
    job = started(registry, small_order(runs=500))
    until(lambda: job.total > 0)
    process, folder = job._process, job._folder
    assert process is not None and folder is not None and Path(folder.name).is_dir()
    os.kill(process.pid, 9)
    until(lambda: job.state is State.FAILED)
    assert "signal 9" in job.error["en"]
    until(lambda: not Path(folder.name).exists())


def test_a_worker_ends_with_its_server(registry: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if that was killed and could tell nobody: here it is one that never was."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    begun = time.monotonic()
    job = started(registry, small_order(runs=500))
    monkeypatch.undo()
    until(lambda: job.state is not State.RUNNING)
    assert job.state is State.FAILED
    assert time.monotonic() - begun < 30


# Everything that a stranger may call as they like: an image, an alert, its labels, a user group.
STRANGE = """\
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {name: strange, description: "<script>x()</script> ![x](http://elsewhere.example)"}
spec:
  manifests: [manifests.yaml]
  traffic: {kind: poisson, rate: 5/s}
  users:
    population: 50
    attributes: {country: {"<script>x()</script>": 50%, "![x](http://elsewhere.example)": 50%}}
  faults: ["bug:new:20%"]
"""
RULES = DEPLOYMENT.replace("nginx:1.20", "'nginx:<script>x()</script>'") + (
    """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: alerts}
data:
  alerts.yaml: |
    groups:
      - name: "<script>g()</script>"
        rules:
          - alert: "<script>x()</script>"
            expr: sum(rate(http_requests_total[1m])) >= 0
            labels: {severity: "<img src=http://elsewhere.example onerror=x()>"}
            annotations: {summary: "![x](http://elsewhere.example/x.png)"}
"""
)


LONGER = (WINDOW[0], "window.settle=90s")  # Long enough for two scrapes and an evaluation.


def strange_order(strategies: tuple[str, ...], runs: int) -> Order:
    """A small order in which everything has a name that wants to be markup."""
    return Order(
        bundled=None,
        manifest=RULES,
        description=STRANGE,
        images=("web=nginx:<script>y()</script>",),
        overrides=LONGER,
        strategies=strategies,
        runs=runs,
    )


def carried_out(work: Work) -> dict:
    """What a worker leaves on the shelf for *work*; where none can be, why."""
    reports = io.StringIO()
    asked = {"task": work.task, "order": dict(work.order), "name": work.name}
    carry_out(json.loads(json.dumps(asked)), reports)
    found = shelf.find_json(work.name)
    assert found is not None, reports.getvalue()
    return found


@pytest.mark.slow
def test_names_that_want_to_be_markup_are_text_in_pages_pictures_and_reports() -> None:
    """Escaped wherever they stand; the words themselves are there."""
    for order, task, name in (
        (strange_order(("RollingUpdate",), 1), "run", "run"),
        (strange_order(("Recreate", "RollingUpdate"), 2), "compare", "compare"),
    ):
        work = Work(task=task, order=order.to_json())
        found = carried_out(work)
        shelf.put_json("e" * 32, {"manifest": RULES, "description": STRANGE})
        words = {"scenario": "own", "text": "e" * 32, "image": order.images[0], "n": "2"}
        app = page("en", name, **words, set="\n".join(LONGER))
        is_sound(app)
        assert "&lt;script&gt;" in words_of(app)
        for language in ("en", "zh"):
            if task == "run":
                made = alerts_picture(found["recording"], DAY, language)
                assert "&lt;script&gt;" in made
            else:
                made = report(found, downloads.command(order), language)
            assert "<script" not in made and "<img" not in made


@pytest.mark.slow
def test_pages_open_in_time_beside_visitors_who_all_press_compare_at_once(tmp_path: Path) -> None:
    """A small `benchmarks/neighbours.py`: nobody is refused, two are at work, the rest wait."""
    with serving(tmp_path) as (port, pid):
        found = asyncio.run(neighbours(port, pid, crowd=8, opens=20))

    assert (found.at_work, found.waiting, found.refused) == (2, 6, 0)
    assert found.p95 < 2.0
