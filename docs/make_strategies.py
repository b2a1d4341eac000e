"""Measure the stories of docs/strategies.md anew: `python docs/make_strategies.py`.

For each strategy one story in which it is the best choice and one in which it is the worst. A
story is a bundled scenario with a few settings and faults, so `seatrial compare` repeats it. CI
measures again, compares, and asks for a margin well outside what seeds make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.analysis import clocks, copies, cost, failures
from sim.experiments.claims.measures import failed_until_noticed
from sim.experiments.window import measured_window
from sim.model.causes import Cause
from sim.model.run import Phase, PodPhase, Run
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.session import run
from sim.strategies import strategy_named

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "strategies.md"
SEEDS = range(3)
USUAL = (
    *("Recreate", "RollingUpdate", "BlueGreen", "Canary", "CanaryThenRolling"),
    "MaintenanceWindow",
)
STRATEGIES = (*USUAL, "FeatureFlags", "Shadow", "ABTest", "BlueGreenBehindFlag")
# Whom the others are compared with: they take minutes, or need a mesh or users who decide.
OPEN = ("RollingUpdate", "BlueGreen", "Canary")  # Those that never close the service.
BLOCK = re.compile(r"(?<=<!-- measured: )([a-z-]+)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
Figure = Callable[[Run, Run], float]


def settled(found: Run, _: Run) -> float:
    """Seconds until only the final pods are left; one that does not settle has the window."""
    seconds = clocks.settled_seconds(found)
    return found.window.seconds if seconds is None else seconds


def old_gone(found: Run, _: Run) -> float:
    """Seconds until the old version's last answer; one that stays has the window."""
    seconds = clocks.old_version_gone_seconds(found)
    return found.window.seconds if seconds is None else seconds


def side_by_side(found: Run, _: Run) -> float:
    """Seconds in which both versions answered."""
    old, new = (set(found.requests.second[found.requests.version == n].tolist()) for n in (0, 1))
    return float(len(old & new))


def strange_pods(found: Run, _: Run) -> float:
    """Pods at the end that belong to another Deployment than the manifest's."""
    left = {span.pod for span in found.pods if span.end > found.window.end}
    return float(sum(pod.count("-") > 3 for pod in left))


def bugs_met(found: Run, _: Run) -> float:
    """Requests that met a bug of the application."""
    return float(failures.by_cause(found).get(Cause.APPLICATION_BUG, 0))


def answered_by_new(found: Run, _: Run) -> float:
    """Requests that the new version answered, well or not."""
    requests = found.requests
    return float(requests.count[requests.version == 1].sum())


FIGURES: Mapping[str, Figure] = {
    "failed requests": lambda found, _: float(failures.failed(found)),
    "failed until noticed": failed_until_noticed,
    "requests that met the bug": bugs_met,
    "answered by the new version": answered_by_new,
    "copies that failed": lambda found, _: float(copies.not_answered_well(found) or 0),
    "settled (s)": settled,
    "old version gone (s)": old_gone,
    "not released": lambda found, _: float(found.phase is not Phase.HEALTHY),
    "seconds side by side": side_by_side,
    "pods of another Deployment": strange_pods,
    "peak pods": lambda found, _: float(cost.peak_pods(found)),
    "pod-seconds over no release": lambda found, base: _pods(found) - _pods(base),
}


def _pods(found: Run) -> float:
    return cost.pod_seconds(found, tuple(PodPhase))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Where *strategy* is the best or the worst by *figure*, among those that can be chosen.

    Who has more than nothing of *must_not* in the same release without faults is out of the
    question. *among* is who is compared, *without* those of them that contain the strategy or are
    contained in it, and so would be compared with themselves. Seeds must leave a factor of
    *margin*. *also* are figures that are told beside it.
    """

    strategy: str
    best: bool
    figure: str
    scenario: str = "orderings"
    faults: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    must_not: str | None = None
    among: tuple[str, ...] = USUAL
    without: tuple[str, ...] = ()
    margin: float = 1.5
    also: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """What shows the story to a reader."""
        words = [f"seatrial compare {self.scenario}"]
        words += [f"--strategy {name}" for name in self.among]
        words += [f'--fault "{fault}"' for fault in self.faults]
        words += [f"--set {override}" for override in self.overrides]
        return " ".join([*words, f"--runs {len(SEEDS)}"])

    def loaded(self, *, faults: bool = True) -> Scenario:
        """The scenario that it is told on."""
        place = ROOT / "scenarios" / self.scenario
        told = self.faults if faults else ()
        return load([place], faults=told, overrides=self.overrides)


PATIENT = ("clients.attempts=8", "clients.backoff=1s", "clients.deadline=60s")
LATE = ("network.propagation=8s..10s",)
FULL = ("nodes.count=1", "nodes.cpu=1700m")  # Seventeen pods.
ONE_PERCENT = (
    "network.proxy=istio",
    "strategies.canary.router=virtual_service",
    "strategies.canary.steps=[1%,30s,10%,30s,50%,30s]",
)
STORIES: Mapping[str, Story] = {
    "recreate-best": Story(
        strategy="Recreate",
        best=True,
        figure="settled (s)",
        overrides=PATIENT,
        must_not="failed requests",
        margin=1.2,
        also=("peak pods", "pod-seconds over no release"),
    ),
    "recreate-worst": Story(
        strategy="Recreate",
        best=False,
        figure="failed requests",
        faults=("image:new:missing",),
        margin=1.2,
    ),
    "rolling-update-best": Story(
        strategy="RollingUpdate",
        best=True,
        figure="settled (s)",
        must_not="failed requests",
        also=("pod-seconds over no release",),
    ),
    "rolling-update-worst": Story(
        strategy="RollingUpdate",
        best=False,
        figure="old version gone (s)",
        scenario="one-by-one",
        faults=("start:new:+30s",),
        without=("CanaryThenRolling",),
        margin=1.2,
    ),
    "blue-green-best": Story(
        strategy="BlueGreen", best=True, figure="failed requests", overrides=LATE
    ),
    "blue-green-worst": Story(
        strategy="BlueGreen",
        best=False,
        figure="not released",
        overrides=FULL,
        also=("failed requests",),
    ),
    "canary-best": Story(
        strategy="Canary",
        best=True,
        figure="failed until noticed",
        faults=("bug:new:10%",),
        overrides=ONE_PERCENT,
    ),
    "canary-worst": Story(
        strategy="Canary",
        best=False,
        figure="requests that met the bug",
        faults=("bug:old:20%",),
        without=("CanaryThenRolling",),
    ),
    "canary-then-rolling-best": Story(
        strategy="CanaryThenRolling",
        best=True,
        figure="failed until noticed",
        faults=("bug:new:10%",),
        must_not="pods of another Deployment",
    ),
    "canary-then-rolling-worst": Story(
        strategy="CanaryThenRolling",
        best=False,
        figure="settled (s)",
        faults=("start:new:+20s",),
        margin=1.2,
        also=("pod-seconds over no release",),
    ),
    "maintenance-window-best": Story(
        strategy="MaintenanceWindow",
        best=True,
        figure="failed requests",
        faults=("image:new:missing",),
        must_not="seconds side by side",
        margin=1.2,
    ),
    "maintenance-window-worst": Story(
        strategy="MaintenanceWindow", best=False, figure="failed requests"
    ),
    "feature-flags-best": Story(
        strategy="FeatureFlags",
        best=True,
        figure="failed until noticed",
        faults=("bug:new:10%",),
        overrides=(
            "strategies.canary.steps=[1%,30s,20%,30s,50%,30s]",
            "strategies.featureFlags.steps=[1%,30s,20%,30s,50%,30s]",
        ),
        among=(*USUAL, "FeatureFlags"),
    ),
    "feature-flags-worst": Story(
        strategy="FeatureFlags",
        best=False,
        figure="old version gone (s)",
        among=(*USUAL, "FeatureFlags"),
    ),
    "shadow-best": Story(
        strategy="Shadow",
        best=True,
        figure="requests that met the bug",
        faults=("bug:new:10%",),
        overrides=("network.proxy=istio", "strategies.shadow.promote=false"),
        among=(*OPEN, "Shadow"),
        also=("copies that failed", "not released"),
    ),
    "shadow-worst": Story(
        strategy="Shadow",
        best=False,
        figure="failed requests",
        scenario="shadow",
        among=(*OPEN, "Shadow"),
    ),
    "a-b-test-best": Story(
        strategy="ABTest",
        best=True,
        figure="answered by the new version",
        scenario="ab-test",
        overrides=("users.behaviour.versions.new.conversion=3%",),
        among=(*OPEN, "ABTest"),
        also=("not released",),
    ),
    "a-b-test-worst": Story(
        strategy="ABTest",
        best=False,
        figure="old version gone (s)",
        scenario="ab-test",
        among=(*OPEN, "ABTest"),
    ),
    "blue-green-behind-flag-best": Story(
        strategy="BlueGreenBehindFlag",
        best=True,
        figure="failed until noticed",
        faults=("bug:new:10%",),
        overrides=LATE,
        among=(*OPEN, "FeatureFlags", "BlueGreenBehindFlag"),
    ),
    "blue-green-behind-flag-worst": Story(
        strategy="BlueGreenBehindFlag",
        best=False,
        figure="not released",
        overrides=FULL,
        among=("RollingUpdate", "Canary", "FeatureFlags", "BlueGreenBehindFlag"),
        also=("failed requests",),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a strategy came to in a story, by figure and seed; *out*: of what it has too much."""

    values: Mapping[str, tuple[float, ...]]
    out: tuple[float, ...] = ()


@cache
def measured(key: str) -> Mapping[str, Told]:
    """Every strategy of the story called *key*."""
    story = STORIES[key]
    names = tuple(name for name in story.among if name not in story.without)
    figures = (story.figure, *story.also)
    found = _figures(story.loaded(), names, figures)
    if story.must_not is None:
        return {name: Told(values=found[name]) for name in names}
    whole = _figures(story.loaded(faults=False), names, (story.must_not,))
    return {
        name: Told(
            values=found[name],
            out=whole[name][story.must_not] if max(whole[name][story.must_not]) > 0 else (),
        )
        for name in names
    }


def _figures(
    scenario: Scenario, names: tuple[str, ...], figures: tuple[str, ...]
) -> Mapping[str, Mapping[str, tuple[float, ...]]]:
    window = measured_window(scenario, names)
    rows: dict[str, dict[str, list[float]]] = {n: {f: [] for f in figures} for n in names}
    for seed in SEEDS:
        base = run(scenario, None, seed, window=window)
        for name in names:
            found = run(scenario, name, seed, window=window)
            for figure in figures:
                rows[name][figure].append(FIGURES[figure](found, base))
    return {n: {f: tuple(v) for f, v in by.items()} for n, by in rows.items()}


def block(key: str) -> str:
    """The story's command and table, as they stand on the page."""
    return "\n".join(_lines(key)) + "\n"


def _lines(key: str) -> Iterator[str]:
    story = STORIES[key]
    figures = (story.figure, *story.also)
    yield from ("", "```sh", story.command, "```", "")
    yield "| strategy | " + " | ".join(figures) + " |"
    yield "| --- |" + " ---: |" * len(figures)
    for name, told in measured(key).items():
        shown = f"**{name}**" if name == story.strategy else name
        cells = [_shown(told.values[figure]) for figure in figures]
        if told.out:
            cells[0] = f"out of the question: {story.must_not} {_shown(told.out)}"
        yield f"| {shown} | " + " | ".join(cells) + " |"
    yield ""


def _shown(values: tuple[float, ...]) -> str:
    """The range over the seeds."""
    low, high = (f"{round(value, 1) + 0.0:,g}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def defaults(name: str) -> str:
    """What a strategy runs with by itself, and where that comes from; the manifest's own not."""
    scenario = load([ROOT / "scenarios" / "orderings"])
    rows = strategy_named(name).settings(scenario.deployment, scenario.written)
    lines = ["", "| setting | value | source |", "| --- | --- | --- |"]
    lines += [
        f"| `{one.name}` | {one.value} | {one.source} |" for one in rows if one.source != "manifest"
    ]
    return "\n".join([*lines, ""]) + "\n"


def page(text: str) -> str:
    """*text* with every measured block as it is today."""
    return BLOCK.sub(lambda found: found[1] + found[2] + _filled(found[1]), text)


def _filled(key: str) -> str:
    if key in STORIES:
        return block(key)
    names = {re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): name for name in STRATEGIES}
    return defaults(names[key.removesuffix("-defaults")])


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
