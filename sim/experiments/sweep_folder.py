"""The folder of a sweep: its plan, and one file for each job that is done, whole or not there.

`sweep.json` is the plan; `results/<hash>.json` what a job came to, under the hash of all that can
change it. A file is written under a hidden name, brought to the disk, and then given its name, so
that whatever kills the process leaves whole files only. The same sweep leaves the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from sim.errors import BackendError
from sim.experiments.disk import write_whole
from sim.experiments.outcome import Outcome
from sim.experiments.sweep_plan import Chunk, Plan
from sim.i18n import message
from sim.model.given_up import GivenUp
from sim.model.objects import JsonObject
from sim.model.run import Setting

PLAN, RESULTS = "sweep.json", "results"
_DRAFT = re.compile(r"\..*\.(\d+)\.part")
Trials = tuple[tuple[Outcome, ...], ...]


class SweepFolder:
    """The folder at *path*."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()

    def begin(self, plan: Plan, *, resume: bool) -> None:
        """Make the folder ready for *plan*.

        Raise a `BackendError` if it holds a sweep and nobody said *resume*, or anything else.
        """
        if self.path.exists() and any(
            not _DRAFT.fullmatch(one.name) for one in self.path.iterdir()
        ):
            if not self.is_sweep():
                text = message("{path} exists and is not a sweep; it is left alone", path=self.path)
                raise BackendError(text)
            if not resume:
                text = message("{path} holds a sweep; --resume goes on with it", path=self.path)
                raise BackendError(text)
        results = self.path / RESULTS
        self.path.mkdir(parents=True, exist_ok=True)
        self._write(self.path / PLAN, plan.to_json())  # First: it says whose folder this is.
        results.mkdir(exist_ok=True)
        for place in (self.path, results):
            _forget_drafts_of_the_dead(place)

    def is_sweep(self) -> bool:
        """Whether there is the plan of a sweep."""
        try:
            facts = json.loads((self.path / PLAN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(facts, dict) and facts.get("kind") == "Sweep"

    def keep(self, chunk: Chunk, trials: Trials) -> None:
        """Write what *chunk* came to."""
        rows = [[_outcome(one) for one in trial] for trial in trials]
        content = {"kind": "SweepResult", "key": chunk.key, "seeds": list(chunk.seeds)}
        self._write(self._place(chunk.key), content | {"sha256": _hash(rows), "trials": rows})

    def has(self, key: str) -> bool:
        """Whether there is a file of the job with that *key*."""
        return self._place(key).is_file()

    def kept(self, key: str) -> Trials | None:
        """What the job with that *key* came to, if its file is there and as it was written."""
        try:
            facts = json.loads(self._place(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(facts, dict) or facts.get("key") != key:
            return None
        rows = facts.get("trials")
        if not isinstance(rows, list) or facts.get("sha256") != _hash(rows):
            return None
        return tuple(tuple(_read(one) for one in trial) for trial in rows)

    def write_summary(self, content: JsonObject) -> None:
        """What all of it came to."""
        self._write(self.path / "summary.json", content)

    def _place(self, key: str) -> Path:
        return self.path / RESULTS / f"{key}.json"

    def _write(self, target: Path, content: JsonObject) -> None:
        write_whole(
            target, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        )


def _forget_drafts_of_the_dead(place: Path) -> None:
    """Remove what a killed process was about to write; another's that is alive is left."""
    for path in place.iterdir():
        found = _DRAFT.fullmatch(path.name)
        if found is not None and not _is_alive(int(found[1])):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return False  # Its number was another's before: we have written nothing yet.
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _hash(rows: object) -> str:
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _outcome(found: Outcome) -> JsonObject:
    return {
        "strategy": found.strategy,
        "seed": found.seed,
        "figures": dict(found.figures),
        "causes": dict(found.causes),
        "classes": dict(found.classes),
        "sent": found.sent,
        "phase": found.phase,
        "settled": found.settled,
        "settings": [[one.name, one.value, one.source] for one in found.settings],
        "given_up": None if found.given_up is None else found.given_up.to_json(),
        "digest": found.digest,
    }


def _read(facts: JsonObject) -> Outcome:
    values = dict(facts)
    settings = values.pop("settings")
    given_up = GivenUp.from_json(facts.get("given_up"))
    values.pop("given_up", None)
    values.setdefault("classes", {})  # A study of an earlier version goes on.
    assert isinstance(settings, Sequence)
    rows = tuple(Setting(name=n, value=v, source=s) for n, v, s in settings)
    return Outcome(**values, settings=rows, given_up=given_up, run=None)
