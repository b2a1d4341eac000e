"""The player: one recorded run with play, pause and a scrubber, drawn in the visitor's browser."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from sim.analysis.palette import version_word
from sim.i18n import message, translate
from sim.interfaces.app.drawing.colours import Colours
from sim.interfaces.app.drawing.timeline import PHASES
from sim.model.objects import JsonObject
from sim.model.time_step import step_words

GONE = ("gone", message("gone"))  # What stands for a moment where a pod was.
SPEED = 1.5  # Simulated seconds a second, between the captions.


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is explained at *time* (seconds from the first write), while it stands for *hold* s."""

    time: float
    text: str
    hold: float = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """How a recording is played: from *start* to *end*, with *captions*; *before* the first one."""

    start: float
    end: float
    captions: Sequence[Caption] = ()
    before: str = ""
    speed: float = SPEED
    events: int = 8
    at: float | None = None
    autoplay: bool = False


def show_player(
    recording: JsonObject,
    playing: Playing,
    colours: Colours,
    language: str,
    key: str,
    moved: Callable[[], None] | None = None,
) -> None:
    """Show *recording* (see `tasks.run`).

    *moved* is called when the visitor has let it go at a moment, or paused: `at` of what the
    session holds under *key*. Without it nobody is told.
    """
    versions = [version_word(name, language) for name in recording["versions"]]
    data = {
        **asdict(playing),
        "recording": {**recording, "version_words": versions},
        "colours": asdict(colours),
        "words": _words(language, recording["shares"]["step"]),
    }
    # Not of where it stands: a page that follows the player must not start it anew.
    same = {**data, "at": None}
    data["mark"] = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
    data["tells"] = moved is not None
    component = st.components.v2.component(
        "seatrial_player", html="<div class='player'></div>", css=_file("css"), js=_script()
    )
    component(data=data, key=key, on_at_change=moved or _nobody)


def _nobody() -> None:
    """Nothing on the page follows."""


def _words(language: str, step: int) -> JsonObject:
    return {
        "play": "▶ " + translate(language, "Play"),
        "pause": "❚❚ " + translate(language, "Pause"),
        "scrub": translate(language, "time, in seconds from the first write"),
        "zero": "▲ " + translate(language, "0 s: first write"),
        "silence": translate(language, "No event yet."),
        "pods": translate(language, "Pods"),
        "routing": translate(
            language, "Requests sent from {start} to {end}", start="{from}", end="{to}"
        ),
        "worst": "" if step == 1 else translate(language, "failed in the worst second:"),
        "strip": translate(
            language,
            "of the requests of each {time}; dashed: first write, line: only the final version is "
            "left",
            time=step_words(step),
        ),
        "events": translate(language, "Events, the latest first"),
        "listed": translate(language, "ready endpoint"),
        "unlisted": translate(language, "not a ready endpoint"),
        "obtained": translate(language, "answered by:"),
        "asked": translate(language, "asked for the new version:"),
        "failed": translate(language, "failed"),
        "nobody": translate(language, "nobody sent anything in this second")
        if step == 1
        else translate(language, "nobody sent anything in this time"),
        "phases": {phase: name.render(language) for phase, name in (*PHASES.items(), GONE)},
    }


@cache
def _script() -> str:
    """The player behind the strip that it draws over its scrubber."""
    strip = Path(__file__).with_name("player_strip.js").read_text(encoding="utf-8")
    return strip + _file("js")


@cache
def _file(ending: str) -> str:
    return Path(__file__).with_suffix(f".{ending}").read_text(encoding="utf-8")
