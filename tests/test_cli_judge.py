"""`seatrial judge`: the handbook's figures, the same from trials, and clear refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from command_line import call

from sim.experiments.judge_trials import judge_limit, trials_for
from sim.model.draw_arrays import uniforms
from sim.model.draws import Purpose, Stream

HANDBOOK = ("--requests", "100", "--limit", "1%", "--good", "0.5%", "--bad", "2%")


def judged(*words: str) -> dict:
    shown = call("judge", *words, "--json")
    assert (0, "") == (shown.exit_code, shown.stderr)
    return json.loads(shown.stdout)


def test_the_handbook_s_rule_alarms_in_9_and_misses_in_40_of_a_hundred():
    shown = call("judge", *HANDBOOK)

    assert 0 == shown.exit_code
    assert "Alarm at more than 1% errors: 2 or more of 100 requests" in shown.stdout
    words = shown.stdout.split()
    assert {"8.98", "40.3"} <= set(words)
    assert "It takes 800 requests to get both under 5%." in shown.stdout


def test_what_is_simulated_agrees_with_what_is_exact():
    """10,000 trials, and 2,000 at least for every number of requests up to 25,000."""
    for words in (HANDBOOK, ("--requests", "25000", "--limit", "1%", "--bad", "1.1%")):
        found = judged(*words)
        for name in ("falseAlarms", "misses"):
            seen = found[name]["simulated"]
            assert seen["low"] <= found[name]["exact"] <= seen["high"]
            assert seen["trials"] >= 2000


def test_the_traffic_that_is_said_to_be_enough_is_enough():
    needed = judged(*HANDBOOK)["requestsNeeded"]
    found = judged("--requests", str(needed), *HANDBOOK[2:])

    assert max(found["falseAlarms"]["exact"], found["misses"]["exact"]) <= 0.05
    before = judged("--requests", str(needed - 1), *HANDBOOK[2:])
    assert max(before["falseAlarms"]["exact"], before["misses"]["exact"]) > 0.05


def test_the_user_s_own_traffic_is_a_number_of_requests_and_a_duration():
    """The handbook's canary: 5 % of 20 requests a second for half an hour."""
    found = judged("--rps", "20", "--weight", "5", "--for", "30m")

    assert (1800, 800, 800.0) == (
        found["requests"],
        found["requestsNeeded"],
        found["secondsNeeded"],
    )
    shown = call("judge", "--rps", "20", "--weight", "5", "--for", "30m").stdout
    assert "19 or more of 1,800 requests (5% of 20/s for 30m)" in shown
    assert "It takes 800 requests to get both under 5%: 13m20s of this traffic." in shown
    few = judged("--rps", "2", "--weight", "5", "--for", "15m")
    assert few == judged("--rps", "120/m", "--weight", "5%", "--for", "0.25h")


def test_all_of_the_traffic_is_the_new_version_s_unless_a_weight_says_so():
    assert 600 == judged("--rps", "20", "--for", "30s")["requests"]


def test_a_limit_that_does_not_lie_between_has_no_traffic_that_is_enough():
    shown = call("judge", "--requests", "100", "--limit", "3%", "--bad", "2%")

    assert 0 == shown.exit_code
    assert "No traffic is enough" in shown.stdout
    assert judged("--requests", "100", "--limit", "3%", "--bad", "2%")["requestsNeeded"] is None


def test_what_would_take_too_long_is_not_simulated_and_says_so():
    assert 0 == trials_for(1_000_000)
    found = judged("--requests", "1000000")
    assert found["misses"]["simulated"] is None
    assert "–" in call("judge", "--requests", "1000000").stdout


def test_versions_that_are_nearly_alike_take_more_than_can_be_had():
    words = ("--requests", "9", "--good", "0.9999999%", "--bad", "1.0000001%")
    assert judged(*words)["requestsNeeded"] is None
    assert "more than a thousand million requests" in call("judge", *words).stdout


def test_the_seed_decides_the_trials_and_nothing_else():
    first, again, other = (judged(*HANDBOOK, "--seed", seed) for seed in ("1", "1", "2"))

    assert first == again
    assert first["falseAlarms"]["simulated"] != other["falseAlarms"]["simulated"]
    assert first["falseAlarms"]["exact"] == other["falseAlarms"]["exact"]


def test_it_speaks_chinese():
    shown = call("judge", *HANDBOOK, "--lang", "zh").stdout
    assert "误报" in shown
    assert "漏报" in shown
    assert "800" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give either --requests, or --rps and --for"),
        (("--requests", "100", "--rps", "20"), "give either --requests, or --rps and --for"),
        (("--rps", "20"), "give either --requests, or --rps and --for"),
        (("--rps", "many", "--for", "1m"), "--rps: 'many/s' is not a rate"),
        (("--rps", "20", "--for", "long"), "--for: 'long' is not a duration"),
        (("--rps", "20", "--for", "1m", "--weight", "x"), "--weight: 'x%' is not a share"),
        (("--rps", "20", "--for", "1m", "--weight", "0"), "that makes 0 requests"),
        (("--requests", "5", "--limit", "1"), "--limit: '1' is not a share"),
        (("--requests", "5", "--bad", "100%"), "--bad: '100%' leaves nothing to decide"),
        (("--requests", "5", "--under", "0%"), "--under: '0%' leaves nothing to decide"),
        (("--requests", "2000000000"), "--requests: 2,000,000,000 is too much"),
        (("--requests", "0"), "--requests"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(words, said):
    shown = call("judge", *words)

    assert (2, "") == (shown.exit_code, shown.stdout)
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr


def test_many_draws_at_once_are_the_stream_s_own():
    stream = Stream(7, Purpose.TRIAL)
    numbers = np.array([0, 1, 2, 10**6, 2**40], dtype=np.uint64)
    for attempt in (0, 1, 255):
        expected = [stream.uniform(int(number), attempt) for number in numbers]
        assert expected == uniforms(stream, numbers, attempt).tolist()


def test_a_report_is_the_same_however_the_trials_are_cut(monkeypatch):
    found = judge_limit(100, limit=0.01, good=0.005, bad=0.02)
    monkeypatch.setattr("sim.experiments.judge_trials._DRAWS_AT_ONCE", 777)
    assert found == judge_limit(100, limit=0.01, good=0.005, bad=0.02)
