"""The cluster's part of a run's record: what its control plane did."""

from __future__ import annotations

from typing import TypedDict

from sim.backends.simulated.backend import SimulatedBackend
from sim.model.asked_share import asked_shares
from sim.model.given_up import GivenUp, given_up_of
from sim.model.run import AskedShare, Change, CodePath, KubeEvent, PodSpan
from sim.model.settling import goal_of, settled_at

OLD = 0  # `Run.versions` begins with old and new.


class ClusterRecord(TypedDict):
    """The part of a `Run` that the control plane answers for."""

    settled_at: float | None
    pods: tuple[PodSpan, ...]
    code_paths: tuple[CodePath, ...]
    restarts: int
    asked_shares: tuple[AskedShare, ...]
    given_up: GivenUp | None
    events: tuple[KubeEvent, ...]
    changes: tuple[Change, ...]


def cluster_record(backend: SimulatedBackend, *, end: float, keep_objects: bool) -> ClusterRecord:
    """What was done up to *end*, which is now, before requests are followed to their answers."""
    control = backend.control_plane
    spans = control.pod_spans(end)
    goal = goal_of(control.store.history, backend.versions.number, OLD)
    settled = None
    if goal is not None:
        settled = settled_at(
            spans, version=goal.version, replicas=goal.replicas, since=goal.since, end=end
        )
    return ClusterRecord(
        settled_at=settled,
        pods=spans,
        code_paths=control.code_paths(),
        restarts=control.restarts,
        asked_shares=asked_shares(control.store.history, end),
        given_up=given_up_of(control.store.list("Deployment")),
        events=tuple(control.events),
        changes=tuple(control.store.history) if keep_objects else (),
    )
