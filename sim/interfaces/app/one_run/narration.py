"""The narration of a rolling update: captions made from what happened in the recorded run."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.drawing.player import Caption
from sim.interfaces.app.one_run.story import deleted_at, removed_at
from sim.model.objects import JsonObject

NEW = 1
RACING = ("refused_terminating", "gone_at_sigterm")
BEFORE_SECONDS, AFTER_SECONDS = 2.0, 3.0


def narration(recording: JsonObject, language: str) -> list[Caption]:
    """What to look at, in the order in which it happened; what did not happen is not told."""
    told = [
        _written(recording, language),
        _race(recording, language),
        _starting(recording, language),
        _ready(recording, language),
        _settled(recording, language),
    ]
    return sorted((one for one in told if one is not None), key=lambda one: one.time)


def shown(recording: JsonObject) -> tuple[float, float]:
    """From shortly before the first write until shortly after the end of the rollout."""
    settled = recording["settled"]
    end = recording["end"] if settled is None else min(settled + AFTER_SECONDS, recording["end"])
    return max(-BEFORE_SECONDS, recording["start"]), end


def _written(recording: JsonObject, language: str) -> Caption:
    made = [event for event in recording["events"] if event[0] >= 0.0]
    first = next((event for event in made if event[2] == "ScalingReplicaSet"), None)
    text = translate(
        language,
        "The release is one write: the Deployment has a new pod template. Its controller makes "
        "new pods beside the old ones (maxSurge), and takes an old one away (maxUnavailable).",
    )
    return Caption(time=0.0 if first is None else first[0], text=text)


def too_late(recording: JsonObject) -> JsonObject | None:
    """The first request that met a pod which had left the endpoint list, if there is one."""
    lost = sorted(recording["failures"], key=lambda one: float(one["answered"]))
    for one in lost:
        if one["cause"] not in RACING:
            continue
        removed = removed_at(one["pod"], recording) if one["pod"] else None
        if removed is not None and 0.0 <= removed <= one["sent"]:
            found: JsonObject = one
            return found
    return None


def _race(recording: JsonObject, language: str) -> Caption | None:
    first = too_late(recording)
    if first is None:
        return None
    deleted = deleted_at(first["pod"], recording)
    removed = removed_at(first["pod"], recording)
    if deleted is None or removed is None:
        return None
    text = translate(
        language,
        "A race: {pod} was deleted at {deleted} s. The kubelet begins to stop it, and at the same "
        "time the news sets out to the proxies: at {removed} s its EndpointSlice says ready=false, "
        "but proxy {proxy} had not heard of it and sent user {user} there at {sent} s: refused. "
        "Below, this race is enlarged.",
        pod=first["pod"].rsplit("-", 1)[-1],
        deleted=f"{deleted:.2f}",
        removed=f"{removed:.2f}",
        proxy=first["proxy"],
        user=first["user"],
        sent=f"{first['sent']:.2f}",
    )
    return Caption(time=first["answered"], text=text, hold=11.0)


def _first(recording: JsonObject, phase: str) -> tuple[float, str] | None:
    """When a pod of the new version first was in *phase*, and which."""
    found = [
        (span[1], pod["pod"])
        for pod in recording["pods"]
        if pod["version"] == NEW
        for span in pod["spans"]
        if span[0] == phase
    ]
    return min(found, default=None)


def _starting(recording: JsonObject, language: str) -> Caption | None:
    found = _first(recording, "starting")
    if found is None:
        return None
    text = translate(
        language,
        "The container of {pod} has been running since {time} s, and still nobody sends to it: its "
        "readiness probe has not succeeded, so its EndpointSlice says ready=false. Without a "
        "probe, users would meet a process that is only starting.",
        pod=found[1].rsplit("-", 1)[-1],
        time=f"{found[0]:.1f}",
    )
    return Caption(time=found[0], text=text, hold=8.0)


def _ready(recording: JsonObject, language: str) -> Caption | None:
    found = _first(recording, "ready")
    if found is None:
        return None
    listed = next((t for t, names in recording["endpoints"] if found[1] in names), found[0])
    text = translate(
        language,
        "The probe has succeeded at {time} s: {pod} is a ready endpoint at {listed} s, and each "
        "proxy begins to choose it when it hears of that. Only now may the next old pod go, and "
        "each one that goes runs the same race again.",
        time=f"{found[0]:.2f}",
        pod=found[1].rsplit("-", 1)[-1],
        listed=f"{listed:.2f}",
    )
    return Caption(time=listed, text=text, hold=8.0)


def _settled(recording: JsonObject, language: str) -> Caption | None:
    if recording["settled"] is None:
        return None
    lost, sent = sum(recording["shares"]["failed"]), sum(recording["shares"]["sent"])
    text = translate(
        language,
        "After {time} s only new pods are left. {lost} of {sent} requests failed in this run, "
        "though a pod was ready all the time.",
        time=f"{recording['settled']:.1f}",
        lost=f"{lost:,}",
        sent=f"{sent:,}",
    )
    if _gap(recording):
        text = translate(
            language,
            "After {time} s only new pods are left. {lost} of {sent} requests failed in this run.",
            time=f"{recording['settled']:.1f}",
            lost=f"{lost:,}",
            sent=f"{sent:,}",
        )
    return Caption(time=recording["settled"], text=text, hold=8.0)


def _gap(recording: JsonObject) -> bool:
    """Whether there was a moment without a ready pod in the endpoint list."""
    return any(not names for time, names in recording["endpoints"] if time >= recording["start"])
