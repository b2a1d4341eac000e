"""Real experiments on a small Deployment: one window, paired arms, the same with any workers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sim.analysis.figures import FIGURES
from sim.analysis.picture import draw
from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.experiments.window import measured_window
from sim.model.run import Window
from sim.scenario.load import load
from sim.session import run

STRATEGIES = ("Recreate", "RollingUpdate")
MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.20
        readinessProbe:
          httpGet: {path: /, port: 80}
          periodSeconds: 2
"""

SERVICE_OF_NOBODY = """
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec:
  selector: {app: nobody}
  ports: [{port: 80}]
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    place = tmp_path_factory.mktemp("manifests") / "web.yaml"
    place.write_text(MANIFEST)
    return place


@pytest.fixture(scope="module")
def scenario(path):
    return load([path], overrides=["traffic.rate=20/s", "window.settle=10s"])


@pytest.fixture(scope="module")
def comparison(scenario):
    return compare(scenario, STRATEGIES, seeds=range(3), workers=1)


def text(found) -> str:
    return json.dumps(found.to_json(), allow_nan=False)


def test_the_window_holds_the_slowest_rollout(scenario, comparison):
    window = measured_window(scenario, STRATEGIES)
    assert window == comparison.window
    assert (window.start, window.first_write, window.end % 1) == (0.0, 30.0, 0.0)
    slowest = max(
        seconds for arm in comparison.releases for seconds in arm.values["settled_seconds"]
    )
    assert 0 <= window.end - 10.0 - 30.0 - slowest + 5.0 <= 10.0  # Pilot and runs differ by draws.


def test_a_given_window_needs_no_pilot(path):
    given = load([path], overrides=["window.before=5s", "window.length=7s", "window.settle=3s"])
    assert measured_window(given, STRATEGIES) == Window(start=0.0, first_write=5.0, end=15.0)


def test_a_rollout_that_never_comes_up_is_watched_until_its_deadline(tmp_path):
    """Pods that never start: 30 s before, the deadline of 20 s + 60 s at most, 60 s after."""
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        MANIFEST.replace("  replicas: 3", "  replicas: 3\n  progressDeadlineSeconds: 20")
    )
    scenario = load([broken], faults=["start:new:+400s"])
    window = measured_window(scenario, ["RollingUpdate"])
    assert window.end == 30 + (20 + 60) + 60


def test_pods_that_take_long_to_go_are_watched_until_they_are_gone_or_the_deadline(tmp_path):
    """`kubectl rollout status` is content long before the last old pod has gone."""
    slow = tmp_path / "slow.yaml"
    manifest = MANIFEST.replace("  replicas: 3", "  replicas: 3\n  progressDeadlineSeconds: 60")
    manifest = manifest.replace(
        "    spec:\n", "    spec:\n      terminationGracePeriodSeconds: 90\n"
    )
    for grace, expected in ((90, range(30 + 90 + 60, 30 + 120 + 60)), (300, [30 + 120 + 60])):
        slow.write_text(manifest.replace("Seconds: 90", f"Seconds: {grace}"))
        scenario = load([slow], overrides=["versions.old.onSigterm=ignore"])
        assert measured_window(scenario, ["RollingUpdate"]).end in expected


def test_every_arm_meets_the_same_requests(comparison):
    sent = [arm.requests.value for arm in comparison.arms]
    assert len(set(sent)) == 1 and sent[0] > 500
    assert [arm.strategy for arm in comparison.arms] == [None, *STRATEGIES]
    assert [run.strategy for run in comparison.example_runs] == [None, *STRATEGIES]
    assert {run.seed for run in comparison.example_runs} == {0}


def test_recreate_loses_more_than_a_rolling_update(comparison):
    recreate, rolling = comparison.releases
    assert recreate.excess["failed_requests"].low > 0
    assert recreate.estimates["no_ready_pod_seconds"].value > 0
    assert rolling.estimates["no_ready_pod_seconds"].value == 0
    (gap,) = comparison.differences
    assert gap.estimates["failed_requests"].clear
    assert str(comparison.verdict).startswith("RollingUpdate loses ")


def test_failures_by_cause_add_up(comparison):
    for arm in comparison.arms:
        expected = arm.estimates["failed_requests"].value
        assert expected == pytest.approx(sum(found.value for found in arm.causes.values()))


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_the_number_of_workers_changes_nothing(scenario, comparison, workers):
    other = compare(scenario, STRATEGIES, seeds=range(3), workers=workers)
    assert text(comparison) == text(other)
    for one, two in zip(comparison.example_runs, other.example_runs, strict=True):
        assert one.digest() == two.digest()


def test_a_seed_gives_the_same_run_whatever_else_is_compared(scenario, comparison):
    alone = compare(scenario, ["RollingUpdate"], seeds=[7, 2], workers=1, window=comparison.window)
    assert comparison.arms[2].digests[2] == alone.arms[1].digests[1]
    assert comparison.arms[0].digests[2] == alone.arms[0].digests[1]


def test_json_has_stable_names_and_no_nan(comparison):
    found = json.loads(text(comparison))
    assert list(found) == [
        "schemaVersion",
        "kind",
        "programs",
        "scenario",
        "window",
        "seeds",
        "level",
        "figures",
        "arms",
        "differences",
        "verdict",
    ]
    assert found["schemaVersion"] == 1
    assert set(found["figures"]) == set(FIGURES)
    assert [arm["strategy"] for arm in found["arms"]] == [None, *STRATEGIES]
    estimate = found["arms"][1]["figures"]["failed_requests"]["estimate"]
    assert set(estimate) == {"value", "low", "high", "n", "of", "equal"}
    assert found["arms"][1]["settings"]
    assert set(found["programs"]) == {"python", "seatrial", "numpy", "simpy", "pyarrow"}
    assert (found["scenario"]["prices"], found["scenario"]["warnings"]) == (None, [])


def test_json_has_the_warnings_and_the_prices_that_are_printed(path, tmp_path):
    stranger = tmp_path / "stranger.yaml"
    stranger.write_text(MANIFEST + "---\n" + SERVICE_OF_NOBODY)
    prices = ["prices.currency=EUR", "prices.coreHour=0.04", "prices.gibHour=0.005"]
    scenario = load([stranger], overrides=["traffic.rate=2/s", *prices])
    window = Window(start=0.0, first_write=1.0, end=3.0)
    found = compare(scenario, ["Recreate"], seeds=[0, 1], workers=1, window=window).to_json()
    expected = {"currency": "EUR", "coreHour": 0.04, "gibHour": 0.005}
    assert expected == found["scenario"]["prices"]
    (warning,) = found["scenario"]["warnings"]
    assert (warning["file"], warning["line"] > 0) == (str(stranger), True)
    assert "nobody" in warning["text"]


def test_progress_is_told_seed_by_seed(scenario, comparison):
    heard = []
    compare(
        scenario,
        ["Recreate"],
        seeds=[0, 1],
        workers=1,
        window=comparison.window,
        progress=lambda *at: heard.append(at),
    )
    assert heard == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("strategies", "seeds", "expected"),
    [
        (["Recrate"], [0, 1], "did you mean Recreate?"),
        (["Recreate", "Recreate"], [0, 1], "strategy Recreate is given 2 times"),
        ([], [0, 1], "there is no strategy to compare"),
        (["Recreate"], [0], "at least 2 seeds are needed, not 1"),
        (["Recreate"], [], "at least 2 seeds are needed, not 0"),
        (["Recreate"], [3, 3], "every seed must be given once"),
    ],
)
def test_a_comparison_that_would_mean_nothing_is_refused(scenario, strategies, seeds, expected):
    with pytest.raises(ScenarioError) as caught:
        compare(scenario, strategies, seeds=seeds)
    assert expected in str(caught.value)


def test_a_real_run_goes_into_its_folder_and_back(scenario, comparison, tmp_path):
    found = run(scenario, "RollingUpdate", 1, window=comparison.window, keep_objects=True)
    write_run_folder(tmp_path / "a", scenario, found)
    again = read_run_folder(tmp_path / "a")
    assert found.digest() == again.digest() == comparison.arms[2].digests[1]
    assert found.changes == again.changes


def test_a_real_comparison_can_be_drawn(comparison):
    figure = draw(comparison.example_runs)
    assert [axis.get_title("left") for axis in figure.axes[:3]] == ["no release", *STRATEGIES]


def test_comparing_loads_no_library_before_it_needs_it(root):
    code = (
        "import sys, sim.experiments.compare, sim.experiments.folder; heavy = "
        "{'matplotlib', 'scipy', 'pyarrow', 'pandas'} & set(sys.modules); sys.exit(str(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=False)
    assert done.stderr.decode().strip() == "set()"
