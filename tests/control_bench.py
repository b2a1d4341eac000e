"""A bench for stories of the control plane: real controllers, a real data plane without traffic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sim.backends.simulated.environment import TwoPlaneEnvironment
from sim.control.checks import Checks
from sim.control.plane import ControlPlane
from sim.control.versions import Versions
from sim.model.behaviour import Behaviour, Clients, Delays, Node, RateCurve, Workload
from sim.model.defaults import pod_template
from sim.model.objects import JsonObject, condition
from sim.model.revision import revision_of
from sim.scenario.resources import cpu_share
from sim.traffic.reference import ReferencePlane

NEVER = 1e9  # A start-up that no run lives to see.
NODES = tuple(Node(name=f"node-{i}", cpu_cores=8.0, memory_bytes=32.0 * 2**30) for i in range(3))

READY = {"readinessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 1}}
WORKED = {"surge": 3, "unavailable": 2, "container": READY}


def template(image: str, **container: Any) -> JsonObject:
    """A pod template with one container called web."""
    pod = container.pop("pod", {})
    return {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": image, **container}], **pod},
    }


def deployment(pods: int, **spec: Any) -> JsonObject:
    """A Deployment called web of image web:1; surge and unavailable may be given by name."""
    budget = {
        "maxSurge": spec.pop("surge", "25%"),
        "maxUnavailable": spec.pop("unavailable", "25%"),
    }
    container = spec.pop("container", {})
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": pods,
            "selector": {"matchLabels": {"app": "web"}},
            "template": template("web:1", **container),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": budget},
            "minReadySeconds": 0,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            **spec,
        },
    }


SERVICE: JsonObject = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]},
}


class Bench:
    """One simulated cluster with a Deployment called web, from second 0 on; nobody sends.

    *behaviours* tells how the version of an image behaves. The invariant checkers watch.
    """

    def __init__(
        self,
        first: JsonObject,
        behaviours: dict[str, Behaviour] | None = None,
        *,
        seed: int = 1,
        delays: Delays | None = None,
        proxies: int = 2,
        memory_limit: float | None = None,
        nodes: Sequence[Node] = NODES,
        also: Sequence[JsonObject] = (),
    ) -> None:
        rows = behaviours or {}
        silence = RateCurve(times=(0.0,), rates=(0.0,), end=1e6)
        workload = Workload(
            arrivals=silence,
            clients=Clients(),
            population=1,
            proxies=proxies,
            balancer="random",
            window_start=0.0,
            window_end=1e6,
        )

        def behaviour_of(_: str, pod: JsonObject) -> Behaviour:
            return rows.get(pod["spec"]["containers"][0]["image"], Behaviour())

        self.env = TwoPlaneEnvironment(0.0)
        self.data = ReferencePlane(workload, seed, start=0.0)
        template_now = pod_template(first["spec"]["template"])
        self.versions = Versions(template_now, template_now, behaviour_of)
        self.plane = ControlPlane(
            self.env,
            seed=seed,
            delays=delays or Delays(),
            nodes=nodes,
            data_plane=self.data,
            versions=self.versions,
            proxies=proxies,
            pod_requests=lambda _: (0.1, 2.0**26),
            memory_limit=lambda _: memory_limit,
            cpu_share=lambda pod: cpu_share(pod, 0.1),
        )
        self.env.tie(self.data, self.plane.hear)
        self.api = self.plane.store
        self.checks = Checks(self.api)
        self.checks.attach()
        self.plane.apply((SERVICE, first, *also))

    def run(self, until: float) -> None:
        """Let everything before *until* happen."""
        self.env.run(until=until)

    def run_until(self, holds: Callable[[], bool], latest: float) -> float:
        """Step until *holds*, and answer when that was; it must be before *latest*."""
        while not holds():
            self.env.step()
            assert self.env.now < latest, "did not come true in time"
        return self.env.now

    def patch(self, spec: JsonObject) -> None:
        """Merge *spec* into the Deployment's."""
        self.api.patch("Deployment", "web", {"spec": spec})

    def release(self, image: str, **container: Any) -> None:
        """Write a template with another image."""
        patch = [{"op": "replace", "path": "/spec/template", "value": template(image, **container)}]
        self.api.patch("Deployment", "web", patch)

    def web(self) -> JsonObject:
        """The Deployment as it is now."""
        return self.api.get("Deployment", "web")

    def sets(self) -> dict[int, JsonObject]:
        """The ReplicaSets by revision."""
        return {revision_of(rs): rs for rs in self.api.list("ReplicaSet")}

    def sizes(self) -> dict[int, int]:
        """Wanted sizes by revision."""
        return {number: rs["spec"]["replicas"] for number, rs in sorted(self.sets().items())}

    def ready(self) -> dict[int, int]:
        """Ready pods by revision, as last counted."""
        return {n: rs["status"].get("readyReplicas", 0) for n, rs in sorted(self.sets().items())}

    def progressing(self) -> tuple[str, str]:
        """Status and reason of the Progressing condition."""
        found = condition(self.web(), "Progressing")
        assert found is not None
        return found["status"], found["reason"]

    def pods(self) -> list[JsonObject]:
        """All pods, oldest first."""
        return list(self.api.list("Pod"))

    def reasons(self, kind: str = "Pod") -> list[str]:
        """The reasons of all events about objects of *kind*."""
        return [e.reason for e in self.plane.events if e.subject.startswith(f"{kind}/")]

    def status_of(self, container: str, pod: int = 0) -> JsonObject:
        """What the API says of one container of one pod."""
        status = self.pods()[pod]["status"]
        every = [*status.get("initContainerStatuses", ()), *status["containerStatuses"]]
        return next(one for one in every if one["name"] == container)

    def size_steps(self) -> list[dict[int, int]]:
        """Every change of the wanted sizes in order, by revision, from the very beginning."""
        sizes: dict[str, int] = {}
        numbers: dict[str, int] = {}
        steps: list[dict[int, int]] = []
        for change in self.api.history:
            if change.object["kind"] == "ReplicaSet":
                name = change.object["metadata"]["name"]
                numbers.setdefault(name, len(numbers) + 1)
                if sizes.get(name) != change.object["spec"]["replicas"]:
                    sizes[name] = change.object["spec"]["replicas"]
                    steps.append({numbers[known]: size for known, size in sizes.items()})
        return steps

    def scaling_notes(self) -> list[str]:
        """The texts of ScalingReplicaSet events."""
        return [e.note for e in self.plane.events if e.reason == "ScalingReplicaSet"]


def slow(seconds: float, **fields: Any) -> Behaviour:
    """A version that takes *seconds* to start."""
    return replace(Behaviour(), startup_seconds=seconds, **fields)


def stuck(pods: int = 10, **spec) -> Bench:
    """A bench on which version 2 never becomes ready, with its rollout standing still."""
    bench = Bench(deployment(pods, **spec), {"web:2": slow(NEVER)})
    bench.run(60)
    bench.release("web:2", **READY)
    bench.run(90)
    return bench


# One node's pull, no jitter where it would blur the arithmetic.
EXACT = Delays(
    watch=(0.01, 0.01),
    propagation=(0.5, 0.5),
    schedule=(0.01, 0.01),
    sandbox=(0.5, 0.5),
    pull=(2.0, 2.0),
    relist=0.01,
)


def one(behaviour: Behaviour | None = None, *, pod: JsonObject | None = None, **container) -> Bench:
    """A bench with a single pod of web:1."""
    first = deployment(1, container={**container, "pod": pod or {}})
    return Bench(first, {"web:1": behaviour or Behaviour()}, delays=EXACT)
