"""From a drill's result to its picture: the mean clocks of each way back as segments."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.analysis.fonts import drawable
from sim.analysis.rollback_figures import BACK
from sim.analysis.rollback_picture import Bar, Panel, draw_drill
from sim.experiments.drill_moments import MOMENT_NAMES
from sim.experiments.drill_result import Drill, DrilledMoment, WayBack, reached
from sim.i18n import translate
from sim.stats import mean_interval


def picture_of(drill: Drill, language: str = "en") -> Figure:
    """One panel for each moment of *drill*."""
    language = drawable(language)
    return draw_drill([panel_of(found, language) for found in drill.moments], language)


def panel_of(found: DrilledMoment, language: str) -> Panel:
    """The bars of one moment, in words of *language*."""
    title = translate(language, "Decided {moment}", moment=MOMENT_NAMES[found.moment])
    bars = tuple(_bar(way, language, watched=found.moment.is_watched) for way in found.ways)
    return Panel(title=title, bars=bars)


def _bar(way: WayBack, language: str, *, watched: bool) -> Bar:
    """Segments are means over the runs in which a clock was reached."""
    back = way.estimates[BACK]
    missing = len(way.values[BACK]) - reached(way.values[BACK])
    remark = ""
    if missing:
        remark = translate(
            language, "not back in the window in {k} of {n} runs", k=missing, n=len(way.digests)
        )
    return Bar(
        name=way.strategy,
        seconds=_segments(way, watched=watched),
        back_seconds=None if back is None else back.value,
        half_seconds=0.0 if back is None else back.half_width or 0.0,
        remark=remark,
    )


def _segments(way: WayBack, *, watched: bool) -> dict[str, float]:
    """By command nobody has to find out, so the bar begins with the decision."""
    values = way.values
    lengths = {
        "answer": list(values["last_bad_answer_seconds"]),
        "capacity": _beyond(values["full_capacity_seconds"], values["last_bad_answer_seconds"]),
    }
    if watched:
        lengths["detect"] = list(values["detected_seconds"])
        lengths["decide"] = _beyond(values["decided_seconds"], values["detected_seconds"])
    means = {key: mean_interval(seconds) for key, seconds in lengths.items()}
    return {key: found.value for key, found in means.items() if found is not None}


def _beyond(ends: Sequence[float | None], starts: Sequence[float | None]) -> list[float | None]:
    """How much longer the one took than the other, if it did."""
    return [
        None if end is None or start is None else max(0.0, end - start)
        for end, start in zip(ends, starts, strict=True)
    ]
