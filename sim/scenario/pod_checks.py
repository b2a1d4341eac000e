"""What the API server checks in a pod of a Deployment: containers, probes, hooks, resources.

Source: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from sim.i18n import message
from sim.model.quantity import quantity
from sim.model.unreadable import Unreadable
from sim.scenario import naming
from sim.scenario.findings import Findings
from sim.scenario.node import Mapping, Scalar, get

_PROBE_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_HOOK_HANDLERS = ("exec", "httpGet", "sleep", "tcpSocket")
_DEFAULT_GRACE_SECONDS = 30
MEGACORE = 10**6  # 250M of CPU is 250 million cores; 250m was meant.


def check_pod(pod: Findings) -> None:
    """Note everything wrong in a pod's spec."""
    pod.at_least(0, "terminationGracePeriodSeconds")
    restart = pod.text("restartPolicy")
    if restart is not None and restart != "Always":
        pod.invalid(
            ("restartPolicy",),
            message("unsupported value"),
            message("a Deployment's pods always restart: Always"),
        )
    containers = list(pod.each("containers"))
    if pod.has("containers") and not containers:
        pod.note(("containers",), message("required value"), message("at least one container"))
    grace = pod.integer("terminationGracePeriodSeconds")
    grace = _DEFAULT_GRACE_SECONDS if grace is None else grace
    names: set[str] = set()
    for one in [*pod.each("initContainers"), *containers]:
        _container(one, grace)
        name = one.text("name")
        if name is not None and name in names:
            one.invalid(("name",), message("duplicate value"), message("each name once in a pod"))
        names.add(name or "")


def _container(one: Findings, grace: int) -> None:
    one.named(("name",), naming.label)
    image = one.text("image")
    if not one.has("image") or image == "":
        one.note(("image",), message("required value"), message("add image: such as nginx:1.21"))
    elif image is not None and image != image.strip():
        one.invalid(("image",), message("must not have leading or trailing spaces"))
    one.one_of("imagePullPolicy", "Always", "IfNotPresent", "Never")
    _ports(one)
    _resources(one)
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        probe = one.below(name)
        if probe is not None:
            _probe(probe, name)
    for name in ("preStop", "postStart"):
        hook = one.below("lifecycle", name)
        if hook is not None:
            _hook(hook, grace)


def _ports(one: Findings) -> None:
    names: set[str] = set()
    for port in one.each("ports"):
        number = port.integer("containerPort")
        if number is not None and not 1 <= number <= 65535:
            port.invalid(("containerPort",), message("must be between 1 and 65535, inclusive"))
        port.one_of("protocol", "TCP", "UDP", "SCTP")
        port.named(("name",), naming.port)
        name = port.text("name")
        if name is not None and name in names:
            port.invalid(("name",), message("duplicate value"))
        names.add(name or "")


def _resources(one: Findings) -> None:
    limits = _amounts(one, "limits")
    for name, amount in _amounts(one, "requests").items():
        limit = limits.get(name)
        if limit is not None and amount > limit:
            shown = get(one.node, "resources", "limits", name)
            one.invalid(
                ("resources", "requests", name),
                message(
                    "must be less than or equal to {name} limit of {limit}",
                    name=name,
                    limit=shown.text if isinstance(shown, Scalar) else "",
                ),
                message("did you mean {name}?", name=f"{amount / 10**6:g}m")
                if name == "cpu" and amount >= MEGACORE
                else message("lower the request or raise the limit"),
            )


def _amounts(one: Findings, which: str) -> dict[str, float]:
    mapping = get(one.node, "resources", which)
    amounts = {}
    for name, node in mapping.entries.items() if isinstance(mapping, Mapping) else ():
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or node.value is None:
            continue
        try:
            amounts[name] = quantity(node.text if node.plain else str(node.value))
        except Unreadable:
            continue  # Reported while decoding.
        if amounts[name] < 0:
            one.invalid(("resources", which, name), message("must be greater than or equal to 0"))
    return amounts


def _probe(probe: Findings, name: str) -> None:
    _one_handler(probe, _PROBE_HANDLERS)
    probe.at_least(
        0,
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    )
    success = probe.integer("successThreshold")
    if name != "readinessProbe" and success is not None and success > 1:
        probe.invalid(("successThreshold",), message("must be 1"))
    if not probe.has("terminationGracePeriodSeconds"):
        return
    if name == "readinessProbe":
        probe.note(
            ("terminationGracePeriodSeconds",),
            message("must not be set for readinessProbes"),
            message("a failing readiness probe never stops a container"),
        )
    else:
        probe.at_least(1, "terminationGracePeriodSeconds")


def _hook(hook: Findings, grace: int) -> None:
    _one_handler(hook, _HOOK_HANDLERS)
    seconds = hook.integer("sleep", "seconds")
    if seconds is not None and not 0 <= seconds <= grace:
        hook.invalid(
            ("sleep", "seconds"),
            message(
                "must be non-negative and less than terminationGracePeriodSeconds ({grace})",
                grace=grace,
            ),
        )


def _one_handler(found: Findings, handlers: tuple[str, ...]) -> None:
    given = [name for name in handlers if found.has(name)]
    known = ", ".join(handlers)
    if not given:
        found.note(
            (), message("must specify a handler type"), message("one of {known}", known=known)
        )
    elif len(given) > 1:
        found.note(
            (given[1],),
            message("may not specify more than 1 handler type"),
            message("keep one of {known}", known=", ".join(given)),
        )
    for name in ("httpGet", "tcpSocket", "grpc"):
        port = found.integer(name, "port")
        if port is not None and not 1 <= port <= 65535:
            found.invalid((name, "port"), message("must be between 1 and 65535, inclusive"))
