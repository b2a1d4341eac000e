"""The story of one failed request: what its proxy believed, and what its pod did, in order."""

from __future__ import annotations

from collections.abc import Sequence

from sim.i18n import Message, message
from sim.interfaces.cause_names import CAUSE_NAMES
from sim.interfaces.story_table import DOING
from sim.model.causes import Cause
from sim.model.failed import NOT_ASKED, Doing
from sim.model.objects import JsonObject

Told = tuple[float, Message]
SOON_SECONDS = 5.0  # What comes of the pod later than that has nothing to do with the failure.


def story(one: JsonObject, recording: JsonObject) -> Sequence[Told]:
    """Moments (seconds from the first write) and sentences about the failed request *one*."""
    told = [*_belief(one), *_pod(one, recording), *_end(one, recording)]
    told = [moment for moment in told if moment[0] <= one["answered"] + SOON_SECONDS]
    return sorted(told, key=lambda moment: moment[0])


def removed_at(pod: str, recording: JsonObject) -> float | None:
    """When *pod* went out of the endpoint list for good; None while it is in."""
    listed, gone = False, None
    for time, names in recording["endpoints"]:
        if pod in names:
            listed, gone = True, None
        elif listed and gone is None:
            gone = time
    return gone


def deleted_at(pod: str, recording: JsonObject) -> float | None:
    """When *pod* was deleted: its winding up began."""
    for found in recording["pods"]:
        if found["pod"] == pod:
            starts = [start for phase, start, _ in found["spans"] if phase == "terminating"]
            return starts[0] if starts else None
    return None


def _belief(one: JsonObject) -> list[Told]:
    if one["endpoints"] == NOT_ASKED or one["heard"] is None:
        return []
    return [
        (
            one["heard"],
            message(
                "proxy {proxy} takes up a new list, with {endpoints} pods in it",
                proxy=one["proxy"],
                endpoints=one["endpoints"],
            ),
        )
    ]


def _pod(one: JsonObject, recording: JsonObject) -> list[Told]:
    pod = one["pod"]
    if not pod:
        return []
    told = []
    deleted, removed = deleted_at(pod, recording), removed_at(pod, recording)
    if deleted is not None:
        text = message(
            "{pod} is deleted: the kubelet begins to stop it, and at the same time the news "
            "sets out to the proxies",
            pod=pod,
        )
        told.append((deleted, text))
    if removed is not None:
        told.append((removed, message("{pod} is no ready endpoint any more", pod=pod)))
    return told


def _end(one: JsonObject, recording: JsonObject) -> list[Told]:
    wish = message("user {user} wants to send a request", user=one["user"])
    if one.get("class"):
        wish = message(
            "user {user} wants to send a request of class {name}",
            user=one["user"],
            name=one["class"],
        )
    told = [(one["meant"], wish)]
    if one["pod"]:
        text = message("proxy {proxy} hands it to {pod}", proxy=one["proxy"], pod=one["pod"])
        if one["endpoints"] == NOT_ASKED:
            text = message("it goes to {pod} on a connection that was kept", pod=one["pod"])
        told.append((one["sent"], text))
    doing = DOING[Doing(one["doing"])]
    cause = CAUSE_NAMES[Cause[one["cause"].upper()]]
    told.append(
        (
            one["answered"],
            message(
                "it has failed after {attempts} attempts: {cause} (the pod: {doing})",
                attempts=one["attempts"],
                cause=cause,
                doing=doing,
            )
            if one["attempts"] > 1
            else message("it has failed: {cause} (the pod: {doing})", cause=cause, doing=doing),
        )
    )
    return told
