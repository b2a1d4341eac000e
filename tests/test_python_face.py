"""The Python face: what docs/python.md shows runs, and frames and tables say what was measured."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from command_line import call
from recorded_log import an_hour
from small_manifests import DEPLOYMENT

import sim
from sim.analysis.figures import FIGURES, Yardstick, measure
from sim.analysis.units import Unit
from sim.experiments.chosen import chosen_strategies
from sim.i18n import message

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def names(root, tmp_path_factory) -> dict[str, Any]:
    """What a reader has who ran every block of docs/python.md, from the first to the last.

    Where the reader stands there are a log and a manifest.
    """
    place = tmp_path_factory.mktemp("reader")
    (place / "access.log").write_text(an_hour())
    (place / "my-deployment.yaml").write_text(DEPLOYMENT)
    found: dict[str, Any] = {}
    with contextlib.chdir(place):
        for block in BLOCK.findall((root / "docs" / "python.md").read_text("utf-8")):
            exec(compile(block, "docs/python.md", "exec"), found)
    return found


class Cells(HTMLParser):
    """The texts of a table, row by row, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag) -> None:
        self.inside = self.inside and tag not in ("th", "td")

    def handle_data(self, data) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def test_the_frame_has_every_value_of_every_arm(names):
    comparison, frame = names["comparison"], names["frame"]

    assert ["strategy", "seed", "figure", "unit", "value"] == list(frame.columns)
    assert not frame.duplicated(["strategy", "seed", "figure"]).any()
    for arm in comparison.arms:
        of_arm = frame[frame.strategy == (arm.strategy or "no release")]
        assert set(arm.values) == set(of_arm.figure)
        for key, values in arm.values.items():
            found = of_arm[of_arm.figure == key]
            expected = [np.nan if value is None else value for value in values]
            assert list(comparison.seeds) == list(found.seed)
            np.testing.assert_array_equal(expected, found.value)
    units = {key: one["unit"] for key, one in comparison.to_json()["figures"].items()}
    assert units == dict(zip(frame.figure, frame.unit, strict=True))


def test_a_pair_is_the_mean_of_the_differences_of_the_frame(names):
    pairs, frame = names["pairs"], names["frame"]
    by_seed = frame.pivot(index=["figure", "seed"], columns="strategy", values="value")

    assert {
        ("Recreate", "no release"),
        ("RollingUpdate", "no release"),
        ("Recreate", "RollingUpdate"),
    } == set(zip(pairs["first"], pairs["second"], strict=True))
    for row in pairs.itertuples():
        gaps = (by_seed[row.first] - by_seed[row.second]).loc[row.figure].dropna()
        assert (len(gaps), 3) == (row.n, row.of)
        assert row.difference == pytest.approx(gaps.mean(), abs=1e-9)
        assert row.n == 1 or row.low <= row.difference <= row.high


def test_the_timeline_of_a_run_accounts_for_every_request(names):
    assert names["run"].requests.total == names["timeline"].to_numpy().sum()
    assert names["timeline"].drop(columns="none").to_numpy().sum() > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_shows_verdict_and_figures_in_the_readers_language(names, language, monkeypatch):
    monkeypatch.setenv("SEATRIAL_LANG", language)
    comparison = names["comparison"]
    text = comparison._repr_html_()
    cells = Cells(text)

    assert comparison.verdict.render(language) in text
    assert f"<p>{comparison.verdict.render(language)}</p>" == comparison.verdict._repr_html_()
    head, *rows = cells.rows
    assert [message("no release").render(language), "Recreate", "RollingUpdate"] == head[2:]
    shown = [key for key in comparison.arms[0].values if _is_known(comparison, key)]
    assert len(shown) == len(rows)
    failed = rows[shown.index("failed_requests")]
    for arm, cell in zip(comparison.arms, failed[2:], strict=True):
        mean = float(cell.replace(",", "").split(" ")[0])
        assert mean == pytest.approx(arm.estimates["failed_requests"].value, abs=1, rel=0.05)


def _is_known(comparison, key: str) -> bool:
    return any(arm.estimates[key] is not None for arm in comparison.arms)


def test_nothing_that_a_notebook_shows_is_markup_or_has_a_colour(names, monkeypatch):
    monkeypatch.setenv("SEATRIAL_LANG", "en")
    comparison = names["comparison"]
    arms = (comparison.arms[0], replace(comparison.arms[1], strategy="<script>x</script>"))
    evil = replace(comparison, arms=arms, verdict=message("<b>{x}", x="<img src=x>"))
    text = evil._repr_html_()

    assert {"script", "b", "img"}.isdisjoint(Cells(text).tags)
    assert "&lt;script&gt;" in text and "&lt;img" in text
    assert not re.search(r"color|#[0-9a-f]{3}|background", text)
    assert "&lt;b&gt;" in evil.verdict._repr_html_()


class Forbidden:
    """A yardstick that nobody may look at."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"looks at {name}")


def test_figures_that_stand_alone_never_look_at_the_yardstick(names):
    run = names["run"]
    alone = {key for key, one in FIGURES.items() if one.stands_alone}
    for key in alone:
        FIGURES[key].compute(run, Forbidden())
    for key in FIGURES.keys() - alone:
        with pytest.raises(AssertionError, match="looks at"):
            FIGURES[key].compute(run, Forbidden())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_shows_a_run_as_its_figures_and_what_they_mean(names, language, monkeypatch):
    monkeypatch.setenv("SEATRIAL_LANG", language)
    run = names["run"]
    head, *rows = Cells(run._repr_html_()).rows
    known = {
        key: value
        for key, value in measure(run, Yardstick(no_release=run, slo_availability=0.999)).items()
        if FIGURES[key].stands_alone and value is not None
    }

    assert message("what it is").render(language) == head[-1]
    assert len(known) == len(rows) > 10
    for (key, value), (label, shown, _, meaning) in zip(known.items(), rows, strict=True):
        assert FIGURES[key].label.render(language) == label
        assert FIGURES[key].definition.render(language) == meaning
        if FIGURES[key].unit is Unit.REQUESTS:
            assert value == float(shown.replace(",", ""))


def test_the_frame_of_a_sweep_has_every_run_of_every_point_that_is_not_refused(names):
    swept, frame = names["swept"], names["by_point"]
    points = {("0", "1"), ("1", "0"), ("1", "1")}

    assert ["maxSurge", "maxUnavailable", "strategy", "seed", "figure", "unit", "value"] == list(
        frame.columns
    )
    assert points == set(zip(frame.maxSurge, frame.maxUnavailable, strict=True))
    assert [("0", "0")] == [
        (one.maxSurge, one.maxUnavailable) for one in swept.refused().itertuples()
    ]
    assert "maxUnavailable" in swept.refused().why[0]
    assert len(frame) == len(points) * 2 * 2 * len(FIGURES)  # Two arms, two seeds.
    effects = swept.effects("rollout")
    assert ["maxUnavailable", "maxSurge"] == list(effects.field)
    assert (effects.difference > 5).all()
    for row in effects.itertuples():
        chosen = frame[(frame.figure == "settled_seconds") & (frame.strategy == row.strategy)]
        means = chosen.groupby([row.field, "seed"]).value.mean()
        gaps = means[row.most] - means[row.least]
        assert row.difference == pytest.approx(gaps.mean())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_shows_every_point_of_a_sweep_and_calls_the_refused_one_so(
    names, language, monkeypatch
):
    monkeypatch.setenv("SEATRIAL_LANG", language)
    text = names["swept"]._repr_html_()
    rows = Cells(text).rows

    assert message("refused").render(language) in next(row for row in rows if row[:2] == ["0", "0"])
    assert {("0", "1"), ("1", "0"), ("1", "1")} <= {tuple(row[:2]) for row in rows}
    assert not re.search(r"color|#[0-9a-f]{3}|background", text)


def test_a_sweep_in_a_folder_is_the_one_of_the_command_line_and_can_be_gone_on_with(
    names, tmp_path
):
    words = {
        "vary": ["maxSurge=1,2"],
        "overrides": ["traffic.rate=5/s", "window.length=12s", "window.settle=2s"],
        "seeds": range(2),
        "workers": 1,
    }
    first = sim.sweep("web-app", "Recreate", out=tmp_path / "face", **words)
    heard: list[tuple[int, int]] = []
    second = sim.sweep(
        ["web-app"],
        ["Recreate"],
        out=tmp_path / "face",
        resume=True,
        progress=lambda *at: heard.append(at),
        **words,
    )
    flags = [word for text in words["overrides"] for word in ("--set", text)]
    shown = call(
        *("sweep", "web-app", "--strategy", "Recreate", "--vary", "maxSurge=1,2", "--runs", "2"),
        *("-o", str(tmp_path / "command"), *flags, "--workers", "1"),
    )

    assert [(2, 2)] == heard
    assert first.frame().equals(second.frame())
    assert shown.exit_code == 0, shown.output
    for name in ("sweep.json", "summary.json"):
        assert (tmp_path / "face" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: sim.sweep("web-app", vary=[]), "there is nothing to vary"),
        (lambda: sim.sweep("web-app", vary=["maxSuge=1"]), "did you mean maxSurge?"),
        (lambda: sim.sweep("web-ap", vary=["maxSurge=1"]), "did you mean web-app?"),
        (lambda: sim.sweep("web-app", "Canry", vary=["maxSurge=1"]), "did you mean Canary?"),
        (lambda: sim.sweep("web-app", vary=["maxSurge=1"], seeds=()), "at least 2 seeds"),
        (lambda: sim.sweep("web-app", vary="maxSurge=1,2", design="lhs"), "needs --points"),
        (lambda: sim.sweep("web-app", vary=["maxSurge=1", "maxSurge=2"]), "the same field"),
        (lambda: sim.fit("no.log"), "no.log: cannot be read"),
        (lambda: sim.fit("no.log", for_="long"), "--for: 'long' is not a duration"),
        (
            lambda: sim.rollback_drill(sim.load("web-app"), "Recreate", moments=["noon"]),
            "no moment called 'noon'",
        ),
    ],
)
def test_what_cannot_be_is_one_kind_of_error_that_says_what_would_be_right(asked, said):
    with pytest.raises(sim.ScenarioError, match=re.escape(said)):
        asked()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_recording_has_its_facts_its_curve_and_its_doubts(names, language, monkeypatch):
    monkeypatch.setenv("SEATRIAL_LANG", language)
    recording = names["recording"]
    facts = recording.frame().set_index("fact").value

    assert facts["requests"] == recording.fit.requests
    assert sum(facts[name] for name in facts.index if name.startswith("classes.")) == (
        pytest.approx(1.0)
    )
    assert recording.fit.stretch.rates.tolist() == recording.curve().rate.tolist()
    assert [0.0, 60.0] == recording.curve().second.tolist()[:2]
    text = recording._repr_html_()
    assert recording.warnings
    for problem in recording.warnings:
        assert escape(problem.message.render(language)) in text
    assert names["yours"].population == round(facts["population"])


def test_the_frame_of_a_drill_has_every_clock_of_every_way_back(names):
    drill, frame = names["drill"], names["back"]

    assert ["moment", "strategy", "seed", "figure", "unit", "value"] == list(frame.columns)
    (found,) = drill.moments
    for way in found.ways:
        for key, values in way.values.items():
            chosen = frame[(frame.strategy == way.strategy) & (frame.figure == key)]
            expected = [np.nan if value is None else value for value in values]
            np.testing.assert_array_equal(expected, chosen.value)
    text = drill._repr_html_()
    assert ["Recreate", "RollingUpdate"] == Cells(text).rows[0][2:]


def test_a_single_name_may_stand_alone_and_all_are_those_that_fit(names):
    scenario = names["scenario"]
    alone = sim.compare(scenario, "Recreate", seeds=range(2), workers=1)
    every, left_out = chosen_strategies(scenario, ("all",))

    assert ["Recreate"] == [arm.strategy for arm in alone.releases]
    assert {"Recreate", "RollingUpdate", "BlueGreen", "Canary"} <= set(every)
    assert left_out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_python_of_a_readme_runs(root, name):
    (block,) = BLOCK.findall((root / name).read_text("utf-8"))
    found: dict[str, Any] = {}
    exec(compile(block, name, "exec"), found)

    assert len(found["comparison"].releases) > 5
