"""The race on the page Start: one leaving pod enlarged, as it is and with a preStop hook."""

from __future__ import annotations

from html import escape

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.drawing.markup import show_markup
from sim.interfaces.app.drawing.race import (
    after,
    last_request,
    race_legend,
    race_picture,
    refused,
    shown_of,
)
from sim.interfaces.app.shown import theme_colours
from sim.model.objects import JsonObject

HOOK = """lifecycle:
  preStop:
    sleep:
      seconds: {seconds}"""


def show_race(found: JsonObject, language: str) -> None:
    """Both pictures on one axis, what they say, and the lines that make the difference."""
    without, with_hook = found["without"], found["with"]
    if without is None or with_hook is None:
        return
    st.subheader(translate(language, "The preStop race, enlarged: one pod that leaves"))
    st.markdown(
        translate(
            language,
            "A deletion sets out on two ways at once: to the kubelet, which stops the process, and "
            "through the EndpointSlice to every proxy. Nobody waits for the other. Until a proxy "
            "has heard, it goes on sending requests to that pod.",
        )
    )
    colours, shown = theme_colours(), shown_of(without, with_hook)
    rows = [one["requests"] for one in (without, with_hook)]
    proxies = 1 + max((row[1] for requests in rows for row in requests), default=0)
    hook = translate(language, "With a preStop hook that sleeps {n} s", n=found["seconds"])
    titles = (translate(language, "As it is, without a preStop hook"), hook)
    figures = "".join(
        f"<figure><h3>{escape(title)}</h3>"
        f"{race_picture(one, shown, proxies, colours, language)}<p>{escape(said)}</p></figure>"
        for title, one, said in zip(
            titles, (without, with_hook), sentences(found, language), strict=True
        )
    )
    legend = race_legend(colours, language)
    show_markup(f"<div class='seatrial-columns'>{figures}</div>{legend}", f"race-{language}")
    st.caption(
        translate(
            language,
            "Both are measured: the same release, the same requests, the same seed; only these "
            "lines are added to the container. The sleep is spent from "
            "terminationGracePeriodSeconds, which must be longer.",
        )
    )
    st.code(HOOK.format(seconds=found["seconds"]), language=None)


def sentences(found: JsonObject, language: str) -> tuple[str, str]:
    """What came of the requests that were sent to the pod after its deletion, for each picture."""
    without, with_hook = found["without"], found["with"]
    lost = translate(
        language,
        "{refused} of {all} requests sent to the pod after its deletion were refused: its process "
        "was told to stop after {heard} s, and a proxy still sent there after {last} s.",
        refused=len(refused(without)),
        all=len(after(without)),
        heard=f"{without['sigterm'] - without['deleted']:.2f}",
        last=f"{last_request(without):.2f}",
    )
    margin = with_hook["sigterm"] - with_hook["deleted"] - last_request(with_hook)
    saved = translate(
        language,
        "{refused} of {all} were refused: SIGTERM comes {margin} s after the last of them.",
        refused=len(refused(with_hook)),
        all=len(after(with_hook)),
        margin=f"{margin:.2f}",
    )
    if margin <= 0:
        saved = translate(
            language,
            "{refused} of {all} were refused: the hook slept too short, for a proxy still sent "
            "there after SIGTERM.",
            refused=len(refused(with_hook)),
            all=len(after(with_hook)),
        )
    return lost, saved
