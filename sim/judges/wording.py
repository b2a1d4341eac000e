"""What judges have in common: how they write numbers, and what they say when they see nothing."""

from __future__ import annotations

from sim.i18n import message
from sim.model.analysis import AnalysisPhase
from sim.model.verdict import Verdict


def percent(share: float) -> str:
    """A share as people read it: 0.0123 is `1.23%`."""
    return f"{100 * share:.3g}%"


def points(gap: float) -> str:
    """A difference of two shares in percentage points, with its sign: `+0.5`."""
    return f"{100 * gap:+.3g}"


def seconds(value: float) -> str:
    """A latency: 0.25 is `250 ms`, 1.5 is `1.5 s`."""
    return f"{value:.3g} s" if value >= 1.0 else f"{1000 * value:.3g} ms"


def probability(value: float) -> str:
    """A p-value, no finer than anybody needs."""
    return f"{value:.2g}" if value >= 1e-4 else "<0.0001"


def nothing_seen(version: str) -> Verdict:
    """The verdict where the monitoring has no answers of *version* (`old`, `new`).

    An empty result must not pass for a good one.
    """
    text = message("the monitoring has no requests of the {version} version", version=version)
    return Verdict(phase=AnalysisPhase.ERROR, reason=text)


def no_latency(version: str) -> Verdict:
    """The verdict where the monitoring has no latencies of *version*."""
    text = message("the monitoring has no latencies of the {version} version", version=version)
    return Verdict(phase=AnalysisPhase.ERROR, reason=text)
