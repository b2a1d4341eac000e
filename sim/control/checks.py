"""Checkers of what must hold in any run, whatever fails in it: they watch the store.

A broken invariant is a bug of Seatrial and crashes the run. What is checked is what controllers
*do*; pods may become unavailable by themselves, and a scaling event (spec.replicas changed, the
ReplicaSets not told yet) or a pause suspends the bounds of a rollout, and so does a person who
scales a ReplicaSet by hand.
"""

from __future__ import annotations

import hashlib
import json

from sim.control.rollout_checks import check_deployment, check_replica_set
from sim.control.slices import SERVICE_LABEL
from sim.control.store import Store
from sim.errors import InvariantError
from sim.i18n import message
from sim.model.objects import JsonObject, is_terminating, labels_of, name_of, namespace_of
from sim.model.pod import controller_of, is_active, is_ready
from sim.model.run import Change


class Checks:
    """Watches *store* from `attach` on; `verify` at the end looks at the whole history once more.

    With *freeze* every object is fingerprinted when it is written, to find one that was changed
    in place later.
    """

    def __init__(self, store: Store, *, freeze: bool = True) -> None:
        self._store = store
        self._freeze = freeze
        self._last_version = 0
        self._scaling: set[str] = set()
        self._moment = float("-inf")
        self._before: dict[str, JsonObject] = {}
        self._prints: list[tuple[Change, str]] = []

    def attach(self) -> None:
        """Begin to watch."""
        self._last_version = self._store.version
        self._before = {obj["metadata"]["uid"]: obj for obj in self._store.objects()}
        self._store.subscribe("", self._on_change)

    def verify(self) -> None:
        """Look for objects that are no longer what was written. Raise an `InvariantError`."""
        for change, written in self._prints:
            if _fingerprint(change.object) != written:
                raise _broken(change, "a stored object was changed in place")

    def _on_change(self, change: Change) -> None:
        obj = change.object
        uid = obj["metadata"]["uid"]
        before = self._before.get(uid)
        self._check_version(change)
        if self._freeze:
            self._prints.append((change, _fingerprint(obj)))
        if change.verb == "DELETED":
            self._before.pop(uid, None)
            return
        self._before[uid] = obj
        found = self._find(change, before)
        if found:
            raise _broken(change, found)

    def _find(self, change: Change, before: JsonObject | None) -> str:
        """What is wrong with this change, in a sentence; empty if nothing is."""
        obj = change.object
        match obj["kind"]:
            case "Pod":
                return self._check_pod(change)
            case "ReplicaSet":
                if change.time != self._moment:
                    self._moment = change.time
                    self._scaling.clear()
                return check_replica_set(self._store, before, obj, self._scaling)
            case "Deployment":
                return check_deployment(self._store, before, obj)
            case "EndpointSlice":
                return self._check_slice(obj)
        return ""

    def _check_version(self, change: Change) -> None:
        if change.resource_version <= self._last_version:
            raise _broken(change, "resourceVersions must grow")
        self._last_version = change.resource_version
        said = change.object["metadata"]["resourceVersion"]
        if change.verb != "DELETED" and said != str(change.resource_version):
            raise _broken(change, "the object carries another resourceVersion than the change")

    def _check_pod(self, change: Change) -> str:
        pod = change.object
        owner = controller_of(pod)
        if owner is None or owner["kind"] != "ReplicaSet":
            return ""
        rs = self._store.find("ReplicaSet", owner["name"], namespace_of(pod))
        if rs is None:
            return ""
        selector = rs["spec"]["selector"]["matchLabels"]
        if not selector.items() <= labels_of(pod).items():
            return "a pod does not match the selector of the ReplicaSet that owns it"
        if change.verb == "ADDED":
            pods = self._store.owned("Pod", rs["metadata"]["uid"])
            if sum(map(is_active, pods)) > rs["spec"]["replicas"]:
                return "a ReplicaSet created more pods than it was asked for"
        return ""

    def _check_slice(self, found: JsonObject) -> str:
        namespace = namespace_of(found)
        service = self._store.find("Service", labels_of(found)[SERVICE_LABEL], namespace)
        if service is None or service["spec"].get("publishNotReadyAddresses"):
            return ""
        for endpoint in found["endpoints"]:
            if endpoint["conditions"]["ready"]:
                pod = self._store.find("Pod", endpoint["targetRef"]["name"], namespace)
                if pod is None or not is_ready(pod) or is_terminating(pod):
                    return "a pod that is not Ready became a ready endpoint"
        return ""


def _fingerprint(obj: JsonObject) -> str:
    return hashlib.blake2b(json.dumps(obj, sort_keys=True).encode(), digest_size=16).hexdigest()


def _broken(change: Change, found: str) -> InvariantError:
    obj = change.object
    return InvariantError(
        message(
            "invariant broken at {time}: {found} ({kind}/{name})",
            time=f"{change.time:.6f}",
            found=found,
            kind=obj["kind"],
            name=name_of(obj),
        )
    )
