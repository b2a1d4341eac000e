"""For each strategy a story in which it is the best choice, and one in which it is the worst."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def make_strategies():
    spec = importlib.util.spec_from_file_location(
        "strategies_page", ROOT / "docs" / "make_strategies.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Its dataclasses look themselves up.
    spec.loader.exec_module(module)
    return module


PAGE = make_strategies()
STORIES = PAGE.STORIES
# Those that are not told about the usual strategies take minutes of simulated time each; the worst
# are measured by the same lines as the best.
PARAMS = [
    pytest.param(key, marks=() if story.best and story.among == PAGE.USUAL else pytest.mark.slow)
    for key, story in STORIES.items()
]


@pytest.mark.slow
@pytest.mark.parametrize("key", list(STORIES))
def test_the_strategy_is_the_best_or_the_worst_by_a_margin_that_seeds_do_not_make(key):
    """Its worst seed against the best seed of every other that can be chosen, or the reverse."""
    story, found = STORIES[key], PAGE.measured(key)
    own = found[story.strategy]
    others = [
        told.values[story.figure]
        for name, told in found.items()
        if name != story.strategy and not told.out
    ]

    assert not own.out
    assert others
    for other in others:
        if story.best:
            assert max(own.values[story.figure]) * story.margin < min(other)
        else:
            assert min(own.values[story.figure]) > story.margin * max(other)


@pytest.mark.parametrize("key", PARAMS)
def test_the_page_tells_what_is_measured_today(key):
    """Rewrite it with `python docs/make_strategies.py`."""
    blocks = {found[1]: found[3] for found in PAGE.BLOCK.finditer(PAGE.PAGE.read_text("utf-8"))}

    assert PAGE.block(key) == blocks[key]


@pytest.mark.parametrize("name", PAGE.STRATEGIES)
def test_the_page_tells_each_strategy_s_defaults_and_both_of_its_stories(name):
    (part,) = [
        part
        for part in re.split(r"^## ", PAGE.PAGE.read_text("utf-8"), flags=re.MULTILINE)
        if part.splitlines()[0] == name
    ]

    assert PAGE.defaults(name) in part
    assert {True, False} == {one.best for one in STORIES.values() if one.strategy == name}
    for key, one in STORIES.items():
        assert (one.strategy == name) == (f"<!-- measured: {key} -->" in part)


def test_a_condition_of_a_story_puts_somebody_out_of_the_question():
    """Or it would be no condition."""
    for key, story in STORIES.items():
        if story.must_not is not None:
            assert any(told.out for told in PAGE.measured(key).values()), key
