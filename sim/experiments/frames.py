"""Tidy frames for notebooks: one value a row, named as in `--json`. `pandas` loads when it is used.

Values are in the units of `--json` (shares of 1, bytes), so that they can be calculated with. What
does not exist, such as a clock that never stopped, is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.experiments.arm import Arm, Difference
from sim.experiments.tables import tables_of
from sim.model.run import Run
from sim.stats import Estimate

if TYPE_CHECKING:
    import pandas as pd

# A name and not None: pandas leaves None out when it groups.
NO_RELEASE = "no release"


def frame_of(arms: Sequence[Arm], seeds: Sequence[int]) -> pd.DataFrame:
    """Every figure of every run: strategy, seed, figure, unit, value."""
    import pandas as pd

    rows = [
        (_name(arm), seed, key, FIGURES[key].unit.value, value)
        for arm in arms
        for key, values in arm.values.items()
        for seed, value in zip(seeds, values, strict=True)
    ]
    found = pd.DataFrame(rows, columns=["strategy", "seed", "figure", "unit", "value"])
    return found.astype({"value": float})


def pairs_of(arms: Sequence[Arm], differences: Sequence[Difference]) -> pd.DataFrame:
    """What two arms differ by, seed by seed, with the 95 % interval of the mean of that.

    *difference* is first - second. Of the *of* seeds, *n* have the figure in both. The excess of
    each strategy over no release comes first, then every pair of strategies.
    """
    import pandas as pd

    rows = [
        row
        for arm in arms
        if arm.strategy is not None
        for row in _rows(arm.strategy, NO_RELEASE, arm.excess)
    ]
    rows += [row for one in differences for row in _rows(one.first, one.second, one.estimates)]
    columns = ["first", "second", "figure", "unit", "difference", "low", "high", "n", "of"]
    found = pd.DataFrame(rows, columns=columns)
    return found.astype({"difference": float, "low": float, "high": float})


def frames(run: Run) -> Mapping[str, pd.DataFrame]:
    """The tables of a run's folder as frames, by the name of their file.

    `seconds` is its timeline (requests of each second by version and cause), `pods` the lanes of
    its pods; beside them `latency`, `users`, `events`, `failures` and `objects`.
    """
    return {name: table.to_pandas() for name, table in tables_of(run).items()}


def _name(arm: Arm) -> str:
    return NO_RELEASE if arm.strategy is None else arm.strategy


_Row = tuple[str, str, str, str, float, float | None, float | None, int, int]


def _rows(first: str, second: str, found: Mapping[str, Estimate | None]) -> Iterable[_Row]:
    """One row for each figure that both arms have in one seed at least."""
    for key, one in found.items():
        if one is not None:
            unit = FIGURES[key].unit.value
            yield (first, second, key, unit, one.value, one.low, one.high, one.n, one.of)
