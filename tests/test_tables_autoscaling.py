"""Tables: how many pods an autoscaler asks for, and how fast it may have them."""

from __future__ import annotations

import pytest

from sim.model.autoscaling import Groups, Sample, Target, grouped, wanted_replicas
from sim.model.scaling_behaviour import Step, limited, stabilised


def groups(ready: int, unready: int = 0, missing: int = 0) -> Groups:
    names = [f"p{i}" for i in range(ready + unready + missing)]
    return Groups(
        ready=tuple(names[:ready]),
        unready=tuple(names[ready : ready + unready]),
        missing=tuple(names[ready + unready :]),
        ignored=(),
    )


def wish(
    used: list[float], percent: int, *, unready: int = 0, missing: int = 0, request: float = 1.0
) -> int | None:
    found = groups(len(used), unready, missing)
    samples = {
        name: Sample(used=one, time=0.0, window_seconds=15.0)
        for name, one in zip(found.ready, used, strict=True)
    }
    every = (*found.ready, *found.unready, *found.missing)
    requests = dict.fromkeys(every, request)
    return wanted_replicas(found, samples, requests, Target(utilization=percent), len(every))


@pytest.mark.parametrize(
    ("used", "percent", "more", "expected"),
    [
        ([0.3, 0.5, 0.7], 30, {}, 5),  # 50 % of 30 %: 1.67 x 3.
        ([0.3, 0.5, 0.7], 50, {}, 3),
        ([0.55, 0.55, 0.55], 50, {}, 3),  # 1.1 is within the tolerance,
        ([0.56, 0.56, 0.56], 50, {}, 4),  # and 1.12 is not.
        ([0.45, 0.45, 0.45], 50, {}, 3),
        ([0.44, 0.44, 0.44], 50, {}, 3),  # ceil(2.64)
        ([0.1, 0.1, 0.1, 0.1], 50, {}, 1),
        ([0.509, 0.509], 51, {}, 2),  # Whole percentages, rounded down.
        # Unready pods count as idle before it grows, and not at all otherwise.
        ([0.9, 0.9], 30, {"unready": 2}, 6),
        ([0.4], 30, {"unready": 2}, 3),  # 1.33 falls to 0.44: turned around, nothing changes.
        ([0.1, 0.1], 50, {"unready": 2}, 1),
        # Missing ones are idle before it grows,
        ([0.9, 0.9], 30, {"missing": 2}, 6),
        # and busy before it shrinks: at the request, or at a target above it.
        ([0.1, 0.1], 50, {"missing": 2}, 4),
        ([0.2, 0.2, 0.2], 60, {"missing": 1}, 3),
        ([0.2, 0.2, 0.2], 150, {"missing": 1}, 2),
        ([], 50, {"missing": 2}, None),
    ],
)
def test_how_many_pods_are_wanted(used, percent, more, expected) -> None:
    assert wish(used, percent, **more) == expected


def test_an_average_value_is_compared_without_requests() -> None:
    found = groups(3)
    samples = {p: Sample(used=20.0, time=0.0, window_seconds=15.0) for p in found.ready}
    assert wanted_replicas(found, samples, {}, Target(value=10.0), 3) == 6


def pod(
    name: str,
    *,
    phase: str = "Running",
    ready: str | None = "True",
    since: float = 0.0,
    started: float = 0.0,
    **metadata,
):
    conditions = [{"type": "Ready", "status": ready, "lastTransitionTime": since}]
    return {
        "metadata": {"name": name, **metadata},
        "status": {
            "phase": phase,
            "startTime": started,
            "conditions": [] if ready is None else conditions,
        },
    }


@pytest.mark.parametrize(
    ("found", "sampled", "expected"),
    [
        (pod("p"), True, "ready"),
        (pod("p", deletionTimestamp=1.0), True, "ignored"),
        (pod("p", phase="Failed"), True, "ignored"),
        (pod("p", phase="Pending"), True, "unready"),
        (pod("p"), False, "missing"),
        (pod("p", ready=None), True, "unready"),
        # Young (started at 800, now is 1000): ready, and the window after that.
        (pod("p", started=800.0, since=900.0), True, "ready"),
        (pod("p", started=800.0, since=985.0), True, "ready"),
        (pod("p", started=800.0, since=985.1), True, "unready"),
        (pod("p", started=800.0, since=900.0, ready="False"), True, "unready"),
        # Old: only if it was never ready for longer than its first half minute.
        (pod("p", started=0.0, since=20.0, ready="False"), True, "unready"),
        (pod("p", started=0.0, since=31.0, ready="False"), True, "ready"),
        (pod("p", started=0.0, since=999.0), True, "ready"),
    ],
)
def test_what_a_pods_sample_is_worth(found, sampled, expected) -> None:
    samples = {"p": Sample(used=1.0, time=1000.0, window_seconds=15.0)} if sampled else {}
    sorted_pods = grouped([found], samples, cpu=True, now=1000.0)
    assert [g for g in ("ready", "unready", "missing", "ignored") if getattr(sorted_pods, g)] == [
        expected
    ]


BOUNDS = {"minReplicas": 2, "maxReplicas": 20}


@pytest.mark.parametrize(
    ("wanted", "current", "steps", "behaviour", "expected"),
    [
        (20, 3, [], {}, (7, "ScaleUpLimit")),  # Four pods, or twice as many: the larger.
        (20, 6, [], {}, (12, "ScaleUpLimit")),
        (8, 6, [], {}, (8, "")),
        (30, 15, [], {}, (20, "TooManyReplicas")),
        # Two steps of one period share what it allows.
        (20, 7, [Step(95.0, 4)], {}, (7, "ScaleUpLimit")),
        (20, 7, [Step(84.0, 4)], {}, (14, "ScaleUpLimit")),
        (1, 10, [], {}, (2, "TooFewReplicas")),
        (5, 10, [], {}, (5, "")),
        (1, 10, [], {"scaleDown": {"selectPolicy": "Disabled"}}, (10, "ScaleDownLimit")),
        (20, 3, [], {"scaleUp": {"selectPolicy": "Min"}}, (6, "ScaleUpLimit")),
        (
            3,
            10,
            [],
            {"scaleDown": {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]}},
            (8, "ScaleDownLimit"),
        ),
        (
            3,
            9,
            [],
            {"scaleDown": {"policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}]}},
            (8, "ScaleDownLimit"),
        ),
        (6, 6, [], {}, (6, "")),
    ],
)
def test_how_fast_it_may_go(wanted, current, steps, behaviour, expected) -> None:
    spec = {**BOUNDS, "behavior": behaviour}
    assert limited(wanted, current, steps, spec, 100.0) == expected


@pytest.mark.parametrize(
    ("wanted", "current", "past", "up", "expected"),
    [
        (3, 6, [], 0, 3),
        (3, 6, [(800.0, 6)], 0, 6),  # Down: the highest of 300 s.
        (3, 6, [(800.0, 5), (900.0, 4)], 0, 5),
        (3, 6, [(699.0, 6)], 0, 3),
        (9, 6, [(990.0, 6)], 0, 9),  # Up: at once by default,
        (9, 6, [(990.0, 7)], 60, 7),  # or the lowest of its window.
        (9, 6, [(930.0, 7)], 60, 9),
    ],
)
def test_what_was_wanted_before_holds_back(wanted, current, past, up, expected) -> None:
    spec = {**BOUNDS, "behavior": {"scaleUp": {"stabilizationWindowSeconds": up}}}
    assert stabilised(wanted, current, past, spec, 1000.0) == expected
