"""The JSON Schema of a scenario file, made from the model: `python -m sim.scenario.schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.model import duration as words
from sim.model.quantity import PATTERN, show_bytes, show_cores
from sim.scenario.spec import ScenarioFile

PLACE = Path(__file__).resolve().parents[2] / "docs" / "scenario.schema.json"

# The model's defaults are seconds and shares; an editor should offer them as they are written.
_SHOWN: dict[str, Callable[[Any], Any]] = {
    words.DURATION_PATTERN: words.show_duration,
    words.RANGE_PATTERN: words.show_range,
    words.SHARE_PATTERN: words.show_share,
    words.RATE_PATTERN: words.show_rate,
    words.FACTOR_PATTERN: words.show_factor,
    PATTERN: lambda value: show_bytes(value) if value >= 1024 else show_cores(value),
}


def schema_text() -> str:
    """The schema as it is committed, for editors that complete and check YAML."""
    schema = ScenarioFile.model_json_schema(by_alias=True, mode="validation")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seatrial scenario",
    }
    return (
        json.dumps(head | _written({**schema, "title": None}), indent=2, ensure_ascii=False) + "\n"
    )


def _written(part: Any) -> Any:
    """*part* with defaults in words, without generated titles and defaults of whole sections."""
    if isinstance(part, list):
        return [_written(one) for one in part]
    if not isinstance(part, dict):
        return part
    result = {}
    for key, value in part.items():
        generated = key == "title" and not isinstance(value, dict)
        if generated or (key == "default" and (value is None or isinstance(value, dict))):
            continue
        if key == "default" and "pattern" in part:
            result[key] = _SHOWN[part["pattern"]](value)
        else:
            result[key] = _written(value)
    return result


if __name__ == "__main__":
    PLACE.write_text(schema_text(), encoding="utf-8")
