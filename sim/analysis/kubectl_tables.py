"""The tables of `kubectl get`: one function per kind, in kubectl's own columns.

(kubernetes/kubernetes pkg/printers/internalversion/printers.go)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sim.analysis.cluster_at import ClusterAt, Said
from sim.analysis.kubectl_pods import pod_line
from sim.model.age import human_duration
from sim.model.event_type import event_type
from sim.model.objects import JsonObject, condition, labels_of, name_of
from sim.model.pod import node_of

Row: TypeAlias = Sequence[str]
NONE = "<none>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, and as many more with `-o wide`; *row* tells one object's cells, wide ones last.

    *group* is the kind's API group, empty for the core's.
    """

    kind: str
    columns: Sequence[str]
    wide: Sequence[str]
    row: Callable[[JsonObject, float], Row]
    group: str = ""

    def resource(self, plural: str) -> str:
        """How the API server calls the kind whose *plural* this is: pods, deployments.apps."""
        return f"{plural}.{self.group}" if self.group else plural


def _age(obj: JsonObject, now: float) -> str:
    return human_duration(now - obj["metadata"]["creationTimestamp"])


def _pod(pod: JsonObject, now: float) -> Row:
    line = pod_line(pod, now)
    status = pod.get("status", {})
    gates = pod["spec"].get("readinessGates") or ()
    conditions = {one["type"]: one["status"] for one in status.get("conditions") or ()}
    opened = sum(conditions.get(one["conditionType"]) == "True" for one in gates)
    return (
        *(name_of(pod), line.ready, line.status, line.restarts, _age(pod, now)),
        *(status.get("podIP") or NONE, node_of(pod) or NONE, NONE),
        f"{opened}/{len(gates)}" if gates else NONE,
    )


def _template_cells(obj: JsonObject) -> Row:
    containers = obj["spec"]["template"]["spec"]["containers"]
    return (
        ",".join(one["name"] for one in containers),
        ",".join(one.get("image", "") for one in containers),
        _labels((obj["spec"].get("selector") or {}).get("matchLabels") or {}),
    )


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or NONE


def _deployment(obj: JsonObject, now: float) -> Row:
    status = obj.get("status", {})
    ready = f"{status.get('readyReplicas', 0)}/{obj['spec'].get('replicas', 1)}"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    counts = (name_of(obj), ready, str(updated), str(available), _age(obj, now))
    return (*counts, *_template_cells(obj))


def _replica_set(obj: JsonObject, now: float) -> Row:
    status = obj.get("status", {})
    counts = (obj["spec"].get("replicas", 1), status.get("replicas", 0))
    ready = status.get("readyReplicas", 0)
    cells = (name_of(obj), *map(str, counts), str(ready), _age(obj, now))
    return (*cells, *_template_cells(obj))


def _service(obj: JsonObject, now: float) -> Row:
    spec = obj["spec"]
    ports = ",".join(
        f"{one['port']}/{one.get('protocol', 'TCP')}" for one in spec.get("ports") or ()
    )
    address = spec.get("clusterIP") or NONE
    cells = (name_of(obj), spec.get("type", "ClusterIP"), address, NONE, ports or NONE)
    return (*cells, _age(obj, now), _labels(spec.get("selector") or {}))


def _slice(obj: JsonObject, now: float) -> Row:
    ports = ",".join(str(one["port"]) for one in obj.get("ports") or ()) or "<unset>"
    addresses = [address for one in obj["endpoints"] for address in one["addresses"]]
    shown = ",".join(addresses[:3])
    if len(addresses) > 3:
        shown += f" + {len(addresses) - 3} more..."
    return (name_of(obj), obj["addressType"], ports, shown or "<unset>", _age(obj, now))


def _node(obj: JsonObject, now: float) -> Row:
    ready = condition(obj, "Ready")
    word = "Ready" if ready is not None and ready["status"] == "True" else "NotReady"
    if obj["spec"].get("unschedulable"):
        word += ",SchedulingDisabled"
    room = obj["status"]["allocatable"]
    return (name_of(obj), word, NONE, _age(obj, now), room["cpu"], room["memory"], room["pods"])


def _budget(obj: JsonObject, now: float) -> Row:
    spec, status = obj["spec"], obj.get("status", {})
    least, most = (str(spec.get(name, "N/A")) for name in ("minAvailable", "maxUnavailable"))
    allowed = str(status.get("disruptionsAllowed", 0))
    return (name_of(obj), least, most, allowed, _age(obj, now))


def _autoscaler(obj: JsonObject, now: float) -> Row:
    spec, status = obj["spec"], obj.get("status", {})
    reference = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
    known = {
        one["resource"]["name"]: one["resource"]["current"]
        for one in status.get("currentMetrics") or ()
    }
    targets = []
    for metric in spec.get("metrics") or ():
        wanted = (metric.get("resource") or {}).get("target") or {}
        name = (metric.get("resource") or {}).get("name", metric["type"].lower())
        now_used = known.get(name) or {}
        if "averageUtilization" in wanted:
            used = now_used.get("averageUtilization")
            shown = "<unknown>" if used is None else f"{used}%"
            targets.append(f"{name}: {shown}/{wanted['averageUtilization']}%")
        else:
            shown = now_used.get("averageValue", "<unknown>")
            targets.append(f"{name}: {shown}/{wanted.get('averageValue', '<unknown>')}")
    bounds = (str(spec.get("minReplicas", 1)), str(spec["maxReplicas"]))
    count = str(status.get("currentReplicas", 0))
    return (name_of(obj), reference, ", ".join(targets), *bounds, count, _age(obj, now))


_POD_WIDE = ("IP", "NODE", "NOMINATED NODE", "READINESS GATES")
_TEMPLATE = ("CONTAINERS", "IMAGES", "SELECTOR")
TABLES = {
    "pods": Table(
        kind="Pod",
        columns=("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
        wide=_POD_WIDE,
        row=_pod,
    ),
    "deployments": Table(
        kind="Deployment",
        group="apps",
        columns=("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"),
        wide=_TEMPLATE,
        row=_deployment,
    ),
    "replicasets": Table(
        kind="ReplicaSet",
        group="apps",
        columns=("NAME", "DESIRED", "CURRENT", "READY", "AGE"),
        wide=_TEMPLATE,
        row=_replica_set,
    ),
    "services": Table(
        kind="Service",
        columns=("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"),
        wide=("SELECTOR",),
        row=_service,
    ),
    "endpointslices": Table(
        kind="EndpointSlice",
        group="discovery.k8s.io",
        columns=("NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"),
        wide=(),
        row=_slice,
    ),
    "nodes": Table(
        kind="Node",
        columns=("NAME", "STATUS", "ROLES", "AGE"),
        wide=("CPU", "MEMORY", "PODS"),
        row=_node,
    ),
    "horizontalpodautoscalers": Table(
        kind="HorizontalPodAutoscaler",
        group="autoscaling",
        columns=("NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"),
        wide=(),
        row=_autoscaler,
    ),
    "poddisruptionbudgets": Table(
        kind="PodDisruptionBudget",
        group="policy",
        columns=("NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"),
        wide=(),
        row=_budget,
    ),
}
SHORT = {
    "po": "pods",
    "deploy": "deployments",
    "rs": "replicasets",
    "svc": "services",
    "no": "nodes",
    "pdb": "poddisruptionbudgets",
    "hpa": "horizontalpodautoscalers",
    "ev": "events",
}
EVENT_COLUMNS = ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")


def table_lines(table: Table, objects: Sequence[JsonObject], now: float, wide: bool) -> list[str]:
    """The table of *objects* at *now*, its header first."""
    count = len(table.columns)
    head = [*table.columns, *(table.wide if wide else ())]
    rows = [list(table.row(obj, now))[: len(head) if wide else count] for obj in objects]
    return aligned([head, *rows])


def event_lines(said: Sequence[Said], now: float, lower: bool = False) -> list[str]:
    """The table of `kubectl events`, the latest last; `kubectl get events` writes kinds *lower*."""
    rows = [
        (
            last_seen(one, now),
            event_type(one.subject, one.reason, one.note),
            one.reason,
            _lower(one.subject) if lower else one.subject,
            one.note,
        )
        for one in said
    ]
    return aligned([EVENT_COLUMNS, *rows])


def last_seen(said: Said, now: float) -> str:
    """How long ago, and how often since when: `12s (x3 over 45s)`."""
    ago = human_duration(now - said.last)
    if said.count == 1:
        return ago
    return f"{ago} (x{said.count} over {human_duration(now - said.first)})"


def aligned(rows: Sequence[Row], gap: int = 3) -> list[str]:
    """Rows as kubectl prints them: columns *gap* blanks apart, the last one as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "".join(
            cell if place == len(row) - 1 else cell.ljust(width + gap)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def selected(cluster: ClusterAt, kind: str, labels: Mapping[str, str]) -> list[JsonObject]:
    """The objects of *kind* that carry *labels*."""
    found = cluster.objects(kind)
    return [obj for obj in found if labels.items() <= labels_of(obj).items()]


def _lower(subject: str) -> str:
    kind, _, name = subject.partition("/")
    return f"{kind.lower()}/{name}"
