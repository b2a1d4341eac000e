"""The page, driven as a visitor would: bad manifests, a comparison, both languages."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from message_ids import ROOT, compile_chinese
from small_manifests import BROKEN, DEPLOYMENT, WINDOW
from streamlit.testing.v1 import AppTest

from sim.interfaces.app.html_tables import html_table
from sim.interfaces.app.jobs import Jobs, State
from sim.interfaces.app.order import Order
from sim.interfaces.app.result import Result
from sim.interfaces.app.worker import carry_out
from sim.interfaces.table import Row, Table

CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
OVERRIDES = ("traffic.rate=5/s", "users.population=50", *WINDOW)
PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page needs its Chinese; and it leaves a `__main__` behind that must not stay.

    A process pool that is started later would run the page's script in each of its workers.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    compile_chinese()


@pytest.fixture
def registry() -> Iterator[Jobs]:
    """Jobs that end with the test."""
    jobs = Jobs()
    yield jobs
    jobs.stop()


def page(language: str) -> AppTest:
    """The page as a visitor opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = language
    return app.run()


def words_of(app: AppTest) -> str:
    """Every text on the page."""
    kinds = ("title", "caption", "header", "subheader", "markdown", "text", "error", "info")
    found = [element.value for kind in kinds for element in app.get(kind)]
    found += [element.proto.body for element in app.get("html")]
    return "\n".join(str(value) for value in found).replace("<wbr>", "")


def with_manifest(app: AppTest, text: str) -> AppTest:
    """Choose one's own manifest and paste it."""
    app.selectbox(key="scenario").set_value("own").run()
    app.text_area(key="manifest").set_value(text)
    app.text_input(key="image").set_value("web=nginx:1.21")
    app.text_area(key="overrides").set_value("\n".join(OVERRIDES))
    app.number_input(key="runs").set_value(2)
    return app.run()


def until(condition: Callable[[], bool]) -> None:
    """Wait for *condition*, as long as it takes but not for ever."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def small_order(runs: int = 2) -> Order:
    """A comparison that takes a moment."""
    return Order(
        bundled=None,
        manifest=DEPLOYMENT,
        images=("web=nginx:1.21",),
        overrides=OVERRIDES,
        faults=(),
        strategies=("Recreate", "RollingUpdate"),
        runs=runs,
        seed=0,
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_opens_in_both_languages_with_the_bundled_scenario(language: str) -> None:
    """What the scenario assumes is there before anything runs."""
    app = page(language)
    assert not app.exception
    assert app.selectbox(key="scenario").value == "web-app"
    assert not app.button(key="compare").disabled
    assert bool(CJK.search(words_of(app))) == (language == "zh")
    assert "traffic.rate" in words_of(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bad_manifest_shows_every_mistake_with_line_and_column(language: str) -> None:
    """And cannot be run."""
    app = with_manifest(page(language), BROKEN)
    assert not app.exception
    text = words_of(app)
    places = ("line 6, column 3", "line 8, column 20")
    for place in places if language == "en" else ("第 6 行，第 3 列", "第 8 行，第 20 列"):
        assert place in text
    assert "<stdin>" not in text
    assert "replcas" in text
    assert app.button(key="compare").disabled
    assert bool(CJK.search(text)) == (language == "zh")


def test_a_good_manifest_reaches_a_verdict_in_both_languages() -> None:
    """In a process of its own, while the page goes on answering; the language can change later."""
    app = with_manifest(page("en"), DEPLOYMENT)
    app.button(key="compare").click().run()
    assert "job" in app.query_params

    def verdict() -> bool:
        app.run()
        assert not app.exception
        assert not app.error
        return bool(app.info)

    until(verdict)
    for language in ("en", "zh"):
        app.query_params["lang"] = language
        app.run()
        assert not app.exception
        said = app.info[0].value
        assert "RollingUpdate" in said
        assert bool(CJK.search(said)) == (language == "zh")
        assert "Recreate</th>" in words_of(app)


def test_what_a_worker_writes_is_what_the_page_shows() -> None:
    """Progress line by line, then the whole result, and nothing is lost on the way."""
    reports = io.StringIO()
    carry_out(small_order(), reports)
    *progress, last = map(json.loads, reports.getvalue().splitlines())
    assert progress == [{"done": done, "total": 2} for done in range(3)]
    result = Result.from_json(last["result"])
    assert json.loads(json.dumps(result.to_json())) == last["result"]
    assert json.loads(result.document)["seeds"] == [0, 1]
    assert [view.picture[:4] for view in result.views.values()] == [b"\x89PNG"] * 2


def test_a_fault_that_is_switched_on_is_part_of_the_order() -> None:
    """Its amount is the visitor's; a wrong one is a mistake like any other."""
    app = page("en")
    app.toggle(key="fault-bug").set_value(True).run()
    assert not app.button(key="compare").disabled
    app.text_input(key="amount-bug").set_value("lots").run()
    assert not app.exception
    assert "bug:new:lots" in words_of(app)
    assert app.button(key="compare").disabled


def test_without_a_strategy_there_is_nothing_to_compare() -> None:
    """The button says so by being off."""
    app = page("en")
    app.multiselect(key="strategies").set_value([]).run()
    assert app.button(key="compare").disabled


def test_a_cancelled_job_stops_its_process_and_says_so(registry: Jobs) -> None:
    """No orphan goes on computing."""
    name = registry.start(small_order(runs=500))
    job = registry.get(name)
    assert job is not None
    until(lambda: job.total > 0)
    job.cancel()
    assert job.state is State.CANCELLED
    assert job.process_has_ended()


def test_only_so_many_jobs_run_at_once(registry: Jobs) -> None:
    """A visitor cannot take the whole machine by clicking."""
    assert registry.start(small_order(runs=500)) is not None
    assert registry.start(small_order(runs=500)) is not None
    assert registry.start(small_order()) is None


def test_an_order_that_cannot_be_carried_out_says_why_in_both_languages(registry: Jobs) -> None:
    """The worker reads the input again, and trusts nobody."""
    order = small_order().to_json() | {"manifest": BROKEN}
    job = registry.get(registry.start(Order.from_json(order)))
    assert job is not None
    until(lambda: job.state is not State.RUNNING)
    assert job.state is State.FAILED
    assert "replcas" in job.error["en"]
    assert CJK.search(job.error["zh"])


def test_a_number_in_a_table_is_never_broken_at_its_point():
    rows = (Row(cells=("versions.old.service", "+1.24")),)
    html = html_table(Table(title="t", headings=("a", "b"), rows=rows))

    assert "+1.24" in html
    assert "versions.<wbr>old.<wbr>service" in html
