"""What the API server checks beyond names and types of fields, and our own limit of pods.

Sources: kubernetes/kubernetes:pkg/apis/apps/validation/validation.go,
pkg/apis/core/validation/validation.go. The wording follows the API server's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sim.errors import Problem
from sim.i18n import message
from sim.scenario import naming
from sim.scenario.feature_flags import check_flags
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping as MappingNode
from sim.scenario.node import Node, Step, get
from sim.scenario.pod_checks import check_pod
from sim.scenario.quota_checks import check_quota

MOST_PODS = 20_000

_PERCENT = re.compile(r"[0-9]+%", re.ASCII)
# Their names only need to be fit for a path.
_FREE_NAMES = frozenset(["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "APIService"])


def check(node: Node, kind: str, path: str) -> list[Problem]:
    """Everything that the API server would refuse in an object of *kind* that decodes."""
    found = Findings(node, path)
    _metadata(found, kind)
    if kind == "Deployment":
        _deployment(found)
    elif kind == "Service":
        _service(found)
    elif kind == "HorizontalPodAutoscaler" and (spec := found.below("spec")) is not None:
        _autoscaler(spec)
    elif kind == "PodDisruptionBudget" and (spec := found.below("spec")) is not None:
        _disruption_budget(spec)
    elif kind == "ConfigMap":
        check_flags(found)
    elif kind == "ResourceQuota" and (spec := found.below("spec")) is not None:
        check_quota(spec)
    return found.problems


def check_template(node: Node, path: str, selector: Node | None) -> list[Problem]:
    """Everything that the API server would refuse in the pod template of a Deployment."""
    found = Findings(node, path)
    _template(found, selector)
    return found.problems


def _metadata(found: Findings, kind: str) -> None:
    if kind == "Service":
        found.named(("metadata", "name"), naming.service)
    elif kind not in _FREE_NAMES:
        found.named(("metadata", "name"), naming.subdomain)
    found.named(("metadata", "namespace"), naming.label)
    _labels(found)


def _labels(found: Findings) -> None:
    for field in ("labels", "annotations"):
        mapping = get(found.node, "metadata", field)
        for key in mapping.entries if isinstance(mapping, MappingNode) else ():
            wanted = naming.label_key(key)
            if wanted is not None:
                text = message("{found}: not a valid name", found=f'"{key[:60]}"')
                found.note(("metadata", field, key), text, wanted)
            if field == "labels":
                found.named(("metadata", field, key), naming.label_value)


def _deployment(found: Findings) -> None:
    spec = found.below("spec")
    if spec is None:
        return  # Its absence was reported as a missing field.
    spec.at_least(
        0, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
    )
    replicas = spec.integer("replicas")
    if replicas is not None and replicas > MOST_PODS:
        spec.invalid(
            ("replicas",),
            message("more pods than can be simulated"),
            message("at most {most}", most=MOST_PODS),
        )
    ready, deadline = spec.integer("minReadySeconds") or 0, spec.integer("progressDeadlineSeconds")
    if (600 if deadline is None else deadline) <= ready and not (deadline or 0) < 0:
        step = "progressDeadlineSeconds" if deadline is not None else "minReadySeconds"
        why = message("progressDeadlineSeconds must be greater than minReadySeconds")
        spec.invalid((step,), why, message("at least {least}", least=ready + 1))
    _strategy(spec)
    _selector(spec)
    template = spec.below("template")
    if template is not None:
        _template(template, get(spec.node, "selector"))


def _strategy(spec: Findings) -> None:
    strategy = spec.below("strategy")
    if strategy is None:
        return
    strategy.one_of("type", "Recreate", "RollingUpdate")
    rolling = strategy.below("rollingUpdate")
    if rolling is None:
        return
    if strategy.text("type") == "Recreate":
        strategy.note(
            ("rollingUpdate",),
            message("may not be specified when strategy `type` is 'Recreate'"),
            message("remove it, or use type: RollingUpdate"),
        )
        return
    surge = _int_or_percent(rolling, "maxSurge")
    unavailable = _int_or_percent(rolling, "maxUnavailable", most_percent=100)
    if surge == 0 and unavailable == 0:
        rolling.invalid(
            ("maxUnavailable",),
            message("may not be 0 when `maxSurge` is 0"),
            message("at least one of the two must let the rollout move, such as maxSurge: 1"),
        )


def _int_or_percent(rolling: Findings, name: str, most_percent: int | None = None) -> int | None:
    """The number that is written, without its percent sign; None if absent or wrong."""
    whole, text = rolling.integer(name), rolling.text(name)
    if whole is not None:
        rolling.at_least(0, name)
        return whole
    if text is None:
        return None
    if not _PERCENT.fullmatch(text) or len(text) > 10:
        rolling.invalid(
            (name,),
            message("a valid percent string must be a numeric string followed by an ending '%'"),
            message('such as "25%", or a whole number without quotes'),
        )
        return None
    percent = int(text[:-1])
    if most_percent is not None and percent > most_percent:
        rolling.invalid((name,), message("must not be greater than 100%"))
    return percent


def _autoscaler(spec: Findings) -> None:
    """pkg/apis/autoscaling/validation/validation.go"""
    spec.at_least(1, "minReplicas", "maxReplicas")
    least, most = spec.integer("minReplicas"), spec.integer("maxReplicas")
    if least is not None and most is not None and most < least:
        text = message("must be greater than or equal to `minReplicas`")
        spec.invalid(("maxReplicas",), text, message("at least {least}", least=least))


def _disruption_budget(spec: Findings) -> None:
    """pkg/apis/policy/validation/validation.go"""
    if spec.has("minAvailable") and spec.has("maxUnavailable"):
        text = message("minAvailable and maxUnavailable cannot be both set")
        spec.invalid(("maxUnavailable",), text, message("keep one of the two"))
    _int_or_percent(spec, "minAvailable", most_percent=100)
    _int_or_percent(spec, "maxUnavailable", most_percent=100)
    spec.one_of("unhealthyPodEvictionPolicy", "IfHealthyBudget", "AlwaysAllow")


def _selector(spec: Findings) -> None:
    selector = spec.below("selector")
    if selector is None:
        return
    if not selector.texts("matchLabels") and not list(selector.each("matchExpressions")):
        selector.note(
            (),
            message("an empty selector is invalid for a Deployment"),
            message("matchLabels with the labels of the pod template"),
        )
    for rule in selector.each("matchExpressions"):
        rule.one_of("operator", "In", "NotIn", "Exists", "DoesNotExist")


def _template(template: Findings, selector: Node | None) -> None:
    _labels(template)
    labels = template.texts("metadata", "labels")
    unmet = _unmet(Findings(selector, ""), labels) if selector is not None else None
    if unmet is not None:
        shown = ", ".join(f"{key}={value}" for key, value in labels.items()) or "-"
        nearest = get(template.node, "metadata", "labels", unmet)
        problem = message("`selector` does not match template `labels` ({labels})", labels=shown)
        hint = message("the pods need every label that spec.selector names")
        wanted = Findings(selector, "").texts("matchLabels").get(unmet) if selector else None
        if wanted is not None:
            hint = message("the selector wants {wanted}", wanted=f"{unmet}={wanted}")
        steps = ("metadata", "labels")
        if nearest is None:
            template.note(steps, problem, hint)
        else:
            template.problems.append(nearest.place.problem(problem, template.at(*steps), hint))
    pod = template.below("spec")
    if pod is not None:
        check_pod(pod)


_OPERATORS: Mapping[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


def _unmet(selector: Findings, labels: dict[str, str]) -> str | None:
    """The first label that keeps *selector* from matching, None if it matches."""
    for key, value in selector.texts("matchLabels").items():
        if labels.get(key) != value:
            return key
    for rule in selector.each("matchExpressions"):
        key = rule.text("key") or ""
        holds = _OPERATORS.get(rule.text("operator") or "")
        values = [text for item in rule.each("values") if (text := item.text()) is not None]
        if holds is not None and not holds(labels.get(key), values):
            return key
    return None


_AFFINITY_TIMEOUT = ("sessionAffinityConfig", "clientIP", "timeoutSeconds")


def _service(found: Findings) -> None:
    spec = found.below("spec")
    if spec is None:
        return
    spec.one_of("type", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
    spec.one_of("sessionAffinity", "None", "ClientIP")
    timeout = spec.integer(*_AFFINITY_TIMEOUT)
    if timeout is not None and not 1 <= timeout <= 86_400:
        spec.invalid(_AFFINITY_TIMEOUT, message("must be between 1 and 86400, inclusive"))
    ports = list(spec.each("ports"))
    free = spec.text("type") == "ExternalName" or spec.text("clusterIP") == "None"
    if not ports and not free:
        spec.note(
            ("ports",),
            message("required value"),
            message("add ports: a list with at least one port"),
        )
    names: set[str] = set()
    for port in ports:
        if len(ports) > 1 and port.text("name") is None:
            port.note(
                ("name",),
                message("required value"),
                message("with several ports each needs a name"),
            )
        port.named(("name",), naming.label)
        _port_number(port, ("port",))
        _port_number(port, ("targetPort",))
        name = port.text("name")
        if name is not None and name in names:
            port.invalid(("name",), message("duplicate value"))
        names.add(name or "")


def _port_number(port: Findings, steps: tuple[Step, ...]) -> None:
    number = port.integer(*steps)
    if number is not None and not 1 <= number <= 65535:
        port.invalid(steps, message("must be between 1 and 65535, inclusive"))
