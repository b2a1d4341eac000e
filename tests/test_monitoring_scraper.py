"""The scraper, target by target: when it asks, what it writes down, and what is lost."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise

import pytest

from sim.model.samples import NAME, labels_of
from sim.monitoring.promql.evaluate import query
from sim.monitoring.scraper import DISCOVERY_SECONDS, STALE_AFTER, Scraper, Target
from sim.monitoring.series import SeriesStore

INTERVAL = 10.0
COUNTER = ((NAME, "seen_total"),)


class Post:
    """Two targets whose counters are the moment at which they are asked."""

    def __init__(self, seed=0, there=("a", "b")):
        self.now, self.silent, self.there = 0.0, set(), list(there)
        self.asked = {"a": [], "b": []}
        self.store = SeriesStore()
        self.scraper = Scraper(
            self.store, self.targets, lambda: self.now, interval_seconds=INTERVAL, seed=seed
        )
        self.process = self.scraper.watch()
        self.next = next(self.process).deadline

    def targets(self):
        return [
            Target(kind="pods", number=number, labels=(("pod", name),), expose=self.expose(name))
            for number, name in enumerate(self.there)
        ]

    def expose(self, name):
        def answer():
            self.asked[name].append(self.now)
            return None if name in self.silent else [(COUNTER, self.now)]

        return answer

    def go_to(self, end):
        while self.next <= end:
            self.now = self.next
            self.next = self.process.send(True).deadline
        self.now = end

    def ask(self, promql):
        self.scraper.settle()
        found = query(self.store, promql, self.now)
        return {dict(labels).get("pod"): value for labels, value in found}


def test_each_target_is_asked_every_interval_at_an_offset_of_its_own():
    post = Post()
    post.go_to(100.0)

    for moments in post.asked.values():
        gaps = {round(after - before, 9) for before, after in pairwise(moments)}
        assert {INTERVAL} == gaps
        assert 0.0 < moments[0] < INTERVAL
    assert post.asked["a"][0] != post.asked["b"][0]
    assert post.asked == (again := Post(), again.go_to(100.0))[0].asked
    assert post.asked != (other := Post(seed=1), other.go_to(100.0))[0].asked


def test_a_query_sees_the_last_scrape_and_nothing_later():
    post = Post()
    post.go_to(57.0)

    assert {name: moments[-1] for name, moments in post.asked.items()} == post.ask("seen_total")
    assert {"a": 1.0, "b": 1.0} == post.ask("up")


def test_a_target_that_does_not_answer_is_down_and_its_series_stale_at_that_scrape():
    post = Post()
    post.go_to(50.0)
    post.silent.add("a")
    before = post.asked["a"][-1]
    post.go_to(before + INTERVAL - 0.01)
    assert {"a", "b"} == set(post.ask("seen_total"))  # Nobody knows yet.
    post.go_to(before + INTERVAL)

    assert {"b"} == set(post.ask("seen_total"))
    assert {"a": 0.0, "b": 1.0} == post.ask("up")


def test_a_target_that_is_gone_goes_stale_an_interval_and_a_tenth_after_the_scrape_it_missed():
    """Discovery tells at its next turn; then the server waits whether the target comes back."""
    post = Post()
    post.go_to(50.0)
    post.there.remove("a")
    post.go_to(50.0 + DISCOVERY_SECONDS)
    last = post.asked["a"][-1]
    told = last + INTERVAL + STALE_AFTER * INTERVAL
    post.go_to(told - 0.01)
    assert {"a", "b"} == set(post.ask("seen_total"))
    post.go_to(told + 0.01)

    assert {"b"} == set(post.ask("seen_total"))
    assert {"b"} == set(post.ask("up"))
    # Its last sample was taken an interval before the end of the series.
    assert {"a", "b"} == set(post.ask(f"seen_total offset {STALE_AFTER * INTERVAL + 1:.0f}s"))


def test_a_new_target_is_asked_once_discovery_has_told_of_it():
    post = Post(there=["a"])
    post.go_to(51.0)
    post.there.append("b")
    post.go_to(100.0)

    assert 51.0 < post.asked["b"][0] <= 51.0 + DISCOVERY_SECONDS + INTERVAL


@pytest.mark.parametrize("kind", ["pods", "server"])
def test_lost_scrapes_are_written_as_down_but_by_a_server_that_is_away_not_at_all(kind):
    post = Post()
    post.go_to(50.0)
    with ExitStack() as blind:
        blind.enter_context(post.scraper.blinded(kind, None))
        post.go_to(70.0)
        if kind == "pods":
            assert {"a": 0.0, "b": 0.0} == post.ask("up")
            assert {} == post.ask("seen_total")
        else:  # Its last words stand as long as the lookback.
            assert {"a": 1.0, "b": 1.0} == post.ask("up")
            assert all(value < 50.0 for value in post.ask("seen_total").values())
    post.go_to(90.0)
    assert all(value > 70.0 for value in post.ask("seen_total").values())


def test_late_scrapes_arrive_with_their_own_times_and_in_their_order():
    post = Post()
    post.go_to(50.0)
    with post.scraper.blinded("pods", 25.0):
        post.go_to(70.0)
        assert all(value < 50.0 for value in post.ask("seen_total").values())
        post.go_to(90.0)
        late = post.ask("seen_total")
        assert all(50.0 < value < 90.0 - 25.0 for value in late.values())
    post.go_to(200.0)

    series = next(post.store.select(lambda labels: ("pod", "a") in labels))
    assert post.asked["a"] == pytest.approx(series.times, abs=0.001)
    assert labels_of({NAME: "seen_total", "pod": "a"}) == series.labels
