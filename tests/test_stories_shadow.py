"""A shadow: what its answers do to users (nothing), and what its calls do."""

from __future__ import annotations

import pytest
from stories import deployment, failures, scenario

from sim.analysis.cost import peak_pods
from sim.analysis.users import users_of_both
from sim.errors import ScenarioError
from sim.model.causes import Cause
from sim.model.run import Phase, Window
from sim.session import Session

WINDOW = Window(start=0.0, first_write=10.0, end=270.0)
MESH = ("network.proxy=istio", "traffic.rate=100/s")


def shadowed(place, *more, faults=(), strategy="Shadow", **fields):
    manifest = deployment(**({"replicas": 4, "pre_stop": 3} | fields))
    story = scenario(place, manifest, overrides=(*MESH, *more), faults=faults)
    return Session(story, strategy, 1, window=WINDOW).finish()


@pytest.mark.parametrize("router", ["virtual_service", "http_route"])
def test_every_request_is_copied_for_a_minute_and_answered_once(tmp_path, router):
    run = shadowed(tmp_path, f"strategies.shadow.router={router}")

    assert Phase.HEALTHY == run.phase
    assert {} == failures(run)
    (version, (good, bad)), *more = run.copies.items()
    assert (1, 0, []) == (version, bad, more)
    # For 60 s, and until everybody has heard; 100 a second.
    assert 6000 * 0.95 < good < 6000 * 1.3


def test_a_broken_version_is_seen_in_its_copies_and_hurts_nobody(tmp_path):
    """What a shadow gains over a canary: a third of the answers is wrong and no user knows."""
    stop = "strategies.shadow.promote=false"
    run = shadowed(tmp_path / "a", stop, faults=("bug:new:33%",))
    canary = shadowed(tmp_path / "b", faults=("bug:new:33%",), strategy="Canary")

    assert {} == failures(run)
    assert run.users.exposed.keys() == {0}
    good, bad = run.copies[1]
    assert bad / (good + bad) == pytest.approx(0.33, abs=0.03)
    assert Phase.DEGRADED == run.phase
    assert failures(canary)[Cause.APPLICATION_BUG] > 100


DATABASE = ("dependencies.database.latency=20ms", "versions.old.concurrency=32")
SHARED = (*DATABASE, "dependencies.database.capacity=3", "versions.old.calls.database.timeout=1s")


def test_copies_hurt_users_through_a_database_that_has_little_to_spare(tmp_path):
    """Two thirds of its capacity without, four thirds with the copies: users wait in vain."""
    run = shadowed(tmp_path / "a", *SHARED)
    spare = shadowed(tmp_path / "b", *SHARED, "dependencies.database.capacity=20")
    rolled = shadowed(tmp_path / "c", *SHARED, strategy="RollingUpdate")

    assert {} == failures(spare)
    assert {} == failures(rolled)
    assert sum(failures(run).values()) > 500
    # While nothing was mirrored any more, users were served again.
    after = run.requests.within(WINDOW.end - 60, WINDOW.end)
    assert 0 == int(after.count[after.cause != 0].sum())


def test_with_a_database_of_its_own_a_shadow_hurts_nobody(tmp_path):
    own = (
        "dependencies.copy.latency=20ms",
        "dependencies.copy.capacity=3",
        "versions.new.calls.copy.timeout=1s",
        "strategies.shadow.promote=false",
    )
    run = shadowed(tmp_path, *SHARED, *own)

    assert {} == failures(run)
    assert run.copies[1][0] > 5000


def test_a_shadow_costs_a_second_set_of_pods_and_its_minute(tmp_path):
    run = shadowed(tmp_path / "a", replicas=5)
    rolled = shadowed(tmp_path / "b", replicas=5, strategy="RollingUpdate")

    assert peak_pods(run) >= 10
    assert run.settled_at - rolled.settled_at > 60.0


def test_a_part_of_the_requests_is_copied_to_fewer_pods(tmp_path):
    part = ("strategies.shadow.mirrorPercent=10", "strategies.shadow.shadowReplicas=1")
    run = shadowed(tmp_path, *part)

    assert 500 < sum(run.copies[1]) < 800
    assert peak_pods(run) <= 6


def test_a_shadow_without_a_proxy_that_mirrors_is_refused_by_name(tmp_path):
    story = scenario(tmp_path)

    with pytest.raises(ScenarioError, match=r"Shadow .*virtual_service.* kube-proxy does not read"):
        Session(story, "Shadow", 1, window=WINDOW)


def test_users_of_both_versions_are_all_who_came_before_and_after(tmp_path):
    """Whom a release moves has met both; without one nobody has."""
    rolled = shadowed(tmp_path, "users.population=500", strategy="RollingUpdate")
    none = shadowed(tmp_path, "users.population=500", strategy=None)

    assert 490 < users_of_both(rolled) <= 500
    assert users_of_both(none) is None
