"""What a judge is, for those who ask one."""

from __future__ import annotations

from typing import Protocol

from sim.i18n import Message
from sim.model.verdict import Verdict
from sim.model.version_metrics import VersionMetrics


class Judge(Protocol):
    """Who says whether a new version may go on, from what the monitoring has of two versions."""

    def __call__(self, baseline: VersionMetrics, canary: VersionMetrics) -> Verdict:
        """What *canary* looks like beside *baseline*; an Error where there is nothing to see."""
        ...

    def describe(self) -> Message:
        """What it asks for, in one line for people."""
        ...
