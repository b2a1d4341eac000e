"""The design of a sweep: which points are looked at, on a grid, at random, or a Latin hypercube."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from sim.errors import Problem, ScenarioError
from sim.experiments.axis import Axis
from sim.i18n import message
from sim.model.draws import Purpose, Stream

MOST_POINTS = 5_000
GRID = "grid"
Values = tuple[str, ...]


def design(name: str, axes: Sequence[Axis], points: int | None, seed: int) -> tuple[Values, ...]:
    """The points of the design called *name*, each a value for each of *axes*, none twice.

    A grid has them all and takes no number; the others have *points*, drawn under *seed*. Raise a
    `ScenarioError` for an unknown name, and for too many points or too few.
    """
    if name not in DESIGNS:
        hint = message("known: {known}", known=", ".join(DESIGNS))
        raise ScenarioError(
            [Problem(message("there is no design {name}", name=repr(name)), hint=hint)]
        )
    if name == GRID and points is not None:
        raise ScenarioError([Problem(message("a grid has as many points as it has"))])
    if name != GRID and points is None:
        text = message("--design {name} needs --points N", name=name)
        raise ScenarioError([Problem(text)])
    found = tuple(dict.fromkeys(DESIGNS[name](axes, points or 0, seed)))
    if len(found) > MOST_POINTS:
        raise _too_many()
    return found


def _too_many() -> ScenarioError:
    text = message("more than {most} points", most=f"{MOST_POINTS:,}")
    return ScenarioError([Problem(text, hint=message("such as --design lhs --points 100"))])


def _grid(axes: Sequence[Axis], points: int, seed: int) -> Sequence[Values]:
    endless = [axis for axis in axes if not axis.values]
    if endless:
        text = message("a grid needs steps for {name}", name=endless[0].field.name)
        hint = message("from:to:step, such as 0s:30s:5s, or --design lhs --points 100")
        raise ScenarioError([Problem(text, hint=hint)])
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MOST_POINTS:
        raise _too_many()
    return tuple(product(*(axis.values for axis in axes)))


def _random(axes: Sequence[Axis], points: int, seed: int) -> Sequence[Values]:
    stream = Stream(seed, Purpose.SWEEP)
    return [
        tuple(axis.at(stream.uniform(len(axes) * point + n)) for n, axis in enumerate(axes))
        for point in range(points)
    ]


def _latin_hypercube(axes: Sequence[Axis], points: int, seed: int) -> Sequence[Values]:
    """Each axis is cut into as many pieces as there are points, and each piece is met once."""
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(d=len(axes), seed=seed).random(points).tolist()
    return [tuple(axis.at(share) for axis, share in zip(axes, row, strict=True)) for row in shares]


DESIGNS: Mapping[str, Callable[[Sequence[Axis], int, int], Sequence[Values]]] = {
    GRID: _grid,
    "random": _random,
    "lhs": _latin_hypercube,
}
