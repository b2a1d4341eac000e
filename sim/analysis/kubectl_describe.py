"""What `kubectl describe` prints of pods, Deployments, ReplicaSets and nodes, in its own order.

Moments are seconds of the run, for a simulated cluster has no calendar.
(kubernetes/kubectl pkg/describe/describe.go)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sim.analysis.cluster_at import ClusterAt
from sim.analysis.kubectl_rollout import template_lines
from sim.analysis.kubectl_tables import NONE, aligned, last_seen
from sim.model.event_type import component_of, event_type
from sim.model.objects import JsonObject, annotations_of, labels_of, name_of, namespace_of
from sim.model.pod import controller_of, node_of, phase_of
from sim.model.revision import owned_by, revision_of
from sim.model.rollout import is_rolling
from sim.model.taints import shown

_WIDTH = 24


def described(cluster: ClusterAt, obj: JsonObject) -> list[str]:
    """Everything about *obj* at the moment of *cluster*, its events last."""
    lines = _DESCRIBERS[obj["kind"]](cluster, obj)
    return [*lines, *_events(cluster, obj)]


def can_describe(kind: str) -> bool:
    """Whether there is a description of objects of *kind*."""
    return kind in _DESCRIBERS


def _field(title: str, value: object) -> str:
    return f"{title + ':':<{_WIDTH}}{value}"


def _pairs(title: str, pairs: Mapping[str, str]) -> list[str]:
    first, *rest = [f"{key}={value}" for key, value in sorted(pairs.items())] or [NONE]
    return [_field(title, first), *(" " * _WIDTH + one for one in rest)]


def _head(obj: JsonObject) -> list[str]:
    lines = [_field("Name", name_of(obj))]
    if obj["kind"] != "Node":
        lines.append(_field("Namespace", namespace_of(obj)))
    return lines


def _moment(seconds: float) -> str:
    return f"{seconds:.3f}s"


def _pod(cluster: ClusterAt, pod: JsonObject) -> list[str]:
    status = pod.get("status", {})
    node = node_of(pod)
    lines = _head(pod)
    lines.append(_field("Node", f"{node}/{status.get('hostIP', '')}" if node else NONE))
    if "startTime" in status:
        lines.append(_field("Start Time", _moment(status["startTime"])))
    lines += _pairs("Labels", labels_of(pod))
    lines += _pairs("Annotations", annotations_of(pod))
    leaving = pod["metadata"].get("deletionTimestamp")
    if leaving is not None:
        grace = pod["metadata"]["deletionGracePeriodSeconds"]
        left = f"Terminating (until {_moment(leaving)})"
        lines += [_field("Status", left), _field("Termination Grace Period", f"{grace:g}s")]
    else:
        lines.append(_field("Status", status.get("phase", "Pending")))
    lines.append(_field("IP", status.get("podIP", "")))
    if (owner := controller_of(pod)) is not None:
        lines.append(_field("Controlled By", f"{owner['kind']}/{owner['name']}"))
    for title, specs, statuses in (
        ("Init Containers", "initContainers", "initContainerStatuses"),
        ("Containers", "containers", "containerStatuses"),
    ):
        known = {one["name"]: one for one in status.get(statuses) or ()}
        found = pod["spec"].get(specs) or ()
        lines += [f"{title}:"] if found else []
        for one in found:
            lines += _container(one, known.get(one["name"]))
    lines += _conditions(status.get("conditions") or (), ("Type", "Status"))
    lines.append(_field("QoS Class", status.get("qosClass", NONE)))
    tolerations = [_toleration(one) for one in pod["spec"].get("tolerations") or ()]
    first, *rest = tolerations or [NONE]
    return [
        *lines,
        _field("Tolerations", first),
        *(" " * _WIDTH + one for one in rest),
    ]


def _toleration(one: JsonObject) -> str:
    text: str = one.get("key", "")
    if one.get("value"):
        text += f"={one['value']}"
    if one.get("effect"):
        text += f":{one['effect']}"
    if one.get("operator") == "Exists":
        text += " op=Exists"
    seconds = one.get("tolerationSeconds")
    return text if seconds is None else f"{text} for {seconds}s"


def _container(spec: JsonObject, status: JsonObject | None) -> list[str]:
    lines = [f"  {spec['name']}:", f"    {_field('Image', spec.get('image', ''))}"]
    if status is None:
        return lines
    lines += _state("State", status["state"])
    if status.get("lastState"):
        lines += _state("Last State", status["lastState"])
    lines.append(f"    {_field('Ready', status['ready'])}")
    lines.append(f"    {_field('Restart Count', status['restartCount'])}")
    for title, field in (
        ("Liveness", "livenessProbe"),
        ("Readiness", "readinessProbe"),
        ("Startup", "startupProbe"),
    ):
        if probe := spec.get(field):
            lines.append(f"    {_field(title, _probe(probe))}")
    return lines


def _probe(probe: JsonObject) -> str:
    if http := probe.get("httpGet"):
        where = f"http-get http://:{http.get('port')}{http.get('path', '/')}"
    elif tcp := probe.get("tcpSocket"):
        where = f"tcp-socket :{tcp.get('port')}"
    elif command := (probe.get("exec") or {}).get("command"):
        where = f"exec [{' '.join(map(str, command))}]"
    else:
        where = f"grpc <pod>:{(probe.get('grpc') or {}).get('port', '')}"
    return (
        f"{where} delay={probe.get('initialDelaySeconds', 0)}s"
        f" timeout={probe.get('timeoutSeconds', 1)}s period={probe.get('periodSeconds', 10)}s"
        f" #success={probe.get('successThreshold', 1)}"
        f" #failure={probe.get('failureThreshold', 3)}"
    )


def _state(title: str, state: JsonObject) -> list[str]:
    if running := state.get("running"):
        return [
            f"    {_field(title, 'Running')}",
            f"      {_field('Started', _moment(running['startedAt']))}",
        ]
    if waiting := state.get("waiting"):
        lines = [f"    {_field(title, 'Waiting')}", f"      {_field('Reason', waiting['reason'])}"]
        if waiting.get("message"):
            lines.append(f"      {_field('Message', waiting['message'])}")
        return lines
    ended = state["terminated"]
    lines = [f"    {_field(title, 'Terminated')}", f"      {_field('Reason', ended['reason'])}"]
    lines.append(f"      {_field('Exit Code', ended['exitCode'])}")
    if "startedAt" in ended:
        lines.append(f"      {_field('Started', _moment(ended['startedAt']))}")
    return [*lines, f"      {_field('Finished', _moment(ended['finishedAt']))}"]


def _conditions(conditions: Iterable[JsonObject], titles: tuple[str, ...]) -> list[str]:
    rows = [(one["type"], one["status"], one.get("reason", "")) for one in conditions]
    width = len(titles)
    table = [titles, tuple("-" * len(title) for title in titles), *(row[:width] for row in rows)]
    return ["Conditions:", *("  " + line for line in aligned(table, gap=2))] if rows else []


def _deployment(cluster: ClusterAt, obj: JsonObject) -> list[str]:
    spec, status = obj["spec"], obj.get("status", {})
    lines = [*_head(obj), *_pairs("Labels", labels_of(obj))]
    lines += _pairs("Annotations", annotations_of(obj))
    lines += _pairs("Selector", spec["selector"].get("matchLabels") or {})
    counts = (
        f"{spec.get('replicas', 1)} desired | {status.get('updatedReplicas', 0)} updated"
        f" | {status.get('replicas', 0)} total | {status.get('availableReplicas', 0)} available"
        f" | {status.get('unavailableReplicas', 0)} unavailable"
    )
    lines.append(_field("Replicas", counts))
    lines.append(_field("StrategyType", (spec.get("strategy") or {}).get("type", "RollingUpdate")))
    lines.append(_field("MinReadySeconds", spec.get("minReadySeconds", 0)))
    if is_rolling(obj):
        rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
        budget = (
            f"{rolling.get('maxUnavailable', '25%')} max unavailable,"
            f" {rolling.get('maxSurge', '25%')} max surge"
        )
        lines.append(_field("RollingUpdateStrategy", budget))
    lines += ["Pod Template:", *template_lines(spec["template"])]
    lines += _conditions(status.get("conditions") or (), ("Type", "Status", "Reason"))
    sets = sorted(owned_by(obj, cluster.objects("ReplicaSet")), key=revision_of)
    present = [rs for rs in sets if revision_of(rs) == revision_of(obj)]
    olds = [rs for rs in sets if rs not in present]
    lines.append(_field("OldReplicaSets", ", ".join(map(_set, olds)) or NONE))
    return [*lines, _field("NewReplicaSet", ", ".join(map(_set, present)) or NONE)]


def _set(rs: JsonObject) -> str:
    created = rs.get("status", {}).get("replicas", 0)
    return f"{name_of(rs)} ({created}/{rs['spec'].get('replicas', 1)} replicas created)"


def _replica_set(cluster: ClusterAt, rs: JsonObject) -> list[str]:
    status = rs.get("status", {})
    lines = [*_head(rs), *_pairs("Selector", rs["spec"]["selector"].get("matchLabels") or {})]
    lines += [*_pairs("Labels", labels_of(rs)), *_pairs("Annotations", annotations_of(rs))]
    if (owner := controller_of(rs)) is not None:
        lines.append(_field("Controlled By", f"{owner['kind']}/{owner['name']}"))
    counts = f"{status.get('replicas', 0)} current / {rs['spec'].get('replicas', 1)} desired"
    lines.append(_field("Replicas", counts))
    mine = owned_by(rs, cluster.objects("Pod"))
    phases = [phase_of(pod) for pod in mine]
    named = {"Running": "Running", "Pending": "Waiting"} | {p: p for p in ("Succeeded", "Failed")}
    shown_counts = " / ".join(f"{phases.count(phase)} {word}" for phase, word in named.items())
    lines.append(_field("Pods Status", shown_counts))
    lines += ["Pod Template:", *template_lines(rs["spec"]["template"])]
    return [*lines, *_conditions(status.get("conditions") or (), ("Type", "Status", "Reason"))]


def _node(cluster: ClusterAt, node: JsonObject) -> list[str]:
    lines = [*_head(node), *_pairs("Labels", labels_of(node))]
    first, *rest = [
        f"{shown(one)[1:-1].replace(': ', '=').rstrip('=')}:{one['effect']}"
        for one in node["spec"].get("taints") or ()
    ] or [NONE]
    lines += [_field("Taints", first), *(" " * _WIDTH + one for one in rest)]
    lines.append(_field("Unschedulable", str(bool(node["spec"].get("unschedulable"))).lower()))
    lines += _conditions(node["status"]["conditions"], ("Type", "Status", "Reason"))
    for title in ("capacity", "allocatable"):
        lines.append(f"{title.capitalize()}:")
        lines += [f"  {_field(name, text)}" for name, text in node["status"][title].items()]
    mine = [pod for pod in cluster.objects("Pod") if node_of(pod) == name_of(node)]
    lines.append(f"Non-terminated Pods: ({len(mine)} in total)")
    return [*lines, *(f"  {namespace_of(pod)}  {name_of(pod)}" for pod in mine)]


_DESCRIBERS: Mapping[str, Callable[[ClusterAt, JsonObject], list[str]]] = {
    "Deployment": _deployment,
    "Node": _node,
    "Pod": _pod,
    "ReplicaSet": _replica_set,
}


def _events(cluster: ClusterAt, obj: JsonObject) -> list[str]:
    subject = f"{obj['kind']}/{name_of(obj)}"
    said = cluster.events(subject)
    if not said:
        return [_field("Events", NONE)]
    titles = ("Type", "Reason", "Age", "From", "Message")
    rows = [
        (
            event_type(subject, one.reason, one.note),
            one.reason,
            last_seen(one, cluster.time),
            component_of(subject, one.reason),
            one.note,
        )
        for one in said
    ]
    rules = tuple("-" * len(title) for title in titles)
    return ["Events:", *("  " + line for line in aligned([titles, rules, *rows], gap=2))]
