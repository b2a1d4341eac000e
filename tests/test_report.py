"""The report: one file that needs nothing, says what was found, and how to find it again."""

from __future__ import annotations

import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_line import call
from small_manifests import DEPLOYMENT, FEW, SMALL

from sim.experiments.folder import read_run_folder
from sim.interfaces.report import repeating

CJK = re.compile("[\u4e00-\u9fff]")
SWEPT = ("--vary", "maxSurge=1,2", "--vary", "minReadySeconds=0,1")


class Page(HTMLParser):
    """What a browser would ask for, run, and show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.asked += [str(named[name]) for name in ("src", "href", "srcset") if name in named]
        if tag == "img":
            self.pictures.append(named)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run, a comparison, a sweep and a drill of one small Deployment."""
    place = tmp_path_factory.mktemp("report")
    manifest = place / "shop.yaml"
    manifest.write_text(DEPLOYMENT)
    words = {
        "run": ("run", str(manifest), *SMALL, "--fault", "bug:new:5%"),
        "compare": ("compare", str(manifest), *FEW, "--require", "downtime<=1h"),
        "sweep": ("sweep", str(manifest), *FEW, *SWEPT),
        "drill": ("drill-rollback", str(manifest), *FEW, "--at", "mid-rollout"),
    }
    for name, command in words.items():
        shown = call(*command, "--out", str(place / name), "--lang", "en")
        assert shown.exit_code == 0, shown.output
    return {name: place / name for name in words}


def written(folder: Path, language: str) -> Page:
    target = folder.parent / f"{folder.name}.{language}.html"
    shown = call("report", str(folder), "-o", str(target), "--lang", language)
    assert shown.exit_code == 0, shown.output
    return Page(target.read_text())


@pytest.mark.parametrize("name", ["run", "compare", "sweep", "drill"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_asks_nobody_for_anything(folders, name, language):
    page = written(folders[name], language)
    assert page.pictures
    assert all(one.startswith("data:image/png;base64,") for one in page.asked)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert all(one["alt"] for one in page.pictures)


@pytest.mark.parametrize("name", ["run", "compare", "sweep", "drill"])
def test_both_languages_say_the_same_numbers_in_their_own_words(folders, name):
    english, chinese = (" ".join(written(folders[name], one).words) for one in ("en", "zh"))
    numbers = re.compile(r"\d[\d,.]* ± [\d,.]+\d")
    assert sorted(numbers.findall(english)) == sorted(numbers.findall(chinese))
    assert CJK.search(chinese) and not CJK.search(english.partition("</style>")[2])


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("run", ("What this rests on", "What each strategy ran with", "Figures of seed 0")),
        ("compare", ("Requirements", "What this rests on", "Figures: mean", "all requirements")),
        ("sweep", ("What matters most", "What this rests on", "best failed requests")),
        ("drill", ("The bad release", "What this rests on", "What it cost", "in mid-rollout")),
    ],
)
def test_a_report_has_verdict_tables_assumptions_and_defaults(folders, name, titles):
    words = " ".join(written(folders[name], "en").words)
    for title in (*titles, "The same again"):
        assert title in words


def test_the_command_of_a_report_finds_the_same_again(folders, tmp_path):
    words = written(folders["compare"], "en").words
    command = next(text for text in words if text.startswith("seatrial compare"))
    again = tmp_path / "again"
    shown = call(*shlex.split(command)[1:], "--out", str(again))
    assert shown.exit_code == 0, shown.output
    first, second = (
        json.loads((place / "manifest.json").read_text()) for place in (folders["compare"], again)
    )
    assert first == second
    assert (again / "report.json").read_bytes() == (folders["compare"] / "report.json").read_bytes()


def test_what_a_manifest_or_a_flag_says_stays_text(tmp_path):
    manifest = tmp_path / "shop.yaml"
    manifest.write_text(DEPLOYMENT)
    words = ("--rps", "5", "--image", "web=<script>alert(1)</script>")
    shown = call("run", str(manifest), *words, "--out", str(tmp_path / "run"))
    assert shown.exit_code == 0, shown.output
    page = written(tmp_path / "run", "en")
    assert "script" not in page.tags
    assert "alert(1)" in " ".join(page.words)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("sweep", "x", "--resume", "-o", "a b"), "seatrial sweep x"),
        (("compare", "x", "--workers", "2", "--runs", "3"), "seatrial compare x --runs 3"),
        (("--lang", "zh", "run", "x", "--out=y"), "seatrial run x"),
        (("run", "x", "--set", "a=b c"), "seatrial run x --set 'a=b c'"),
    ],
)
def test_where_and_how_fast_are_no_part_of_what_is_repeated(words, kept):
    assert repeating(words) == kept


def test_a_run_folder_with_a_report_is_still_read_as_a_run(folders):
    assert read_run_folder(folders["run"]).strategy == "RollingUpdate"


def test_a_folder_without_a_report_is_told(tmp_path):
    shown = call("report", str(tmp_path), "-o", str(tmp_path / "r.html"))
    assert shown.exit_code == 1
    assert "holds no report" in shown.stderr
    assert not (tmp_path / "r.html").exists()


def test_a_comparison_does_not_take_the_place_of_something_else(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    manifest = tmp_path.parent / "shop.yaml"
    manifest.write_text(DEPLOYMENT)
    shown = call("compare", str(manifest), *FEW, "--out", str(tmp_path))
    assert shown.exit_code == 1
    assert "is not a comparison; it is left alone" in shown.stderr
