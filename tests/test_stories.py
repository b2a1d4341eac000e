"""One release each, and what its users felt."""

from __future__ import annotations

import gc

import pytest
from stories import WINDOW, deployment, failures, rehearse, scenario, session

from sim.errors import RolloutError
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.run import Phase, PodPhase
from sim.session import Session

# Every change takes two to three seconds to reach a proxy: long enough to see what it costs.
LAG = ("network.propagation=2s..3s",)


def gaps(run, phase=PodPhase.READY):
    """Stretches of the window in which no pod was in *phase*: [(from, to), …]."""
    spans = sorted((s.start, s.end) for s in run.pods if s.phase is phase)
    found, reached = [], WINDOW.start
    for start, end in spans:
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    return found


def test_without_pre_stop_a_propagation_lag_loses_requests(tmp_path):
    """SIGTERM and endpoint removal race: a server that stops listening at once is still called."""
    story = scenario(tmp_path, deployment(), overrides=LAG)

    run = rehearse(story)

    lost = failures(run)
    assert Phase.HEALTHY == run.phase
    assert {Cause.REFUSED_TERMINATING} == set(lost)
    # Three pods, a third of 50 requests/s each, two to three seconds.
    assert 3 * (50 / 3) * 2 * 0.7 < lost[Cause.REFUSED_TERMINATING] < 3 * (50 / 3) * 3 * 1.3


def test_pre_stop_longer_than_the_lag_loses_nothing(tmp_path):
    story = scenario(tmp_path, deployment(pre_stop=5), overrides=LAG)

    assert {} == failures(rehearse(story))


def test_pre_stop_shorter_than_the_lag_loses_less(tmp_path):
    none = failures(rehearse(scenario(tmp_path / "0", deployment(), overrides=LAG)))
    one = failures(rehearse(scenario(tmp_path / "1", deployment(pre_stop=1), overrides=LAG)))

    assert 0 < sum(one.values()) < sum(none.values())


def test_pre_stop_and_drain_beyond_the_grace_period_meet_sigkill(tmp_path):
    """Ten-second requests, preStop 5 and grace 8: the last three seconds are too short."""
    slow = ("versions.old.service.wait=10s", "versions.old.service.distribution=constant")
    roomy = ("versions.old.concurrency=1000", "clients.attemptTimeout=60s", "clients.deadline=60s")
    story = scenario(tmp_path, deployment(pre_stop=5, grace=8), overrides=slow + roomy)

    lost = failures(rehearse(story))

    assert {Cause.CUT_BY_SIGKILL} == set(lost)
    # Whatever had more than 3 s to go at SIGTERM: requests that came in the 5 s of preStop, at
    # most until the proxies heard (0.1 to 1 s), and those of the 5 s or so before it.
    assert lost[Cause.CUT_BY_SIGKILL] > 50


def test_a_longer_grace_period_lets_the_same_requests_finish(tmp_path):
    slow = ("versions.old.service.wait=10s", "versions.old.service.distribution=constant")
    roomy = ("versions.old.concurrency=1000", "clients.attemptTimeout=60s", "clients.deadline=60s")
    story = scenario(tmp_path, deployment(pre_stop=5, grace=30), overrides=slow + roomy)

    assert {} == failures(rehearse(story))


def test_a_process_that_exits_at_sigterm_drops_what_it_was_doing(tmp_path):
    slow = ("versions.old.service.wait=2s", "versions.old.concurrency=1000")
    story = scenario(
        tmp_path, deployment(pre_stop=5), overrides=(*slow, "versions.old.onSigterm=exit")
    )

    lost = failures(rehearse(story))

    # The lag is far below preStop, yet requests of two seconds on average can outlast the rest.
    assert Cause.GONE_AT_SIGTERM in lost


def test_recreate_is_down_from_the_stop_to_the_start(tmp_path):
    """The gap is the stop of the old pods plus the start of the new ones, and nothing else."""
    start = ("versions.new.startup=20s",)
    story = scenario(tmp_path, deployment(pre_stop=4), overrides=start)

    run = rehearse(story, "Recreate")

    ((down, up),) = gaps(run)
    assert WINDOW.first_write < down < WINDOW.first_write + 1
    # 4 s of preStop, at most two relists, then pull, sandbox, 20 s of start and up to 1 s of probe.
    assert 4 + 20 < up - down < 4 + 2 + 4 + 20 + 2.5
    assert {Cause.NO_ENDPOINT} <= set(failures(run))
    assert 50 * (up - down - 6) * 0.8 < sum(failures(run).values()) < 50 * (up - down + 2) * 1.2


def test_recreate_never_has_both_versions(tmp_path):
    run = rehearse(scenario(tmp_path, deployment()), "Recreate")

    old_gone = max(span.end for span in run.pods if span.version == 0)
    new_made = min(span.start for span in run.pods if span.version == 1)

    assert old_gone <= new_made


def test_rolling_update_keeps_its_bounds_and_its_service(tmp_path):
    run = rehearse(scenario(tmp_path, deployment(replicas=4, pre_stop=3)))

    assert Phase.HEALTHY == run.phase
    assert [] == gaps(run)
    assert run.settled_at is not None
    assert run.finished_at is not None
    # kubectl says "rolled out" while the last old pod still terminates.
    assert run.finished_at < run.settled_at


def test_undo_in_the_middle_goes_back_to_the_old_template(tmp_path):
    story = scenario(tmp_path, deployment(pre_stop=3), overrides=("versions.new.startup=15s",))
    middle = session(story)
    middle.advance(50.0)
    before = middle.snapshot()
    middle.command(Command(verb=Verb.UNDO))

    run = middle.finish()

    assert any("web:2" in str(o["spec"]) for o in before.objects if o["kind"] == "Pod")
    alive = [span for span in run.pods if span.end >= WINDOW.end]
    assert {0} == {span.version for span in alive}
    assert 3 == len(alive)
    assert {} == failures(run)


def test_undo_of_a_paused_deployment_is_refused_as_kubectl_refuses_it(tmp_path):
    paused = session(scenario(tmp_path))
    paused.advance(31.0)
    paused.command(Command(verb=Verb.PAUSE))

    with pytest.raises(RolloutError, match="paused"):
        paused.command(Command(verb=Verb.UNDO))
    assert [Verb.PAUSE] == [entry.command.verb for entry in paused.log]


def test_a_leak_ends_in_oom_and_a_restart(tmp_path):
    """64 MiB at start, 128 MiB at most, 4 MiB/s: killed every 16 s or so of serving."""
    story = scenario(tmp_path, deployment(memory="128Mi"), faults=("leak:new:4MiB/s",))

    run = rehearse(story)

    assert 0 < run.restarts
    assert Cause.CUT_BY_CRASH_OR_OOM in failures(run) or Cause.REFUSED_STARTING in failures(run)
    ready = [s for s in run.pods if s.version == 1 and s.phase is PodPhase.READY and s.end < 1e9]
    first = min(s.end - s.start for s in ready)
    assert 10 < first < 18


def test_a_bug_fails_its_share_of_the_new_version_only(tmp_path):
    run = rehearse(scenario(tmp_path, deployment(pre_stop=3), faults=("bug:new:20%",)))

    counts = run.requests.within(run.window.start, run.window.end)
    new = counts.version == 1
    bugs = int(counts.count[new & (counts.cause == Cause.APPLICATION_BUG)].sum())

    assert {Cause.APPLICATION_BUG} == set(failures(run))
    assert 0 == int(counts.count[(counts.version == 0) & (counts.cause != 0)].sum())
    assert 0.17 < bugs / int(counts.count[new].sum()) < 0.23


def test_two_faults_of_one_kind_on_one_version_are_both_there(tmp_path):
    """Of four requests one meets the first bug, one the second and one both; leaks add up."""
    faults = ("bug:new:50%", "bug:new:50%", "leak:new:2MiB/s", "leak:new:2MiB/s")

    run = rehearse(scenario(tmp_path, deployment(pre_stop=3, memory="128Mi"), faults=faults))

    counts = run.requests.within(run.window.start, run.window.end)
    new = counts.version == 1
    bugs = int(counts.count[new & (counts.cause == Cause.APPLICATION_BUG)].sum())
    fine = int(counts.count[new & (counts.cause == 0)].sum())
    ready = [s for s in run.pods if s.version == 1 and s.phase is PodPhase.READY and s.end < 1e9]
    assert 0.72 < bugs / (bugs + fine) < 0.78
    assert 10 < min(s.end - s.start for s in ready) < 18  # As with 4 MiB/s.


def test_a_slow_version_answers_later(tmp_path):
    def mean_latency(run, version):
        from sim.model.latency import middle_of

        counts = run.requests.within(run.window.start, run.window.end)
        mine = (counts.version == version) & (counts.cause == 0)
        total = (middle_of(counts.bin[mine]) * counts.count[mine]).sum()
        return total / counts.count[mine].sum()

    run = rehearse(scenario(tmp_path, deployment(pre_stop=3), faults=("slow:new:3x",)))

    assert 2.6 < mean_latency(run, 1) / mean_latency(run, 0) < 3.4


def test_a_slow_start_delays_the_rollout_and_hurts_nobody(tmp_path):
    quick = rehearse(scenario(tmp_path / "a", deployment(replicas=2, pre_stop=3)))
    slow = rehearse(
        scenario(tmp_path / "b", deployment(replicas=2, pre_stop=3), faults=("start:new:+20s",))
    )

    assert {} == failures(slow)
    assert 2 * 20 - 2 < slow.finished_at - quick.finished_at < 2 * 20 + 3


def test_a_slow_start_of_the_old_version_is_waited_for_before_the_window(tmp_path):
    """The measurement opens on a service that is up, however long its pods took to come."""
    run = rehearse(scenario(tmp_path, deployment(pre_stop=3), faults=("start:old:+300s",)), None)

    assert {} == failures(run)
    assert min(span.start for span in run.pods) < -300


def test_retries_hide_refusals_from_users(tmp_path):
    lag = (*LAG, "clients.attempts=4", "clients.backoff=500ms")

    alone = failures(rehearse(scenario(tmp_path / "a", overrides=LAG)))
    again = failures(rehearse(scenario(tmp_path / "b", overrides=lag)))

    assert sum(again.values()) < sum(alone.values()) / 5


def test_no_release_changes_nothing(tmp_path):
    run = rehearse(scenario(tmp_path), None)

    assert {} == failures(run)
    assert run.phase is None
    assert 3 == len({span.pod for span in run.pods})


def test_a_restart_like_release_behaves_as_before(tmp_path):
    """Old and new share every draw, so without faults only the rollout itself can differ."""
    run = rehearse(scenario(tmp_path, deployment(pre_stop=3)))

    assert {} == failures(run)
    assert Phase.HEALTHY == run.phase


def test_releasing_the_template_that_is_there_already_changes_nothing(tmp_path):
    """As written in the manifest, without the API server's defaults, it is still the old one."""
    manifest = deployment()
    calm = session(scenario(tmp_path, manifest), None)
    calm.advance(40.0)
    calm.command(Command(verb=Verb.RELEASE, template=manifest["spec"]["template"]))

    run = calm.finish()

    assert ("old", "new") == run.versions
    assert 3 == len({span.pod for span in run.pods})


def test_same_commands_at_the_same_moments_give_the_same_state(tmp_path):
    story = scenario(tmp_path, deployment(pre_stop=3))
    first = session(story)
    for moment, verb in ((35.0, Verb.PAUSE), (48.5, Verb.RESUME), (60.25, Verb.UNDO)):
        first.advance(moment)
        first.command(Command(verb=verb))
    first.advance(100.0)

    again = Session.replay(story, "RollingUpdate", 1, window=WINDOW, log=first.log)
    again.advance(100.0)

    assert first.snapshot().digest() == again.snapshot().digest()
    assert first.finish().digest() == again.finish().digest()


def test_how_often_a_session_is_looked_at_changes_nothing(tmp_path):
    story = scenario(tmp_path)
    watched = session(story)
    for tenth in range(1500):
        watched.advance(tenth / 10)

    assert session(story).finish().digest() == watched.finish().digest()


def test_small_steps_do_not_count_what_is_frozen(tmp_path, monkeypatch):
    """A server freezes its libraries; counting them at each step took a minute for a run."""
    counted = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: counted.append(True) or 0)
    watched = session(scenario(tmp_path))
    for tenth in range(1500):
        watched.advance(tenth / 10)

    assert len(counted) < 150


def test_strategies_meet_the_same_traffic(tmp_path):
    story = scenario(tmp_path)
    runs = [rehearse(story, name) for name in (None, "Recreate", "RollingUpdate")]

    assert 1 == len({run.arrived for run in runs})
    assert 1 == len({tuple(run.users.sent) for run in runs})


def test_every_request_is_accounted_for(tmp_path):
    for strategy in (None, "Recreate", "RollingUpdate"):
        run = rehearse(scenario(tmp_path), strategy)

        assert run.arrived == run.requests.total + run.in_flight_at_end
        assert 0 == run.in_flight_at_end
