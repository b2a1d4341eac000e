"""What `kubectl rollout history` prints.

(kubernetes/kubectl pkg/polymorphichelpers/history.go, pkg/cmd/rollout/rollout_history.go)
"""

from __future__ import annotations

from sim.analysis.cluster_at import ClusterAt
from sim.analysis.kubectl_tables import NONE, aligned
from sim.model.objects import JsonObject, annotations_of, labels_of, name_of
from sim.model.revision import CHANGE_CAUSE, owned_by, revision_of


def history_lines(cluster: ClusterAt, deployment: JsonObject) -> list[str]:
    """Every revision in ascending order with its change cause; an empty line ends it."""
    sets = owned_by(deployment, cluster.objects("ReplicaSet"))
    known = sorted((revision_of(rs), annotations_of(rs).get(CHANGE_CAUSE, NONE)) for rs in sets)
    rows = [("REVISION", "CHANGE-CAUSE"), *((str(number), cause) for number, cause in known)]
    lines = aligned(rows, gap=2)
    return [f"deployment.apps/{name_of(deployment)} ", *lines, ""]


def revision_lines(cluster: ClusterAt, deployment: JsonObject, revision: int) -> list[str] | None:
    """The pod template of one *revision*; None if the history has no such one."""
    for rs in owned_by(deployment, cluster.objects("ReplicaSet")):
        if revision_of(rs) == revision:
            head = f"deployment.apps/{name_of(deployment)} with revision #{revision}"
            return [head, "Pod Template:", *template_lines(rs["spec"]["template"])]
    return None


def template_lines(template: JsonObject) -> list[str]:
    """A pod template as `kubectl describe` writes it."""
    lines = _block("  Labels:", labels_of(template))
    if notes := annotations_of(template):
        lines += _block("  Annotations:", notes)
    for title, field in (("Init Containers", "initContainers"), ("Containers", "containers")):
        found = template["spec"].get(field) or ()
        lines += [f"  {title}:"] if found else []
        for one in found:
            lines += _container(one)
    return lines


def _block(title: str, pairs: object) -> list[str]:
    items = [f"{key}={value}" for key, value in sorted(dict(pairs).items())]  # type: ignore[call-overload]
    first, *rest = items or [NONE]
    return [f"{title}\t{first}", *(f"\t\t{one}" for one in rest)]


def _container(container: JsonObject) -> list[str]:
    ports = container.get("ports") or ()
    shown = ", ".join(f"{one['containerPort']}/{one.get('protocol', 'TCP')}" for one in ports)
    lines = [f"   {container['name']}:", f"    Image:\t{container.get('image', '')}"]
    lines.append(f"    Port:\t{shown or NONE}")
    for title, which in (("Limits", "limits"), ("Requests", "requests")):
        amounts = (container.get("resources") or {}).get(which) or {}
        if amounts:
            lines.append(f"    {title}:")
            lines += [f"      {name}:\t{amount}" for name, amount in sorted(amounts.items())]
    return lines
