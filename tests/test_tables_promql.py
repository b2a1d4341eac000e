"""PromQL: results worked by hand or by the documented rules (facts sheet 16), query by query.

Scrapes come every 10 s from 0 to 100. A result is written `name{pod=a} 11 | {pod=b} 10`, a number
as itself, nothing as an empty text, and a refusal as `!` and a part of its words.
"""

from __future__ import annotations

import re
from math import inf, isclose, isnan, nan

import pytest

from sim.errors import QueryError
from sim.model.samples import NAME, labels_of
from sim.monitoring.promql.evaluate import MOST_CHARACTERS, query
from sim.monitoring.series import SeriesStore

STALE = object()
TEN_SECONDS = {
    "c{pod=a,version=old}": [10.0 * n for n in range(11)],
    "c{pod=b,version=new}": [0, 5, 10, 15, 20, 0, 5, 10, 15, 20, 25],  # A restart at 50 s.
    "d{pod=a,version=old}": [1.0] * 11,
    "g{pod=a}": list(range(1, 12)),
    "g{pod=b}": [10, 8, 6, 4, 2, 0, 2, 4, 6, 8, 10],
    "gone{pod=a}": [5, 5, 5, 5, STALE],
    "late{pod=a}": [None] * 6 + [5, 6, 7, 8, 9],
    "once{}": [None] * 10 + [7],
    "holes{}": [0, None, 20, None, 40, None, 60, None, 80, None, 100],
    "unknown{pod=a}": [nan] * 11,
    "unknown{pod=b}": [3.0] * 11,
    "http_requests_total{status=200}": [19.0 * n for n in range(11)],
    "http_requests_total{status=500}": [1.0 * n for n in range(11)],
    "h_bucket{le=0.1}": [60.0] * 11,
    "h_bucket{le=0.5}": [90.0] * 11,
    "h_bucket{le=+Inf}": [100.0] * 11,
    "two_bucket{le=0.1,pod=a}": [5.0 * n for n in range(11)],
    "two_bucket{le=1,pod=a}": [10.0 * n for n in range(11)],
    "two_bucket{le=+Inf,pod=a}": [10.0 * n for n in range(11)],
    "two_bucket{le=0.1,pod=b}": [0.0] * 11,
    "two_bucket{le=1,pod=b}": [10.0 * n for n in range(11)],
    "two_bucket{le=+Inf,pod=b}": [10.0 * n for n in range(11)],
    "endless_bucket{le=0.1}": [60.0] * 11,
    "endless_bucket{le=0.5}": [90.0] * 11,
    "single_bucket{le=+Inf}": [9.0] * 11,
    "empty_bucket{le=1}": [0.0] * 11,
    "empty_bucket{le=+Inf}": [0.0] * 11,
    "odd_bucket{le=abc}": [1.0] * 11,
    "falling_bucket{le=0.1}": [60.0] * 11,
    "falling_bucket{le=0.5}": [50.0] * 11,
    "falling_bucket{le=+Inf}": [100.0] * 11,
    "again_bucket{le=0.1}": [60.0] * 11,
    "again_bucket{le=+Inf}": [100.0] * 11,
    "fine{}": [float(n) for n in range(11)],
    "huge{pod=a}": [1e308] * 11,
    "huge{pod=b}": [1.5e308] * 11,
    "below_bucket{le=-1}": [10.0] * 11,
    "below_bucket{le=1}": [20.0] * 11,
    "below_bucket{le=+Inf}": [20.0] * 11,
    "same_bucket{le=0.1}": [30.0] * 11,
    "same_bucket{le=0.10}": [30.0] * 11,
    "same_bucket{le=0.5}": [90.0] * 11,
    "same_bucket{le=+Inf}": [100.0] * 11,
}


def labels(written: str):
    """`g{pod=a}` as labels."""
    name, _, inner = written.rstrip("}").partition("{")
    pairs = dict(pair.split("=", 1) for pair in inner.split(",") if pair)
    return labels_of({**pairs, NAME: name})


@pytest.fixture(scope="module")
def store() -> SeriesStore:
    found = SeriesStore()
    for written, values in TEN_SECONDS.items():
        for n, value in enumerate(values):
            if value is STALE:
                found.end(labels(written), 10.0 * n)
            elif value is not None:
                found.append(labels(written), 10.0 * n, float(value))
    return found


def close(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other)) or isclose(one, other, rel_tol=1e-9)


def check(store: SeriesStore, asked: str, expected: str, at: float = 100.0) -> None:
    """That *asked* at the moment *at* is answered by *expected*."""
    if expected.startswith("!"):
        with pytest.raises(QueryError, match=re.escape(expected[1:])):
            query(store, asked, at)
        return
    found = query(store, asked, at)
    if isinstance(found, float):
        assert close(float(expected), found), found
        return
    wanted = {}
    for part in filter(None, expected.split(" | ")):
        written, _, value = part.rpartition(" ")
        wanted[labels(written)] = float(value)
    assert set(wanted) == {one.labels for one in found}, found
    assert len(found) == len(wanted)
    for one in found:
        assert close(wanted[one.labels], one.value), (one, wanted[one.labels])


def table(*rows: tuple[str, str]):
    return pytest.mark.parametrize(("asked", "expected"), rows, ids=[row[0] for row in rows])


@table(
    ("g", "g{pod=a} 11 | g{pod=b} 10"),
    ('g{pod="a"}', "g{pod=a} 11"),
    ('g{pod=~"a|b"}', "g{pod=a} 11 | g{pod=b} 10"),
    ('g{pod=~"."}', "g{pod=a} 11 | g{pod=b} 10"),
    ('g{pod=~"ab?"}', "g{pod=a} 11"),
    ('g{pod=~"b.+"}', ""),  # Anchored at both ends.
    ('g{pod!="a"}', "g{pod=b} 10"),
    ('g{pod!~"a.*"}', "g{pod=b} 10"),
    ('g{pod=~""}', ""),
    ('g{version=""}', "g{pod=a} 11 | g{pod=b} 10"),  # A label that is not there is empty.
    ('c{version!=""}', "c{pod=a,version=old} 100 | c{pod=b,version=new} 25"),
    ('g{nope="x"}', ""),
    ('{__name__="once"}', "once{} 7"),
    ('{__name__=~"on.e|late"}', "once{} 7 | late{pod=a} 9"),
    ('c{pod="a",version="old"}', "c{pod=a,version=old} 100"),
    ('c{pod="a",version="new"}', ""),
    ("nothing", ""),
    ("gone", ""),  # Stale, although it is younger than the lookback.
    ('g{pod="a"} offset 50s', "g{pod=a} 6"),
    ('g{pod="a"} offset 1m', "g{pod=a} 5"),
    ('g{pod="a"} offset 55s', "g{pod=a} 5"),
    ("once offset 1s", ""),
    ("(g)", "g{pod=a} 11 | g{pod=b} 10"),
)
def test_selectors(store, asked, expected):
    check(store, asked, expected)


@pytest.mark.parametrize(
    ("asked", "at", "expected"),
    [
        # The lookback of five minutes is left-open: a sample exactly that old is too old.
        ("once", 100.0, "once{} 7"),
        ("once", 399.9, "once{} 7"),
        ("once", 400.0, ""),
        ("once", 99.9, ""),
        # Stale from the scrape on that did not find it.
        ("gone", 30.0, "gone{pod=a} 5"),
        ("gone", 39.9, "gone{pod=a} 5"),
        ("gone", 40.0, ""),
        ("count_over_time(gone[20s])", 40.0, "{pod=a} 1"),
        ("rate(gone[30s])", 40.0, "{pod=a} 0"),
        ("rate(gone[30s])", 49.0, "{pod=a} 0"),
        ("rate(gone[30s])", 50.0, ""),
        ('g{pod="a"} offset -10s', 90.0, "g{pod=a} 11"),
        # Windows are exact to the millisecond, whatever floats make of 100.1 - 20.1.
        ("count_over_time(fine[20100ms])", 100.1, "{} 2"),
        ("count_over_time(fine[20101ms])", 100.1, "{} 3"),
        # irate: the last two samples; after a reset the last one alone.
        ('irate(c{pod="b"}[20s])', 50.0, "{pod=b,version=new} 0"),
        ('irate(c{pod="b"}[30s])', 60.0, "{pod=b,version=new} 0.5"),
        ('irate(c{pod="b"}[10s])', 60.0, ""),
        # Between scrapes the change is stretched to both edges of the window …
        ('rate(c{pod="a"}[20s])', 105.0, "{pod=a,version=old} 1"),
        ('increase(c{pod="a"}[50s])', 110.9, "{pod=a,version=old} 50"),
        # … but by half a gap where a scrape is missing: from 1.1 average gaps on.
        ('increase(c{pod="a"}[50s])', 111.0, "{pod=a,version=old} 44"),
        ('increase(c{pod="a"}[50s])', 112.0, "{pod=a,version=old} 43"),
        ('rate(c{pod="a"}[50s])', 112.0, "{pod=a,version=old} 0.86"),
        ('increase(c{pod="a"}[50s])', 140.0, ""),
        ('increase(c{pod="a"}[50s])', 130.0, "{pod=a,version=old} 25"),  # 10 x (10 + 10 + 5) / 10.
        ('increase(c{pod="a"}[50s])', 129.0, "{pod=a,version=old} 26"),  # 20 x (20 + 1 + 5) / 20.
        ('delta(g{pod="a"}[50s])', 112.0, "{pod=a} 4.3"),
        # A counter is not stretched beyond its zero: 0 at 0 s.
        ('increase(c{pod="a"}[50s])', 20.0, "{pod=a,version=old} 20"),
        ('increase(c{pod="a"}[15s])', 20.0, "{pod=a,version=old} 15"),
        ('delta(g{pod="a"}[50s])', 20.0, "{pod=a} 2.5"),  # A gauge is, by half a gap.
    ],
)
def test_moments(store, asked, at, expected):
    check(store, asked, expected, at)


@table(
    # (50, 100]: five samples and four gaps, stretched by one to the left: x 50 / 40.
    ('rate(c{pod="a"}[50s])', "{pod=a,version=old} 1"),
    ('increase(c{pod="a"}[50s])', "{pod=a,version=old} 50"),
    ('increase(c{pod="b"}[50s])', "{pod=b,version=new} 25"),
    ('rate(c{pod="b"}[50s])', "{pod=b,version=new} 0.5"),
    # (40, 100] begins at the restart with 0: nothing before it can be stretched.
    ('increase(c{pod="b"}[60s])', "{pod=b,version=new} 25"),
    # (30, 100] has the reset in it: 25 - 20 + 20, x 70 / 60.
    ('increase(c{pod="b"}[70s])', "{pod=b,version=new} 29.166666666666668"),
    # All of it: 25 + 20 lost at the reset; 5 at 10 s would be 0 at 10 x 45 / 40 before: x 100 / 90.
    ('increase(c{pod="b"}[100s])', "{pod=b,version=new} 44.44444444444444"),
    ('rate(c{pod="b"}[100s])', "{pod=b,version=new} 0.4444444444444444"),
    # A counter first seen at 5 does not show these 5.
    ("increase(late[50s])", "{pod=a} 5"),
    ("increase(late[100s])", "{pod=a} 4.5"),
    ("increase(once[50s])", ""),
    ("rate(once[1h])", ""),
    ('rate(c{pod="a"}[10s])', ""),  # Left-open: one sample only.
    ('rate(c{pod="a"}[11s])', "{pod=a,version=old} 1"),
    ("increase(holes[50s])", "{} 50"),  # Gaps of 20 s on average.
    ("rate(holes[100s])", "{} 1"),
    ('rate(c{pod="a"}[50s] offset 50s)', "{pod=a,version=old} 1"),
    ('delta(g{pod="a"}[50s])', "{pod=a} 5"),
    ('delta(g{pod="b"}[50s])', "{pod=b} 10"),
    ('delta(g{pod="b"}[100s])', "{pod=b} 2.2222222222222223"),
    ('delta(c{pod="b"}[70s])', "{pod=b,version=new} 5.833333333333333"),  # No counter, no reset.
    ("irate(c[50s])", "{pod=a,version=old} 1 | {pod=b,version=new} 0.5"),
    ("irate(once[50s])", ""),
    ("rate(nothing[5m])", ""),
    ('rate((c{pod="a"}[50s]))', "{pod=a,version=old} 1"),
    ('rate({__name__=~"c|d"}[50s])', "!same labelset"),
)
def test_counters(store, asked, expected):
    check(store, asked, expected)


@table(
    ('avg_over_time(g{pod="a"}[50s])', "{pod=a} 9"),
    ('sum_over_time(g{pod="a"}[50s])', "{pod=a} 45"),
    ('min_over_time(g{pod="a"}[50s])', "{pod=a} 7"),
    ('max_over_time(g{pod="a"}[50s])', "{pod=a} 11"),
    ('count_over_time(g{pod="a"}[50s])', "{pod=a} 5"),
    ('count_over_time(g{pod="a"}[51s])', "{pod=a} 6"),
    ('count_over_time(g{pod="a"}[10s])', "{pod=a} 1"),
    ('last_over_time(g{pod="a"}[50s])', "g{pod=a} 11"),  # It is still the same metric.
    ("last_over_time(gone[1h])", "gone{pod=a} 5"),
    ('present_over_time(g{pod="a"}[50s])', "{pod=a} 1"),
    ('stdvar_over_time(g{pod="a"}[50s])', "{pod=a} 2"),
    ('stddev_over_time(g{pod="a"}[50s])', "{pod=a} 1.4142135623730951"),
    ('quantile_over_time(0.5, g{pod="a"}[50s])', "{pod=a} 9"),
    ('quantile_over_time(0.1, g{pod="a"}[50s])', "{pod=a} 7.4"),
    ('quantile_over_time(1, g{pod="a"}[50s])', "{pod=a} 11"),
    ('quantile_over_time(2, g{pod="a"}[50s])', "{pod=a} inf"),
    ('quantile_over_time(-1, g{pod="a"}[50s])', "{pod=a} -inf"),
    ('quantile_over_time(NaN, g{pod="a"}[50s])', "{pod=a} nan"),
    ("min_over_time(unknown[50s])", "{pod=a} nan | {pod=b} 3"),
    ("sum_over_time(unknown[50s])", "{pod=a} nan | {pod=b} 15"),
    ("count_over_time(once[5s])", "{} 1"),
    ("avg_over_time(nothing[50s])", ""),
    ("avg_over_time(huge[50s])", "{pod=a} 1e308 | {pod=b} 1.5e308"),
    ('max_over_time(g{pod="b"}[50s] offset 40s)', "{pod=b} 6"),
    ('count_over_time({__name__=~"c|d"}[50s])', "!same labelset"),
)
def test_windows(store, asked, expected):
    check(store, asked, expected)


@table(
    ("sum(g)", "{} 21"),
    ("avg(g)", "{} 10.5"),
    ("min(g)", "{} 10"),
    ("max(g)", "{} 11"),
    ("count(g)", "{} 2"),
    ("sum by (pod) (g)", "{pod=a} 11 | {pod=b} 10"),
    ("sum(g) by (pod)", "{pod=a} 11 | {pod=b} 10"),
    ("sum by (nope) (g)", "{} 21"),
    ("sum without (pod) (g)", "{} 21"),
    ("sum without (version) (c)", "{pod=a} 100 | {pod=b} 25"),
    ("sum without () (g)", "{pod=a} 11 | {pod=b} 10"),
    ("count by (version) (c)", "{version=old} 1 | {version=new} 1"),
    ("count by (__name__) (c)", "c{} 2"),
    ("avg by (version) (rate(c[50s]))", "{version=old} 1 | {version=new} 0.5"),
    ("sum(rate(c[50s]))", "{} 1.5"),
    ("min(unknown)", "{} 3"),
    ("max(unknown)", "{} 3"),
    ("sum(unknown)", "{} nan"),
    ("count(unknown)", "{} 2"),
    ('min(unknown{pod="a"})', "{} nan"),
    ("avg(huge)", "{} 1.25e308"),  # Although the sum is too large.
    ("sum(huge)", "{} inf"),
    ("sum(nothing)", ""),
    ("count(nothing)", ""),
    ("sum(sum by (pod) (g))", "{} 21"),
)
def test_aggregations(store, asked, expected):
    check(store, asked, expected)


@table(
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("10 - 2 - 3", "5"),
    ("2 * 3 % 2", "0"),
    ("2 ^ 3 ^ 2", "512"),  # From the right.
    ("-2 ^ 2", "-4"),  # The power first.
    ("7 % 3", "1"),
    ("-7 % 3", "-1"),
    ("5.5 % 2", "1.5"),
    ("5 % 0", "nan"),
    ("1 / 0", "inf"),
    ("-1 / 0", "-inf"),
    ("0 / 0", "nan"),
    ("0 ^ 0", "1"),
    ("(-8) ^ (1 / 3)", "nan"),
    ("10 ^ 400", "inf"),
    ("0 ^ -1", "inf"),
    ("Inf - Inf", "nan"),
    ("1 > bool 2", "0"),
    ("1 < bool 2", "1"),
    ("2 >= bool 2", "1"),
    ("2 <= bool 1", "0"),
    ("1 == bool 1", "1"),
    ("1 != bool 1", "0"),
    ("NaN == bool NaN", "0"),
    ("NaN != bool NaN", "1"),
    ("1e3", "1000"),
    ("0x10", "16"),
    ("-Inf", "-inf"),
)
def test_numbers(store, asked, expected):
    check(store, asked, expected)


@table(
    ("g * 2", "{pod=a} 22 | {pod=b} 20"),
    ("2 * g", "{pod=a} 22 | {pod=b} 20"),
    ("100 - g", "{pod=a} 89 | {pod=b} 90"),
    ("g / 0", "{pod=a} inf | {pod=b} inf"),
    ("g % 4", "{pod=a} 3 | {pod=b} 2"),
    ("g ^ 2", "{pod=a} 121 | {pod=b} 100"),
    ("-g", "{pod=a} -11 | {pod=b} -10"),
    ("g > 10", "g{pod=a} 11"),  # A filter: the sample stays as it is, name and all.
    ("10 < g", "g{pod=a} 11"),
    ("g == 10", "g{pod=b} 10"),
    ("g != 10", "g{pod=a} 11"),
    ("g >= 10", "g{pod=a} 11 | g{pod=b} 10"),
    ("g < 10", ""),
    ("g > bool 10", "{pod=a} 1 | {pod=b} 0"),
    ("10 > bool g", "{pod=a} 0 | {pod=b} 0"),
    ("unknown > 1", "unknown{pod=b} 3"),  # NaN is not more than anything.
    ("unknown != 3", "unknown{pod=a} nan"),
    ('-{__name__=~"c|d"}', "!same labelset"),
    ('{__name__=~"c|d"} * 2', "!same labelset"),
)
def test_a_vector_and_a_number(store, asked, expected):
    check(store, asked, expected)


@table(
    ("g - g", "{pod=a} 0 | {pod=b} 0"),
    ("c / g", ""),  # One side has a version and the other has none.
    ("c / ignoring(version) g", "{pod=a} 9.090909090909092 | {pod=b} 2.5"),
    ("c / on(pod) g", "{pod=a} 9.090909090909092 | {pod=b} 2.5"),
    ("c > on(pod) g", "{pod=a} 100 | {pod=b} 25"),
    ("c > ignoring(version) g", "c{pod=a} 100 | c{pod=b} 25"),
    ("c > bool on(pod) g", "{pod=a} 1 | {pod=b} 1"),
    ("g > on(pod) c", ""),
    ("c * on(pod) group_left g", "{pod=a,version=old} 1100 | {pod=b,version=new} 250"),
    ("g * on(pod) group_right c", "{pod=a,version=old} 1100 | {pod=b,version=new} 250"),
    ("c - on(pod) group_left g", "{pod=a,version=old} 89 | {pod=b,version=new} 15"),
    ("g - on(pod) group_right c", "{pod=a,version=old} -89 | {pod=b,version=new} -15"),
    ("g * on(pod) group_left(version) c", "{pod=a,version=old} 1100 | {pod=b,version=new} 250"),
    ("c * on(pod) group_left(version) g", "{pod=a} 1100 | {pod=b} 250"),  # Taken over, and empty.
    ("c * on() group_left sum(g)", "{pod=a,version=old} 2100 | {pod=b,version=new} 525"),
    ("c * on() sum(g)", "!many-to-one matching must be explicit"),
    ("sum(g) * on() c", "!found duplicate series for the match group {} on the right"),
    ("c / on() g", "!found duplicate series for the match group {} on the right"),
    ("g / on() group_right sum(g)", "!found duplicate series for the match group {} on the left"),
    ("g / on() group_left c", "!many-to-many matching not allowed"),
    ("c > on() sum(g)", "!many-to-one matching must be explicit"),  # Though only one is more.
    ("c < on() (sum(g) - 20)", "!many-to-one matching must be explicit"),  # Though none is less.
    ("c / nothing", ""),
    ("sum(g) / count(g)", "{} 10.5"),
    ("sum by (pod) (g) / on(pod) g", "{pod=a} 1 | {pod=b} 1"),
    ("g == g", "g{pod=a} 11 | g{pod=b} 10"),
)
def test_two_vectors(store, asked, expected):
    check(store, asked, expected)


@table(
    ('g and on(pod) c{version="new"}', "g{pod=b} 10"),
    ('g unless on(pod) c{version="new"}', "g{pod=a} 11"),
    ("g and c", ""),
    ("g and ignoring(version) c", "g{pod=a} 11 | g{pod=b} 10"),
    ("g unless c", "g{pod=a} 11 | g{pod=b} 10"),
    ("g unless g", ""),
    ('g{pod="a"} or g', "g{pod=a} 11 | g{pod=b} 10"),
    ("g or late", "g{pod=a} 11 | g{pod=b} 10"),  # late{pod=a} has the like on the left.
    ('g{pod="b"} or late', "g{pod=b} 10 | late{pod=a} 9"),
    ("g or on() c", "g{pod=a} 11 | g{pod=b} 10"),
    ("nothing or vector(0)", "{} 0"),
    ("vector(1) or vector(2)", "{} 1"),
    ("g and g > 10", "g{pod=a} 11"),
    ("g > 10 and on(pod) late", "g{pod=a} 11"),
    ("g and on() vector(1)", "g{pod=a} 11 | g{pod=b} 10"),
    ("g and nothing", ""),
    ("g unless nothing", "g{pod=a} 11 | g{pod=b} 10"),
    ("once or g and nothing", "once{} 7"),  # and binds more tightly than or.
)
def test_sets(store, asked, expected):
    check(store, asked, expected)


@table(
    ("histogram_quantile(0.5, h_bucket)", "{} 0.08333333333333333"),
    ("histogram_quantile(0.6, h_bucket)", "{} 0.1"),
    ("histogram_quantile(0.8, h_bucket)", "{} 0.36666666666666664"),
    ("histogram_quantile(0.95, h_bucket)", "{} 0.5"),  # Never beyond the last finite bound.
    ("histogram_quantile(1, h_bucket)", "{} 0.5"),
    ("histogram_quantile(0, h_bucket)", "{} 0"),
    ("histogram_quantile(-0.1, h_bucket)", "{} -inf"),
    ("histogram_quantile(1.1, h_bucket)", "{} inf"),
    ("histogram_quantile(NaN, h_bucket)", "{} nan"),
    ("histogram_quantile(0.5, endless_bucket)", "{} nan"),
    ("histogram_quantile(0.5, single_bucket)", "{} nan"),
    ("histogram_quantile(0.5, empty_bucket)", "{} nan"),
    ("histogram_quantile(0.5, odd_bucket)", ""),
    ("histogram_quantile(0.5, g)", ""),
    ("histogram_quantile(0.6, falling_bucket)", "{} 0.1"),
    ("histogram_quantile(0.7, falling_bucket)", "{} 0.5"),
    ("histogram_quantile(0.5, below_bucket)", "{} -1"),
    ("histogram_quantile(0.75, below_bucket)", "{} 0"),
    ("histogram_quantile(0.5, same_bucket)", "{} 0.08333333333333333"),
    ('histogram_quantile(0.5, {__name__=~"h_bucket|again_bucket"})', "!same labelset"),
    ("histogram_quantile(0.25, two_bucket)", "{pod=a} 0.05 | {pod=b} 0.325"),
    ("histogram_quantile(0.5, rate(two_bucket[50s]))", "{pod=a} 0.1 | {pod=b} 0.55"),
    # Sum the buckets of the pods first: 5, 20, 20 of 20.
    ("histogram_quantile(0.5, sum by (le) (rate(two_bucket[50s])))", "{} 0.4"),
    ("histogram_quantile(0.5, sum(rate(two_bucket[50s])))", ""),
)
def test_quantiles(store, asked, expected):
    check(store, asked, expected)


@table(
    ("absent(g)", ""),
    ("absent(nothing)", "{} 1"),
    ('absent(nothing{pod="a"})', "{pod=a} 1"),
    ('absent(nothing{pod="a",x=~"b"})', "{pod=a} 1"),
    ('absent(nothing{pod!="a"})', "{} 1"),
    ('absent(nothing{pod="a",pod="b"})', "{} 1"),
    ("absent(sum(nothing))", "{} 1"),
    ("absent(rate(once[50s]))", "{} 1"),
    ('absent(gone{pod="a"})', "{pod=a} 1"),
    ("vector(3)", "{} 3"),
    ("vector(1 + 1)", "{} 2"),
    ("scalar(vector(3)) + 1", "4"),
    ('scalar(g{pod="a"})', "11"),
    ("scalar(g)", "nan"),
    ("scalar(nothing)", "nan"),
    ('g * scalar(g{pod="a"})', "{pod=a} 121 | {pod=b} 110"),
)
def test_functions(store, asked, expected):
    check(store, asked, expected)


@table(
    # The handbook's check: errors per second, and only by accident near one percent …
    ('rate(http_requests_total{status=~"5.."}[50s])', "{status=500} 0.1"),
    # … and the ratio that is meant.
    (
        'sum(rate(http_requests_total{status=~"5.."}[50s])) / sum(rate(http_requests_total[50s]))',
        "{} 0.05",
    ),
    (
        'sum(rate(http_requests_total{status=~"5.."}[50s])) / sum(rate(http_requests_total[50s])) '
        "> 0.05",
        "",
    ),
    # No errors at all is no series, and the check is silent …
    ('sum(rate(http_requests_total{status="503"}[50s])) / sum(rate(http_requests_total[50s]))', ""),
    # … unless somebody thought of it.
    (
        '(sum(rate(http_requests_total{status="503"}[50s])) or vector(0)) '
        "/ sum(rate(http_requests_total[50s]))",
        "{} 0",
    ),
    # No traffic: NaN, which is not above any limit.
    ("sum(rate(d[50s])) / sum(rate(d[50s])) > 0.01", ""),
)
def test_what_release_checks_ask(store, asked, expected):
    check(store, asked, expected)


@table(
    ("topk(1, g)", "!topk is not supported"),
    ("bottomk(1, g)", "!bottomk is not supported"),
    ("quantile(0.5, g)", "!quantile is not supported"),
    ('count_values("x", g)', "!count_values is not supported"),
    ("stddev(g)", "!stddev is not supported"),
    ("stdvar(g)", "!stdvar is not supported"),
    ("group(g)", "!group is not supported"),
    ("abs(g)", "!abs is not supported"),
    ("round(g)", "!round is not supported"),
    ("clamp_min(g, 1)", "!clamp_min is not supported"),
    ("changes(g[1m])", "!changes is not supported"),
    ("resets(c[1m])", "!resets is not supported"),
    ("deriv(g[1m])", "!deriv is not supported"),
    ("idelta(g[1m])", "!idelta is not supported"),
    ("predict_linear(g[1m], 60)", "!predict_linear is not supported"),
    ("time()", "!time is not supported"),
    ("timestamp(g)", "!timestamp is not supported"),
    ("sort(g)", "!sort is not supported"),
    ("absent_over_time(g[1m])", "!absent_over_time is not supported"),
    ('label_replace(g, "x", "$1", "pod", "(.*)")', "!label_replace is not supported"),
    ("g @ 10", "!@ is not supported"),
    ("rate(g[1m] @ 10)", "!@ is not supported"),
    ("max_over_time(rate(c[20s])[1m:10s])", "!a subquery is not supported"),
    ("g[1m:10s]", "!a subquery is not supported"),
    ("g[1m]", "!a range without a function is not supported"),
    ('"text"', "!a string is not supported"),
    ("g atan2 g", "!atan2 is not supported"),
    ('g{pod="a" or pod="b"}', "!or between matchers is not supported"),
    ("rate(g)", "!this is no PromQL"),
    ("sum(g", "!this is no PromQL"),
    ("nonsense(g)", "!this is no PromQL"),
    ("1 > 2", "!this is no PromQL"),
    ('g{pod=~"("}', "!this is no PromQL"),
    ("", "!this is no PromQL"),
    ("{}", "!this is no PromQL"),
    ("1" + "+1" * 1000, "!operators inside each other"),
    ("g" * (MOST_CHARACTERS + 1), "!more than 4096 characters"),
)
def test_what_is_not_answered_is_refused_by_name(store, asked, expected):
    check(store, asked, expected)


def test_many_brackets_are_no_harm(store):
    check(store, "(" * 90 + "1" + ")" * 90, "1")
    check(store, "(" * 2000 + "1" + ")" * 2000, "!inside each other")


def test_a_pattern_takes_no_longer_for_being_hostile(store):
    """RE2, as in Prometheus: linear in the text."""
    found = SeriesStore()
    found.append((("__name__", "x"), ("pod", "a" * 5000)), 0.0, 1.0)
    assert () == query(found, 'x{pod=~"(a+)+b"}', 1.0)


def test_time_only_goes_on():
    found = SeriesStore()
    found.append((("__name__", "x"),), 5.0, 1.0)
    with pytest.raises(ValueError, match="time must be after"):
        found.append((("__name__", "x"),), 5.0, 2.0)


def test_there_are_as_many_cases_as_were_promised():
    """150 at least, and no query twice in one table."""
    cases = 0
    for name, member in globals().items():
        marks = getattr(member, "pytestmark", []) if name.startswith("test_") else []
        for mark in marks:
            asked = [(row[0], row[1]) for row in mark.args[1]]
            assert len(asked) == len(set(asked)), name
            cases += len(asked)
    assert cases >= 150
    assert inf > cases
