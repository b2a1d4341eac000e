"""The Python face: what docs/python.md shows runs, and frames and tables say what was measured."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiments.chosen import chosen_strategies
from sim.i18n import message

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def names(root) -> dict[str, Any]:
    """What a reader has who ran every block of docs/python.md, from the first to the last."""
    found: dict[str, Any] = {}
    for block in BLOCK.findall((root / "docs" / "python.md").read_text("utf-8")):
        exec(compile(block, "docs/python.md", "exec"), found)
    return found


class Cells(HTMLParser):
    """The texts of a table, row by row, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data) -> None:
        if self.rows and self.rows[-1]:
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
