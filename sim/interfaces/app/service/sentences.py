"""What manifests were understood to be, in sentences that their author can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.i18n import Message, message
from sim.model.hook import hook_of
from sim.model.objects import JsonObject, name_of

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

DEFAULT_GRACE_SECONDS = 30
PATCH = "patch"
_RELEASED = ("Deployment", "Rollout", "AnalysisTemplate", "ClusterAnalysisTemplate")


def sentences(scenario: Scenario) -> Iterator[Message]:
    """Pods, how they start and stop, who scales and reaches them, and what the release is."""
    pod = scenario.deployment["spec"]["template"]["spec"]
    serving = pod["containers"][0]
    yield _pods(scenario)
    yield _readiness(serving.get("readinessProbe"))
    yield _stop(serving, pod)
    yield _resources(serving.get("resources") or {})
    yield _service(scenario)
    for one in scenario.applied:
        found = _companion(one)
        if found is not None:
            yield found
    changes = ", ".join(_changes(pod, scenario.release.template["spec"]))
    named = scenario.release.kind == PATCH and changes
    yield message("The release: {what}.", what=changes if named else scenario.release.describe)
    acting = {(one["kind"], name_of(one)) for one in scenario.applied}
    idle = [
        f"{one['kind']}/{name_of(one)}"
        for one in scenario.kept
        if (one["kind"], name_of(one)) not in acting and one["kind"] not in _RELEASED
    ]
    if idle:
        yield message("Read, but without effect in the simulation: {what}.", what=", ".join(idle))


def _changes(old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Images and variables that differ, container by container."""
    before = {one["name"]: one for one in _containers(old)}
    for one in _containers(new):
        was = before.get(one["name"], {})
        if one.get("image") != was.get("image"):
            yield f"{one['name']}: {was.get('image')} → {one.get('image')}"
        known = {v["name"]: v.get("value") for v in was.get("env") or []}
        for variable in one.get("env") or []:
            name, value = variable["name"], variable.get("value")
            if value is not None and known.get(name) != value:
                yield f"{name}: {known.get(name) or '-'} → {value}"


def _containers(pod: JsonObject) -> list[JsonObject]:
    return [*(pod.get("initContainers") or []), *pod["containers"]]


def _pods(scenario: Scenario) -> Message:
    spec = scenario.deployment["spec"]
    budget = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    given = {
        "title": scenario.title,
        "replicas": spec["replicas"],
        "images": ", ".join(
            str(one.get("image")) for one in spec["template"]["spec"]["containers"]
        ),
    }
    if scenario.own is not None and scenario.own.second is None:
        given["title"] = f"Rollout/{name_of(scenario.deployment)}"
        return message(
            "{title}: {replicas} pods of {images}; it says itself how it is released, by"
            " {strategy}.",
            **given,
            strategy=scenario.own.name,
        )
    if (spec.get("strategy") or {}).get("type") == "Recreate":
        return message(
            "{title}: {replicas} pods of {images}; all are stopped before new ones start.", **given
        )
    return message(
        "{title}: {replicas} pods of {images}; a rolling update has up to {surge} more and {less}"
        " fewer.",
        **given,
        surge=budget.get("maxSurge", "25%"),
        less=budget.get("maxUnavailable", "25%"),
    )


def _readiness(probe: JsonObject | None) -> Message:
    if not probe:
        return message("It has no readiness probe: a pod gets requests as soon as it runs.")
    return message(
        "A pod is ready when {probe}; that is asked every {period} s, and {failures} failures in a"
        " row make it unready.",
        probe=_asked(probe),
        period=probe.get("periodSeconds") or 10,
        failures=probe.get("failureThreshold") or 3,
    )


def _asked(probe: JsonObject) -> Message:
    if http := probe.get("httpGet"):
        path, port = http.get("path") or "/", http.get("port")
        return message("GET {path} on port {port} answers", path=path, port=port)
    if tcp := probe.get("tcpSocket"):
        return message("port {port} is open", port=tcp.get("port"))
    if "grpc" in probe:
        return message("its gRPC health check answers")
    return message("a command in it succeeds")


def _stop(container: JsonObject, pod: JsonObject) -> Message:
    grace = pod.get("terminationGracePeriodSeconds")
    grace = DEFAULT_GRACE_SECONDS if grace is None else grace
    hook = hook_of(container, "preStop")
    if not hook.exists:
        return message(
            "It has no preStop: SIGTERM comes at once while proxies still send requests; after"
            " {grace} s it is killed.",
            grace=grace,
        )
    return message(
        "When a pod stops, preStop waits {seconds} s before SIGTERM; after {grace} s it is killed.",
        seconds=f"{hook.seconds:g}",
        grace=grace,
    )


def _resources(found: JsonObject) -> Message:
    none = message("none")

    def part(which: str, name: str) -> str | Message:
        value = (found.get(which) or {}).get(name)
        return none if value is None else str(value)

    return message(
        "CPU of a pod: request {cpu}, limit {most_cpu}; memory: request {memory}, limit"
        " {most_memory}.",
        cpu=part("requests", "cpu"),
        most_cpu=part("limits", "cpu"),
        memory=part("requests", "memory"),
        most_memory=part("limits", "memory"),
    )


def _service(scenario: Scenario) -> Message:
    if any(one.field == "Service" for one in scenario.assumptions):
        return message(
            "No Service selects its pods, so one is assumed: {name}.", name=_name(scenario)
        )
    ports: Sequence[JsonObject] = scenario.service["spec"].get("ports") or []
    shown = ", ".join(
        f"{one.get('port')} → {one.get('targetPort', one.get('port'))}" for one in ports
    )
    return message(
        "Requests come through Service/{name} ({ports}).", name=_name(scenario), ports=shown
    )


def _name(scenario: Scenario) -> str:
    return name_of(scenario.service)


def _companion(one: JsonObject) -> Message | None:
    spec = one.get("spec") or {}
    if one["kind"] == "HorizontalPodAutoscaler":
        return message(
            "{name} scales it between {least} and {most} pods.",
            name=f"HorizontalPodAutoscaler/{name_of(one)}",
            least=spec.get("minReplicas", 1),
            most=spec.get("maxReplicas"),
        )
    if one["kind"] == "PodDisruptionBudget":
        field = "minAvailable" if "minAvailable" in spec else "maxUnavailable"
        return message(
            "{name} holds evictions to {field} {value}; a rolling update does not ask it.",
            name=f"PodDisruptionBudget/{name_of(one)}",
            field=field,
            value=spec.get(field),
        )
    return None
