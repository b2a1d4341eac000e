"""The palette of the picture: a colour for each version, a pattern for each state, and their words.

Colours follow Paul Tol's high-contrast scheme: dark, light and red stay apart in all colour
blindness and in grey. Every state also has its own pattern or word.
"""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.i18n import Message, message, translate
from sim.model.run import PodPhase

OLD, NEW, LATER = "#004488", "#DDAA33", "#66557A"
FAILED, FAILED_PATTERN = "#DD3D52", "\\\\"
INK, PAPER = "#222222", "#FFFFFF"
THIN, FIRM = 0.7, 1.1

_PHASES = {
    PodPhase.PENDING: message("pending"),
    PodPhase.STARTING: message("starting"),
    PodPhase.READY: message("ready"),
    PodPhase.UNREADY: message("unready"),
    PodPhase.TERMINATING: message("terminating"),
}
# Of the version's colour how much is left, and which pattern lies over it.
_STYLES = {
    PodPhase.PENDING: (0.0, ""),
    PodPhase.STARTING: (0.25, "...."),
    PodPhase.READY: (1.0, ""),
    PodPhase.UNREADY: (0.4, "xxxx"),
    PodPhase.TERMINATING: (0.25, "////"),
}
_VERSIONS = {"old": message("old version"), "new": message("new version")}
_SHORT_VERSIONS = {"old": message("old"), "new": message("new")}


def colour_of(version: int) -> str:
    """Old, new, and whatever came later."""
    return (OLD, NEW, LATER)[min(version, 2)]


def pattern_of(version: int) -> str:
    """What lies over a version's share of the traffic, so that it is known without its colour."""
    return ("", "..", "||")[min(version, 2)]


def version_word(version: str, language: str) -> str:
    """The short word before a pod's name."""
    return _SHORT_VERSIONS.get(version, Message(version)).render(language)


def bar_style(phase: PodPhase, colour: str) -> dict[str, Any]:
    """How a pod of *colour* looks in *phase*: filled when ready, patterned or empty otherwise."""
    strength, pattern = _STYLES[phase]
    return {
        "facecolor": _faded(colour, strength),
        "edgecolor": colour,
        "hatch": pattern or None,
        "linewidth": THIN,
        "linestyle": ":" if phase is PodPhase.PENDING else "-",
    }


def legend_handles(
    versions: tuple[str, ...], phases: frozenset[PodPhase], language: str
) -> list[Artist]:
    """What the legend explains: *versions*, failures, the *phases* that occur, both moments."""
    handles: list[Artist] = [
        Patch(
            facecolor=colour_of(number),
            edgecolor=PAPER,
            hatch=pattern_of(number) or None,
            linewidth=0.0,
            label=_VERSIONS.get(name, Message(name)).render(language),
        )
        for number, name in enumerate(versions)
    ]
    failed = translate(language, "failed requests")
    handles.append(
        Patch(facecolor=FAILED, edgecolor=PAPER, hatch=FAILED_PATTERN, linewidth=0.0, label=failed)
    )
    for phase, word in _PHASES.items():
        if phase in phases and phase is not PodPhase.READY:
            handles.append(Patch(**bar_style(phase, INK), label=word.render(language)))
    dashed, solid = translate(language, "first write"), translate(language, "only final pods left")
    handles.append(Line2D([], [], color=INK, linestyle="--", linewidth=FIRM, label=dashed))
    handles.append(Line2D([], [], color=INK, linewidth=FIRM, label=solid))
    return handles


def _faded(colour: str, strength: float) -> tuple[float, ...]:
    """*colour* mixed with paper."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(1.0 - strength * (1.0 - part) for part in parts)
