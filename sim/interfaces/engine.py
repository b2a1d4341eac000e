"""The engine that a command asks for: known, and compiled before anybody waits for a result."""

from __future__ import annotations

import sys

from sim.i18n import message
from sim.interfaces.terminal import Terminal

COMPILE_SECONDS = 25


def make_engine_ready(name: str, terminal: Terminal) -> None:
    """Compile what the engine called *name* needs, and say so if that takes a while.

    Raise a `ScenarioError` with the known names if there is no such engine.
    """
    from sim.traffic.engine import is_ready, make_ready

    if not is_ready(name):
        text = message(
            "compiling the traffic kernel once, about {seconds} s", seconds=COMPILE_SECONDS
        )
        print(text.render(terminal.language), file=sys.stderr, flush=True)
    make_ready(name)
