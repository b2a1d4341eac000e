"""The headline of one run: who failed, and where the release ended, in two sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from sim.i18n import message, translate
from sim.model.objects import JsonObject

LAST_SECONDS, WORTH_TELLING = 10, 0.01
_ENDS = {
    "Healthy": message("{strategy} has carried the release through."),
    "Degraded": message("{strategy} has taken the release back, or could not carry it through."),
    "Paused": message("{strategy} has paused the release."),
}
_OPEN = message("{strategy} had not finished when the window ended.")


def headline(recording: JsonObject, given_up: str, language: str) -> str:
    """As Markdown."""
    lost, sent = sum(recording["shares"]["failed"]), sum(recording["shares"]["sent"])
    share = 100.0 * lost / sent if sent else 0.0
    failed = translate(
        language,
        "{lost} of {all} requests failed ({share} %).",
        lost=f"**{lost:,}**",
        all=f"**{sent:,}**",
        share="0" if not lost else f"{share:.2g}",
    )
    seconds, last = still_failing(recording)
    still = translate(
        language,
        "In the last {seconds} s of the window {share} % of the requests failed: this is not over.",
        seconds=f"{seconds:g}",
        share=f"{100.0 * last:.2g}",
    )
    parts = [failed, ending(recording, given_up, language)]
    return " ".join([*parts, f"**{still}**"] if last >= WORTH_TELLING else parts)


def still_failing(recording: JsonObject) -> tuple[float, float]:
    """How many seconds the window's last are, and the share of their requests that failed.

    Whole steps, one at the least: in a long window they are longer.
    """
    shares = recording["shares"]
    *begins, end = shares["edges"]
    first = min(bisect_left(begins, end - LAST_SECONDS), len(begins) - 1)
    sent, lost = sum(shares["sent"][first:]), sum(shares["failed"][first:])
    return end - begins[first], lost / sent if sent else 0.0


def faults_line(faults: Sequence[str], recording: JsonObject, language: str) -> str:
    """What was made to go wrong, and how its moments are counted; nothing without a fault."""
    if not faults:
        return ""
    return translate(
        language,
        "Faults in this run: {faults}. Their moments count from the start of the window, in which "
        "the first write comes at {seconds} s.",
        faults="; ".join(faults),
        seconds=f"{-recording['start']:g}",
    )


def ending(recording: JsonObject, given_up: str, language: str) -> str:
    """Where the release stood at the end; that there was none."""
    name = recording["strategy"]
    if name is None:
        return translate(language, "Nothing was released: this is what goes wrong anyway.")
    said = translate(language, _ENDS.get(recording["phase"], _OPEN).text, strategy=name)
    if given_up:
        said = translate(
            language, "{strategy} gave the release up: {reason}", strategy=name, reason=given_up
        )
    if recording["settled"] is None:
        rest = translate(
            language, "Pods of more than the final version, or unready ones, were left at the end."
        )
    else:
        rest = translate(
            language,
            "{time} s after the first write only pods of the final version were left, all ready.",
            time=f"{recording['settled']:.1f}",
        )
    return f"{said} {rest}"
