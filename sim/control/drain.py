"""What `kubectl drain` does to a node: no new pods, and those that are there evicted.

(kubernetes/kubectl pkg/cmd/drain, pkg/drain: a refused eviction is tried again after 5 s)
"""

from __future__ import annotations

from sim.control.clock import Environment
from sim.control.disruption import Disruptions
from sim.control.store import Store
from sim.errors import NotFound, TooManyRequests
from sim.model.objects import JsonObject, is_terminating, name_of, namespace_of
from sim.model.pod import node_of

RETRY_SECONDS = 5.0


def cordon(store: Store, node: str, *, unschedulable: bool = True) -> None:
    """Let no new pods come to *node*, or let them come again."""
    store.patch("Node", node, {"spec": {"unschedulable": True if unschedulable else None}})


class Drain:
    """One drain of one node, begun now; each pod is asked for by itself until it goes.

    Pods that no controller would replace are evicted too, as with `--force`.
    """

    def __init__(self, env: Environment, store: Store, disruptions: Disruptions, node: str) -> None:
        self._env = env
        self._store = store
        self._disruptions = disruptions
        cordon(store, node)
        for pod in store.objects_of("Pod"):
            if node_of(pod) == node and not is_terminating(pod):
                self._evict(pod)

    def _evict(self, pod: JsonObject) -> None:
        current = self._store.find("Pod", name_of(pod), namespace_of(pod))
        if current is None or current["metadata"]["uid"] != pod["metadata"]["uid"]:
            return
        if is_terminating(current):
            return
        try:
            self._disruptions.evict(name_of(pod), namespace_of(pod))
        except TooManyRequests:
            self._env.call_at(self._env.now + RETRY_SECONDS, lambda: self._evict(pod))
        except NotFound:
            return
