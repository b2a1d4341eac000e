"""How pods get to know their feature flags: late, and each at a time of its own.

A mounted ConfigMap is written anew when the kubelet next syncs the pod, which is every 60 to 90 s
(pkg/kubelet/pod_workers.go: resyncInterval, which is syncFrequency, and half of it as jitter), from
a cache that follows a watch (configMapAndSecretChangeDetectionStrategy: Watch, the default). What
is in an environment variable, or in a file by subPath, stays until the container starts again.
(kubernetes.io, "Mounted ConfigMaps are updated automatically") The application reads its file
anew as soon as it changes, which is assumed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sim.control.clock import Environment
from sim.control.roster import PodRecord
from sim.control.store import Key, Store
from sim.errors import ScenarioError
from sim.model.behaviour import Delays
from sim.model.draws import Purpose, Stream
from sim.model.feature_flags import (
    CONFIG,
    FLAG,
    Delivery,
    Flag,
    delivery_of,
    flag_routes,
    is_taken,
)
from sim.model.objects import JsonObject, annotations_of, name_of, namespace_of
from sim.model.routing import Attribute
from sim.model.run import Change, CodePath
from sim.ports import DataPlane
from sim.scenario.feature_flags import KIND, flags_in

OLD = 0  # The version whose code path is taken while a flag is off.
JITTER = 0.5
_BITS = 24


@dataclass(slots=True, kw_only=True, eq=False)
class _Reader:
    """A pod whose new code path stands behind a *flag*.

    *knows* is the number of the change that it has heard of, *synced* when its kubelet last synced
    it before it had to, and *syncs* how often that was.
    """

    record: PodRecord
    flag: str
    place: Key
    delivery: Delivery | None
    synced: float
    knows: int = 0
    syncs: int = 0


class FeatureFlags:
    """Tells the data plane what each pod knows of its flag, when it gets to know it.

    *attributes* are what users differ in, groups among them. *code_paths* is what pods got to know.
    """

    def __init__(
        self,
        env: Environment,
        store: Store,
        data_plane: DataPlane,
        *,
        seed: int,
        delays: Delays,
        attributes: Sequence[Attribute],
    ) -> None:
        self._env = env
        self._store = store
        self._plane = data_plane
        self._delays = delays
        self._attributes = tuple(attributes)
        self._watch = Stream(seed, Purpose.CONFIG_WATCH)
        self._periods = Stream(seed, Purpose.SYNC_PERIOD)
        self._readers: defaultdict[Key, dict[str, _Reader]] = defaultdict(dict)
        self._changes = 0
        self.code_paths: list[CodePath] = []
        store.subscribe(KIND, self._on_change)

    def started(self, record: PodRecord) -> None:
        """The serving process of a pod begins, now: whatever way it reads its flag, it does."""
        notes = annotations_of(record.pod)
        flag, config_map = notes.get(FLAG), notes.get(CONFIG)
        if flag is None or config_map is None or record.version == OLD:
            return
        place = (record.namespace, config_map)
        reader = _Reader(
            record=record,
            flag=flag,
            place=place,
            delivery=delivery_of(record.pod["spec"], config_map),
            synced=self._env.now,
        )
        self._readers[place][record.uid] = reader
        found = self._store.find(KIND, config_map, record.namespace)
        self._take(reader, found, self._changes)

    def _on_change(self, change: Change) -> None:
        """Files are written anew, each at its pod's next sync; one of nothing stays as it was."""
        if change.verb == "DELETED":
            return
        self._changes += 1
        number, config_map = self._changes, change.object
        place = (namespace_of(config_map), name_of(config_map))
        readers = self._readers[place]
        for uid in [uid for uid, one in readers.items() if one.record.gone]:
            del readers[uid]
        for reader in readers.values():
            if reader.delivery is Delivery.FILE:
                self._tell(reader, config_map, number)

    def _tell(self, reader: _Reader, config_map: JsonObject, number: int) -> None:
        key = (number << _BITS) | reader.record.ordinal
        heard = self._env.now + self._watch.between(self._delays.watch, key)
        sync = self._next_sync(reader, heard)
        self._env.call_at(sync, lambda: self._take(reader, config_map, number))

    def _next_sync(self, reader: _Reader, after: float) -> float:
        while True:
            key = (reader.record.ordinal << _BITS) | reader.syncs
            stretch = 1.0 + JITTER * self._periods.uniform(key)
            following = reader.synced + self._delays.sync * stretch
            if following >= after:
                return following
            reader.synced, reader.syncs = following, reader.syncs + 1

    def _take(self, reader: _Reader, config_map: JsonObject | None, number: int) -> None:
        record = reader.record
        is_current = self._readers[reader.place].get(record.uid) is reader
        if record.gone or not is_current or number < reader.knows:
            return
        reader.knows = number
        routes = flag_routes(
            _flag(config_map, reader.flag),
            reader.flag,
            self._attributes,
            old=OLD,
            new=record.version,
        )
        self._plane.set_flags(record.number, routes)
        serves = is_taken(record.version, routes)
        self.code_paths.append(CodePath(time=self._env.now, pod=record.name, serves=serves))


def _flag(config_map: JsonObject | None, name: str) -> Flag:
    """What a service makes of it: a flag that is missing, or cannot be read, is off."""
    try:
        return flags_in(config_map or {}).get(name, Flag())
    except ScenarioError:
        return Flag()
