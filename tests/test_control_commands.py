"""Stories of what people do to a Deployment: pause, resume, scale, edit, go back, delete pods."""

from __future__ import annotations

import pytest
from control_bench import NEVER, READY, WORKED, Bench, deployment, slow, stuck, template

from sim.errors import RolloutError
from sim.model.defaults import pod_template
from sim.model.objects import is_true
from sim.model.pod import is_active
from sim.model.revision import undo_patch
from sim.model.rollout_status import rollout_status
from sim.model.template_hash import template_hash


def test_pause_freezes_the_sizes_and_lets_pods_under_way_get_ready() -> None:
    bench = Bench(deployment(10, surge=3, unavailable=2, container=READY), {"web:2": slow(10.0)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(65)
    bench.patch({"paused": True})
    bench.run(66)
    sizes = bench.sizes()
    assert bench.progressing() == ("Unknown", "DeploymentPaused")
    bench.run(1500)
    assert bench.sizes() == sizes == {1: 8, 2: 5}
    assert bench.ready() == {1: 8, 2: 5}
    assert bench.progressing() == ("Unknown", "DeploymentPaused")  # No clock while paused.
    bench.patch({"paused": False})
    bench.run_until(lambda: bench.progressing()[1] == "DeploymentResumed", latest=1502)
    bench.run(1600)
    assert rollout_status(bench.web()).done


def test_two_edits_while_paused_make_one_revision() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.patch({"paused": True})
    bench.run(61)
    bench.release("web:2", **READY)
    bench.run(62)
    bench.release("web:3", **READY)
    bench.run(70)
    assert bench.sizes() == {1: 4}
    bench.patch({"paused": False})
    bench.run(150)
    assert bench.sizes() == {1: 0, 2: 4}
    assert bench.pods()[0]["spec"]["containers"][0]["image"] == "web:3"


def test_scaling_a_stuck_rollout_gives_every_set_its_share() -> None:
    """Measured: 10 to 15 at 1:8, 2:5 (3/2) gives 1:11, 2:7."""
    bench = stuck(**WORKED)
    bench.patch({"replicas": 15})
    bench.run(91)
    assert bench.sizes() == {1: 11, 2: 7}
    notes = [rs["metadata"]["annotations"] for rs in bench.sets().values()]
    assert {n["deployment.kubernetes.io/desired-replicas"] for n in notes} == {"15"}
    assert {n["deployment.kubernetes.io/max-replicas"] for n in notes} == {"18"}


def test_a_paused_deployment_scales_and_replaces_dead_pods() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.patch({"paused": True, "replicas": 6})
    bench.run(70)
    assert bench.sizes() == {1: 6}
    bench.api.delete("Pod", bench.pods()[0]["metadata"]["name"])
    bench.run(75)
    assert len([pod for pod in bench.pods() if is_active(pod)]) == 6
    assert len(bench.sets()) == 1


def test_a_smaller_surge_while_paused_shrinks_all_sets_by_their_share() -> None:
    """13 pods where the new ceiling allows 10: a pause scales, whatever is available."""
    bench = stuck(**WORKED)
    assert bench.sizes() == {1: 8, 2: 5}
    bench.patch({"paused": True})
    bench.patch({"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}})
    bench.run(91)
    # 8 x 10 / 13 = 6.2 and 5 x 10 / 13 = 3.8.
    assert bench.sizes() == {1: 6, 2: 4}


def test_history_beyond_the_limit_is_deleted_after_a_complete_rollout() -> None:
    bench = Bench(deployment(2, container=READY, revisionHistoryLimit=2))
    for number in range(2, 6):
        bench.run(60.0 * (number - 1))
        bench.release(f"web:{number}", **READY)
    bench.run(400)
    assert bench.sizes() == {3: 0, 4: 0, 5: 2}


def test_without_a_history_there_is_nothing_to_undo_to() -> None:
    bench = Bench(deployment(2, container=READY, revisionHistoryLimit=0))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    assert bench.sizes() == {2: 2}
    with pytest.raises(RolloutError, match="no rollout history found"):
        undo_patch(bench.web(), list(bench.sets().values()), None)


def test_going_back_takes_up_the_old_set_again_and_frees_its_number() -> None:
    bench = Bench(deployment(2, container=READY))
    for at, image in ((60, "web:2"), (120, "web:3"), (180, "web:2")):
        bench.run(at)
        bench.release(image, **READY)
        if image == "web:3":
            second = bench.sets()[2]["metadata"]
    bench.run(240)
    assert sorted(bench.sets()) == [1, 3, 4]
    assert bench.sizes()[4] == 2
    again = bench.sets()[4]["metadata"]
    assert (again["name"], again["uid"]) == (second["name"], second["uid"])


def test_undo_twice_toggles_between_two_revisions() -> None:
    bench = Bench(deployment(2, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    images = []
    for at in (120, 180, 240):
        bench.run(at)
        images.append(bench.web()["spec"]["template"]["spec"]["containers"][0]["image"])
        patch = undo_patch(bench.web(), list(bench.sets().values()), None)
        bench.api.patch("Deployment", "web", patch)
    bench.run(300)
    assert images == ["web:2", "web:1", "web:2"]
    assert bench.sizes() == {4: 0, 5: 2}  # 1 became 3 and 5, 2 became 4.


def test_a_restart_is_an_ordinary_rollout_with_a_new_revision() -> None:
    bench = Bench(deployment(3, surge=1, unavailable=0, container=READY))
    bench.run(60)
    before = {pod["metadata"]["uid"] for pod in bench.pods()}
    stamp = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    bench.patch({"template": {"metadata": {"annotations": stamp}}})
    bench.run(120)
    assert bench.sizes() == {1: 0, 2: 3}
    assert bench.size_steps()[1:4] == [{1: 3, 2: 1}, {1: 2, 2: 1}, {1: 2, 2: 2}]
    assert not before & {pod["metadata"]["uid"] for pod in bench.pods()}
    assert all(stamp.items() <= pod["metadata"]["annotations"].items() for pod in bench.pods())
    assert bench.web()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"


def test_scaling_and_changing_the_strategy_make_no_revision() -> None:
    bench = Bench(deployment(2, container=READY))
    bench.run(60)
    bench.patch({"replicas": 3})
    bench.patch({"strategy": {"type": "Recreate", "rollingUpdate": None}})
    bench.patch({"minReadySeconds": 3})
    bench.run(90)
    assert bench.sizes() == {1: 3}
    assert bench.sets()[1]["spec"]["minReadySeconds"] == 3
    assert bench.web()["status"]["observedGeneration"] == bench.web()["metadata"]["generation"] == 4


def test_pausing_a_rollout_that_timed_out_does_not_hide_it() -> None:
    bench = Bench(
        deployment(4, container=READY, progressDeadlineSeconds=10), {"web:2": slow(NEVER)}
    )
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(90)
    bench.patch({"paused": True})
    bench.run(100)
    assert bench.progressing() == ("False", "ProgressDeadlineExceeded")


def test_scaling_down_takes_the_pods_that_are_not_ready_first() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    for number in (2, 3):
        bench.data.set_pod(number, listening=False)
    bench.run(70)
    names = [pod["metadata"]["name"] for pod in bench.pods()]
    ready = [pod["metadata"]["name"] for pod in bench.pods() if is_true(pod, "Ready")]
    assert len(ready) == 2 and ready != names[2:]
    bench.patch({"replicas": 2})
    bench.run(75)
    assert [pod["metadata"]["name"] for pod in bench.pods()] == ready


def test_of_two_sets_with_the_same_template_the_older_one_is_the_new_set() -> None:
    bench = Bench(deployment(2, container=READY))
    bench.run(60)
    first = bench.sets()[1]
    metadata = {
        "name": "web-twin",
        "labels": first["metadata"]["labels"],
        "ownerReferences": first["metadata"]["ownerReferences"],
        "annotations": {"deployment.kubernetes.io/revision": "7"},
    }
    twin = {k: v for k, v in first.items() if k != "status"}
    bench.api.create({**twin, "metadata": metadata, "spec": {**first["spec"], "replicas": 0}})
    bench.patch({"replicas": 3})
    bench.run(90)
    sizes = {rs["metadata"]["name"]: rs["spec"]["replicas"] for rs in bench.api.list("ReplicaSet")}
    assert sizes == {first["metadata"]["name"]: 3, "web-twin": 0}
    assert 8 in bench.sets()  # It was brought above the other's number.


def test_ten_quiet_minutes_end_the_combining_of_similar_events() -> None:
    bench = Bench(deployment(1, container=READY))
    bench.run(60)
    for at, pods in [*((61 + i, 2 + i) for i in range(12)), (1000, 1)]:
        bench.run(at)
        bench.patch({"replicas": pods})
    bench.run(1010)
    marked = [note.startswith("(combined") for note in bench.scaling_notes()]
    assert marked == [False] * 9 + [True] * 4 + [False]


@pytest.mark.parametrize("size", [0, 1, 9])
def test_a_set_that_somebody_scales_by_hand_is_brought_back(size: int) -> None:
    """Section 2.5, step B: its size follows spec.replicas of the Deployment, whoever changed it."""
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    name = bench.sets()[1]["metadata"]["name"]
    patch = {"spec": {"replicas": size}}
    bench.api.patch("ReplicaSet", name, patch, subresource="scale")
    assert bench.sizes() == {1: size}
    bench.run(120)
    assert bench.sizes() == {1: 4}
    assert rollout_status(bench.web()).done and len(bench.pods()) == 4
    bench.checks.verify()


def test_an_old_set_that_somebody_scales_up_by_hand_goes_back_to_nothing() -> None:
    bench = Bench(deployment(4, container=READY))
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(120)
    name = bench.sets()[1]["metadata"]["name"]
    bench.api.patch("ReplicaSet", name, {"spec": {"replicas": 3}})
    bench.run(240)
    assert bench.sizes() == {1: 0, 2: 4}
    assert {pod["spec"]["containers"][0]["image"] for pod in bench.pods()} == {"web:2"}


def test_a_quantity_written_in_another_way_rolls_nothing_out() -> None:
    """Section 2.2: templates are compared by meaning; 1000m is 1."""
    sized = {"resources": {"limits": {"cpu": "1000m", "memory": "1Gi"}}}
    bench = Bench(deployment(1, container=READY | sized))
    bench.run(60)
    bench.release("web:1", **READY, resources={"limits": {"cpu": 1, "memory": "1024Mi"}})
    bench.run(90)
    assert len(bench.sets()) == 1
    bench.release("web:1", **READY, resources={"limits": {"cpu": 2, "memory": "1024Mi"}})
    bench.run(150)
    assert len(bench.sets()) == 2


def test_a_hash_that_is_taken_is_counted_and_another_one_used() -> None:
    """Section 2.3: collisionCount, and a name made with it; section 2.11 knows nothing of it."""
    bench = Bench(deployment(1, container=READY))
    bench.run(60)
    new = pod_template(template("web:2", **READY))
    taken = f"web-{template_hash(new)}"
    other = {"matchLabels": {"app": "other"}}
    labels = {"metadata": {"labels": {"app": "other"}}}
    stray = {"replicas": 0, "selector": other, "template": template("web:9") | labels}
    bench.api.create(
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": taken}, "spec": stray}
    )
    bench.release("web:2", **READY)
    bench.run(120)
    assert bench.web()["status"]["collisionCount"] == 1
    assert bench.sets()[2]["metadata"]["name"] == f"web-{template_hash(new, 1)}"
    assert rollout_status(bench.web()).done
    assert "ReplicaSetCreateError" not in bench.reasons("Deployment")
    bench.release("web:1", **READY)
    bench.run(180)
    assert bench.web()["status"]["collisionCount"] == 1


ROLLBACK_TO = "deprecated.deployment.rollback.to"


def rolled_back(to: str, *, paused: bool = False) -> Bench:
    """Versions 1, 2 and 3, and the old annotation with a revision in it."""
    bench = Bench(deployment(2, container=READY))
    for at, image in ((60, "web:2"), (120, "web:3")):
        bench.run(at)
        bench.release(image, **READY)
    bench.run(180)
    bench.patch({"paused": paused})
    bench.api.patch("Deployment", "web", {"metadata": {"annotations": {ROLLBACK_TO: to}}})
    bench.run(240)
    return bench


@pytest.mark.parametrize(
    ("to", "image", "reason", "note"),
    [
        ("1", "web:1", "DeploymentRollback", 'Rolled back deployment "web" to revision 1'),
        ("0", "web:2", "DeploymentRollback", 'Rolled back deployment "web" to revision 2'),
        (
            "9",
            "web:3",
            "DeploymentRollbackRevisionNotFound",
            "Unable to find the revision to rollback to.",
        ),
        (
            "3",
            "web:3",
            "DeploymentRollbackTemplateUnchanged",
            'The rollback revision contains the same template as current deployment "web"',
        ),
    ],
)
def test_a_rollback_in_the_old_annotation_is_served_and_taken_away(to, image, reason, note) -> None:
    """Section 2.1, step 4."""
    bench = rolled_back(to)
    [container] = bench.web()["spec"]["template"]["spec"]["containers"]
    assert container["image"] == image
    assert ROLLBACK_TO not in bench.web()["metadata"]["annotations"]
    said = [(e.reason, e.note) for e in bench.plane.events if "Rollback" in e.reason]
    assert said == [(reason, note)]
    assert rollout_status(bench.web()).done
    assert not any(ROLLBACK_TO in rs["metadata"]["annotations"] for rs in bench.sets().values())


def test_a_paused_deployment_does_not_serve_the_old_annotation_until_it_resumes() -> None:
    bench = rolled_back("1", paused=True)
    assert bench.web()["spec"]["template"]["spec"]["containers"][0]["image"] == "web:3"
    bench.patch({"paused": False})
    bench.run(300)
    assert bench.web()["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1"
    assert bench.sizes() == {2: 0, 3: 0, 4: 2}
