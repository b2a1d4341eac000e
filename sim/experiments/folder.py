"""The run folder: one run in files that say what made them, whole or not there at all.

`manifest.json` names the seed, the versions of the program and the hash of every other file;
beside it lie the scenario as understood and Parquet tables. Nothing in it depends on when or
where it was written: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import BackendError
from sim.experiments.disk import draft_name, sync
from sim.experiments.monitoring_record import alerts_from, measurements_from, monitoring_facts
from sim.experiments.programs import programs
from sim.experiments.tables import (
    changes_from,
    events_from,
    failures_from,
    pods_from,
    requests_from,
    tables_of,
    users_from,
)
from sim.i18n import message
from sim.model.deed import Deed, DeedKind
from sim.model.given_up import GivenUp
from sim.model.objects import JsonObject
from sim.model.run import AskedShare, CodePath, Phase, Run, Setting, Window

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

SCHEMA_VERSION = 1
KIND, DRILL = "Run", "RollbackDrill"
MANIFEST, SCENARIO = "manifest.json", "scenario.json"


def write_run_folder(
    path: str | Path, scenario: Scenario, run: Run, texts: Mapping[str, str] | None = None
) -> None:
    """Write *run* of *scenario* to the folder *path*, and *texts* by their file names.

    A run folder that is already there is replaced, for the command that made it can make it
    again; anything else that is not empty is left alone. Raise a `BackendError` then.
    """
    target = Path(path).absolute()
    refuse_strangers(target, KIND)
    with draft_beside(target) as draft:
        _write_json(draft / SCENARIO, scenario.understood())
        _write_tables(draft, run)
        for name, text in (texts or {}).items():
            (draft / name).write_text(text, encoding="utf-8")
        _write_json(draft / MANIFEST, _manifest(draft, run))
        keep(draft)
        put_in_place(draft, target)


def read_run_folder(path: str | Path) -> Run:
    """The run in the folder *path*. Raise a `BackendError` unless every file is as written."""
    import pyarrow.parquet as pq

    folder = Path(path)
    if not _is_run_folder(folder):
        raise BackendError(message("{path} is not a run folder", path=str(folder)))
    facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name, sum_then in facts["files"].items():
        if not (folder / name).is_file() or _hash_of(folder / name) != sum_then:
            text = message("{file} is not what its manifest says", file=str(folder / name))
            raise BackendError(text)
    table = {name: pq.read_table(folder / f"{name}.parquet") for name in facts["tables"]}
    versions = tuple(facts["podVersions"])
    classes = tuple(facts.get("classes", ()))
    return Run(
        scenario=facts["scenario"],
        scenario_digest=facts["scenarioDigest"],
        strategy=facts["strategy"],
        seed=facts["seed"],
        window=Window(
            start=facts["window"]["startSeconds"],
            first_write=facts["window"]["firstWriteSeconds"],
            end=facts["window"]["endSeconds"],
        ),
        phase=None if facts["phase"] is None else Phase(facts["phase"]),
        finished_at=facts["finishedAt"],
        settled_at=facts["settledAt"],
        asked_shares=tuple(AskedShare(**one) for one in facts.get("askedShares", ())),
        code_paths=tuple(CodePath(**one) for one in facts.get("codePaths", ())),
        given_up=GivenUp.from_json(facts.get("givenUp")),
        deeds=tuple(
            Deed(**{**one, "kind": DeedKind(one["kind"])}) for one in facts.get("deeds", ())
        ),
        alerts=alerts_from(facts),
        measurements=measurements_from(facts),
        versions=versions,
        requests=requests_from(table["latency"], versions, classes),
        classes=classes,
        users=users_from(table["users"], versions),
        last_answer={versions.index(name): at for name, at in facts["lastAnswer"].items()},
        arrived=facts["arrived"],
        in_flight_at_end=facts["inFlightAtEnd"],
        pods=pods_from(table["pods"]),
        restarts=facts["restarts"],
        events=events_from(table["events"]),
        settings=tuple(Setting(**setting) for setting in facts["settings"]),
        # Folders of earlier versions have no such table.
        failures=(
            failures_from(table["failures"], versions, classes) if "failures" in table else ()
        ),
        changes=changes_from(table["objects"]),
    )


def _manifest(draft: Path, run: Run) -> JsonObject:
    files = sorted(found.name for found in draft.iterdir())
    return {
        "schemaVersion": SCHEMA_VERSION,
        "kind": "Run",
        "scenario": run.scenario,
        "scenarioDigest": run.scenario_digest,
        "strategy": run.strategy,
        "seed": run.seed,
        "window": {
            "startSeconds": run.window.start,
            "firstWriteSeconds": run.window.first_write,
            "endSeconds": run.window.end,
        },
        "phase": None if run.phase is None else run.phase.value,
        "finishedAt": run.finished_at,
        "settledAt": run.settled_at,
        "askedShares": [one._asdict() for one in run.asked_shares],
        **({"codePaths": [one._asdict() for one in run.code_paths]} if run.code_paths else {}),
        "givenUp": None if run.given_up is None else run.given_up.to_json(),
        "deeds": [deed._asdict() for deed in run.deeds],
        **monitoring_facts(run.alerts, run.measurements),
        "podVersions": list(run.versions),
        **({"classes": list(run.classes)} if run.classes else {}),
        "lastAnswer": {run.versions[v]: at for v, at in sorted(run.last_answer.items())},
        "arrived": run.arrived,
        "inFlightAtEnd": run.in_flight_at_end,
        "restarts": run.restarts,
        "settings": [
            {"name": setting.name, "value": setting.value, "source": setting.source}
            for setting in run.settings
        ],
        "runDigest": run.digest(),
        "programs": dict(programs()),
        "tables": [Path(name).stem for name in files if name.endswith(".parquet")],
        "files": {name: _hash_of(draft / name) for name in files},
    }


def _write_tables(draft: Path, run: Run) -> None:
    import pyarrow.parquet as pq

    for name, table in tables_of(run).items():
        pq.write_table(table, draft / f"{name}.parquet", compression="zstd")


def _write_json(path: Path, content: JsonObject) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_run_folder(path: Path, kind: str = KIND) -> bool:
    try:
        facts = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and facts.get("kind") == kind


def refuse_strangers(target: Path, kind: str) -> None:
    """Raise a `BackendError` if something is at *target* that is no folder of that *kind*."""
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and (_is_run_folder(target, kind) or not any(target.iterdir())):
        return
    texts = {
        KIND: message("{path} exists and is not a run folder; it is left alone", path=target),
        DRILL: message("{path} exists and is not a drill; it is left alone", path=target),
    }
    other = message("{path} exists and is not a comparison; it is left alone", path=target)
    raise BackendError(texts.get(kind, other))


@contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """A hidden folder on the same disk, gone afterwards unless it was moved away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_name(target)
    shutil.rmtree(draft, ignore_errors=True)  # A killed process may have had our number.
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def keep(folder: Path) -> None:
    """Make sure that the files are on the disk before the folder gets its name."""
    for path in (*sorted(folder.iterdir()), folder):
        sync(path)


def put_in_place(draft: Path, target: Path) -> None:
    """Give *draft* its name; a folder can only take the place of nothing or of an empty one."""
    former = draft_name(target, "former")
    if target.is_dir() and any(target.iterdir()):
        target.replace(former)
    try:
        draft.replace(target)
    finally:
        if former.exists() and not target.exists():
            former.replace(target)
    sync(target.parent)
    shutil.rmtree(former, ignore_errors=True)
