"""Who belongs to each ReplicaSet, counted as pods change instead of each time somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sim.control.roster import News, PodRecord, Roster
from sim.control.store import Store
from sim.model.objects import JsonObject
from sim.model.pod import controller_of


class Company:
    """The pods of one ReplicaSet: the active ones in the order in which they came, and counts.

    A ready pod waits in `_maturing` until it has been ready for long enough to be available.
    """

    def __init__(self) -> None:
        self.active: dict[str, PodRecord] = {}
        self.terminating: set[str] = set()
        self.relabelled: set[str] = set()
        self._ready: dict[str, float] = {}
        self._maturing: dict[str, float] = {}
        self._seconds = 0.0

    @property
    def ready(self) -> int:
        """How many are ready."""
        return len(self._ready)

    def available(self, min_ready_seconds: float, now: float) -> int:
        """How many have been ready for *min_ready_seconds*, strictly; with 0 every ready one.

        (kubernetes/kubernetes pkg/api/v1/pod/util.go, IsPodAvailable)
        """
        if not min_ready_seconds:
            return len(self._ready)
        if min_ready_seconds != self._seconds:
            self._seconds = min_ready_seconds
            self._maturing = dict(self._ready)
        ripe = [uid for uid, since in self._maturing.items() if since + min_ready_seconds < now]
        for uid in ripe:
            del self._maturing[uid]
        return len(self._ready) - len(self._maturing)

    def next_ready_since(self) -> float | None:
        """Since when the next pod to become available is ready; None if none is on the way."""
        return min(self._maturing.values(), default=None)

    def take(self, record: PodRecord) -> None:
        """Note what the pod is now."""
        if record.active:
            self.active[record.uid] = record
            self._note_ready(record.uid, record.ready_since)
            return
        self._forget_active(record.uid)
        if record.terminating and not record.finished:
            self.terminating.add(record.uid)
        else:
            self.terminating.discard(record.uid)

    def drop(self, uid: str) -> None:
        """The pod is gone, or is not a member any more."""
        self._forget_active(uid)
        self.terminating.discard(uid)

    def _forget_active(self, uid: str) -> None:
        if self.active.pop(uid, None) is not None:
            self.relabelled.discard(uid)
            self._note_ready(uid, None)

    def _note_ready(self, uid: str, since: float | None) -> None:
        if self._ready.get(uid) == since:
            return
        if since is None:
            del self._ready[uid]
            self._maturing.pop(uid, None)
        else:
            self._ready[uid] = since
            if self._seconds:
                self._maturing[uid] = since


# What decides who is counted where.
COUNTED = (
    News.BORN
    | News.BOUND
    | News.PHASE
    | News.READY
    | News.TERMINATING
    | News.LABELS
    | News.OWNER
    | News.GONE
)


_LABELS = int(News.LABELS)


class Census:
    """All companies by the UID of their ReplicaSet, and how crowded nodes are by Deployment."""

    def __init__(self, store: Store, roster: Roster) -> None:
        self._store = store
        self._companies: dict[str, Company] = {}
        self._member_of: dict[str, str] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._crowds: dict[str, Counter[str]] = {}
        self._orphans: dict[str, PodRecord] = {}
        roster.subscribe(COUNTED, self._on_pod)

    def company(self, replica_set_uid: str) -> Company:
        """The pods of the ReplicaSet with that UID."""
        found = self._companies.get(replica_set_uid)
        if found is None:
            found = self._companies[replica_set_uid] = Company()
        return found

    def crowds(self, rs: JsonObject) -> Mapping[str, int]:
        """Active pods by node, of all sets that have the same controller as *rs*.

        (kubernetes/kubernetes pkg/controller/replicaset/replica_set.go, getPodsToDelete)
        """
        return self._crowds.get(_family_of(rs), {})

    def relabelled(self, replica_set_uid: str) -> list[JsonObject]:
        """The active members whose labels have changed since the last time this was asked."""
        company = self.company(replica_set_uid)
        found = [company.active[uid].pod for uid in sorted(company.relabelled)]
        company.relabelled.clear()
        return found

    def orphans(self, namespace: str) -> list[JsonObject]:
        """Active pods of *namespace* that no controller manages."""
        return [one.pod for one in self._orphans.values() if one.namespace == namespace]

    def _on_pod(self, record: PodRecord, news: int) -> None:
        uid, owner = record.uid, record.owner
        if owner is None and record.active:
            self._orphans[uid] = record
        else:
            self._orphans.pop(uid, None)
        home = "" if owner is None or owner["kind"] != "ReplicaSet" else owner["uid"]
        before = self._member_of.get(uid, "")
        if before and before != home:
            self._companies[before].drop(uid)
        if record.gone or not home:
            self._member_of.pop(uid, None)
            if home:
                self.company(home).drop(uid)
        else:
            self._member_of[uid] = home
            company = self.company(home)
            company.take(record)
            if news & _LABELS and uid in company.active:
                company.relabelled.add(uid)
        self._settle(record, home)

    def _settle(self, record: PodRecord, home: str) -> None:
        """Keep the crowd of the pod's node up to date."""
        counts = home and record.node and record.active
        place = self._places.get(record.uid)
        if place is not None:
            if counts and place[1] == record.node:
                return
            self._crowds[place[0]][place[1]] -= 1
            del self._places[record.uid]
        if counts and record.owner is not None:
            rs = self._store.find("ReplicaSet", record.owner["name"], record.namespace)
            family = home if rs is None else _family_of(rs)
            self._places[record.uid] = (family, record.node)
            self._crowds.setdefault(family, Counter())[record.node] += 1


def _family_of(rs: JsonObject) -> str:
    owner = controller_of(rs)
    uid: str = rs["metadata"]["uid"] if owner is None else owner["uid"]
    return uid
