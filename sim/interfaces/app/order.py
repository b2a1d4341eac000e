"""What a visitor asks for, as it is written: nothing of it is checked before it is understood."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

SCENARIO_FILE, MANIFEST_FILE = "scenario.yaml", "manifests.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A bundled scenario or, without its name, the visitor's own *manifest* and *description*.

    The description is a scenario file that names `manifests.yaml`; without it, one that says
    nothing is laid around the manifest.
    """

    bundled: str | None
    manifest: str = ""
    description: str = ""
    images: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    runs: int = 10
    seed: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read yet."""
        return self.bundled is None and not self.manifest.strip()

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of all runs."""
        return tuple(range(self.seed, self.seed + self.runs))

    def scenario(self) -> Scenario:
        """What it asks for. Raise a `ScenarioError` with every mistake in it.

        One's own texts are files for the moment of reading, in a folder that this process works
        in meanwhile: for workers only.
        """
        if self.bundled is not None:
            return self._load(self.bundled)
        before = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, MANIFEST_FILE).write_text(self.manifest, encoding="utf-8")
            if self.description.strip():
                Path(folder, SCENARIO_FILE).write_text(self.description, encoding="utf-8")
            os.chdir(folder)
            try:
                return self._load(SCENARIO_FILE if self.description.strip() else MANIFEST_FILE)
            finally:
                os.chdir(before)

    def with_more(self, overrides: Sequence[str], faults: Sequence[str]) -> Scenario:
        """The scenario with these overrides and faults beside its own."""
        more = replace(
            self,
            overrides=(*self.overrides, *overrides),
            faults=(*self.faults, *faults),
        )
        return more.scenario()

    def _load(self, source: str) -> Scenario:
        from sim.faults.reading import faults_of
        from sim.scenario.load import load

        scenario = load([source], images=self.images, faults=self.faults, overrides=self.overrides)
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
