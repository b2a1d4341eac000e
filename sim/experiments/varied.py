"""A sweep as it is asked for: what is loaded, what is varied, and which of its points are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.experiments.axis import axes_of
from sim.experiments.chosen import chosen_strategies
from sim.experiments.compare import DEFAULT_SEEDS, check_arms, check_strategies
from sim.experiments.design import GRID
from sim.experiments.design import design as points_of
from sim.experiments.sweep import sweep as carry_out
from sim.experiments.sweep_folder import SweepFolder
from sim.experiments.sweep_plan import Loader, Plan, plan_of
from sim.experiments.sweep_result import Sweep
from sim.faults.reading import faults_of
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.traffic.engine import DEFAULT


def sweep(
    sources: Sequence[str | Path] | str | Path,
    strategies: Sequence[str] | str = (),
    *,
    vary: Sequence[str],
    design: str = GRID,
    points: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    deployment: str | None = None,
    images: Sequence[str] = (),
    to: str | Path | None = None,
    faults: Sequence[str] = (),
    overrides: Sequence[str] = (),
    seeds: Sequence[int] = DEFAULT_SEEDS,
    workers: int | None = None,
    executor: Executor | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = DEFAULT,
) -> Sweep:
    """Try *strategies* at every point of what is to *vary*, each point loaded as `load` does it.

    *vary* has `NAME=VALUES`, such as `maxSurge=1,25%,50%` or `preStop=0s:30s:5s`. The *design*
    (`grid`, `random`, `lhs`) says which points; but for a grid, *points* of them are drawn under
    the first of *seeds*. Without *strategies* they are those that the Deployment has by itself;
    "all" are those that fit. What is done is kept in the folder *out*, and *resume* goes on with
    what that holds; without it nothing stays on the disk. *progress* hears (parts done, all).
    Raise a `ScenarioError` for whatever of it cannot be, and a `BackendError` for a folder that
    holds something already.
    """
    given = partial(load, sources, deployment=deployment, images=images, to=to)
    loader = partial(_loaded, given, tuple(faults), tuple(overrides))
    names = (strategies,) if isinstance(strategies, str) else strategies
    chosen, _ = chosen_strategies(loader((), ()), names)
    check_arms(chosen, seeds)
    plan = planned(
        loader,
        [vary] if isinstance(vary, str) else vary,
        design=design,
        points=points,
        strategies=chosen,
        seeds=seeds,
        engine=engine,
    )
    with TemporaryDirectory() as nowhere:
        folder = SweepFolder(Path(nowhere) / "sweep" if out is None else out)
        found = carry_out(
            plan, folder, resume=resume, workers=workers, executor=executor, progress=progress
        )
    return Sweep(plan=found.plan, trials=found.trials)


def planned(
    loader: Loader,
    vary: Sequence[str],
    *,
    design: str,
    points: int | None,
    strategies: Sequence[str],
    seeds: Sequence[int],
    engine: str,
) -> Plan:
    """The plan of a sweep. Raise a `ScenarioError` for whatever of it cannot be."""
    check_strategies(strategies)
    axes = axes_of(vary, loader((), ()).deployment)
    values = points_of(design, axes, points, seeds[0])
    return plan_of(loader, axes, design, values, strategies=strategies, seeds=seeds, engine=engine)


def _loaded(
    given: Callable[..., Scenario],
    faults: Sequence[str],
    overrides: Sequence[str],
    more_overrides: Sequence[str],
    more_faults: Sequence[str],
) -> Scenario:
    """The scenario of one point; its faults are known to exist."""
    found = given(faults=(*faults, *more_faults), overrides=(*overrides, *more_overrides))
    faults_of(found.faults)
    return found
