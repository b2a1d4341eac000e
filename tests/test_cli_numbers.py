"""How numbers, tables and system errors are put into words."""

from __future__ import annotations

import errno
import io
import os

import pytest
from rich.console import Console

from sim.interfaces.app.html_tables import html_table
from sim.interfaces.cause_names import CAUSE_NAMES
from sim.interfaces.numbers import decimals, plain, shown_estimate
from sim.interfaces.printed import print_table
from sim.interfaces.scenario_input import Shortcuts
from sim.interfaces.system_errors import explain
from sim.interfaces.table import Row, Table
from sim.model.causes import MECHANISMS
from sim.stats import mean_interval


@pytest.mark.parametrize(
    ("value", "half", "places"),
    [
        (31.42, 4.5, 1),
        (0.03142, 0.0013, 4),
        (1444.4, 71.0, 0),
        (12.0, 0.0, 0),
        (12.3456, 0.0, 2),
        (0.0, 0.0, 0),
        (5e-9, 0.0, 4),
    ],
)
def test_a_number_has_as_many_digits_as_are_known(value: float, half: float, places: int) -> None:
    """Two digits of the interval decide; without one, four of the number."""
    assert decimals(value, half) == places


def test_a_difference_carries_its_sign_and_nothing_is_never_minus_zero() -> None:
    """A plus says that more was lost."""
    assert plain(1234.5, 1, signed=True) == "+1,234.5"
    assert plain(-0.04, 1, signed=True) == "0.0"
    assert plain(-3.0, 0) == "-3"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1.0, 2.0, 3.0], "2.0 ± 2.5"),
        ([5.0, 5.0, 5.0], "5 (equal in all 3)"),
        ([5.0, None, 7.0], "6 ± 13 (in 2 of 3)"),
        ([5.0, None, 5.0], "5 (in 2 of 3)"),
        ([4.0], "4"),
        ([None, None], "–"),
    ],
)
def test_an_estimate_says_how_sure_it_is(values: list[float | None], text: str) -> None:
    """Student's t for 1, 2, 3: 2 ± 2.484; a value that nobody measured is a dash."""
    assert shown_estimate(mean_interval(values), 1.0, "en") == text


def table() -> Table:
    """Three columns, one of them of figures, with a long text and wide characters."""
    rows = (
        Row(cells=("\u505c\u673a\u65f6\u95f4", "x" * 30 + " " + "y" * 60, "1,234.5 ± 6.7")),
        Row(cells=("sub", "<b>", "0"), subordinate=True, explains='a "definition"'),
    )
    return Table(title="title", headings=("a", "b", "c"), rows=rows, figures_from=2)


def test_a_table_in_a_pipe_has_no_frame_and_cuts_nothing_off() -> None:
    """All characters of all cells are there, and no line is wider than the paper."""
    paper = io.StringIO()
    print_table(Console(file=paper, width=80, highlight=False), table())
    text = paper.getvalue()
    assert text.count("x") == 30
    assert text.count("y") == 60
    assert "1,234.5 ± 6.7" in text
    assert [c for c in text if "\u2500" <= c <= "\u259f" or c in "|+\u2026"] == []


def test_a_table_on_the_page_escapes_what_it_shows() -> None:
    """A name out of a manifest is text, never a tag."""
    html = html_table(table())
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert 'title="a &quot;definition&quot;"' in html


def test_a_row_must_have_a_cell_for_every_heading() -> None:
    """A shifted row would show numbers under the wrong name."""
    with pytest.raises(ValueError, match="rows must have 2 cells"):
        Table(title="", headings=("a", "b"), rows=(Row(cells=("1",)),))


def test_every_cause_that_can_happen_has_a_name() -> None:
    """A new mechanism needs a word for people."""
    assert set(CAUSE_NAMES) == set(MECHANISMS)


def test_short_flags_say_the_same_as_set() -> None:
    """A rate without a unit is per second."""
    assert Shortcuts(rps="80", users=5, attempts=2).overrides() == (
        "traffic.rate=80/s",
        "users.population=5",
        "clients.attempts=2",
    )
    assert Shortcuts(rps="600/m", timeout="3s", slo="99%").overrides() == (
        "traffic.rate=600/m",
        "clients.attemptTimeout=3s",
        "slo.availability=99%",
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.ENOSPC, "a.png: no space left on the device"),
        (errno.EROFS, "a.png: the file system is read-only"),
        (errno.EACCES, "a.png: permission denied"),
    ],
)
def test_a_refusal_by_the_system_names_the_file_and_the_reason(number: int, text: str) -> None:
    """What Python says would be `[Errno 28] …`."""
    assert str(explain(OSError(number, os.strerror(number), "a.png"))) == text
