"""Tables: revisions, what undo goes back to, template names, and the line of `rollout status`."""

from __future__ import annotations

import pytest

from sim.errors import RolloutError
from sim.model.conditions import new_condition, refreshed, with_condition, without
from sim.model.revision import (
    MOST_HISTORY_LETTERS,
    REVISION,
    REVISION_HISTORY,
    next_revision,
    raised,
    surplus_history,
    undo_patch,
    undo_revision,
)
from sim.model.rollout_status import rollout_status
from sim.model.template_hash import HASH_LABEL, canonical, fnv1a, spelled, template_hash


def replica_set(revision: int, *, image: str = "", size: int = 0, created: float = 0.0, **status):
    template = {
        "metadata": {"labels": {"app": "web", HASH_LABEL: f"h{revision}"}},
        "spec": {"containers": [{"name": "web", "image": image or f"web:{revision}"}]},
    }
    notes = {REVISION: str(revision)} if revision else {}
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"web-{revision}",
            "generation": 1,
            "creationTimestamp": created,
            "annotations": notes,
        },
        "spec": {"replicas": size, "template": template},
        "status": {"replicas": size, "observedGeneration": 1, **status},
    }


@pytest.mark.parametrize(
    ("olds", "expected"), [([], 1), ([1], 2), ([1, 3, 4], 5), ([4, 2], 5), ([0], 1)]
)
def test_a_new_replica_set_gets_the_next_revision(olds, expected) -> None:
    assert next_revision([replica_set(number) for number in olds]) == expected


@pytest.mark.parametrize(
    ("notes", "revision", "expected"),
    [
        ({REVISION: "2"}, 4, {REVISION: "4", REVISION_HISTORY: "2"}),
        (
            {REVISION: "4", REVISION_HISTORY: "2"},
            6,
            {REVISION: "6", REVISION_HISTORY: "2,4"},
        ),
        ({REVISION: "4"}, 4, {REVISION: "4"}),
        ({REVISION: "5"}, 4, {REVISION: "5"}),
        ({}, 1, {REVISION: "1"}),
        ({"a": "b", REVISION: "1"}, 3, {"a": "b", REVISION: "3", REVISION_HISTORY: "1"}),
    ],
)
def test_an_old_set_that_becomes_the_new_one_remembers_its_numbers(
    notes, revision, expected
) -> None:
    assert raised(notes, revision) == expected


def test_the_oldest_numbers_are_dropped_where_the_list_gets_too_long() -> None:
    history = ",".join(str(number) for number in range(1000, 1400))
    found = raised({REVISION: "1400", REVISION_HISTORY: history}, 1500)[REVISION_HISTORY]
    assert found.endswith(",1399,1400")
    assert MOST_HISTORY_LETTERS - 5 < len(found) <= MOST_HISTORY_LETTERS


@pytest.mark.parametrize(
    ("revisions", "wanted", "expected"),
    [
        ([1, 2], None, 1),
        ([1, 2, 3], None, 2),
        ([1, 3, 4], None, 3),
        ([1, 3, 4], 0, 3),
        ([1, 3, 4], 1, 1),
        ([1, 3, 4], 4, 4),
        ([1, 3, 4], 2, 0),  # Its number is gone from the history.
        ([1], None, 0),
        ([], None, 0),
    ],
)
def test_undo_picks_the_second_highest_or_the_one_asked_for(revisions, wanted, expected) -> None:
    assert undo_revision(revisions, wanted) == expected


def web(revision: int, image: str) -> dict:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": image}]},
    }
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "annotations": {REVISION: str(revision)}},
        "spec": {"template": template},
    }


def test_undo_goes_back_to_a_template_without_the_hash_of_its_set() -> None:
    sets = [replica_set(1), replica_set(2)]
    template, _ = undo_patch(web(2, "web:2"), sets)
    assert template["value"] == web(1, "web:1")["spec"]["template"]


def test_undo_brings_the_annotations_of_its_set_back_but_not_the_bookkeeping() -> None:
    deployment = web(2, "web:2")
    deployment["metadata"]["annotations"] |= {"kubernetes.io/change-cause": "two", "mine": "x"}
    first = replica_set(1)
    first["metadata"]["annotations"]["kubernetes.io/change-cause"] = "one"
    template, notes = undo_patch(deployment, [first, replica_set(2)])
    assert template["value"] == web(1, "web:1")["spec"]["template"]
    assert notes["value"] == {REVISION: "2", "kubernetes.io/change-cause": "one"}
    assert undo_patch(deployment, [first, replica_set(2)], 2) == []


def test_undo_to_the_current_template_changes_nothing() -> None:
    deployment = web(2, "web:2")
    sets = [replica_set(1), replica_set(2)]
    assert undo_patch(deployment, sets, 2) == []


@pytest.mark.parametrize(
    ("sets", "wanted", "words"),
    [
        ([replica_set(1)], None, 'no rollout history found for deployment "web"'),
        ([replica_set(2), replica_set(3)], 1, "unable to find specified revision 1 in history"),
    ],
)
def test_undo_without_such_a_revision_is_refused_in_kubectls_words(sets, wanted, words) -> None:
    with pytest.raises(RolloutError) as refused:
        undo_patch(web(3, "web:3"), sets, wanted)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("olds", "limit", "expected"),
    [
        ([replica_set(1), replica_set(2), replica_set(3)], 2, ["web-1"]),
        ([replica_set(3), replica_set(1), replica_set(2)], 1, ["web-1", "web-2"]),
        ([replica_set(1), replica_set(2)], 2, []),
        ([replica_set(1), replica_set(2)], 0, ["web-1", "web-2"]),
        # One with pods is skipped, and no other takes its place.
        ([replica_set(1, size=1), replica_set(2), replica_set(3)], 2, []),
        ([replica_set(1, replicas=1), replica_set(2)], 0, ["web-2"]),
        ([replica_set(1, observedGeneration=0), replica_set(2)], 0, ["web-2"]),
        ([replica_set(2), replica_set(0)], 1, ["web-0"]),  # No revision comes first.
    ],
)
def test_history_beyond_the_limit_goes_lowest_revision_first(olds, limit, expected) -> None:
    assert [rs["metadata"]["name"] for rs in surplus_history(olds, limit)] == expected


def status_of(*, generation=2, observed=2, reason="", revision=1, **counts) -> dict:
    conditions = [{"type": "Progressing", "status": "True", "reason": reason}] if reason else []
    return {
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "generation": generation,
            "annotations": {REVISION: str(revision)},
        },
        "spec": {"replicas": 10},
        "status": {"observedGeneration": observed, "conditions": conditions, **counts},
    }


WAITING = 'Waiting for deployment "web" rollout to finish: '


@pytest.mark.parametrize(
    ("deployment", "pinned", "line", "done", "failed"),
    [
        (
            status_of(observed=1, updatedReplicas=10, replicas=10, availableReplicas=10),
            0,
            "Waiting for deployment spec update to be observed...",
            False,
            False,
        ),
        (
            status_of(reason="ProgressDeadlineExceeded", updatedReplicas=5, replicas=13),
            0,
            'error: deployment "web" exceeded its progress deadline',
            False,
            True,
        ),
        (
            status_of(updatedReplicas=5, replicas=13, availableReplicas=8),
            0,
            WAITING + "5 out of 10 new replicas have been updated...",
            False,
            False,
        ),
        (
            status_of(updatedReplicas=10, replicas=13, availableReplicas=12),
            0,
            WAITING + "3 old replicas are pending termination...",
            False,
            False,
        ),
        (
            status_of(updatedReplicas=10, replicas=10, availableReplicas=9),
            0,
            WAITING + "9 of 10 updated replicas are available...",
            False,
            False,
        ),
        (
            status_of(updatedReplicas=10, replicas=10, availableReplicas=10),
            0,
            'deployment "web" successfully rolled out',
            True,
            False,
        ),
        (
            status_of(revision=3, updatedReplicas=10, replicas=10, availableReplicas=10),
            2,
            "error: desired revision (2) is different from the running revision (3)",
            False,
            True,
        ),
        (
            # The deadline is looked at before the counts …
            status_of(reason="ProgressDeadlineExceeded", updatedReplicas=10, replicas=10),
            0,
            'error: deployment "web" exceeded its progress deadline',
            False,
            True,
        ),
        (
            # … but not before the generation: an edit after the failure waits to be seen.
            status_of(observed=1, reason="ProgressDeadlineExceeded"),
            0,
            "Waiting for deployment spec update to be observed...",
            False,
            False,
        ),
    ],
)
def test_rollout_status_prints_kubectls_line(deployment, pinned, line, done, failed) -> None:
    found = rollout_status(deployment, pinned)
    assert (found.line, found.done, found.failed) == (line, done, failed)


@pytest.mark.parametrize(
    ("data", "expected"), [(b"", 2166136261), (b"a", 3826002220), (b"foobar", 3214735720)]
)
def test_the_hash_is_32_bit_fnv_1a(data, expected) -> None:
    assert fnv1a(data) == expected


def test_names_are_spelled_without_vowels() -> None:
    assert set(spelled("0123456789")) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert len(set(spelled("0123456789"))) == 10


def test_equal_templates_hash_alike_and_others_do_not() -> None:
    one = {"metadata": {"labels": {"a": "1", "b": "2"}}, "spec": {"x": 1, "y": None}}
    same = {
        "spec": {"x": 1},
        "metadata": {"labels": {"b": "2", "a": "1", HASH_LABEL: "q"}, "creationTimestamp": None},
    }
    other = {"metadata": {"labels": {"a": "1"}}, "spec": {"x": 1}}
    assert template_hash(one) == template_hash(same)
    assert template_hash(one) != template_hash(other)
    assert template_hash(one) != template_hash(one, collisions=1)


def condition(status: str, reason: str, now: float) -> dict:
    return new_condition("Progressing", status, reason, "", now)


@pytest.mark.parametrize(
    ("before", "after", "update", "transition"),
    [
        (("True", "A"), ("True", "A"), 1.0, 1.0),  # The same: not written at all.
        (("True", "A"), ("True", "B"), 2.0, 1.0),
        (("True", "A"), ("False", "A"), 2.0, 2.0),
    ],
)
def test_a_condition_is_rewritten_only_as_far_as_it_changed(
    before, after, update, transition
) -> None:
    [found] = with_condition([condition(*before, 1.0)], condition(*after, 2.0))
    assert (found["lastUpdateTime"], found["lastTransitionTime"]) == (update, transition)


def test_progress_refreshes_the_update_time_only() -> None:
    [found] = refreshed([condition("True", "A", 1.0)], condition("True", "A", 2.0))
    assert (found["lastUpdateTime"], found["lastTransitionTime"]) == (2.0, 1.0)


def test_conditions_of_other_types_are_left_alone() -> None:
    available = new_condition("Available", "True", "X", "", 0.0)
    found = with_condition([available], condition("True", "A", 1.0))
    assert without(found, "Progressing") == [available]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"resources": {"limits": {"cpu": "1000m"}}}, {"resources": {"limits": {"cpu": 1}}}, True),
        (
            {"resources": {"requests": {"memory": "1Gi"}}},
            {"resources": {"requests": {"memory": "1024Mi"}}},
            True,
        ),
        (
            {"resources": {"requests": {"memory": "1G"}}},
            {"resources": {"requests": {"memory": "1Gi"}}},
            False,
        ),
        ({"env": []}, {}, True),
        ({"env": None}, {}, True),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": [{"name": "A", "value": "2"}]}, False),
        ({"args": ["1000m"]}, {"args": ["1"]}, False),
        ({"tty": False}, {}, True),
        ({"tty": True}, {}, False),
        ({"securityContext": {"privileged": False}}, {"securityContext": {}}, False),
    ],
)
def test_templates_are_compared_by_what_they_mean(one, other, equal) -> None:
    """Section 2.2: quantities by value, and an empty list is none (apiequality.Semantic)."""
    first, second = ({"spec": {"containers": [{"name": "web", **more}]}} for more in (one, other))
    assert (canonical(first) == canonical(second)) is equal
    assert (template_hash(first) == template_hash(second)) is equal


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "³"])
def test_a_revision_that_is_no_number_is_left_alone(text) -> None:
    """Section 2.11: upstream gives up on such an annotation and does not overwrite it."""
    notes = {"deployment.kubernetes.io/revision": text}
    expected = notes if text else {"deployment.kubernetes.io/revision": "3"}
    assert raised(notes, 3) == expected
