"""The pages, driven as a visitor would: bad manifests, a comparison, both languages."""

from __future__ import annotations

import io
import json
import re
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from message_ids import ROOT, compile_chinese
from small_manifests import BROKEN, DEPLOYMENT, WINDOW
from streamlit.testing.v1 import AppTest

from sim.interfaces.app import address, settings
from sim.interfaces.app.comparison.pairs import superiorities
from sim.interfaces.app.comparison.report import report
from sim.interfaces.app.drawing.colours import DAY, NIGHT
from sim.interfaces.app.html_tables import html_table
from sim.interfaces.app.order import Order
from sim.interfaces.app.pages import PAGES
from sim.interfaces.app.take_away import downloads
from sim.interfaces.app.work import server, shelf
from sim.interfaces.app.work.jobs import Job, Jobs, State
from sim.interfaces.app.work.task import Work
from sim.interfaces.app.work.worker import carry_out
from sim.interfaces.table import Row, Table

CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
OVERRIDES = ("traffic.rate=5/s", "users.population=50", *WINDOW)
PATIENCE_SECONDS = 120
LONG = 600.0


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page needs its Chinese, and a shelf of its own that all tests of this process share.

    It leaves a `__main__` behind that must not stay: a process pool that is started later would
    run the page's script in each of its workers.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setenv(shelf.PLACE, str(tmp_path_factory.getbasetemp() / "shelf"))
    compile_chinese()


@pytest.fixture
def registry() -> Iterator[Jobs]:
    """Jobs that end with the test."""
    jobs = Jobs()
    yield jobs
    jobs.stop()


def page(language: str, name: str = "compare", **words: str) -> AppTest:
    """The page called *name* as a visitor opens it, by a link with these *words*."""
    app = AppTest.from_string(
        f"""
from sim.interfaces.app.pages import PAGES
PAGES._table = {{{name!r}: PAGES._table[{name!r}], **PAGES._table}}
from sim.interfaces.app.frame import show
show()
""",
        default_timeout=60,
    )
    app.query_params["lang"] = language
    for key, value in words.items():
        app.query_params[key.replace("_", "-")] = value
    return app.run()


def words_of(app: AppTest) -> str:
    """Every text on the page."""
    kinds = ("title", "caption", "header", "subheader", "markdown", "text", "error", "info")
    found = [element.value for kind in kinds for element in app.get(kind)]
    found += [element.proto.body for element in app.get("html")]
    return "\n".join(str(value) for value in found).replace("<wbr>", "")


def word(app: AppTest, name: str) -> str:
    """What the address says of *name*."""
    found = app.query_params[name]
    return found if isinstance(found, str) else str(found[-1])


def with_manifest(app: AppTest, text: str) -> AppTest:
    """Choose one's own manifest and paste it."""
    app.selectbox(key="scenario").set_value("own").run()
    app.text_area(key="manifest").set_value(text)
    app.text_input(key="image").set_value("web=nginx:1.21")
    app.text_area(key="overrides").set_value("\n".join(OVERRIDES))
    app.number_input(key="runs").set_value(2)
    return app.run()


def until(condition: Callable[[], bool], pause_seconds: float = 0.1) -> None:
    """Wait for *condition*, as long as it takes but not for ever; to look at it may cost much."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(pause_seconds)


def small_order(runs: int = 2) -> Order:
    """A comparison that takes a moment."""
    return Order(
        bundled=None,
        manifest=DEPLOYMENT,
        images=("web=nginx:1.21",),
        overrides=OVERRIDES,
        strategies=("Recreate", "RollingUpdate"),
        runs=runs,
    )


def work_of(order: Order) -> Work:
    """The order as the page gives it away."""
    return Work(task="compare", order=order.to_json())


def started(registry: Jobs, order: Order) -> Job:
    """The job that carries *order* out."""
    job = registry.start(work_of(order), seconds=LONG)
    assert job is not None
    return job


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a worker leaves on the shelf for a small comparison."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(shelf.PLACE, str(tmp_path_factory.getbasetemp() / "shelf"))
        work = work_of(small_order())
        reports = io.StringIO()
        asked = {"task": work.task, "order": dict(work.order), "name": work.name}
        carry_out(json.loads(json.dumps(asked)), reports)
        *progress, last = map(json.loads, reports.getvalue().splitlines())
        assert progress == [{"done": done, "total": 2} for done in range(3)]
        assert last == {"shelved": work.name}
        assert all(
            (shelf.find(f"{work.name}.{language}.png") or b"")[:4] == b"\x89PNG"
            for language in ("en", "zh")
        )
        return shelf.find_json(work.name) or {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_opens_in_both_languages_with_the_bundled_scenario(language: str) -> None:
    """What the scenario assumes is there before anything runs."""
    app = page(language, n="3")
    assert not app.exception
    assert app.selectbox(key="scenario").value == "web-app"
    assert not app.button(key="start-compare").disabled
    assert bool(CJK.search(words_of(app))) == (language == "zh")
    assert "traffic.rate" in words_of(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bad_manifest_shows_every_mistake_with_line_and_column(language: str) -> None:
    """And cannot be run."""
    app = with_manifest(page(language, n="3"), BROKEN)
    assert not app.exception
    text = words_of(app)
    places = ("line 6, column 3", "line 8, column 20")
    for place in places if language == "en" else ("第 6 行，第 3 列", "第 8 行，第 20 列"):
        assert place in text
    assert "manifests.yaml" not in text
    assert "replcas" in text
    assert bool(CJK.search(text)) == (language == "zh")
    with pytest.raises(KeyError):
        app.button(key="start-compare")


def test_a_good_manifest_reaches_a_verdict_in_both_languages() -> None:
    """In a process of its own, while the page goes on answering; the language can change later."""
    app = with_manifest(page("en", n="3"), DEPLOYMENT)
    app.button(key="start-compare").click().run()

    def verdict() -> bool:
        app.run()
        assert not app.exception
        assert not app.error
        return "class='seatrial-verdict'" in words_of(app) and "RollingUpdate" in words_of(app)

    until(lambda: verdict() and bool(app.get("tab")), 0.5)
    assert len(word(app, "text")) == 32
    for language in ("en", "zh"):
        app.query_params["lang"] = language
        app.run()
        assert not app.exception
        assert bool(CJK.search(words_of(app))) == (language == "zh")
        assert "Recreate</th>" in words_of(app)


def test_a_link_shows_the_same_settings_in_the_readers_language(compared: dict) -> None:
    """The address has ids only, and says everything that the result depends on."""
    app = with_manifest(page("en", n="3"), DEPLOYMENT)
    link = {name: word(app, name) for name in app.query_params if name != "lang"}
    assert link["s"] == "Recreate,RollingUpdate"
    assert not any(CJK.search(value) for value in link.values())

    other = page("zh", **link)

    assert not other.exception
    assert other.text_area(key="manifest").value == DEPLOYMENT
    assert other.text_input(key="image").value == "web=nginx:1.21"
    assert "class='seatrial-verdict'" in words_of(other)
    assert CJK.search(words_of(other))


def test_an_address_that_makes_no_sense_is_left_out() -> None:
    """A stranger's link can be anything; none of it reaches the disk."""
    app = page("en", scenario="../../etc/passwd", n="1e9", s="Rolling,Recreate", text="../x")

    assert not app.exception
    assert app.selectbox(key="scenario").value == "web-app"
    assert app.number_input(key="runs").value == settings.DEFAULT_RUNS
    assert app.multiselect(key="strategies").value == ["Recreate"]
    with pytest.raises(ValueError, match="hash"):
        shelf.find("../x")


def test_limits_say_who_keeps_them_and_how_sure_that_is(compared: dict) -> None:
    """Recreate of two pods fails requests; a limit of none at all is kept by nobody who does."""
    app = with_manifest(page("en", n="3"), DEPLOYMENT)
    app.number_input(key="limit-failed_requests").set_value(0.0).run()

    text = words_of(app)
    assert "max-failed" in app.query_params
    assert "✕ 0 of 2" in text and "0 to 66\N{NO-BREAK SPACE}% likely" in text


def test_every_page_has_a_file_a_line_and_fields_that_do_not_collide() -> None:
    """One name in an address is one setting, whatever page it is on."""
    files = {path.stem for path in (ROOT / "sim/interfaces/app/pages").glob("*.py")} - {"__init__"}
    fields: dict[str, address.Field] = {}
    for name in PAGES:
        for field in PAGES[name].fields:
            assert fields.setdefault(field.name, field).key == field.key

    assert files == {name.replace("-", "_") for name in PAGES}


def test_what_a_visitor_takes_home_is_whole(compared: dict) -> None:
    """Equal content gives equal bytes; the report needs nothing from anywhere."""
    comparison, order = compared["comparison"], small_order()
    rows = downloads.values_csv(comparison).decode().splitlines()
    assert rows[0] == "strategy,seed,figure,unit,value"
    assert any(row.startswith("Recreate,1,failed_requests,requests,") for row in rows)
    assert downloads.values_parquet(comparison)[:4] == b"PAR1"
    archive = zipfile.ZipFile(io.BytesIO(downloads.scenario_zip(order)))
    assert archive.read("manifests.yaml").decode() == DEPLOYMENT
    assert "--set traffic.rate=5/s" in archive.read("command.txt").decode()
    for language in ("en", "zh"):
        written = report(compared, downloads.command(order), language)
        assert "<svg" in written
        assert not re.search(r"(src|href)=", written)
        assert bool(CJK.search(written.split("</style>")[-1])) == (language == "zh")


def test_a_pair_is_counted_seed_by_seed() -> None:
    """Two of three against one of three, and never both."""
    arms = [
        {"strategy": name, "figures": {"failed_requests": {"values": values}}}
        for name, values in ((None, [0, 0, 0]), ("A", [1, 5, 2]), ("B", [3, 4, 2]))
    ]
    names, found = superiorities({"arms": arms})

    assert ["A", "B"] == names
    assert (1, 3, 1) == (found[0, 1].once.count, found[0, 1].once.n, found[0, 1].ties)
    assert (1, 3, 1) == (found[1, 0].once.count, found[1, 0].once.n, found[1, 0].ties)


def test_a_fault_that_is_switched_on_is_part_of_the_order() -> None:
    """Its amount is the visitor's; a wrong one is a mistake like any other."""
    app = page("en", n="3")
    app.toggle(key="fault-bug").set_value(True).run()
    assert not app.button(key="start-compare").disabled
    assert word(app, "fault-bug-amount") == "5%"
    app.text_input(key="amount-bug").set_value("lots").run()
    assert not app.exception
    assert "bug:new:lots" in words_of(app)


def test_a_rollout_is_compared_as_it_says_unless_a_visitor_chooses_otherwise() -> None:
    app = page("en", scenario="canary-analysis").run()
    strategies = app.multiselect(key="strategies")
    assert ["Canary", "Recreate", "RollingUpdate"] == strategies.value

    app.selectbox(key="scenario").set_value("maintenance").run()
    assert ["Recreate", "RollingUpdate"] == app.multiselect(key="strategies").value

    app.multiselect(key="strategies").set_value(["RollingUpdate"]).run()
    app.selectbox(key="scenario").set_value("canary-analysis").run()
    assert ["RollingUpdate"] == app.multiselect(key="strategies").value


def test_without_a_strategy_there_is_nothing_to_compare() -> None:
    """The button says so by being off."""
    app = page("en", n="3")
    app.multiselect(key="strategies").set_value([]).run()
    assert app.button(key="start-compare").disabled


def test_a_cancelled_job_stops_its_process_and_says_so(registry: Jobs) -> None:
    """No orphan goes on computing."""
    job = started(registry, small_order(runs=500))
    until(lambda: job.total > 0)
    begun = time.monotonic()
    job.cancel()
    assert job.state is State.CANCELLED
    assert job.process_has_ended()
    assert time.monotonic() - begun < 2.0


def test_only_so_many_jobs_run_at_once_and_the_same_work_is_one_job(registry: Jobs) -> None:
    """A visitor cannot take the whole machine by clicking; the third waits for a place."""
    first = started(registry, small_order(runs=500))
    assert started(registry, small_order(runs=500)) is first
    started(registry, small_order(runs=501))
    third, fourth = (started(registry, small_order(runs=n)) for n in (502, 503))
    assert third.waits and fourth.waits
    assert (third.before, fourth.before) == (0, 1)
    first.cancel()
    until(lambda: not third.waits)
    assert fourth.waits and fourth.before == 0


def test_work_that_takes_too_long_is_stopped_and_says_so(registry: Jobs) -> None:
    """Whatever a stranger's file does to whoever reads it."""
    job = registry.start(work_of(small_order(runs=500)), seconds=0.2)
    assert job is not None
    until(lambda: job.state is not State.RUNNING)
    assert job.state is State.FAILED
    assert "0.2 s" in job.error["en"]
    until(job.process_has_ended)


def test_an_order_that_cannot_be_carried_out_says_why_in_both_languages(registry: Jobs) -> None:
    """The worker reads the input again, and trusts nobody."""
    order = Order.from_json(small_order().to_json() | {"manifest": BROKEN})
    job = started(registry, order)
    until(lambda: job.state is not State.RUNNING)
    assert job.state is State.FAILED
    assert "replcas" in job.error["en"]
    assert CJK.search(job.error["zh"])


def test_the_shelf_makes_room_for_what_is_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The longest unused go first, and nothing half-written is ever found."""
    monkeypatch.setenv(shelf.PLACE, str(tmp_path))
    monkeypatch.setattr(shelf, "MOST_BYTES", 25)
    for number in range(4):
        shelf.put(f"{number}" * 32, b"0123456789")
        time.sleep(0.02)
    kept = [number for number in range(4) if shelf.find(f"{number}" * 32)]
    assert kept == [2, 3]


def test_the_same_order_has_the_same_name_and_another_has_another() -> None:
    """A result is found again by what it was made from."""
    assert work_of(small_order()).name == work_of(small_order()).name
    assert work_of(small_order()).name != work_of(small_order(3)).name
    assert server.result_of(work_of(small_order(99))) is None


def test_a_number_in_a_table_is_never_broken_at_its_point():
    rows = (Row(cells=("versions.old.service", "+1.24")),)
    html = html_table(Table(title="t", headings=("a", "b"), rows=rows))

    assert "+1.24" in html
    assert "versions.<wbr>old.<wbr>service" in html


def test_a_table_breaks_prose_and_never_a_code_or_a_figure() -> None:
    """A long text has room of its own; what says whose row it is stays while the rest scrolls."""
    rows = (Row(cells=("4.1c", "a sentence that is longer than a line", "10 ± 2")),)
    table = Table(title="t", headings=("a", "b", "c"), rows=rows, figures_from=2)
    html = html_table(table)

    assert "4.1c" in html
    assert '<td class="prose">a sentence' in html
    assert '<td class="figure">10 ± 2' in html
    assert '<table class="named">' in html
    assert "named" not in html_table(replace(table, figures_from=0))


def test_the_dark_picture_stands_on_the_dark_page() -> None:
    """Patterns have a ground of their own, which must be the page's."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    grounds = {name: config["theme"][name]["backgroundColor"] for name in ("light", "dark")}

    assert grounds == {"light": DAY.paper.lower(), "dark": NIGHT.paper.lower()}
