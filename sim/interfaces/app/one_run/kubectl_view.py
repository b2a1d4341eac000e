"""What kubectl would have printed at one moment of a recorded run."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.cluster_at import ClusterAt
from sim.analysis.kubectl_describe import described
from sim.analysis.kubectl_rollout import history_lines
from sim.analysis.kubectl_tables import TABLES, event_lines, table_lines
from sim.model.objects import JsonObject
from sim.model.rollout_status import rollout_status
from sim.model.run import Change, KubeEvent

if TYPE_CHECKING:
    from sim.model.run import Run

MOST_WRITES = 20_000
NOTHING = "No resources found in default namespace."
_NOT_SHOWN = {"Lease"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The cluster of a run, read back from a document; *zero* is its first write."""

    zero: float
    changes: Sequence[Change]
    events: Sequence[KubeEvent]


def kept_of(run: Run) -> str | None:
    """Every write of *run* and every event, in the run's own time; None if they are too many.

    Packed, for one write is much like the next: a fortieth of its size.
    """
    changes = [list(one) for one in run.changes if one.object["kind"] not in _NOT_SHOWN]
    if len(changes) > MOST_WRITES:
        return None
    events = [list(event) for event in run.events]
    whole = {"zero": run.window.first_write, "changes": changes, "events": events}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode())).decode()


def kept_from(packed: str) -> Kept:
    """What `kept_of` gave."""
    found: JsonObject = json.loads(zlib.decompress(base64.b64decode(packed)))
    return Kept(
        zero=found["zero"],
        changes=[Change(*one) for one in found["changes"]],
        events=[KubeEvent(*one) for one in found["events"]],
    )


def printed(command: str, kept: Kept, at: float) -> str:
    """The output of *command*, one of `COMMANDS`, *at* so many seconds from the first write."""
    return "\n".join(COMMANDS[command](ClusterAt(kept, kept.zero + at)))


def _listed(name: str, *, wide: bool = False) -> Callable[[ClusterAt], list[str]]:
    def lines(cluster: ClusterAt) -> list[str]:
        objects = cluster.objects(TABLES[name].kind)
        return table_lines(TABLES[name], objects, cluster.time, wide) if objects else [NOTHING]

    return lines


def _described(kind: str) -> Callable[[ClusterAt], list[str]]:
    def lines(cluster: ClusterAt) -> list[str]:
        objects = cluster.objects(kind)
        texts = ["\n".join(described(cluster, obj)) for obj in objects]
        return ["\n\n\n".join(texts) if texts else NOTHING]

    return lines


def _status(cluster: ClusterAt) -> list[str]:
    """Of each Deployment there is; `--watch=false` says how it stands instead of waiting."""
    return [rollout_status(one).line for one in cluster.objects("Deployment")] or [NOTHING]


def _history(cluster: ClusterAt) -> list[str]:
    found = [history_lines(cluster, one) for one in cluster.objects("Deployment")]
    return [line for lines in found for line in lines] or [NOTHING]


def _events(cluster: ClusterAt) -> list[str]:
    said = cluster.events()
    return event_lines(said, cluster.time) if said else [NOTHING]


COMMANDS: dict[str, Callable[[ClusterAt], list[str]]] = {
    "get pods": _listed("pods"),
    "get pods -o wide": _listed("pods", wide=True),
    "get deployments": _listed("deployments"),
    "get replicasets": _listed("replicasets"),
    "get endpointslices": _listed("endpointslices"),
    "rollout status deployment --watch=false": _status,
    "rollout history deployment": _history,
    "describe deployments": _described("Deployment"),
    "describe replicasets": _described("ReplicaSet"),
    "describe pods": _described("Pod"),
    "events": _events,
}
