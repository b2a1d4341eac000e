"""A comparison ready to be shown, in every language: what a worker hands to the page."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.comparison_tables import causes_table, figures_table, settings_table
from sim.interfaces.scenario_tables import assumptions_table, problem_lines
from sim.interfaces.story_table import stories_table
from sim.interfaces.table import Table
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The comparison in one language: a sentence, a picture (PNG), tables."""

    verdict: str
    picture: bytes
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]
    assumptions: Table

    @classmethod
    def of(cls, comparison: Comparison, language: str) -> View:
        """Put *comparison* into words and pictures."""
        arms = [(arm.strategy, arm.settings) for arm in comparison.arms]
        return cls(
            verdict=comparison.verdict.render(language),
            picture=_draw(comparison, language),
            tables=(
                figures_table(comparison, language),
                causes_table(comparison, language),
                stories_table(comparison.example_runs, language),
                settings_table(arms, language),
            ),
            warnings=tuple(problem_lines(comparison.scenario.warnings, language)),
            assumptions=assumptions_table(comparison.scenario, language),
        )

    def to_json(self) -> JsonObject:
        """The view as JSON."""
        return {
            "verdict": self.verdict,
            "picture": base64.b64encode(self.picture).decode("ascii"),
            "tables": [table.to_json() for table in self.tables],
            "warnings": list(self.warnings),
            "assumptions": self.assumptions.to_json(),
        }

    @classmethod
    def from_json(cls, found: JsonObject) -> View:
        """The view that `to_json` gave."""
        return cls(
            verdict=found["verdict"],
            picture=base64.b64decode(found["picture"]),
            tables=tuple(Table.from_json(table) for table in found["tables"]),
            warnings=tuple(found["warnings"]),
            assumptions=Table.from_json(found["assumptions"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All views of one comparison by language, and the file that `--json` would give."""

    views: Mapping[str, View]
    document: str

    @classmethod
    def of(cls, comparison: Comparison) -> Result:
        """Put *comparison* into every language."""
        document = json.dumps(comparison.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
        views = {language: View.of(comparison, language) for language in LANGUAGES}
        return cls(views=views, document=document)

    def to_json(self) -> JsonObject:
        """The result as JSON."""
        views = {language: view.to_json() for language, view in self.views.items()}
        return {"views": views, "document": self.document}

    @classmethod
    def from_json(cls, found: JsonObject) -> Result:
        """The result that `to_json` gave."""
        views = {language: View.from_json(view) for language, view in found["views"].items()}
        return cls(views=views, document=found["document"])


def _draw(comparison: Comparison, language: str) -> bytes:
    from sim.analysis.picture import draw

    stream = io.BytesIO()
    draw(comparison.example_runs, language).savefig(stream, format="png")
    return stream.getvalue()
