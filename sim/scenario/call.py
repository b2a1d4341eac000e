"""A call to a dependency, as a scenario says it."""

from __future__ import annotations

from sim.scenario.words import Duration, Share, Strict


class Call(Strict):
    """That a version's requests call a dependency: how many of them, and how long they wait."""

    share: Share = 1.0
    timeout: Duration = 2.0
