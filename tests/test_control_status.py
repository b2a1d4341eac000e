"""Stories of what a Deployment says of itself: its conditions, reason after reason, and labels."""

from __future__ import annotations

from itertools import groupby

import pytest
from control_bench import EXACT, READY, Bench, deployment, slow

from sim.model.objects import condition, labels_of, name_of
from sim.model.template_hash import HASH_LABEL


def reasons_of(bench: Bench, kind: str, after: float = 0.0) -> list[str]:
    """The reasons that the Deployment's condition of *kind* went through."""
    found = [
        condition(change.object, kind)
        for change in bench.api.history
        if change.object["kind"] == "Deployment" and change.time >= after
    ]
    return [reason for reason, _ in groupby(one["reason"] for one in found if one is not None)]


def test_progress_goes_from_a_new_set_over_updates_to_its_availability() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    expected = ["NewReplicaSetCreated", "ReplicaSetUpdated", "NewReplicaSetAvailable"]
    assert reasons_of(bench, "Progressing", after=60)[1:] == expected
    found = condition(bench.web(), "Progressing")
    assert found is not None
    new = name_of(bench.sets()[2])
    assert found["message"] == f'ReplicaSet "{new}" has successfully progressed.'


def test_a_set_that_is_found_instead_of_made_is_told_as_found() -> None:
    """The Deployment went, its set stayed, and a new Deployment of the same template came."""
    bench = Bench(deployment(2, container=READY))
    bench.run(60)
    bench.api.delete("Deployment", "web", propagation_policy="Orphan")
    bench.run(70)
    bench.api.create(deployment(2, container=READY))
    bench.run(120)
    assert reasons_of(bench, "Progressing", after=70)[0] == "FoundNewReplicaSet"
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert len(bench.sets()) == 1 and len(bench.pods()) == 2


def test_available_is_true_all_through_a_healthy_rollout() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    assert reasons_of(bench, "Available", after=60) == ["MinimumReplicasAvailable"]


@pytest.mark.parametrize(("unready", "available"), [(1, "True"), (2, "False")])
def test_available_turns_below_replicas_less_unavailable(unready, available) -> None:
    bench = Bench(deployment(4, surge=1, unavailable=1, container=READY))
    bench.run(60)
    for number in list(bench.data.pods())[:unready]:
        bench.data.set_pod(number, listening=False)
    bench.run(70)
    found = condition(bench.web(), "Available")
    assert found is not None and found["status"] == available
    told = bench.web()["status"]
    assert (told["availableReplicas"], told["unavailableReplicas"]) == (4 - unready, unready)


def test_losing_new_pods_does_not_put_the_deadline_off() -> None:
    """Two new pods get ready and break before they count as available: the clock runs from the
    one, not from the other."""
    first = deployment(
        4, surge=1, unavailable=1, container=READY, minReadySeconds=30, progressDeadlineSeconds=40
    )
    bench = Bench(first, {"web:2": slow(2.0)}, delays=EXACT)
    bench.run(90)
    bench.release("web:2", **READY)
    bench.run_until(lambda: bench.ready().get(2) == 2, latest=110)
    ready_at = bench.env.now
    bench.run(ready_at + 15)
    for number in list(bench.data.pods())[-2:]:
        bench.data.set_pod(number, listening=False)
    bench.run_until(lambda: bench.ready()[2] == 0, latest=ready_at + 25)
    turned = bench.run_until(lambda: bench.progressing()[0] == "False", latest=200)
    assert 39 < turned - ready_at < 41.1


def test_the_hash_of_a_template_is_in_the_labels_and_selector_of_its_set_and_pods() -> None:
    bench = Bench(deployment(1, container=READY))
    bench.run(60)
    [rs], [pod] = bench.sets().values(), bench.pods()
    stamp = labels_of(rs)[HASH_LABEL]
    assert name_of(rs) == f"web-{stamp}"
    assert rs["spec"]["selector"]["matchLabels"] == {"app": "web", HASH_LABEL: stamp}
    assert labels_of(pod) == {"app": "web", HASH_LABEL: stamp}
    assert name_of(pod).startswith(f"web-{stamp}-") and len(name_of(pod)) == len(name_of(rs)) + 6
    assert HASH_LABEL not in labels_of(bench.web()["spec"]["template"])


def test_a_complete_deployment_of_no_pods_that_is_scaled_up_has_no_deadline() -> None:
    """Section 2.9: NewReplicaSetAvailable is not timed, even if no pod ever gets ready."""
    bench = Bench(deployment(0, container=READY, progressDeadlineSeconds=20), {"web:2": slow(1e9)})
    bench.run(30)
    bench.release("web:2", **READY)
    bench.run(60)
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    bench.patch({"replicas": 3})
    bench.run(600)
    assert bench.progressing() == ("True", "NewReplicaSetAvailable")
    assert reasons_of(bench, "Available")[-1] == "MinimumReplicasUnavailable"
