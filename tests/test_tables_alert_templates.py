"""Annotations of alerts as Prometheus fills them in, and numbers as it writes them."""

from __future__ import annotations

from math import inf, nan

import pytest

from sim.model.alert_template import Template
from sim.model.humanized import (
    go_float,
    humanize,
    humanize_1024,
    humanize_duration,
    humanize_percentage,
)
from sim.model.unreadable import Unreadable

LABELS = (("pod", "web-1"), ("version", "new"))


@pytest.mark.parametrize(
    ("written", "value", "expected"),
    [
        ("all is well", 1.0, "all is well"),
        ("{{ $value }}", 0.0523, "0.0523"),
        ("{{$value}}", 3.0, "3"),
        ("{{ .Value }} of {{ .Labels.pod }}", 1.5, "1.5 of web-1"),
        ("{{ $labels.pod }}/{{ $labels.version }}", 1.0, "web-1/new"),
        ("[{{ $labels.missing }}]", 1.0, "[]"),
        ("{{ $value | humanizePercentage }}", 0.0523, "5.23%"),
        ("{{ humanizePercentage $value }}", 0.0523, "5.23%"),
        ("{{ $value | humanize }}", 1234567.0, "1.235M"),
        ("{{ $value | humanize1024 }}B", 2048.0, "2kiB"),
        ("{{ $value | humanizeDuration }}", 3725.0, "1h 2m 5s"),
        ('{{ printf "%.2f" $value }}', 0.12345, "0.12"),
        ('{{ $value | printf "%.1f%%" }}', 12.345, "12.3%"),
        ('{{ printf "%s!" $labels.pod }}', 1.0, "web-1!"),
        ("{{ $labels.pod | toUpper }}", 1.0, "WEB-1"),
        ("a {{- $value -}} b", 1.0, "a1b"),
        ("a {{ $value -}} b", 1.0, "a 1b"),
        ("a {{- $value }} b", 1.0, "a1 b"),
    ],
)
def test_a_template_is_filled_in(written, value, expected):
    assert expected == Template(written).filled(LABELS, value)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{{ if $value }}x{{ end }}", "if"),
        ("{{ $externalURL }}", "externalURL"),
        ("{{ query `up` | first }}", "query"),
        ("{{ range .Labels }}", "range"),
        ("{{ $value | humanizeTimestamp }}", "humanizeTimestamp"),
        ('{{ printf "%d" $value }}', "%d"),
        ("{{ $value", "{{ [$]value"),
        ("{{ }}", "not understood"),
        ("{{ $value | }}", "not understood"),
        ("{{ $labels }}", "labels"),
        ("x" * 5000, "4096"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(written, what):
    with pytest.raises(Unreadable, match=what):
        Template(written)


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        # prometheus/prometheus template/template_test.go
        (humanize, 0.0, "0"),
        (humanize, 1.0, "1"),
        (humanize, 1234567.0, "1.235M"),
        (humanize, 0.12, "120m"),
        (humanize, -2000.0, "-2k"),
        (humanize, nan, "NaN"),
        (humanize_1024, 0.0, "0"),
        (humanize_1024, 1.0, "1"),
        (humanize_1024, 1048576.0, "1Mi"),
        (humanize_1024, 0.12, "0.12"),
        (humanize_duration, 0.0, "0s"),
        (humanize_duration, 1.0, "1s"),
        (humanize_duration, 60.0, "1m 0s"),
        (humanize_duration, 3600.0, "1h 0m 0s"),
        (humanize_duration, 86400.0, "1d 0h 0m 0s"),
        (humanize_duration, 86400.0 + 3600.0, "1d 1h 0m 0s"),
        (humanize_duration, -(86400.0 * 2 + 3600.0 * 3 + 60.0 * 4 + 5), "-2d 3h 4m 5s"),
        (humanize_duration, 899.99, "14m 59s"),
        (humanize_duration, 0.1, "100ms"),
        (humanize_duration, 0.0001, "100us"),
        (humanize_duration, 0.12345, "123.5ms"),
        (humanize_duration, inf, "+Inf"),
        (humanize_percentage, 0.1, "10%"),
        (humanize_percentage, 1.0, "100%"),
        (humanize_percentage, 0.0523412, "5.234%"),
        # Go's %v of a float64.
        (go_float, 3.0, "3"),
        (go_float, 0.1, "0.1"),
        (go_float, 1e20, "100000000000000000000"),
        (go_float, 1e21, "1e+21"),
        (go_float, 1.5e-7, "1.5e-07"),
        (go_float, 0.0001, "0.0001"),
        (go_float, -inf, "-Inf"),
    ],
)
def test_numbers_are_written_as_prometheus_writes_them(function, value, expected):
    assert expected == function(value)
