"""Stories of a namespace that cannot afford what its Deployment asks for (sections 2.8, 3.2)."""

from __future__ import annotations

from itertools import pairwise
from math import log2
from typing import Any

import pytest
from control_bench import EXACT, READY, Bench, deployment, template

from sim.errors import Forbidden, Invalid
from sim.model.objects import JsonObject, condition, is_true
from sim.model.rollout_status import rollout_status


def quota(name: str = "team", **spec: Any) -> JsonObject:
    hard = {key.replace("_", "."): text for key, text in spec.pop("hard", {}).items()}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name},
        "spec": {"hard": hard, **spec},
    }


def limited(pods: int, hard: dict[str, Any], container: dict[str, Any] = READY, **spec) -> Bench:
    """Four pods of web:1 under a quota, a minute old."""
    bench = Bench(deployment(pods, container=container, **spec), also=[quota(hard=hard)])
    bench.run(60)
    return bench


def used(bench: Bench) -> dict[str, str]:
    found: dict[str, str] = bench.api.get("ResourceQuota", "team")["status"]["used"]
    return found


SIZED = READY | {"resources": {"requests": {"cpu": "250m", "memory": "64Mi"}}}


def test_a_quota_knows_what_its_namespace_uses() -> None:
    hard = {"pods": 10, "requests_cpu": "2", "memory": "1Gi", "count/replicasets.apps": 3}
    bench = limited(4, hard, SIZED)
    expected = {"pods": "4", "requests.cpu": "1", "memory": "256Mi", "count/replicasets.apps": "1"}
    assert used(bench) == expected
    bench.patch({"replicas": 1})
    bench.run(120)
    assert used(bench) == expected | {"pods": "1", "requests.cpu": "250m", "memory": "64Mi"}


def test_what_is_deleted_is_given_back() -> None:
    bench = limited(1, {"count/replicasets.apps": 2, "count/services": 5})
    other = {"selector": {"matchLabels": {"app": "other"}}, "replicas": 0}
    pod = template("web:1") | {"metadata": {"labels": {"app": "other"}}}
    stray = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "stray"}}
    bench.api.create({**stray, "spec": {**other, "template": pod}})
    assert used(bench) == {"count/replicasets.apps": "2", "count/services": "1"}
    bench.api.delete("ReplicaSet", "stray")
    bench.api.delete("Service", "web")
    bench.run(61)
    assert used(bench) == {"count/replicasets.apps": "1", "count/services": "0"}


def test_a_pod_beyond_the_quota_is_refused_in_the_api_servers_words() -> None:
    bench = limited(2, {"pods": 2})
    one = {"kind": "Pod", "metadata": {"name": "more"}, **template("web:1")}
    words = 'pods "more" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2,'
    with pytest.raises(Forbidden, match=f"^{words} limited: pods=2$"):
        bench.api.create({**one, "metadata": {"name": "more"}})
    assert len(bench.pods()) == 2


def test_a_pod_that_does_not_say_what_it_needs_is_refused_too() -> None:
    bench = limited(2, {"limits_memory": "1Gi"})
    assert bench.pods() == []
    notes = [e.note for e in bench.plane.events if e.reason == "FailedCreate"]
    assert all(
        note.endswith(" is forbidden: failed quota: team: must specify limits.memory for: web")
        for note in notes
    )


def test_a_rollout_without_room_for_its_surge_stands_still_and_says_why() -> None:
    bench = limited(4, {"pods": 4}, surge=1, unavailable=0, progressDeadlineSeconds=60)
    bench.release("web:2", **READY)
    bench.run(90)
    assert bench.sizes() == {1: 4, 2: 1}
    failure = condition(bench.web(), "ReplicaFailure")
    assert failure is not None and failure["reason"] == "FailedCreate"
    name = bench.sets()[2]["metadata"]["name"]
    assert failure["message"].startswith(f'pods "{name}-')
    said = "exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4"
    assert failure["message"].endswith(said)
    assert bench.progressing()[0] == "True"
    bench.run(130)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")
    assert rollout_status(bench.web()).failed
    assert len(bench.pods()) == 4 and is_true(bench.web(), "Available")
    bench.checks.verify()


def test_refused_pods_are_asked_for_again_after_5_ms_doubling() -> None:
    bench = Bench(
        deployment(1, surge=1, unavailable=0, container=READY),
        delays=EXACT,
        also=[quota(hard={"pods": 1})],
    )
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    tries = [e.time for e in bench.plane.events if e.reason == "FailedCreate"]
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    # The first looks also come from the writes of both controllers; then only the queue's count.
    tail = gaps[-5:]
    assert all(
        later - 0.01 == pytest.approx(2 * (earlier - 0.01)) for earlier, later in pairwise(tail)
    )
    assert (tail[-1] - 0.01) / 0.005 == pytest.approx(2 ** round(log2(tail[-1] / 0.005)))
    assert len({e.note for e in bench.plane.events if e.reason == "FailedCreate"}) == len(tries)


def test_a_batch_that_is_refused_ends_the_look_and_the_next_ones_start_from_one_again() -> None:
    """Room for 3 of 10: batches of 1 and 2 pass, all 4 of the third are refused, none of 8 asked.

    (slowStartBatch)
    """
    bench = Bench(deployment(10, container=READY), delays=EXACT, also=[quota(hard={"pods": 3})])
    bench.run(60)
    failed = [e.time for e in bench.plane.events if e.reason == "FailedCreate"]
    assert failed[:4] == [failed[0]] * 4
    assert failed[4] > failed[0] and failed.count(failed[4]) == 1
    assert len(bench.pods()) == 3


def test_the_failure_is_gone_once_there_is_room() -> None:
    bench = limited(4, {"pods": 4}, surge=1, unavailable=0)
    bench.release("web:2", **READY)
    bench.run(90)
    bench.api.patch("ResourceQuota", "team", {"spec": {"hard": {"pods": 5}}})
    bench.run(400)
    assert rollout_status(bench.web()).done
    assert condition(bench.web(), "ReplicaFailure") is None
    assert condition(bench.sets()[2], "ReplicaFailure") is None
    assert used(bench) == {"pods": "4"}


def test_a_pod_that_winds_up_still_counts_so_a_rollout_waits_for_it() -> None:
    """No surge: each new pod can only come when an old one is really gone."""
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}
    bench = limited(2, {"pods": 2}, READY | hook, surge=0, unavailable=1)
    bench.release("web:2", **READY)
    most = 0
    while not rollout_status(bench.web()).done or bench.env.now < 61:
        bench.env.step()
        most = max(most, len(bench.pods()))
        assert bench.env.now < 200
    assert most == 2
    assert bench.env.now > 60 + 2 * 10


def test_a_quota_on_replica_sets_fails_the_rollout_before_its_first_pod() -> None:
    """Section 2.8: Progressing False with ReplicaSetCreateError; section 2.15: its event."""
    bench = limited(2, {"count/replicasets.apps": 1}, progressDeadlineSeconds=30)
    bench.release("web:2", **READY)
    bench.run(61)
    assert bench.progressing() == ("False", "ReplicaSetCreateError")
    [note] = {e.note for e in bench.plane.events if e.reason == "ReplicaSetCreateError"}
    assert note.startswith('Failed to create new replica set "web-')
    assert "is forbidden: exceeded quota: team, requested: count/replicasets.apps=1, " in note
    found = condition(bench.web(), "Progressing")
    assert found is not None and found["message"] == note
    bench.api.delete("ResourceQuota", "team")
    bench.run(400)
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert bench.sizes() == {1: 0, 2: 2}


def test_quotas_of_one_namespace_all_have_to_agree_and_others_do_not_matter() -> None:
    elsewhere = quota("none", hard={"pods": 0})
    elsewhere["metadata"]["namespace"] = "harbour"
    also = [quota("wide", hard={"pods": 9}), quota(hard={"pods": 2}), elsewhere]
    bench = Bench(deployment(3, container=READY), also=also)
    bench.run(60)
    assert len(bench.pods()) == 2
    assert bench.api.get("ResourceQuota", "wide")["status"]["used"] == {"pods": "2"}


def test_a_lost_nodes_pod_stops_counting_so_that_its_replacement_can_come() -> None:
    bench = limited(1, {"pods": 1})
    node = bench.pods()[0]["spec"]["nodeName"]
    bench.plane.lose_node(node)
    bench.run(60 + 50 + 300 + 30 + 25)
    assert len(bench.pods()) == 1 and used(bench) == {"pods": "1"}
    bench.run(60 + 50 + 300 + 60 + 1400)
    assert len(bench.pods()) == 2  # One hangs on the lost node, one replaces it.


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"hard": {"pods": "lots"}},
            r"spec\.hard\[pods\]: Invalid value: \"lots\": quantities must",
        ),
        ({"hard": {"pods": -1}}, r"spec\.hard\[pods\]: Invalid value: -1: must be greater than or"),
        ({"hard": {"pods": "1500m"}}, r"spec\.hard\[pods\]: Invalid value: .*: must be an integer"),
        ({"scopes": ["BestEffort"]}, r"spec\.scopes: Invalid value: .*: field is immutable"),
    ],
)
def test_a_quota_that_makes_no_sense_is_refused_at_run_time_too(patch, words) -> None:
    bench = limited(1, {"pods": 4, "requests_cpu": "2500m"}, SIZED)
    before = bench.api.get("ResourceQuota", "team")
    with pytest.raises(Invalid, match=words):
        bench.api.patch("ResourceQuota", "team", {"spec": patch})
    assert bench.api.get("ResourceQuota", "team") is before
