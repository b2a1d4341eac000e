"""Trade-offs: which strategy loses little and also costs little, one picture for each cost."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.trade_off import Measured, Point, key, trade_off
from sim.interfaces.numbers import decimals, plain
from sim.model.objects import JsonObject

FAILED = "failed_requests"
# What losing little may cost, by figure, and how its axis is called.
COSTS = {
    "extra_pod_seconds": message("extra pod-seconds a release"),
    "settled_seconds": message("rollout time (s)"),
}


def trade_offs_picture(found: JsonObject, colours: Colours, language: str) -> str:
    """A picture for each cost; empty for one strategy, which has nobody to be held against."""
    arms = [arm for arm in found["comparison"]["arms"] if arm["strategy"] is not None]
    if len(arms) < 2:
        return ""
    failed = translate(language, "failed requests a release")
    figures = []
    for cost, name in COSTS.items():
        beaten = found["fronts"][cost]
        points = [p for arm in arms if (p := _point(arm, cost, beaten, language)) is not None]
        drawn_names = {one.strategy for one in points}
        missing = [arm["strategy"] for arm in arms if arm["strategy"] not in drawn_names]
        drawn = trade_off(points, name.render(language), failed, colours, language)
        figures.append(f"<figure>{drawn}{_missing(missing, language)}</figure>")
    title = translate(language, "Failed requests against what a release costs")
    note = translate(
        language,
        "Means of all runs; less of both is better, so the best are at the bottom on the left. To "
        "the left of the dashed line a release takes fewer pod-seconds than none would.",
    )
    return (
        f"<h3>{escape(title)}</h3><p>{escape(note)}</p>{key(colours, language)}"
        f"<div class='seatrial-columns'>{''.join(figures)}</div>"
    )


def _point(
    arm: JsonObject, cost: str, beaten: Mapping[str, str | None], language: str
) -> Point | None:
    found = arm["figures"][cost]["estimate"]
    if found is None or found["n"] < found["of"]:
        return None
    lost, name = _measured(arm["figures"][FAILED]["estimate"]), arm["strategy"]
    along = _measured(found)
    words = translate(
        language,
        "{strategy}: {failed} failed requests at {cost} {name}",
        strategy=name,
        failed=_shown(lost),
        cost=_shown(along),
        name=COSTS[cost],
    )
    return Point(strategy=name, cost=along, failed=lost, on_front=beaten[name] is None, words=words)


def _measured(found: JsonObject) -> Measured:
    """An interval that is not known has no length."""
    value = found["value"]
    low, high = (value if found[end] is None else found[end] for end in ("low", "high"))
    return Measured(value=value, low=low, high=high)


def _shown(found: Measured) -> str:
    half = (found.high - found.low) / 2
    places = decimals(found.value, half)
    text = plain(found.value, places)
    return f"{text} ± {plain(half, places)}" if half else text


def _missing(strategies: list[str], language: str) -> str:
    if not strategies:
        return ""
    text = translate(
        language,
        "Not finished in every run, so not in this picture: {strategies}",
        strategies=", ".join(strategies),
    )
    return f"<p>{escape(text)}</p>"
