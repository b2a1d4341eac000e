"""Kubernetes Events: what the controllers say about what they did."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.control.clock import Environment
from sim.model.objects import JsonObject, name_of
from sim.model.run import KubeEvent

# k8s.io/client-go tools/record/events_cache.go
_MOST_SIMILAR = 10
_SIMILAR_SECONDS = 600.0
_COMBINED = "(combined from similar events): "


@dataclass(slots=True)
class _Similar:
    notes: list[str] = field(default_factory=list)
    last: float = float("-inf")


class Recorder:
    """Collects events in *events*. Reasons and notes are the cluster's own words, not translated.

    After ten different notes of one reason about one object, with no pause of ten minutes, the
    rest are marked as combined, as the client library does.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._similar: dict[tuple[str, str], _Similar] = {}
        self.events: list[KubeEvent] = []

    def emit(self, about: JsonObject, reason: str, note: str) -> None:
        """An event of *reason* about an object, now."""
        now = self._env.now
        subject = f"{about['kind']}/{name_of(about)}"
        shown = self._combined((subject, reason), note, now)
        self.events.append(KubeEvent(now, subject, reason, shown))

    def _combined(self, key: tuple[str, str], note: str, now: float) -> str:
        similar = self._similar.get(key)
        if similar is None:
            similar = self._similar[key] = _Similar()
        if now - similar.last > _SIMILAR_SECONDS:
            similar.notes.clear()
        similar.last = now
        if note not in similar.notes:
            similar.notes.append(note)
        if len(similar.notes) < _MOST_SIMILAR:
            return note
        similar.notes.pop(0)
        return _COMBINED + note
