"""A sweep as Python and notebooks read it: tidy frames, pictures, and what ends a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.figures import FIGURES
from sim.analysis.notebook_table import Line, notebook_block, notebook_table
from sim.experiments.arms_html import NOTHING, estimate_text
from sim.experiments.best_point import best_point
from sim.experiments.design import GRID
from sim.experiments.effects import Effect, effects
from sim.experiments.requirement import figure_named
from sim.experiments.sweep import Swept
from sim.experiments.sweep_pictures import heat_map, scatter_map, titled, tornado
from sim.i18n import Message, message, preferred_language, translate
from sim.stats import mean_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Picture

FAILED = "failed"
COLUMNS = ("strategy", "seed", "figure", "unit", "value")
MOST_LINES = 60  # Of a table in a notebook; the frame has all of them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Swept):
    """A sweep that is done. *figure* is a name of `--figure` or `--require`, such as `downtime`.

    Figures and units of frames are those of `--json`: shares of 1, bytes; what does not exist,
    such as a clock that never stopped, is NaN.
    """

    def frame(self) -> pd.DataFrame:
        """Every figure of every run: the varied fields, strategy, seed, figure, unit, value.

        Points that were refused have no rows; `refused()` has them.
        """
        import pandas as pd

        rows = [
            (*point.values, strategy or "no release", seed, key, FIGURES[key].unit.value, value)
            for point, trials in self.trials
            for seed, trial in zip(self.plan.seeds, trials, strict=True)
            for strategy, outcome in zip((None, *self.plan.strategies), trial, strict=True)
            for key, value in outcome.figures.items()
        ]
        columns = [*self._fields(), *COLUMNS]
        return pd.DataFrame(rows, columns=columns).astype({"value": float})

    def refused(self) -> pd.DataFrame:
        """The points that no release can be made at, and why: the varied fields, why."""
        import pandas as pd

        rows = [
            (*point.values, point.refused[0].render())
            for point in self.plan.points
            if point.refused
        ]
        return pd.DataFrame(rows, columns=[*self._fields(), "why"])

    def effects(self, figure: str = FAILED) -> pd.DataFrame:
        """What matters most for *figure*, the mean over all else: the largest difference first.

        *difference* is between the values *most* and *least* (none where all are equal), seed by
        seed, with the 95 % interval of its mean.
        """
        import pandas as pd

        key = self._key(figure)
        rows = [
            (
                name,
                one.axis,
                *(_ends(one) or (None, None)),
                one.swing.value,
                one.swing.low,
                one.swing.high,
            )
            for name in self.plan.strategies
            for one in effects(self, name, key)
        ]
        columns = ["strategy", "field", "least", "most", "difference", "low", "high"]
        found = pd.DataFrame(rows, columns=columns)
        return found.astype({"difference": float, "low": float, "high": float})

    def draw(self, figure: str = FAILED, language: str = "en") -> Picture | None:
        """*figure* over the two fields that matter most; None where fewer vary."""
        drawn = heat_map if self.plan.design == GRID else scatter_map
        return drawn(self, self._key(figure), language)

    def tornado(self, strategy: str, figure: str = FAILED, language: str = "en") -> Picture | None:
        """What matters most for *figure* with *strategy*; None where nothing varies."""
        return tornado(self, strategy, self._key(figure), language)

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for."""
        language, key = preferred_language(), self._key(FAILED)
        tables = [self._points_html(key, language), self._effects_html(key, language)]
        return notebook_block(self._best(key, language), tables, language)

    def _fields(self) -> list[str]:
        """A column for each varied field; its path where its name is a column's already."""
        return [axis.field.path if axis.name in COLUMNS else axis.name for axis in self.plan.axes]

    def _key(self, figure: str) -> str:
        return figure_named(figure, "figure", priced=self.plan.base.prices is not None)

    def _best(self, key: str, language: str) -> Message:
        best = best_point(self, key)
        if best is None:
            return message("the figure exists at no point")
        found = message(
            "best {figure}: {value} with {strategy} and {where}",
            figure=FIGURES[key].label,
            value=estimate_text(best.estimate, FIGURES[key].unit, language),
            strategy=best.strategy,
            where=best.where,
        )
        if not best.overlapping:
            return message("{sentence}.", sentence=found)
        rest = message("; {n} others have intervals that overlap with it.", n=best.overlapping)
        return Message("{found}{rest}", {"found": found, "rest": rest})

    def _points_html(self, key: str, language: str) -> str:
        lines = []
        tried = {point.values: trials for point, trials in self.trials}
        for point in self.plan.points[:MOST_LINES]:
            trials = tried.get(point.values)
            cells = (
                [translate(language, "refused")] * len(self.plan.strategies)
                if trials is None
                else [
                    estimate_text(
                        mean_interval(self.values(trials, name, key)), FIGURES[key].unit, language
                    )
                    for name in self.plan.strategies
                ]
            )
            why = point.refused[0].message.render(language) if point.refused else ""
            lines.append(Line(cells=(*point.values, *cells), why=why))
        if len(self.plan.points) > MOST_LINES:
            more = translate(language, "and {n} more", n=len(self.plan.points) - MOST_LINES)
            empty = [""] * (len(self.plan.axes) + len(self.plan.strategies) - 1)
            lines.append(Line(cells=(more, *empty)))
        title = message(
            "{figure} at each point: mean ± half of the 95 % interval, {n} seeds",
            figure=titled(key),
            n=len(self.plan.seeds),
        )
        heads = [*self._fields(), *self.plan.strategies]
        numbers = range(len(self.plan.axes), len(heads))
        return notebook_table(title, heads, lines, language, numbers=numbers)

    def _effects_html(self, key: str, language: str) -> str:
        lines = [
            Line(
                cells=(
                    name,
                    one.axis,
                    *(_ends(one) or (NOTHING, NOTHING)),
                    estimate_text(one.swing, FIGURES[key].unit, language),
                )
            )
            for name in self.plan.strategies
            for one in effects(self, name, key)
        ]
        heads = (
            message("strategy"),
            message("field"),
            message("least at"),
            message("most at"),
            message("difference"),
        )
        title = message("What matters most, the mean over all else")
        return notebook_table(title, heads, lines, language, numbers=(4,))


def _ends(one: Effect) -> tuple[str, str] | None:
    """The values where the figure is least and most; None if no value makes a difference."""
    return None if one.lowest == one.highest else (one.lowest, one.highest)
