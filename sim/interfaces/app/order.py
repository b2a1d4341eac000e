"""What a visitor asks for, as it is written: nothing of it is checked before it is understood."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One comparison: a bundled scenario or, without its name, the visitor's own *manifest*."""

    bundled: str | None
    manifest: str
    images: tuple[str, ...]
    overrides: tuple[str, ...]
    faults: tuple[str, ...]
    strategies: tuple[str, ...]
    runs: int
    seed: int

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read yet."""
        return self.bundled is None and not self.manifest.strip()

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of all runs."""
        return tuple(range(self.seed, self.seed + self.runs))

    def scenario(self) -> Scenario:
        """What it asks for. Raise a `ScenarioError` with every mistake in it."""
        from sim.faults.reading import faults_of
        from sim.scenario.load import load

        scenario = load(
            [self.bundled or "-"],
            stdin=io.BytesIO(self.manifest.encode()),
            images=self.images,
            faults=self.faults,
            overrides=self.overrides,
        )
        faults_of(scenario.faults)
        return scenario

    def to_json(self) -> JsonObject:
        """The order as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: JsonObject) -> Order:
        """The order that `to_json` gave."""
        whole: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in found.items()
        }
        return cls(**whole)
