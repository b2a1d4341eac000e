"""The cluster of a run as it was at one moment: its objects, and what had been said by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.model.objects import JsonObject, name_of
from sim.model.run import Change, KubeEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An event as kubectl lists it: the same words about the same object once, with a count."""

    first: float
    last: float
    count: int
    subject: str
    reason: str
    note: str


class Recorded(Protocol):
    """What a run keeps of its cluster: every write to the store, and every event."""

    @property
    def changes(self) -> Sequence[Change]:
        """In the order in which they were written."""

    @property
    def events(self) -> Sequence[KubeEvent]:
        """In the order in which they were said."""


class ClusterAt:
    """What the API server of *run* would have answered at *time*, in seconds of the run.

    The run must have kept its objects. A change at *time* itself has happened.
    """

    def __init__(self, run: Recorded, time: float) -> None:
        self.time = time
        self._objects: dict[str, dict[str, JsonObject]] = {}
        for change in run.changes:
            if change.time > time:
                break
            obj = change.object
            table = self._objects.setdefault(obj["kind"], {})
            if change.verb == "DELETED":
                table.pop(name_of(obj), None)
            else:
                table[name_of(obj)] = obj
        self._events = [event for event in run.events if event.time <= time]

    def objects(self, kind: str) -> list[JsonObject]:
        """All objects of *kind*, by name."""
        return [obj for _, obj in sorted(self._objects.get(kind, {}).items())]

    def find(self, kind: str, name: str) -> JsonObject | None:
        """The object, if there was one."""
        return self._objects.get(kind, {}).get(name)

    def events(self, subject: str = "") -> list[Said]:
        """What was said, about *subject* (`Kind/name`) or about all, the latest last."""
        heard: Sequence[KubeEvent] = self._events
        said: dict[tuple[str, str, str], Said] = {}
        for event in heard:
            if subject and event.subject != subject:
                continue
            key = (event.subject, event.reason, event.note)
            before = said.get(key)
            said[key] = Said(
                first=event.time if before is None else before.first,
                last=event.time,
                count=1 if before is None else before.count + 1,
                subject=event.subject,
                reason=event.reason,
                note=event.note,
            )
        return sorted(said.values(), key=lambda one: one.last)
