"""The folder of a comparison or a drill: all that it found in one file, its report beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sim.experiments.folder import MANIFEST, draft_beside, keep, put_in_place, refuse_strangers
from sim.model.objects import JsonObject


def write_comparison_folder(path: str | Path, found: JsonObject, texts: Mapping[str, str]) -> None:
    """Write *found* (what `--json` prints) and *texts* by their file names, whole or not at all.

    One of the same kind that is there already is replaced. Raise a `BackendError` if anything else
    is.
    """
    target = Path(path).absolute()
    refuse_strangers(target, str(found["kind"]))
    with draft_beside(target) as draft:
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
        document = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
        (draft / MANIFEST).write_text(document + "\n", encoding="utf-8")
        keep(draft)
        put_in_place(draft, target)
