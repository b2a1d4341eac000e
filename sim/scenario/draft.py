"""A scenario on its way: what was read so far and every mistake found on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.scenario.manifest import Manifests
from sim.scenario.manifest_overrides import changed
from sim.scenario.node import Node, Scalar
from sim.scenario.overrides import Override
from sim.scenario.source import Source, inside, open_file
from sim.scenario.spec import ScenarioFile


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the user asked for, what the files held, and what is wrong with it."""

    deployment: str | None = None
    images: tuple[str, ...] = ()
    to: str | Path | None = None
    faults: tuple[str, ...] = ()
    changes: tuple[Override, ...] = ()  # Of the Deployment, by flags.
    file: ScenarioFile | None = None
    root: Node | None = None  # The spec as written, flags included.
    named: bool = True  # Whether the scenario has a name of its own.
    directory: Path | None = None
    shown: str = ""  # The directory as the user wrote it.
    files: list[str] = field(default_factory=list)  # In the order in which they were read.
    manifests: Manifests = field(default_factory=Manifests)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def laid_over(self, documents: Sequence[Node]) -> list[Node]:
        """*documents* with what flags change in the released Deployment."""
        named = self.deployment or (self.file.spec.deployment if self.file else None)
        return changed(documents, self.changes, named, self.errors)

    def path_beside(self, item: Node | None, field_path: str) -> tuple[Path, str] | None:
        """The file that *item* names, relative to the scenario, and how to call it."""
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return None  # The wrong type has been reported already.
        if self.directory is None:
            self.errors.append(
                item.place.problem(
                    message("a scenario from standard input cannot name files"),
                    field_path,
                    message("give its file or its directory"),
                )
            )
            return None
        path = inside(self.directory, item.value)
        if path is None:
            self.errors.append(
                item.place.problem(
                    message("{file} lies outside the scenario", file=item.value[:80]),
                    field_path,
                    message("a path below the directory of the scenario file"),
                )
            )
            return None
        if not _is_file(path):
            self.errors.append(
                item.place.problem(
                    message("there is no file {file}", file=item.value[:80]),
                    field_path,
                    message("paths are relative to the scenario file"),
                )
            )
            return None
        return path, f"{self.shown}/{item.value}" if self.shown else item.value

    def beside(self, item: Node | None, field_path: str) -> Source | None:
        """The text of the file that *item* names."""
        found = self.path_beside(item, field_path)
        if found is None:
            return None
        self.files.append(found[1])
        try:
            return open_file(*found)
        except ScenarioError as error:
            self.errors.extend(error.problems)
            return None


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name that the system cannot look up is none."""
    try:
        return path.is_file()
    except OSError:
        return False
