"""A run folder is whole or not there, has the same bytes for the same run, and reads back."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from handmade import recreate, rolling_update, run

from sim.errors import BackendError
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.model.run import Change
from sim.scenario.load import load

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.20
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("manifests") / "web.yaml"
    path.write_text(MANIFEST)
    return load([path])


@pytest.fixture(scope="module")
def record():
    pod = {"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"}, "spec": {"x": [1]}}
    change = Change(time=30.0, verb="ADDED", resource_version=7, object=pod)
    return replace(recreate(), changes=(change,))


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_holds_what_made_it_and_what_happened(tmp_path, scenario, record):
    write_run_folder(tmp_path / "a", scenario, record)
    files = contents(tmp_path / "a")
    tables = ("events", "failures", "latency", "objects", "pods", "seconds", "users")
    assert sorted(files) == sorted(
        ["manifest.json", "scenario.json", *(f"{name}.parquet" for name in tables)]
    )
    manifest = json.loads(files.pop("manifest.json"))
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == manifest[
        "files"
    ]
    assert (manifest["schemaVersion"], manifest["kind"], manifest["seed"]) == (1, "Run", 0)
    assert set(manifest["programs"]) == {"python", "seatrial", "numpy", "simpy", "pyarrow"}
    assert manifest["runDigest"] == record.digest()
    assert json.loads(files["scenario.json"]) == scenario.understood()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_seconds_are_counted_by_version_and_cause(tmp_path, scenario):
    write_run_folder(tmp_path / "a", scenario, rolling_update())
    rows = pq.read_table(tmp_path / "a" / "seconds.parquet").to_pylist()
    assert [row for row in rows if row["second"] == 38] == [
        {"second": 38, "version": "old", "cause": "none", "requests": 29},
        {"second": 38, "version": "old", "cause": "refused_terminating", "requests": 5},
        {"second": 38, "version": "new", "cause": "none", "requests": 16},
    ]
    assert sum(row["requests"] for row in rows) == rolling_update().requests.total


def test_objects_are_kept_whole(tmp_path, scenario, record):
    write_run_folder(tmp_path / "a", scenario, record)
    (row,) = pq.read_table(tmp_path / "a" / "objects.parquet").to_pylist()
    expected = {"time": 30.0, "verb": "ADDED", "kind": "Pod", "namespace": "shop", "name": "web-1"}
    assert expected | {"resource_version": 7, "object": row["object"]} == row
    assert json.loads(row["object"]) == record.changes[0].object


def test_a_folder_reads_back_as_the_run_it_was(tmp_path, scenario, record):
    write_run_folder(tmp_path / "a", scenario, record)
    found = read_run_folder(tmp_path / "a")
    assert found.digest() == record.digest()
    for name in ("scenario", "window", "versions", "pods", "events", "settings", "changes"):
        assert getattr(found, name) == getattr(record, name)


def test_a_run_without_anything_has_a_folder_too(tmp_path, scenario):
    write_run_folder(tmp_path / "a", scenario, run())
    assert read_run_folder(tmp_path / "a").digest() == run().digest()


def test_the_same_run_has_the_same_bytes(tmp_path, scenario, record):
    for name in ("a", "b"):
        write_run_folder(tmp_path / name, scenario, record)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_run_folder_is_replaced(tmp_path, scenario, record):
    write_run_folder(tmp_path / "a", scenario, record)
    write_run_folder(tmp_path / "a", scenario, rolling_update())
    assert read_run_folder(tmp_path / "a").strategy == "RollingUpdate"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_no_run_folder_is_left_alone(tmp_path, scenario, record):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.txt").write_text("years of work")
    (tmp_path / "b").write_text("a file")
    for name in ("a", "b"):
        with pytest.raises(BackendError, match="exists and is not a run folder"):
            write_run_folder(tmp_path / name, scenario, record)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a" / "thesis.txt").read_text() == "years of work"


def test_an_empty_folder_is_filled(tmp_path, scenario, record):
    (tmp_path / "a").mkdir()
    write_run_folder(tmp_path / "a", scenario, record)
    assert read_run_folder(tmp_path / "a").digest() == record.digest()


def test_a_file_that_was_changed_is_noticed(tmp_path, scenario, record):
    write_run_folder(tmp_path / "a", scenario, record)
    (tmp_path / "a" / "pods.parquet").write_bytes(b"")
    with pytest.raises(BackendError, match=r"pods\.parquet is not what its manifest says"):
        read_run_folder(tmp_path / "a")


def test_reading_something_else_is_refused(tmp_path):
    with pytest.raises(BackendError, match="is not a run folder"):
        read_run_folder(tmp_path)


@pytest.mark.parametrize("stage", ["_write_tables", "_manifest", "keep"])
def test_ctrl_c_at_any_stage_leaves_nothing_new(tmp_path, scenario, record, monkeypatch, stage):
    write_run_folder(tmp_path / "a", scenario, record)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"sim.experiments.folder.{stage}", interrupted)
    for name in ("a", "b"):
        with pytest.raises(KeyboardInterrupt):
            write_run_folder(tmp_path / name, scenario, rolling_update())
    assert read_run_folder(tmp_path / "a").digest() == record.digest()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


# The killer imports everything once and then forks, for a fresh interpreter takes longer than a
# write. It writes once in full to learn how long that takes, and spreads its kills over that time,
# until all of them have hit a write that was under way.
KILLER = """
import os, signal, sys, time
sys.path.insert(0, "tests")
import handmade, pandas, pyarrow.parquet  # pyarrow loads pandas at its first array.
from pathlib import Path
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.scenario.load import load

place, kills = Path(sys.argv[1]), int(sys.argv[2])
scenario, runs = load([place / "web.yaml"]), (handmade.recreate(), handmade.rolling_update())
digests = {run.digest() for run in runs}

def forked(task):
    pid = os.fork()
    if pid == 0:
        try:
            task()
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    return pid

def check():
    if (place / "a").exists():
        assert read_run_folder(place / "a").digest() in digests

began = time.perf_counter()
os.waitpid(forked(lambda: write_run_folder(place / "a", scenario, runs[0])), 0)
whole = time.perf_counter() - began
killed = 0
for n in range(20 * kills):
    if killed == kills:
        break
    pid = forked(lambda: write_run_folder(place / "a", scenario, runs[n % 2]))
    time.sleep(whole * killed / kills)
    os.kill(pid, signal.SIGKILL)
    if os.WIFSIGNALED(os.waitpid(pid, 0)[1]):
        killed += 1
    else:  # It was done already: a busy machine made the first one slow.
        whole *= 0.95
    assert os.waitpid(forked(check), 0)[1] == 0, n
print(killed)
"""


@pytest.mark.parametrize("kills", [15, pytest.param(200, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_a_whole_folder_or_none(root, tmp_path, kills):
    (tmp_path / "web.yaml").write_text(MANIFEST)
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path), str(kills)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert kills == int(done.stdout)  # Or the kills came too late to prove anything.
