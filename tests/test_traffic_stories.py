"""The sample of failed requests: who is in it, and whether its stories are true."""

from __future__ import annotations

from collections import Counter

import pytest
from tiny_traffic import plane_of, play, serving

from sim.model.behaviour import Clients
from sim.model.causes import Cause
from sim.model.failed import NOT_ASKED, STORIES_EACH, Doing
from sim.model.network import Connections, ProxyKind
from sim.model.protection import Protection
from sim.ports import DataPlane

KILL = Cause.CUT_BY_SIGKILL


def busy(**fields) -> DataPlane:
    """Pods that fail in many ways: bugs, full queues, timeouts."""
    clients = Clients(attempt_timeout_seconds=0.5, deadline_seconds=1.0, attempts=2)
    row = serving(0.25, concurrency=2, queue_limit=3, error_ratio=0.1)
    shape = {"rate": 60.0, "end": 60.0, "poisson": True, "pods": 3, "population": 500, **fields}
    return plane_of(**shape, clients=clients, behaviour=row)


def test_every_story_is_a_failed_request_of_the_log_and_every_cause_has_its_share():
    plane = busy()
    log = play(plane, 90.0).log

    finals = {entry.request: entry for entry in log if entry.final}
    failed = Counter(entry.cause for entry in finals.values() if entry.cause is not Cause.NONE)
    stories = plane.stories()

    assert len(failed) >= 3
    assert {cause: min(STORIES_EACH, n) for cause, n in failed.items()} == Counter(
        story.cause for story in stories
    )
    for story in stories:
        entry = finals[story.request]
        assert (entry.cause, entry.answered, entry.sent, entry.pod, entry.version) == (
            story.cause,
            story.answered,
            story.sent,
            story.pod,
            story.version,
        )
        assert (entry.user, entry.proxy, entry.attempt + 1) == (
            story.user,
            story.proxy,
            story.attempts,
        )


def test_the_sample_does_not_depend_on_how_a_run_is_watched():
    whole, watched = busy(), busy()
    play(whole, 90.0)
    play(watched, 90.0, cuts=[step / 7 for step in range(630)])

    assert whole.stories() == watched.stories() != ()


def test_the_sample_is_spread_over_the_run_and_not_its_first_failures():
    plane = busy()
    play(plane, 90.0)

    times = [story.meant for story in plane.stories() if story.cause is Cause.QUEUE_FULL]

    assert min(times) < 20.0 and max(times) > 40.0


def test_only_requests_of_the_window_are_told_of():
    plane = busy(window=(20.0, 40.0))
    play(plane, 90.0)

    assert {True} == {20.0 <= story.meant < 40.0 for story in plane.stories()}


def test_a_story_says_what_the_proxy_had_heard_and_when():
    """Two lists: three pods from the start, and from 4 on pod 0 alone, which has been killed."""
    plane = plane_of(end=6.0, pods=3, clients=Clients())
    script = [(3.0, lambda p: p.publish([0], [4.0])), (3.0, lambda p: p.kill(0, KILL))]
    play(plane, 9.0, script)

    told = {story.meant: (story.endpoints, story.heard) for story in plane.stories()}

    assert {3.5: (3, 0.0), 4.5: (1, 4.0), 5.5: (1, 4.0)} == told


@pytest.mark.parametrize(
    ("deed", "doing"),
    [
        (lambda p: p.kill(0, KILL), Doing.STARTING),
        (lambda p: (p.set_pod(0, terminating=True), p.kill(0, KILL)), Doing.STOPPED),
        (lambda p: (p.kill(0, KILL), p.forget_pod(0)), Doing.GONE),
        (lambda p: p.set_pod(0, terminating=True), Doing.WINDING_UP),
        (lambda p: p.set_node("node-0", reachable=False), Doing.UNREACHABLE),
        (lambda p: p.publish([], [1.0]), Doing.NOT_CHOSEN),
        (lambda p: None, Doing.SERVING),
    ],
)
def test_a_story_says_what_the_pod_was_doing(deed, doing):
    plane = plane_of(end=2.0, clients=Clients(), behaviour=serving(0.125, error_ratio=1.0))
    play(plane, 30.0, [(1.0, deed)])

    assert doing is plane.stories()[-1].doing


def test_a_draining_pod_is_told_of_as_such():
    plane = plane_of(end=2.0, clients=Clients(), behaviour=serving(3.0))
    play(plane, 30.0, [(1.0, lambda p: p.set_pod(0, draining=True, terminating=True))])

    [story] = plane.stories()
    assert (Doing.DRAINING, 1, 0) == (story.doing, story.in_flight, story.queued)


def test_a_story_tells_how_full_the_pod_was():
    plane = plane_of(
        rate=4.0,
        end=2.0,
        clients=Clients(),
        behaviour=serving(100.0, concurrency=2, queue_limit=3),
    )
    play(plane, 1.5)

    [story] = plane.stories()
    assert (Cause.QUEUE_FULL, 5, 3) == (story.cause, story.in_flight, story.queued)


def test_after_tries_elsewhere_the_story_is_that_of_the_last_pod():
    rules = Connections(proxy=ProxyKind.INGRESS_NGINX, tries=3)
    plane = plane_of(end=1.0, pods=3, connections=rules)
    for pod in range(3):
        plane.set_pod(pod, listening=False)
    play(plane, 9.0)

    assert [2] == [story.pod for story in plane.stories()]


def test_on_a_kept_connection_no_proxy_was_asked():
    rules = Connections(keep_alive_seconds=60.0)
    plane = plane_of(
        end=2.0, population=1, clients=Clients(), connections=rules, behaviour=serving(0.125)
    )
    play(plane, 30.0, [(1.499, lambda p: p.set_behaviour(0, serving(9.0)))])

    [story] = plane.stories()
    assert (Cause.TIMED_OUT_IN_SERVICE, NOT_ASKED) == (story.cause, story.endpoints)


def test_who_is_stopped_at_the_gate_knows_of_the_pods_all_the_same():
    plane = plane_of(
        end=2.0,
        pods=3,
        connections=Connections(proxy=ProxyKind.ISTIO),
        protection=Protection(per_second=0.01),
    )
    play(plane, 30.0)

    [story] = plane.stories()
    assert (Cause.RATE_LIMITED, 3, 0.0) == (story.cause, story.endpoints, story.heard)


def test_a_story_of_several_tries_tells_of_the_last_one_and_of_what_was_known_then():
    rules = Connections(proxy=ProxyKind.INGRESS_NGINX, tries=2, connect_timeout_seconds=2.0)
    plane = plane_of(end=1.0, pods=2, connections=rules)
    plane.set_node("node-0", reachable=False)
    play(plane, 9.0, [(1.0, lambda p: p.publish([0], [1.5]))])

    [story] = plane.stories()
    assert (0.5, 2.5, 4.5) == (story.meant, story.sent, story.answered)
    assert (1, 1.5) == (story.endpoints, story.heard)
