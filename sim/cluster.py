"""The cluster as an operator knows it: the words that strategies are written in.

One implementation over three small ports, so that the same strategy runs against the simulated
API server in simulated time and, later, against a real one by the wall clock. Words that write may
be said again: what is so already is not written, and a strategy that died can go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.errors import NotFound, RolloutError
from sim.i18n import Message, message
from sim.model import revision
from sim.model.available import available_now
from sim.model.experiment import Analytics
from sim.model.feature_flags import Flag
from sim.model.objects import JsonObject, annotations_of, labels_of
from sim.model.rollout import Sizes
from sim.model.rollout_status import rollout_status
from sim.model.run import Phase
from sim.model.samples import Metrics
from sim.model.second import Second, Tracks
from sim.model.template_hash import HASH_LABEL, canonical, template_hash
from sim.model.tracks import NOTE, STABLE
from sim.model.version_metrics import VersionMetrics
from sim.model.version_queries import label_name, measured_of
from sim.model.watched import Watched
from sim.ports import Clock, KubeApi, Wait
from sim.scenario.feature_flags import KIND as CONFIG_MAP
from sim.scenario.feature_flags import new_config_map, patch_of

_RELEASE, _REPLICAS, _FROM = "release", "replicas", "from"
BY_HAND = "by hand"  # What is noted of a pause that somebody must end.


class Cluster(Watched):
    """Verbs on the Deployment that is released; reads and writes answer at once, waits are yielded.

    *deployment* names the stable track, the Deployment that every strategy starts from; further
    tracks are Deployments beside it, made when due unless somebody has a *second* of their own.
    *service* is where their requests come through, *hearing_seconds* how long a careful operator
    waits until every proxy has heard of a change. *analytics* know what users do, if anybody does.
    """

    def __init__(
        self,
        api: KubeApi,
        clock: Clock,
        *,
        deployment: str,
        namespace: str = "default",
        service: str = "",
        second: Second | None = None,
        hearing_seconds: float = 0.0,
        metrics: Metrics | None = None,
        analytics: Analytics | None = None,
    ) -> None:
        super().__init__(metrics, analytics)
        self.api = api
        self._clock = clock
        self.name = deployment
        self.tracks = Tracks(deployment=deployment, second=second)
        self.namespace = namespace
        self.service = service
        self.hearing_seconds = hearing_seconds

    def deployment(self, track: str = STABLE) -> JsonObject:
        """The Deployment of *track* as the API server has it now. Raise `NotFound` without one."""
        return self.api.get("Deployment", self.tracks.name(track), self.namespace)

    def release(self, template: JsonObject, strategy: JsonObject | None = None) -> None:
        """Write a new pod *template* and `spec.strategy` in one patch, as one apply would."""
        # Whole values replace whole values; a merge patch would keep keys that the new one lacks.
        patch = [{"op": "add", "path": "/spec/template", "value": template}]
        if strategy is not None:
            patch.append({"op": "add", "path": "/spec/strategy", "value": strategy})
        patch += [revision.unmarked(revision.REVERTED)] if self.noted(revision.REVERTED) else []
        self.api.patch("Deployment", self.name, patch, self.namespace)

    def begin(self, template: JsonObject) -> None:
        """Note what the release of *template* starts from: its size, and which pods are the old.

        Said again in the same release it changes nothing; another release forgets the notes.
        """
        wanted = template_hash(template)
        deployment = self.deployment()
        notes = annotations_of(deployment)
        if notes.get(NOTE + _RELEASE) == wanted:
            return
        fresh: dict[str, str | None] = {key: None for key in notes if key.startswith(NOTE)}
        fresh |= {
            NOTE + _RELEASE: wanted,
            NOTE + _REPLICAS: f"{deployment['spec']['replicas']}",
            NOTE + _FROM: self._template_hash_of(deployment),
        }
        self._annotate(fresh)

    @property
    def replicas(self) -> int:
        """The size that the service had when the release began."""
        return int(self.noted(_REPLICAS))

    def whole(self, track: str) -> int:
        """The size of *track* when it has all requests: the service's, or its author's."""
        return self.tracks.whole(track, self.replicas)

    def noted(self, mark: str) -> str:
        """What this release has noted under *mark*; nothing if it has not come there."""
        return annotations_of(self.deployment()).get(NOTE + mark, "")

    def note(self, mark: str, text: str) -> None:
        """Keep *text* under *mark* as long as the release lasts."""
        if self.noted(mark) != text:
            self._annotate({NOTE + mark: text})

    def has_track(self, track: str) -> bool:
        """Whether the *track* has a Deployment."""
        try:
            self.deployment(track)
        except NotFound:
            return False
        return True

    def create_track(self, track: str, template: JsonObject, replicas: int) -> None:
        """A second Deployment with *template*; one that is there keeps its size."""
        if not self.has_track(track):
            self.api.create(self.tracks.made(self.deployment(), track, template, replicas))
            return
        wanted = self.tracks.labelled(template, track)
        if canonical(self.deployment(track)["spec"]["template"]) != canonical(wanted):
            patch = [{"op": "add", "path": "/spec/template", "value": wanted}]
            self.api.patch("Deployment", self.tracks.name(track), patch, self.namespace)

    def delete_track(self, track: str) -> None:
        """Take the second Deployment and its pods away, if it came with the release."""
        if not self.tracks.is_kept(track) and self.has_track(track):
            self.api.delete("Deployment", self.tracks.name(track), self.namespace)

    def scale(self, replicas: int, track: str = STABLE) -> None:
        """Ask for *replicas* pods, as `kubectl scale` does."""
        if self.deployment(track)["spec"]["replicas"] != replicas:
            patch = {"spec": {"replicas": replicas}}
            self.api.patch("Deployment", self.tracks.name(track), patch, self.namespace)

    def sizes(self, track: str = STABLE) -> Sizes:
        """How many pods *track* is asked for and how many are available; none without it."""
        try:
            found = self.deployment(track)
        except NotFound:
            return Sizes(size=0, available=0)
        available = found.get("status", {}).get("availableReplicas", 0)
        return Sizes(size=found["spec"]["replicas"], available=available)

    def own_label(self, track: str) -> tuple[str, str]:
        """The label that only the pods of *track* carry; stable's are those of the beginning."""
        return self.tracks.own_label(track, self.noted(_FROM))

    def set_flag(self, config_map: str, flag: str, *, enabled: bool, percentage: float) -> None:
        """Write one feature flag; its groups and all other flags of *config_map* stay."""
        try:
            found = self.api.get(CONFIG_MAP, config_map, self.namespace)
        except NotFound:
            flags = {flag: Flag(enabled=enabled, percentage=percentage)}
            self.api.create(new_config_map(config_map, self.namespace, flags))
            return
        if patch := patch_of(found, flag, enabled, percentage):
            self.api.patch(CONFIG_MAP, config_map, patch, self.namespace)

    def switch(self, track: str) -> None:
        """Let the Service reach the pods of *track* only; each proxy hears of it in its own time.

        Stable means the pods that were there when the release began.
        """
        self._select(self.tracks.selecting(track, self.noted(_FROM)))

    def open(self) -> None:
        """Let the Service reach the pods of all tracks, as it was before any `switch`."""
        self._select(self.tracks.opened())

    def pause(self) -> None:
        """Freeze the rollout. Raise a `RolloutError` if it is paused already, as kubectl does."""
        already = message('deployments.apps "{name}" is already paused', name=self.name)
        self._refuse_if(paused=True, reason=already)
        self._merge({"paused": True})

    def resume(self) -> None:
        """Let the rollout go on. Raise a `RolloutError` if it is not paused, as kubectl does."""
        running = message('deployments.apps "{name}" is not paused', name=self.name)
        self._refuse_if(paused=False, reason=running)
        self._merge({"paused": False})

    @property
    def is_paused(self) -> bool:
        """Whether the rollout is frozen."""
        return bool(self.deployment()["spec"].get("paused"))

    def restart(self) -> None:
        """Roll out the same template again, as `kubectl rollout restart` does.

        Raise a `RolloutError` if the Deployment is paused, as kubectl does
        (kubectl pkg/polymorphichelpers/objectrestarter.go).
        """
        frozen = message(
            "can't restart paused deployment (run rollout resume first): {name}", name=self.name
        )
        self._refuse_if(paused=True, reason=frozen)
        note = {revision.RESTARTED_AT: f"{self._clock.now():.3f}"}
        self._merge({"template": {"metadata": {"annotations": note}}})

    def undo(self, to_revision: int | None = None, *, mark: str = "") -> None:
        """Go back to the previous template, or to that of *to_revision*, as `rollout undo` does.

        Template and annotations go back, nothing else (kubectl pkg/polymorphichelpers/rollback.go).
        The same write can leave a note, *mark*, of the template. Raise a `RolloutError` with
        kubectl's reason when the Deployment is paused or has no such revision.
        """
        frozen = message(
            'you cannot rollback a paused deployment; resume it first with "kubectl rollout resume'
            ' deployment/{name}" and try again',
            name=self.name,
        )
        self._refuse_if(paused=True, reason=frozen)
        deployment = self.deployment()
        if patch := revision.undo_patch(deployment, self._sets_of(deployment), to_revision):
            self.api.patch("Deployment", self.name, revision.marked(patch, mark), self.namespace)

    def restore(self) -> None:
        """Give the stable track the template back that it had when the release began."""
        deployment = self.deployment()
        for found in self._sets_of(deployment):
            if labels_of(found).get(HASH_LABEL) == self.noted(_FROM):
                template = found["spec"]["template"]
                if canonical(template) != canonical(deployment["spec"]["template"]):
                    self.release(revision.without_hash(template))

    @property
    def now(self) -> float:
        """The present moment, in seconds."""
        return self._clock.now()

    def requests(self, track: str, window_seconds: float) -> VersionMetrics:
        """What pods of *track* counted in the last *window_seconds*, as far as scrapes tell.

        Late and coarse: what a pod that was killed had not told is missing, and what no pod saw.
        """
        key, value = self.own_label(track)
        return measured_of(self.metrics, {label_name(key): value}, window_seconds)

    def sleep(self, seconds: float) -> Wait:
        """Let *seconds* pass."""
        return self._clock.sleep(seconds)

    def sleep_since(self, mark: str, seconds: float) -> Wait:
        """Until *seconds* after the moment called *mark*: now, if it was never said before."""
        if not self.noted(mark):
            self.note(mark, f"{self._clock.now():.3f}")
        left = float(self.noted(mark)) + seconds - self._clock.now()
        return self._clock.sleep(max(0.0, left))

    def until(self, condition: Callable[[], Any], timeout_seconds: float) -> Wait:
        """Until *condition*, which looks at Deployments only, is true; False when time is up."""
        return self._clock.until(condition, self._clock.now() + timeout_seconds)

    def until_resized(self, seen: Mapping[str, Sizes], timeout_seconds: float) -> Wait:
        """Until a track's `sizes` are not those *seen*; False when time is up.

        What was seen is the caller's: by the wall clock it may be past when the wait begins.
        """
        return self.until(
            lambda: any(self.sizes(track) != sizes for track, sizes in seen.items()),
            timeout_seconds,
        )

    def until_heard(self, seconds: float | None = None) -> Wait:
        """Until a careful operator may believe that every proxy has heard of the last change.

        That is *hearing_seconds*, or the *seconds* that the change's writer knows better.
        """
        return self._clock.sleep(self.hearing_seconds if seconds is None else seconds)

    def until_available(self, pods: int, timeout_seconds: float, track: str = STABLE) -> Wait:
        """Until *pods* pods of the track's present template are available, or the time is up."""
        return self.until(lambda: self._available(track) >= pods, timeout_seconds)

    def until_resumed(self, mark: str) -> Wait:
        """Freeze the rollout, once for *mark*, until somebody says `kubectl rollout resume`."""
        if not self.noted(mark):
            if not self.is_paused:
                self.pause()
            self.note(mark, BY_HAND)
        return self._clock.until(lambda: not self.is_paused)

    def until_rolled_out(self, track: str = STABLE) -> Wait:
        """Until `kubectl rollout status` would return: the phase Healthy, or Degraded on failure.

        As there, a Deployment that stays paused is waited for without end, and one that is deleted
        has failed.
        """

        def over() -> Phase | None:
            try:
                status = rollout_status(self.deployment(track))
            except NotFound:
                return Phase.DEGRADED
            if status.failed:
                return Phase.DEGRADED
            return Phase.HEALTHY if status.done else None

        return self._clock.until(over)

    def _available(self, track: str) -> int:
        try:
            deployment = self.deployment(track)
        except NotFound:
            return 0
        found = self._set_of(deployment)
        return 0 if found is None else available_now(deployment, found)

    def _sets_of(self, deployment: JsonObject) -> list[JsonObject]:
        return revision.owned_by(deployment, self.api.list("ReplicaSet", self.namespace))

    def _set_of(self, deployment: JsonObject) -> JsonObject | None:
        return revision.present_set(deployment, self._sets_of(deployment))

    def _template_hash_of(self, deployment: JsonObject) -> str:
        found = self._set_of(deployment)
        return "" if found is None else labels_of(found).get(HASH_LABEL, "")

    def _select(self, wanted: dict[str, str | None]) -> None:
        now = self.api.get("Service", self.service, self.namespace)["spec"].get("selector") or {}
        if any(now.get(key) != value for key, value in wanted.items()):
            patch = {"spec": {"selector": wanted}}
            self.api.patch("Service", self.service, patch, self.namespace)

    def _annotate(self, notes: dict[str, str | None]) -> None:
        patch = {"metadata": {"annotations": notes}}
        self.api.patch("Deployment", self.name, patch, self.namespace)

    def _merge(self, spec: JsonObject) -> None:
        self.api.patch("Deployment", self.name, {"spec": spec}, self.namespace)

    def _refuse_if(self, *, paused: bool, reason: Message) -> None:
        if self.is_paused == paused:
            raise RolloutError(reason)
