"""The pictures of a comparison, side by side: timelines, latencies, the budget."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from sim.i18n import translate
from sim.interfaces.app.drawing.budget import budget, percent
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.heat import heat
from sim.interfaces.app.drawing.legend import legend
from sim.interfaces.app.drawing.timeline import timeline
from sim.model.duration import show_duration
from sim.model.objects import JsonObject
from sim.model.time_step import step_words, unit_of

Shown = tuple[float, float]


def timelines(found: JsonObject, colours: Colours, language: str) -> str:
    """A column for each strategy on one time axis."""
    shown, recorded = shown_of(found), in_order(found)
    tallest = max(len(one["lanes"]) for one in recorded)

    def draw(one: JsonObject, number: int) -> str:
        return timeline(one, shown, tallest, colours, language, f"t{number}")

    versions = max((one["versions"] for one in recorded), key=len)
    used = max(lane["version"] for one in recorded for lane in one["lanes"])
    phases = {span[0] for one in recorded for lane in one["lanes"] for span in lane["spans"]}
    step = recorded[0]["traffic"]["step"]
    lost = any(one["lost"] for one in recorded)
    explained = legend(versions[: used + 1], phases, colours, language, step if lost else 1)
    return explained + _columns(found, draw, language) + _steps_note(step, language)


def _steps_note(step: int, language: str) -> str:
    """How coarse the shares of the traffic are, where they are not of each second."""
    if step == 1:
        return ""
    note = translate(
        language,
        "Requests are shown in steps of {time}: the colours are shares of a whole step, and light "
        "red reaches down as far as its worst second.",
        time=step_words(step),
    )
    return f"<p>{escape(note)}</p>"


def heats(found: JsonObject, colours: Colours, language: str) -> str:
    """How long requests took, over time."""
    cells = [cell for one in found["pictures"] for cell in one["heat"]["cells"]]
    most, rows = max(cell[2] for cell in cells), max(cell[1] for cell in cells) + 1
    shown = shown_of(found)

    def draw(one: JsonObject, number: int) -> str:
        return heat(one, shown, most, rows, colours, language)

    note = translate(
        language,
        "Across: {axis}, in columns of {time}. Up: how long the answer took, failed requests too. "
        "The stronger the colour, the more requests; point at a column for the numbers.",
        axis=unit_of(shown).axis,
        time=step_words(found["pictures"][0]["heat"]["step"]),
    )
    return _columns(found, draw, language) + f"<p>{escape(note)}</p>"


def budgets(found: JsonObject, colours: Colours, language: str) -> str:
    """What each strategy burned of the error budget; empty where there is none."""
    recorded = [one for one in found["pictures"][1:] if one["budget"]]
    return budget(recorded, shown_of(found), colours, language) if recorded else ""


def budget_sentence(found: JsonObject, language: str) -> str:
    """What the largest share of the budget means, in times and in time; empty if none burned."""
    shares = {one["strategy"]: one["budget"][-1] for one in found["pictures"][1:] if one["budget"]}
    if not shares or max(shares.values()) <= 0:
        return ""
    name = max(shares, key=shares.__getitem__)
    comparison, share = found["comparison"], shares[name]
    window = comparison["window"]["endSeconds"] - comparison["window"]["startSeconds"]
    return translate(
        language,
        "100 % is every failure that an SLO of {slo} allows in these {window} s. In this run "
        "{strategy} burned {percent}: as many failures as the SLO allows in {time} of this "
        "traffic.",
        slo=f"{100 * comparison['scenario']['sloAvailability']:.6g} %",
        window=f"{window:g}",
        strategy=name,
        percent=percent(share),
        time=show_duration(float(round(share * window)) or round(share * window, 1)),
    )


def shown_of(found: JsonObject) -> Shown:
    """The time shown, in seconds from the first write."""
    zero = found["comparison"]["window"]["firstWriteSeconds"]
    start, end = found["shown"]
    return start - zero, end - zero


def in_order(found: JsonObject) -> list[JsonObject]:
    """The recordings: strategies as they were asked for, then no release if it lost anything."""
    first, *others = found["pictures"]
    return [*others, first] if first["lost"] else others


def _columns(found: JsonObject, draw: Callable[[JsonObject, int], str], language: str) -> str:
    made = []
    for number, one in enumerate(in_order(found)):
        name = one["strategy"] or translate(language, "no release")
        lost = translate(
            language,
            "{lost} of {all} requests failed",
            lost=f"{one['lost']:,}",
            all=f"{one['sent']:,}",
        )
        made.append(
            f"<figure><h3>{escape(name)}</h3><p>{escape(lost)}</p>{draw(one, number)}</figure>"
        )
    return f"<div class='seatrial-columns'>{''.join(made)}</div>"
