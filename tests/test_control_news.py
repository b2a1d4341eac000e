"""How long an endpoint change is on its way: kube-proxy's draw, nginx's pace, Istio's debounce."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from control_bench import READY, Bench, deployment

from sim.control.news import Debounced, Drawn, Paced, news
from sim.model.behaviour import Delays
from sim.model.network import ProxyKind

AT_ONCE = (0.0, 0.0)


def test_every_proxy_draws_its_own_delay_for_every_list():
    way = Drawn(1, (0.1, 1.0))

    drawn = {way.heard(5.0, proxy, number) for proxy in range(10) for number in range(10)}

    assert 100 == len(drawn)
    assert 5.1 < min(drawn) and max(drawn) < 6.0


def test_nginx_looks_once_a_second_at_what_its_controller_has():
    """Facts 1.3: the first change goes through at once, up to one look."""
    heard = [Paced(1, AT_ONCE).heard(50.0 + step / 10, 0, 0) for step in range(30)]

    assert {1.0} == {round(b - a, 9) for a, b in itertools.pairwise(heard) if b > a}
    assert all(0.0 < at - (50.0 + step / 10) <= 1.0 for step, at in enumerate(heard))


def test_a_controller_that_synced_just_now_waits_for_its_turn():
    """Facts 1.3: 0.3 syncs a second. Changes that come while it waits go along together."""
    way = Paced(1, AT_ONCE)

    first = way.heard(50.0, 0, 0)
    later = [way.heard(50.0 + seconds, 0, number) for number, seconds in enumerate((1, 2, 3), 1)]
    alone = way.heard(70.0, 0, 4)

    turn = 50.0 + 1 / 0.3
    assert first <= 51.0
    assert 1 == len(set(later))
    assert turn < later[0] <= turn + 1.0
    assert 70.0 < alone <= 71.0


def test_replicas_of_the_controller_look_at_different_moments():
    way = Paced(1, AT_ONCE)

    assert 5 == len({way.heard(50.0, proxy, 0) for proxy in range(5)})


def test_istiod_waits_for_a_quiet_moment_but_not_for_ever():
    """Facts 6.4: 0.1 s without a change, 10 s at most."""
    way = Debounced(1)

    assert pytest.approx(5.1) == way.due(5.0, since=5.0)
    assert pytest.approx(5.15) == way.due(5.05, since=5.0)
    assert 15.0 == way.due(14.95, since=5.0), "ten seconds after the first one"


class Churn(Debounced):
    """The way to the sidecars, and when anything was sent on it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.sent: list[float] = []

    def heard(self, now: float, proxy: int, number: int) -> float:
        if proxy == 0:
            self.sent.append(now)
        return super().heard(now, proxy, number)


def test_endpoints_that_never_stop_changing_are_pushed_every_ten_seconds():
    """A change every 1/16 s, one of them at the very moment of each push: it goes along, and the
    next one begins another burst."""
    delays = Delays(propagation=None, proxy=ProxyKind.ISTIO)
    bench = Bench(deployment(2, container=READY), delays=delays)
    bench.run(31.0)
    way = Churn()
    outbox = bench.plane._outbox
    outbox._news = way

    for step in range(25 * 16):
        bench.run(32.0 + step / 16)
        outbox.put(0, lambda at, whom=(step % 2,): bench.data.publish(whom, at))

    assert [32.0 + 10.0, 42.0 + 1 / 16 + 10.0] == way.sent[:2]


def test_a_push_reaches_the_sidecars_within_a_fifth_of_a_second():
    way = Debounced(1)

    assert all(0.01 < way.heard(5.0, proxy, 0) - 5.0 < 0.2 for proxy in range(100))


def test_a_range_of_ones_own_replaces_the_way_of_the_kind():
    own = Delays(propagation=(2.0, 2.0), proxy=ProxyKind.ISTIO)

    assert 7.0 == news(1, own).heard(5.0, 0, 0)
    assert isinstance(news(1, replace(own, propagation=None)), Debounced)
    with pytest.raises(ValueError, match="propagation must be given"):
        news(1, Delays(propagation=None))


def published(bench: Bench) -> list[tuple[float, tuple[int, ...], list[float]]]:
    """Every list that the data plane is told from now on: when, which pods, heard when."""
    told = []
    publish = bench.data.publish

    def note(pods, apply_at, backend=0):
        told.append((bench.env.now, tuple(pods), list(apply_at)))
        publish(pods, apply_at, backend)

    bench.data.publish = note
    return told


def test_pods_that_get_ready_within_a_tenth_of_a_second_reach_sidecars_in_one_push():
    delays = Delays(propagation=None, proxy=ProxyKind.ISTIO, sandbox=(0.5, 0.5), pull=(1.0, 1.0))
    bench = Bench(deployment(6, container=READY), delays=delays)
    told = published(bench)

    bench.run(30.0)

    assert 6 == len(told[-1][1])
    gaps = [later[0] - earlier[0] for earlier, later in itertools.pairwise(told)]
    assert all(gap >= 0.1 for gap in gaps)
    assert all(at - told[-1][0] < 0.2 for at in told[-1][2])


def test_nobody_has_heard_of_a_change_that_is_still_held_back():
    delays = Delays(propagation=None, proxy=ProxyKind.ISTIO)
    bench = Bench(deployment(1, container=READY), delays=delays)

    bench.run_until(lambda: not bench.plane.heard_by_all(), 30.0)
    began = bench.env.now

    bench.run(began + 0.1)
    assert not bench.plane.heard_by_all()
    bench.run(began + 0.1 + 0.2)
    assert bench.plane.heard_by_all()


def test_ingress_controllers_hear_in_their_own_rhythm():
    delays = Delays(propagation=None, proxy=ProxyKind.INGRESS_NGINX)
    bench = Bench(deployment(6, surge=1, unavailable=0, container=READY), delays=delays)
    bench.run(30.0)
    told = published(bench)

    bench.release("web:2", **READY)
    bench.run(120.0)

    heard = sorted({at for _, _, times in told for at in times[:1]})
    assert len(heard) > 3
    gaps = [later - earlier for earlier, later in itertools.pairwise(heard)]
    assert min(gaps) > 1 / 0.3 - 1.0, "two syncs lie 3.3 s apart, but for the look after each"
    assert all(later - earlier >= 1.0 - 1e-9 for earlier, later in itertools.pairwise(heard))
    assert len(heard) < len(told)
