"""Sweeps: what can be varied, which points there are, and results that survive anything."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from command_line import call, finish, start
from small_manifests import DEPLOYMENT

from sim.errors import Problem, ScenarioError
from sim.experiments.axis import Axis, axis
from sim.experiments.design import MOST_POINTS, design
from sim.experiments.effects import effects
from sim.experiments.sweep import sweep
from sim.experiments.sweep_folder import SweepFolder
from sim.experiments.sweep_plan import plan_of
from sim.scenario.load import load

QUICK = ("traffic.rate=10/s", "window.before=2s", "window.length=12s", "window.settle=2s")
VARIED = ("maxSurge=1,50%", "preStop=0s:5s:5s", "minReadySeconds=0,3")


def loader(overrides, faults):
    return load(["web-app"], overrides=[*QUICK, *overrides], faults=faults)


@pytest.fixture(scope="module")
def base():
    return loader((), ())


def axes_of(base, *texts) -> list[Axis]:
    found = [axis(text, base.deployment) for text in texts]
    assert all(isinstance(one, Axis) for one in found), found
    return found


def planned(base, *texts, runs=2, strategies=("RollingUpdate",)):
    axes = axes_of(base, *texts)
    points = design("grid", axes, None, 0)
    return plan_of(
        loader, axes, "grid", points, strategies=strategies, seeds=range(runs), engine="kernel"
    )


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("maxSurge=1,25%", "deployment.spec.strategy.rollingUpdate.maxSurge", ("1", "25%")),
        ("rate=10/s:30/s:10/s", "traffic.rate", ("10/s", "20/s", "30/s")),
        ("traffic.rate=10/s", "traffic.rate", ("10/s",)),
        ("preStop=0s:1s:1s", None, ("0s", "1s")),
        ("availability=99.5%:99.9%:0.2%", "slo.availability", ("99.5%", "99.7%", "99.9%")),
        ("readinessProbe.periodSeconds=1,5", None, ("1", "5")),
        ("deployment.spec.replicas=3,6", "deployment.spec.replicas", ("3", "6")),
        ("strategies.canary.steps=[10%,1m],[50%,1m]", None, ("[10%,1m]", "[50%,1m]")),
        ("bug:new=1%:5%:2%", "bug:new", ("1%", "3%", "5%")),
        ("fault=bug:new:1%,slow:new:3x", "", ("bug:new:1%", "slow:new:3x")),
    ],
)
def test_any_field_can_be_varied_by_its_path_or_its_last_word(base, text, path, values):
    (found,) = axes_of(base, text)
    assert found.values == values
    assert path is None or found.field.path == path
    overrides, faults = found.field.changes(values[0])
    assert loader(overrides, faults)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maxSuge=1", "did you mean maxSurge?"),
        ("startup=1s,2s", "versions.old.startup, versions.new.startup"),
        ("maxSurge", "is nothing to vary"),
        ("maxSurge=1,1", "a value stands there twice"),
        ("preStop=5s:1s:1s", "is not a range"),
        ("preStop=1s:5m:1s", "is not a range"),
        ("preStop=0s:5000s:1s", "more than 1000 values"),
    ],
)
def test_what_cannot_be_varied_is_refused_with_what_would_be_right(base, text, said):
    found = axis(text, base.deployment)
    assert isinstance(found, Problem)
    assert said in found.render()


def test_a_short_name_that_could_be_two_containers_is_refused(tmp_path):
    place = tmp_path / "two.yaml"
    place.write_text(
        DEPLOYMENT.replace(
            "      containers:\n", "      containers:\n      - {name: b, image: b}\n"
        )
    )
    deployment = load([place]).deployment
    assert len(deployment["spec"]["template"]["spec"]["containers"]) == 2
    found = axis("preStop=1s,2s", deployment)
    assert isinstance(found, Problem) and "could be several fields" in found.render()


def test_what_is_varied_reaches_the_pods_of_both_versions(base):
    (hook,) = axes_of(base, "preStop=0s,7s")
    with_hook, without = (loader(hook.field.changes(value)[0], ()) for value in ("7s", "0s"))
    for template in (with_hook.deployment["spec"]["template"], with_hook.release.template):
        lifecycle = template["spec"]["containers"][0]["lifecycle"]
        assert lifecycle == {"preStop": {"sleep": {"seconds": 7}}}
    assert not without.release.template["spec"]["containers"][0].get("lifecycle")


def test_a_field_of_the_deployment_can_be_set_for_every_command():
    shown = call("validate", "web-app", "--set", "deployment.spec.minReadySecnds=3")
    assert shown.exit_code == 2
    assert "did you mean minReadySeconds?" in shown.stderr
    shown = call("validate", "web-app", "--set", "deployment.spec.template.spec.containers[x].a=3")
    assert "there is no item x in a list (known: web)" in shown.stderr


def test_a_grid_has_every_combination_once(base):
    points = design("grid", axes_of(base, *VARIED), None, 0)
    assert len(points) == len(set(points)) == 8
    assert points[0] == ("1", "0s", "0") and points[-1] == ("50%", "5s", "3")


def test_a_latin_hypercube_meets_each_piece_of_each_axis_once(base):
    axes = axes_of(base, "preStop=0s:99s", "rate=0.00/s:0.99/s")
    points = design("lhs", axes, 50, 3)
    for number, whole in ((0, 100), (1, 1)):
        numbers = [float(point[number].rstrip("/s")) for point in points]
        assert sorted(int(value / whole * 50 + 1e-9) for value in numbers) == list(range(50))
    assert points == design("lhs", axes, 50, 3) != design("lhs", axes, 50, 4)


def test_random_points_are_keyed_by_the_seed(base):
    axes = axes_of(base, "preStop=0s:30s", "maxSurge=1,25%,50%")
    one = design("random", axes, 40, 1)
    assert one == design("random", axes, 40, 1) != design("random", axes, 40, 2)
    assert {point[1] for point in one} == {"1", "25%", "50%"}
    assert all(0 <= int(point[0][:-1]) <= 30 for point in one)


@pytest.mark.parametrize(
    ("name", "texts", "points", "said"),
    [
        ("gird", ("maxSurge=1,2",), None, "known: grid, random, lhs"),
        ("lhs", ("maxSurge=1,2",), None, "needs --points"),
        ("grid", ("maxSurge=1,2",), 5, "as many points as it has"),
        ("grid", ("preStop=0s:30s",), None, "a grid needs steps"),
        ("grid", ("preStop=0s:99s:1s", "minReadySeconds=0:99:1"), None, f"{MOST_POINTS:,} points"),
    ],
)
def test_a_design_that_cannot_be_is_refused(base, name, texts, points, said):
    with pytest.raises(ScenarioError) as caught:
        design(name, axes_of(base, *texts), points, 0)
    assert said in str(caught.value)


def test_a_point_that_kubernetes_refuses_is_told_and_the_others_are_carried_out(base, tmp_path):
    plan = planned(base, "maxSurge=0,1", "maxUnavailable=0,1")
    refused = [point for point in plan.points if point.scenario is None]
    assert [point.values for point in refused] == [("0", "0")]
    swept = sweep(plan, SweepFolder(tmp_path / "s"), workers=1)
    assert len(swept.trials) == 3
    with pytest.raises(ScenarioError, match="maxUnavailable"):
        planned(base, "maxSurge=0", "maxUnavailable=0")


def contents(path: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()
    }


@pytest.fixture(scope="module")
def whole(base, tmp_path_factory):
    """One sweep that nobody interrupted."""
    place = tmp_path_factory.mktemp("sweep") / "whole"
    return sweep(planned(base, *VARIED), SweepFolder(place), workers=1), place


def test_points_are_what_a_comparison_under_the_same_overrides_measures(base, whole):
    from sim.experiments.compare import compare

    swept, _ = whole
    point, trials = swept.trials[5]
    assert point.values == ("50%", "0s", "3")
    scenario = loader(
        [
            "deployment.spec.strategy.rollingUpdate.maxSurge=50%",
            "deployment.spec.template.spec.containers[0].lifecycle.preStop=",
            "deployment.spec.minReadySeconds=3",
        ],
        (),
    )
    found = compare(
        scenario, ["RollingUpdate"], seeds=range(2), workers=1, window=swept.plan.window
    )
    assert found.arms[1].digests == tuple(trial[1].digest for trial in trials)
    assert found.arms[1].values["failed_requests"] == swept.values(
        trials, "RollingUpdate", "failed_requests"
    )


def test_the_number_of_workers_changes_nothing_in_the_folder(base, whole, tmp_path):
    sweep(planned(base, *VARIED), SweepFolder(tmp_path / "two"), workers=2)
    assert contents(tmp_path / "two") == contents(whole[1])


def test_a_file_that_is_missing_or_not_as_written_is_made_again(base, whole, tmp_path):
    import shutil

    shutil.copytree(whole[1], tmp_path / "s")
    first, second, *_ = sorted((tmp_path / "s" / "results").iterdir())
    first.unlink()
    second.write_text(second.read_text().replace('"sent": ', '"sent": 1'))
    heard = []
    plan = planned(base, *VARIED)
    folder = SweepFolder(tmp_path / "s")
    sweep(plan, folder, resume=True, workers=1, progress=lambda *at: heard.append(at))
    assert heard == [(6, 8), (7, 8), (8, 8)]
    assert contents(tmp_path / "s") == contents(whole[1])


def test_the_effect_of_an_axis_is_the_difference_of_its_means(whole):
    swept, _ = whole
    found = {one.axis: one for one in effects(swept, "RollingUpdate", "failed_requests")}
    sums: dict[str, list[float]] = {"0s": [], "5s": []}
    for point, trials in swept.trials:
        sums[point.values[1]] += swept.values(trials, "RollingUpdate", "failed_requests")
    means = {level: sum(values) / len(values) for level, values in sums.items()}
    assert dict(found["preStop"].levels) == pytest.approx(means)
    assert found["preStop"].swing.value == pytest.approx(abs(means["0s"] - means["5s"]))
    assert (found["preStop"].lowest, found["preStop"].highest) == ("5s", "0s")
    assert next(iter(found)) == "preStop"  # It matters most.


WORDS = (
    "sweep",
    "web-app",
    *(word for text in QUICK for word in ("--set", text)),
    *(word for text in VARIED for word in ("--vary", text)),
    *("--strategy", "RollingUpdate", "--runs", "2", "--workers", "1", "--lang", "en"),
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """The bytes of a sweep by the command that nobody killed."""
    place = tmp_path_factory.mktemp("command") / "s"
    done = finish(*WORDS, "-o", str(place))
    assert done.returncode == 0, done.stderr
    assert "best failed requests: 0" in done.stdout
    return contents(place)


def killed(place: Path, after_files: int, delay_seconds: float) -> None:
    """Start the sweep and kill it some time after so many results are there."""
    process = start(*WORDS, "-o", str(place), "--resume")
    results = place / "results"
    while process.poll() is None:
        if results.is_dir() and len(list(results.glob("[!.]*.json"))) >= after_files:
            time.sleep(delay_seconds)
            break
        time.sleep(0.002)
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "kills", [[(1, 0.01), (4, 0.03)], pytest.param(None, marks=pytest.mark.slow)]
)
def test_a_sweep_that_is_killed_leaves_whole_files_and_resumes_to_the_same_bytes(
    kills, undisturbed, tmp_path
):
    """A few moments, or a hundred over many sweeps (slow)."""
    import random

    draws = random.Random(7)
    rounds = (
        [kills]
        if kills
        else [[(draws.randrange(9), draws.random() * 0.06) for _ in range(4)] for _ in range(25)]
    )
    for number, moments in enumerate(rounds):
        place = tmp_path / str(number)
        for moment in moments:
            killed(place, *moment)
            for path in place.rglob("[!.]*.json"):
                json.loads(path.read_text())  # Whole.
        done = finish(*WORDS, "-o", str(place), "--resume")
        assert done.returncode == 0, done.stderr
        assert contents(place) == undisturbed


def test_ctrl_c_ends_within_two_seconds_and_keeps_what_was_finished(tmp_path):
    place = tmp_path / "s"
    many = ("--vary", "progressDeadlineSeconds=100:119:1", "--workers", "2")
    process = start(*WORDS, *many, "-o", str(place))
    results = place / "results"
    while len(list(results.glob("[!.]*.json")) if results.is_dir() else []) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert time.monotonic() - before < 2.0
    assert process.returncode == 130
    lines = err.splitlines()
    assert lines[-1] == "seatrial: interrupted"
    kept = len(list(results.glob("[!.]*.json")))
    assert kept >= 3
    assert lines[-2].startswith(f"{kept} of ") and "--resume" in lines[-2]
    assert not list(place.rglob(".*"))


def test_ctrl_c_between_keeping_a_part_and_counting_it_counts_it(tmp_path, monkeypatch):
    """What is said to be kept is what has a file."""
    keep = SweepFolder.keep

    def interrupted(folder, chunk, trials):
        keep(folder, chunk, trials)
        if len(list((tmp_path / "s" / "results").glob("[!.]*.json"))) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(SweepFolder, "keep", interrupted)
    shown = call(*WORDS, "-o", str(tmp_path / "s"))

    assert "2 of 8 parts are kept" in shown.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "there is nothing to vary"),
        (("--vary", "maxSurge=1,2"), 2, "a sweep needs a folder"),
        (("--vary", "maxSurge=1,2", "-o", "{place}", "--figure", "downtme"), 2, "did you mean"),
        (("--vary", "maxSurge=1,2", "-o", "{full}"), 1, "is not a sweep; it is left alone"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_before_it_begins(words, code, said, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "diary.txt").write_text("mine")
    names = {"place": str(tmp_path / "new"), "full": str(full)}
    words = tuple(word.format(**names) for word in words)
    if not words:
        words = ("-o", names["place"])
    shown = call("sweep", "web-app", *words, "--lang", "en")
    assert (shown.exit_code, shown.stdout) == (code, "")
    assert said in shown.stderr
    assert not (tmp_path / "new").exists()
    assert (full / "diary.txt").read_text() == "mine"


def test_a_folder_that_holds_a_sweep_is_gone_on_with_only_when_asked(undisturbed, tmp_path):
    place = tmp_path / "s"
    for name, data in undisturbed.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    shown = call(*WORDS, "-o", str(place))
    assert shown.exit_code == 1 and "--resume goes on with it" in shown.stderr
    assert call(*WORDS, "-o", str(place), "--resume").exit_code == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pictures_are_drawn_in_both_languages_and_repeat_to_the_byte(whole, language, tmp_path):
    from sim.interfaces.sweep_command import write_report
    from sim.interfaces.terminal import Terminal

    for place in (tmp_path / "a", tmp_path / "b"):
        place.mkdir()
        write_report(whole[0], "failed_requests", place, Terminal(language, ("sweep",)))
    assert sorted(contents(tmp_path / "a")) == [
        "heat-map.png",
        "report.json",
        "tornado-RollingUpdate.png",
    ]
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("kind", ["lhs", "random"])
def test_a_sampled_sweep_ends_in_a_picture_that_has_every_point_and_crosses_out_the_refused(
    kind, tmp_path
):
    """From the command to the pixels: crosses stand where the API server refuses 0 and 0."""
    from matplotlib.collections import PathCollection

    from sim.experiments.sweep_pictures import scatter_map

    place = tmp_path / "s"
    varied = ("maxSurge=0,1", "maxUnavailable=0,1")
    words = [word for text in (*QUICK, "traffic.rate=5/s") for word in ("--set", text)]
    words += [word for text in varied for word in ("--vary", text)]
    words += ["--design", kind, "--points", "8", "--runs", "2", "--workers", "1"]
    shown = call("sweep", "web-app", *words, "--strategy", "Recreate", "-o", str(place))
    assert shown.exit_code == 0, shown.output
    assert (place / "scatter-map.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"

    axes = axes_of(loader((), ()), *varied)
    plan = plan_of(
        lambda overrides, faults: loader(("traffic.rate=5/s", *overrides), faults),
        axes,
        kind,
        design(kind, axes, 8, 0),
        strategies=("Recreate",),
        seeds=range(2),
        engine="kernel",
    )
    again = sweep(plan, SweepFolder(place), resume=True, workers=1)
    drawn = scatter_map(again, "core_seconds", "en")
    assert drawn is not None
    dots, crosses = (
        {tuple(map(int, place)) for place in one.get_offsets().tolist()}
        for one in drawn.axes[0].collections
        if isinstance(one, PathCollection)
    )
    points = {tuple(map(int, point.values)): bool(point.refused) for point in plan.points}
    assert crosses == {place for place, refused in points.items() if refused} == {(0, 0)}
    assert dots == {place for place, refused in points.items() if not refused}
