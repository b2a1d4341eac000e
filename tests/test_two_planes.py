"""Two planes on one clock: who acts first, when signals are heard, and how waits are fulfilled."""

from __future__ import annotations

import pytest
from stories import deployment, scenario, session

from sim.backends.simulated.alterations import Alterations
from sim.backends.simulated.driver import Driver, SimulatedClock
from sim.backends.simulated.environment import TwoPlaneEnvironment
from sim.backends.simulated.world import SimulatedWorld
from sim.control.clock import Environment
from sim.faults.slow import Slow
from sim.model.behaviour import Behaviour, Clients, Demand, RateCurve, Workload
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.dependency import Dependency
from sim.ports import SignalKind
from sim.traffic.reference import ReferencePlane


def plane(rate=0.0):
    """A data plane with evenly spaced arrivals and constant service of a quarter of a second."""
    workload = Workload(
        arrivals=RateCurve(times=(0.0,), rates=(rate,), end=8.0, poisson=False),
        clients=Clients(),
        population=10,
        proxies=1,
        balancer="random",
        window_start=0.0,
        window_end=8.0,
    )
    made = ReferencePlane(workload, 1, start=0.0, keep_log=True)
    behaviour = Behaviour(
        cpu_seconds=0.0,
        wait_seconds=0.25,
        demand=Demand.CONSTANT,
        base_memory_bytes=100.0,
        leak_bytes_per_second=4.0,
    )
    made.set_behaviour(0, behaviour)
    return made


def tied(traffic):
    """That plane on a clock, and the list that its signals are written to."""
    env, heard = TwoPlaneEnvironment(0.0), []
    env.tie(traffic, lambda signal: heard.append((env.now, signal.kind, signal.pod)))
    return env, heard


def test_a_signal_is_heard_at_its_own_time_between_control_events():
    """100 bytes and 4 a second reach 120 after five seconds, not at the next control event."""
    traffic = plane()
    env, heard = tied(traffic)
    traffic.set_pod(traffic.add_pod(0, 120.0, "node"), listening=True)
    for moment in (3.0, 7.0):
        env.call_at(moment, lambda: heard.append(env.now))

    env.run(until=8.0)

    assert [3.0, (5.0, SignalKind.OOM, 0), 7.0] == heard


def test_at_equal_times_control_acts_before_data():
    """With one arrival at 0.5, 1.5, 2.5 …, a list for 2.5 made at 2.5 is seen by that request."""
    traffic = plane(rate=1.0)
    env, _ = tied(traffic)
    pod = traffic.add_pod(0, 1e9, "node")
    traffic.set_pod(pod, listening=True)
    env.call_at(2.5, lambda: traffic.publish([pod], [2.5]))

    env.run(until=4.0)

    causes = {record.sent: record.cause for record in traffic.take_log()}
    assert {0.5: Cause.NO_ENDPOINT, 1.5: Cause.NO_ENDPOINT} == {
        sent: cause for sent, cause in causes.items() if sent < 2.5
    }
    assert Cause.NONE == causes[2.5]


def test_counters_read_at_a_moment_know_nothing_later():
    traffic = plane(rate=1.0)
    env, _ = tied(traffic)
    seen = []
    for moment in (0.5, 0.75, 2.75):
        env.call_at(moment, lambda: seen.append((env.now, traffic.arrived())))

    env.run(until=3.0)

    assert [(0.5, 0), (0.75, 1), (2.75, 3)] == seen


def drive(process_of, changes=()):
    """Drive one process to its end, with changes noticed at the given moments."""
    env = Environment(0.0)
    driver = Driver(env, latency_seconds=0.5)
    clock = SimulatedClock(env)
    done = env.process(driver.drive(process_of(clock)))
    for moment, change in changes:

        def happen(change=change):
            change()
            driver.notice()

        env.call_at(moment, happen)
    env.run(until=100.0)
    return done.value


def test_a_sleep_ends_at_its_time_and_answers_true():
    def process(clock):
        answer = yield clock.sleep(2.5)
        return answer, clock.now()

    assert (True, 2.5) == drive(process)


def test_a_condition_is_asked_again_a_moment_after_a_change():
    things = []

    def process(clock):
        answer = yield clock.until(lambda: list(things), 50.0)
        return answer, clock.now()

    # The second change comes before the first has been looked at: one look sees both.
    changes = [(3.0, lambda: things.append("a")), (3.2, lambda: things.append("b"))]
    assert (["a", "b"], 3.5) == drive(process, changes)


def test_a_change_while_another_is_on_its_way_is_not_lost():
    things = []

    def process(clock):
        answer = yield clock.until(lambda: len(things) >= 3, 50.0)
        return answer, clock.now()

    changes = [(t, lambda: things.append("x")) for t in (1.0, 1.5, 2.0)]
    assert (True, 2.5) == drive(process, changes)


def test_a_wait_gives_up_at_its_deadline():
    def process(clock):
        answer = yield clock.until(lambda: False, 4.0)
        return answer, clock.now()

    assert (False, 4.0) == drive(process, [(1.0, lambda: None)])


def test_until_available_ends_with_the_pods_or_with_the_time(tmp_path):
    """Three pods are there at once; a fourth comes after the scaling; a ninth never does."""
    run = session(scenario(tmp_path, deployment(pre_stop=3)), None)
    run.advance(10.0)
    cluster, answers = run._backend.cluster, []

    def operator():
        for pods in (3, 4, 9):
            if pods == 4:
                cluster.scale(4)
            answers.append((pods, (yield cluster.until_available(pods, 30.0)), run.now))

    run._backend.drive(operator())
    run.advance(100.0)

    (_, first, at_once), (_, second, later), (_, third, last) = answers
    assert (True, True, False) == (first, second, third)
    assert 10.0 == at_once < later < 25.0
    assert later + 30.0 == last


def test_alterations_stack_and_each_heals_alone():
    env = Environment(0.0)
    told = []
    world = SimulatedWorld(SimulatedClock(env), lambda version: Behaviour(), told.append)
    first = world.altered("new", error_ratio=0.1)
    second = world.altered("new", error_ratio=0.2, startup_seconds=9.0)

    first.__enter__()
    second.__enter__()
    both = world.behaviour("new")
    first.__exit__(None, None, None)
    later = world.behaviour("new")
    second.__exit__(None, None, None)

    assert (0.2, 9.0) == (both.error_ratio, both.startup_seconds)
    assert (0.2, 9.0) == (later.error_ratio, later.startup_seconds)
    assert Behaviour() == world.behaviour("new")
    assert Behaviour() == world.behaviour("old")
    assert ["new"] * 4 == told


def test_faults_of_one_kind_add_up_and_heal_in_any_order():
    """Three times twice as slow is six times; the first may heal before the second."""
    world = SimulatedWorld(SimulatedClock(Environment(0.0)), lambda _: Behaviour(), lambda _: None)
    thrice, twice = Slow(version="new", factor=3.0), Slow(version="new", factor=2.0)
    first, second = thrice.inject(world), twice.inject(world)

    factors = []
    for step in (lambda: next(first), lambda: next(second), first.close, second.close):
        step()
        factors.append(world.behaviour("new").service_time_factor)

    assert [3.0, 6.0, 2.0, 1.0] == factors


def test_alterations_of_one_row_heal_in_any_order():
    """The second goes first, and what it changed goes with it; other rows hear nothing."""
    told = []
    rows = Alterations(lambda name: Dependency(name=name, capacity=9), told.append)
    first = rows.applied("database", {"capacity": 0})
    second = rows.applied("database", {"up": False})

    first.__enter__()
    second.__enter__()
    seen = []
    for leaving in (second, first):
        leaving.__exit__(None, None, None)
        row = rows.row("database")
        seen.append((row.capacity, row.up, rows.row("cache").capacity))

    assert [(0, True, 9), (9, True, 9)] == seen
    assert ["database"] * 4 == told


def test_a_fault_by_command_begins_at_its_moment(tmp_path):
    run = session(scenario(tmp_path, deployment(pre_stop=3)))
    run.advance(100.0)
    run.command(Command(verb=Verb.INJECT, fault="bug:new:100%"))

    counts = run.finish().requests

    bugs = counts.second[counts.cause == Cause.APPLICATION_BUG]
    assert 99 <= bugs.min() <= 100
    assert 149 == bugs.max()


def test_a_fault_that_nobody_knows_is_refused_and_not_logged(tmp_path):
    from sim.errors import ScenarioError

    run = session(scenario(tmp_path))
    with pytest.raises(ScenarioError, match="did you mean bug"):
        run.command(Command(verb=Verb.INJECT, fault="bugs:new:5%"))

    assert [] == run.log
