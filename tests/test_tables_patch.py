"""Tables: merge patches and JSON patches, and that they share what they do not touch."""

from __future__ import annotations

import copy

import pytest

from sim.errors import Invalid
from sim.model.patch import json_patch, merge_patch, pointer, same


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"boat": "a"}, {"boat": "b"}, {"boat": "b"}),
        ({"boat": "a"}, {"sail": "b"}, {"boat": "a", "sail": "b"}),
        ({"boat": "a", "sail": "b"}, {"boat": None}, {"sail": "b"}),
        ({"boat": "a"}, {"sail": None}, {"boat": "a"}),
        ({"deck": {"a": 1, "b": 2}}, {"deck": {"b": None, "c": 3}}, {"deck": {"a": 1, "c": 3}}),
        ({"masts": [1, 2]}, {"masts": [3]}, {"masts": [3]}),
        ({"masts": [1, 2]}, {"masts": {"a": 1}}, {"masts": {"a": 1}}),
        ({"deck": "wood"}, {"deck": {"a": {"b": None, "c": 1}}}, {"deck": {"a": {"c": 1}}}),
        ([1, 2], {"a": 1}, {"a": 1}),
        ({"a": 1}, ["b"], ["b"]),
        ({"a": None}, {"b": 1}, {"a": None, "b": 1}),
        ({"a": {}}, {"a": {"b": {}}}, {"a": {"b": {}}}),
        ({}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
        ({"a": 1}, {"a": True}, {"a": True}),
    ],
)
def test_merge_patch(target, patch, expected) -> None:
    before = copy.deepcopy(target)
    found = merge_patch(target, patch)
    assert (found, target) == (expected, before)
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("target", "operations", "expected"),
    [
        ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
        ({"a": 1}, [{"op": "add", "path": "/a", "value": 2}], {"a": 2}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/1", "value": [2]}], {"a": [1, [2]]}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
        ({"a": [1, 2, 3]}, [{"op": "remove", "path": "/a/1"}], {"a": [1, 3]}),
        ({"a": {"b": 1}}, [{"op": "replace", "path": "/a/b", "value": 2}], {"a": {"b": 2}}),
        ({"a": [1, 2]}, [{"op": "replace", "path": "/a/0", "value": 9}], {"a": [9, 2]}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
        ({"a": [1, 2, 3]}, [{"op": "move", "from": "/a/0", "path": "/a/2"}], {"a": [2, 3, 1]}),
        (
            {"a": {"x": 1}},
            [{"op": "copy", "from": "/a", "path": "/b"}],
            {"a": {"x": 1}, "b": {"x": 1}},
        ),
        ({"a/b": 1, "m~n": 2}, [{"op": "remove", "path": "/a~1b"}], {"m~n": 2}),
        ({"m~n": 2}, [{"op": "test", "path": "/m~0n", "value": 2}], {"m~n": 2}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 1}}], {"b": 1}),
        ({"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
        ({"a": None}, [{"op": "test", "path": "/a", "value": None}], {"a": None}),
        (
            {"a": 1},
            [{"op": "test", "path": "/a", "value": 1.0}, {"op": "remove", "path": "/a"}],
            {},
        ),
    ],
)
def test_json_patch(target, operations, expected) -> None:
    before = copy.deepcopy(target)
    assert (json_patch(target, operations), target) == (expected, before)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/b"},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/l/3", "value": 1},
        {"op": "add", "path": "/l/01", "value": 1},
        {"op": "add", "path": "/l/-1", "value": 1},
        {"op": "remove", "path": "/l/-"},
        {"op": "remove", "path": ""},
        {"op": "test", "path": "/a", "value": 2},
        {"op": "test", "path": "/a", "value": True},
        {"op": "move", "from": "/o", "path": "/o/x"},
        {"op": "sink", "path": "/a"},
        {"op": "add", "path": "/a"},
        {"op": "add", "value": 1},
        {"op": "add", "path": "a", "value": 1},
    ],
)
def test_a_json_patch_that_cannot_be_applied_changes_nothing(operation) -> None:
    target = {"a": 1, "l": [1, 2], "o": {"x": 1}}
    before = copy.deepcopy(target)
    with pytest.raises(Invalid):
        json_patch(target, [{"op": "replace", "path": "/l/0", "value": 7}, operation])
    assert target == before


def test_branches_that_a_patch_does_not_touch_are_shared() -> None:
    target = {"spec": {"replicas": 1, "template": {"big": [1, 2, 3]}}, "status": {"x": 1}}
    merged = merge_patch(target, {"spec": {"replicas": 2}})
    patched = json_patch(target, [{"op": "replace", "path": "/spec/replicas", "value": 2}])
    assert merged == patched
    for found in (merged, patched):
        assert found["spec"]["template"] is target["spec"]["template"]
        assert found["status"] is target["status"]


def test_a_patch_that_changes_nothing_answers_with_the_same_object() -> None:
    target = {"spec": {"replicas": 1, "list": [{"a": 1}]}}
    assert merge_patch(target, {"spec": {"replicas": 1, "list": [{"a": 1}], "x": None}}) is target
    operation = {"op": "replace", "path": "/spec/list", "value": [{"a": 1}]}
    assert json_patch(target, [operation]) is target


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1], [True], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"b": 1}, False),
        ("1", 1, False),
        (None, None, True),
        (True, True, True),
    ],
)
def test_json_values_are_equal_by_value_but_never_number_and_boolean(one, other, expected) -> None:
    assert same(one, other) is expected


@pytest.mark.parametrize(
    ("text", "steps"), [("", ()), ("/", ("",)), ("/a~1b/0", ("a/b", "0")), ("/~01", ("~1",))]
)
def test_json_pointers_unescape_in_the_right_order(text, steps) -> None:
    assert pointer(text) == steps
