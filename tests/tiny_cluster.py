"""A second, trivial implementation of the ports: what strategies see of a cluster, and no more.

Pods are numbers: one of a good template is available some seconds after it was asked for, one of
a bad template never. It has no watch, no traffic and no scheduler.
"""

from __future__ import annotations

import copy
import itertools
import json
import time
from typing import Any

from sim.cluster import Cluster
from sim.errors import NotFound
from sim.judges.ab_conversion import AbConversion
from sim.judges.ab_value import AbValue
from sim.model.experiment import Experiment, Group
from sim.model.template_hash import template_hash
from sim.model.version_metrics import VersionMetrics
from sim.ports import Wait
from sim.stats.ratios import Ratio
from sim.stats.two_samples import Moments

BOOT_SECONDS = 4.0
HEARING_SECONDS = 1.0
NOTHING = Ratio(users=1000, size=1000.0, value=0.0, variance=0.0)
LOOK_SECONDS = 0.25  # How often one who waits looks again.
OLD = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"image": "web:1"}]}}
NEW = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"image": "web:2"}]}}


class VirtualClock:
    """Time that jumps to whatever is waited for."""

    def __init__(self, die_at: float = float("inf")) -> None:
        self.time = 1000.0
        self.die_at = die_at

    def now(self):
        return self.time

    def sleep(self, seconds):
        return Wait(self.now() + seconds)

    def until(self, condition, deadline=None):
        return Wait(deadline, condition)

    def rest(self, until):
        if until > self.die_at:
            self.time, self.die_at = self.die_at, float("inf")
            raise Killed
        self.time = until


class WallClock(VirtualClock):
    """The machine's own clock, *speed* times as fast."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed
        self._began = time.monotonic()

    def now(self):
        return 1000.0 + (time.monotonic() - self._began) * self._speed

    def rest(self, until):
        time.sleep(max(0.0, (until - self.now()) / self._speed))


def drive(process, clock, *, patience_seconds: float = 5000.0):
    """Fulfil the waits of *process* on *clock* and answer what it returns."""
    answer: Any = None
    end = clock.now() + patience_seconds
    while True:
        try:
            wait = process.send(answer)
        except StopIteration as stop:
            return stop.value
        if wait.condition is None:
            clock.rest(wait.deadline)
            answer = True
            continue
        while not (answer := wait.condition()):
            assert clock.now() < end, "the strategy waits without end"
            if wait.deadline is not None and clock.now() >= wait.deadline:
                answer = False
                break
            clock.rest(min(clock.now() + LOOK_SECONDS, wait.deadline or end))


class TinyCluster:
    """`ports.KubeApi` with a Deployment and a Service called web; *bad* images never come up."""

    def __init__(
        self, clock, *, replicas: int = 4, bad: tuple[str, ...] = (), metrics=None
    ) -> None:
        self._clock = clock
        self._bad = bad
        self._metrics = metrics
        self._uids = itertools.count(1)
        self._pods: dict[str, list[tuple[str, float]]] = {}  # (template hash, available at)
        self._templates: dict[str, dict[str, Any]] = {}  # As a ReplicaSet has them, by their hash.
        self._wanted: dict[str, str] = {}  # The hash of each Deployment's template.
        self._revisions: dict[str, dict[str, int]] = {}
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls = 0
        self.writes: list[int] = []  # Which of the calls wrote.
        self.die_at = 0
        self.starved = False  # Whether the Service ever reached nobody.
        web = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": {"app": "web"}},
                "template": OLD,
                "progressDeadlineSeconds": 20,
                "strategy": {"type": "RollingUpdate"},
            },
        }
        self._store(web)
        self._store(
            {
                "kind": "Service",
                "metadata": {"name": "web"},
                "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
            }
        )
        self._pods["web"] = [(template_hash(OLD), 0.0)] * replicas

    def cluster(self) -> Cluster:
        """The words of an operator, on this cluster."""
        return Cluster(
            self,
            self._clock,
            deployment="web",
            service="web",
            hearing_seconds=HEARING_SECONDS,
            metrics=self._metrics,
            analytics=self,
        )

    def experiment(self, alpha):
        """Its users like the new version better."""
        old, new = (
            VersionMetrics(users=1000, conversions=bought, value=Moments.of([0.0, bought]))
            for bought in (50, 100)
        )
        a, b = (
            Group(
                version=version,
                users=found.users,
                flipped=0,
                left=0,
                conversions=found.conversions,
                revenue=found.value,
                dwell=found.value,
                requests=1000,
                by_other=0,
                failed_requests=0,
                latency_seconds=0.0,
                failed=NOTHING,
                latency=NOTHING,
            )
            for version, found in (("old", old), ("new", new))
        )
        return Experiment(
            start=0.0,
            end=1.0,
            share_of_b=0.5,
            a=a,
            b=b,
            split_p_value=1.0,
            conversion=AbConversion(alpha=alpha)(old, new),
            revenue=AbValue(alpha=alpha)(old, new),
            unanswered=0,
            flips_expected=0.0,
        )

    def get(self, kind, name, namespace="default", subresource=""):
        self._called()
        if (kind, name) not in self.objects:
            raise NotFound(f"{kind} {name}")  # type: ignore[arg-type]
        return self.objects[kind, name]

    def list(self, kind, namespace="default", labels=None):
        self._called()
        if kind == "ReplicaSet":
            return tuple(found for name in self._pods for found in self._sets(name))
        return tuple(obj for (found, _), obj in self.objects.items() if found == kind)

    def create(self, obj):
        self._called()
        return self._store(copy.deepcopy(obj))

    def patch(self, kind, name, patch, namespace="default", subresource="", patch_type=""):
        obj = copy.deepcopy(self.get(kind, name))
        if isinstance(patch, list):
            for step in patch:
                assert step["op"] in ("add", "replace")
                *way, last = step["path"].strip("/").split("/")
                place = obj
                for key in way:
                    place = place[key]
                place[last.replace("~1", "/")] = step["value"]
        else:
            obj = merged(obj, patch)
        return self._store(obj)

    def delete(self, kind, name, namespace="default", **_):
        self._called()
        del self.objects[kind, name]
        if kind == "Deployment":
            del self._pods[name]

    def reached(self):
        """How many available pods of each image the Service would reach."""
        for name in self._pods:
            self._reconcile(name)
        return self._reached()

    def _reached(self):
        wanted = self.objects["Service", "web"]["spec"]["selector"].items()
        found: dict[str, int] = {}
        for name in self._pods:
            for one in self._sets(name):
                count = one["status"]["availableReplicas"]
                if count and wanted <= one["spec"]["template"]["metadata"]["labels"].items():
                    image = one["spec"]["template"]["spec"]["containers"][0]["image"]
                    found[image] = found.get(image, 0) + count
        return found

    def running(self):
        """How many available pods of each image there are."""
        found: dict[str, int] = {}
        for name in self._pods:
            self._reconcile(name)
            for one in self._sets(name):
                image = one["spec"]["template"]["spec"]["containers"][0]["image"]
                count = one["status"]["availableReplicas"]
                found |= {image: found.get(image, 0) + count} if count else {}
        return found

    def essence(self):
        """The final objects, without what only tells when something happened."""
        found = {}
        for (kind, name), obj in self.objects.items():
            notes = obj["metadata"].get("annotations") or {}
            kept = {k: "a time" if _is_a_time(text) else text for k, text in notes.items()}
            found[f"{kind}/{name}"] = {"spec": obj.get("spec", obj.get("data")), "notes": kept}
        return json.dumps(found, sort_keys=True)

    def _store(self, obj):
        self.writes.append(self.calls)
        meta = obj["metadata"]
        meta.setdefault("uid", f"uid-{next(self._uids)}")
        meta["generation"] = meta.get("generation", 0) + 1
        self.objects[obj["kind"], meta["name"]] = obj
        if obj["kind"] == "Deployment":
            self._pods.setdefault(meta["name"], [])
            template = copy.deepcopy(obj["spec"]["template"])
            self._wanted[meta["name"]] = wanted = template_hash(template)
            template["metadata"]["labels"]["pod-template-hash"] = wanted
            self._templates[wanted] = template
            revisions = self._revisions.setdefault(meta["name"], {})
            if max(revisions, key=revisions.__getitem__, default=None) != wanted:
                revisions[wanted] = max(revisions.values(), default=0) + 1
        return obj

    def _called(self) -> None:
        """Every call may be the last one of whoever calls; then the controllers have their turn."""
        self.calls += 1
        if self.calls == self.die_at:
            raise Killed
        for name in self._pods:
            self._reconcile(name)
        self.starved = self.starved or not self._reached()

    def _reconcile(self, name: str) -> None:
        obj, now = self.objects["Deployment", name], self._clock.now()
        spec, pods, wanted = obj["spec"], self._pods[name], self._wanted[name]
        image = spec["template"]["spec"]["containers"][0]["image"]
        ready = float("inf") if image in self._bad else now + BOOT_SECONDS
        olds = [pod for pod in pods if pod[0] != wanted]
        news = [pod for pod in pods if pod[0] == wanted]
        if spec.get("paused") and olds:
            olds, news = olds[: spec["replicas"]], news[: spec["replicas"]]
        else:
            if spec["strategy"]["type"] == "Recreate":
                olds = []
            news = (news + [(wanted, ready)] * spec["replicas"])[: spec["replicas"]]
            olds = olds[: spec["replicas"] - sum(at <= now for _, at in news)]
        self._pods[name] = pods = olds + news
        obj["status"] = {
            "observedGeneration": obj["metadata"]["generation"],
            "replicas": len(pods),
            "updatedReplicas": len(news),
            "availableReplicas": sum(at <= now for _, at in pods),
        }

    def _sets(self, name: str):
        owner = {"uid": self.objects["Deployment", name]["metadata"]["uid"], "controller": True}
        known = dict.fromkeys(found for found, _ in self._pods[name])
        known |= self._revisions[name]  # Sets without pods are kept as history.
        for found in known:
            template = self._templates[found]
            available = sum(h == found and at <= self._clock.now() for h, at in self._pods[name])
            yield {
                "kind": "ReplicaSet",
                "metadata": {
                    "name": f"{name}-{found}",
                    "labels": template["metadata"]["labels"],
                    "annotations": {
                        "deployment.kubernetes.io/revision": f"{self._revisions[name][found]}"
                    },
                    "ownerReferences": [owner],
                },
                "spec": {"template": template},
                "status": {"availableReplicas": available},
            }


class Killed(Exception):
    """The operator's process is gone, in the middle of a call."""


def merged(obj, patch):
    """RFC 7396."""
    result = dict(obj) if isinstance(obj, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value) if isinstance(value, dict) else value
    return result


def _is_a_time(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and "." in text
