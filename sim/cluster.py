"""The cluster as an operator knows it: the words that strategies are written in.

One implementation over three small ports, so that the same strategy runs against the simulated
API server in simulated time and, later, against a real one by the wall clock.
"""

from __future__ import annotations

from sim.errors import NotFound, RolloutError
from sim.i18n import Message, message
from sim.model.objects import JsonObject
from sim.model.revision import RESTARTED_AT, owned_by, undo_patch
from sim.model.rollout_status import rollout_status
from sim.model.run import Phase
from sim.ports import Clock, KubeApi, Wait


class Cluster:
    """Verbs on the Deployment that is released; reads and writes answer at once, waits are yielded.

    *deployment* names the stable track, the Deployment that every strategy starts from.
    """

    def __init__(
        self, api: KubeApi, clock: Clock, *, deployment: str, namespace: str = "default"
    ) -> None:
        self._api = api
        self._clock = clock
        self._name = deployment
        self._namespace = namespace

    def deployment(self) -> JsonObject:
        """The Deployment as the API server has it now."""
        return self._api.get("Deployment", self._name, self._namespace)

    def release(self, template: JsonObject, strategy: JsonObject | None = None) -> None:
        """Write a new pod *template* and `spec.strategy` in one patch, as one apply would."""
        # Whole values replace whole values; a merge patch would keep keys that the new one lacks.
        patch = [{"op": "add", "path": "/spec/template", "value": template}]
        if strategy is not None:
            patch.append({"op": "add", "path": "/spec/strategy", "value": strategy})
        self._api.patch("Deployment", self._name, patch, self._namespace)

    def scale(self, replicas: int) -> None:
        """Ask for *replicas* pods, as `kubectl scale` does."""
        self._merge({"replicas": replicas})

    def pause(self) -> None:
        """Freeze the rollout. Raise a `RolloutError` if it is paused already, as kubectl does."""
        already = message('deployments.apps "{name}" is already paused', name=self._name)
        self._refuse_if(paused=True, reason=already)
        self._merge({"paused": True})

    def resume(self) -> None:
        """Let the rollout go on. Raise a `RolloutError` if it is not paused, as kubectl does."""
        running = message('deployments.apps "{name}" is not paused', name=self._name)
        self._refuse_if(paused=False, reason=running)
        self._merge({"paused": False})

    def restart(self) -> None:
        """Roll out the same template again, as `kubectl rollout restart` does.

        Raise a `RolloutError` if the Deployment is paused, as kubectl does
        (kubectl pkg/polymorphichelpers/objectrestarter.go).
        """
        frozen = message(
            "can't restart paused deployment (run rollout resume first): {name}", name=self._name
        )
        self._refuse_if(paused=True, reason=frozen)
        note = {RESTARTED_AT: f"{self._clock.now():.3f}"}
        self._merge({"template": {"metadata": {"annotations": note}}})

    def undo(self, to_revision: int | None = None) -> None:
        """Go back to the previous template, or to that of *to_revision*, as `rollout undo` does.

        Template and annotations go back, nothing else (kubectl pkg/polymorphichelpers/rollback.go).
        Raise a `RolloutError` with kubectl's reason when the Deployment is paused or has no such
        revision.
        """
        frozen = message(
            'you cannot rollback a paused deployment; resume it first with "kubectl rollout resume'
            ' deployment/{name}" and try again',
            name=self._name,
        )
        self._refuse_if(paused=True, reason=frozen)
        deployment = self.deployment()
        sets = owned_by(deployment, self._api.list("ReplicaSet", self._namespace))
        if patch := undo_patch(deployment, sets, to_revision):
            self._api.patch("Deployment", self._name, patch, self._namespace)

    def sleep(self, seconds: float) -> Wait:
        """Let *seconds* pass."""
        return self._clock.sleep(seconds)

    def until_available(self, pods: int, timeout_seconds: float) -> Wait:
        """Until *pods* pods are available (True), or the time is up (False)."""

        def enough() -> bool:
            try:
                status = self.deployment().get("status", {})
            except NotFound:
                return False
            return bool(status.get("availableReplicas", 0) >= pods)

        return self._clock.until(enough, self._clock.now() + timeout_seconds)

    def until_rolled_out(self) -> Wait:
        """Until `kubectl rollout status` would return: the phase Healthy, or Degraded on failure.

        As there, a Deployment that stays paused is waited for without end, and one that is deleted
        has failed.
        """

        def over() -> Phase | None:
            try:
                status = rollout_status(self.deployment())
            except NotFound:
                return Phase.DEGRADED
            if status.failed:
                return Phase.DEGRADED
            return Phase.HEALTHY if status.done else None

        return self._clock.until(over)

    def _merge(self, spec: JsonObject) -> None:
        self._api.patch("Deployment", self._name, {"spec": spec}, self._namespace)

    def _refuse_if(self, *, paused: bool, reason: Message) -> None:
        if bool(self.deployment()["spec"].get("paused")) == paused:
            raise RolloutError(reason)
