"""Green, before it has all requests and after: whether it comes up, and whether it is good."""

from __future__ import annotations

from sim.cluster import Cluster
from sim.model.analysis_template import AnalysisTemplate
from sim.model.tracks import STABLE
from sim.ports import Process
from sim.strategies.analysis import AnalysisRun
from sim.strategies.canary_traffic import deadline
from sim.strategies.giving_up import give_up
from sim.strategies.judged import passed

BLUE, GREEN = STABLE, "green"


def comes_up(cluster: Cluster, pods: int, aborts: bool) -> Process[bool]:
    """Whether green has so many pods before its deadline."""
    patience = deadline(cluster, aborts)
    available: bool = yield cluster.until_available(pods, patience, GREEN)
    if not available:
        give_up(cluster, GREEN, pods, patience)
    return available


def passes(cluster: Cluster, when: str, template: AnalysisTemplate | None) -> Process[bool]:
    """Judge green before its promotion or after it; blue stays as long as that takes."""
    if template is None:
        return True
    run = AnalysisRun(cluster, f"{when}-promotion", template, baseline=BLUE, canary=GREEN)
    good = yield from passed(run, cluster)
    if not good:
        give_up(cluster, analysis=f"{when}PromotionAnalysis")
    return good
