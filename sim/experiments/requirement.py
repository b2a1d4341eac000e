"""A requirement: `downtime<=5s`, a limit on a figure that a strategy meets or does not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from sim.analysis.figures import FIGURES, Figure
from sim.analysis.rollback_figures import BACK, DRILL_FIGURES, DrillFigure
from sim.analysis.units import Unit
from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.model.duration import duration, factor, share
from sim.model.unreadable import Unreadable

# Short names beside the figures' own. Those of figures that do not exist are not names.
SHORT = {
    "downtime": "downtime_seconds",
    "outage": "full_outage_seconds",
    "failed": "failed_requests",
    "hurt": "users_hurt",
    "exposure": "users_exposed",
    "budget": "error_budget_burned",
    "burn": "peak_burn_rate",
    "rollout": "settled_seconds",
    "pods": "peak_pods",
    "p50": "latency_ms_p50",
    "p90": "latency_ms_p90",
    "p95": "latency_ms_p95",
    "p99": "latency_ms_p99",
}
COST, COST_WITHOUT_PRICES = "money", "core_seconds"
# A comparison takes no release back: what these name is measured by a rollback drill.
DRILLED = {"rollback": BACK, BACK: BACK}
_WRITTEN = re.compile(r"\s*([A-Za-z][\w-]*)\s*(<=|>=|<|>)\s*(\S+)\s*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """*figure* is at most, or at least, *limit*: in its own unit, or *relative* to no release."""

    text: str
    figure: Figure | DrillFigure
    at_most: bool
    strict: bool
    limit: float
    relative: bool

    @property
    def is_drilled(self) -> bool:
        """Whether a rollback drill has to measure it."""
        return isinstance(self.figure, DrillFigure)

    def margin(self, value: float | None, no_release: float | None) -> float | None:
        """How much too much it is, in the figure's unit; less than 0 is room to spare.

        1.3x with 50 where no release has 40 is 50 - 52 = -2: never a ratio, so that 0 is a number.
        None where the figure does not exist.
        """
        if value is None or (self.relative and no_release is None):
            return None
        limit = self.limit * (no_release or 0.0) if self.relative else self.limit
        return value - limit if self.at_most else limit - value

    def is_met(self, margin: float | None) -> bool:
        """Whether one release with that *margin* keeps the limit; without a figure it does not."""
        return margin is not None and (margin < 0 or (margin == 0 and not self.strict))


def requirements(texts: Sequence[str], *, priced: bool) -> tuple[Requirement, ...]:
    """*texts* understood; `cost` is money if the scenario is *priced*, else core-seconds.

    Raise a `ScenarioError` with every mistake in them.
    """
    found = [_read(text, priced=priced) for text in texts]
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        raise ScenarioError(problems)
    return tuple(one for one in found if isinstance(one, Requirement))


def known_names(*, priced: bool) -> Mapping[str, str]:
    """Every name that a requirement may use, and the figure it means."""
    names = {short: key for short, key in SHORT.items() if key in FIGURES}
    names["cost"] = COST if priced else COST_WITHOUT_PRICES
    return names | {key: key for key in FIGURES}


def figure_named(name: str, flag: str, *, priced: bool) -> str:
    """The key of the figure that *name* means. Raise a `ScenarioError` if it is none."""
    names = known_names(priced=priced)
    if name not in names:
        raise ScenarioError([_unknown(name, tuple(names), flag)])
    return names[name]


def _read(text: str, *, priced: bool) -> Requirement | Problem:
    place = f"--require {text[:80]}"
    parts = _WRITTEN.fullmatch(text) if len(text) <= 200 else None
    if parts is None:
        return Problem(
            message("{found} is not a requirement", found=repr(text[:60])),
            file=place,
            hint=message("a figure, a comparison and a limit, such as downtime<=5s"),
        )
    name, comparison, written = parts.groups()
    names = {**known_names(priced=priced), **DRILLED}
    if name not in names:
        return _unknown(name, tuple(names), place)
    figure = DRILL_FIGURES[DRILLED[name]] if name in DRILLED else FIGURES[names[name]]
    try:
        limit = _relative(name, written) if written.endswith("x") else _limit(written, figure.unit)
    except Unreadable as error:
        return Problem(error.message, file=place, field=name, hint=error.hint)
    return Requirement(
        text=text.strip(),
        figure=figure,
        at_most=comparison.startswith("<"),
        strict=len(comparison) == 1,
        limit=limit,
        relative=written.endswith("x"),
    )


def _unknown(name: str, names: Sequence[str], place: str) -> Problem:
    if name in DRILLED:
        drill = message("seatrial drill-rollback --at finish measures how long the way back takes")
        return Problem(
            message("there is no figure {name}", name=repr(name)), file=place, hint=drill
        )
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    known = ", ".join(names)
    hint = (
        message("did you mean {name}? known: {known}", name=near[0], known=known)
        if near
        else message("known: {known}", known=known)
    )
    return Problem(message("there is no figure {name}", name=repr(name)), file=place, hint=hint)


def _relative(name: str, written: str) -> float:
    if name in DRILLED:
        raise Unreadable(
            message("without a release there is no way back to be so many times as long as"),
            message("a duration, such as rollback<=60s"),
        )
    return factor(written)


def _limit(written: str, unit: Unit) -> float:
    if unit is Unit.SECONDS:
        return duration(written)
    if unit is Unit.MILLISECONDS:
        return 1000.0 * duration(written)
    if unit is Unit.SHARE:
        return share(written)
    try:
        found = float(written)
    except ValueError:
        found = float("nan")
    if not isfinite(found) or found < 0:
        raise Unreadable(
            message("{found} is not a limit", found=repr(written[:60])),
            message("a number, or 1.3x for so many times what it is without a release"),
        )
    return found
