"""The state of a session at one moment, as far as people look at it, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sim.model.objects import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of a session at *time*: the objects as the API server has them, and the traffic."""

    time: float
    objects: tuple[JsonObject, ...]
    arrived: int
    in_flight: int
    answered: int
    failed: int

    def digest(self) -> str:
        """A fingerprint of the state: equal for equal histories."""
        facts = [repr(self.time), self.objects, self.arrived, self.in_flight]
        facts += [self.answered, self.failed]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
