"""Every request to a file: what the run counts, the same from both engines, in bounded memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from command_line import WORDS, call, environment, start
from small_manifests import DEPLOYMENT, SMALL
from tiny_traffic import serving

from sim.experiments.request_file import request_file
from sim.experiments.window import measured_window
from sim.model import attempts
from sim.model.behaviour import Clients, RateCurve, Workload
from sim.model.causes import Cause
from sim.scenario.load import load
from sim.session import Session
from sim.traffic import PLANES

RETRYING = ("clients.attempts=3", "traffic.rate=60/s", "clients.attemptTimeout=100ms")


@pytest.fixture
def shop(tmp_path):
    place = tmp_path / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return place


@pytest.fixture
def small_chunks(monkeypatch):
    """So small that a short run fills many of them."""
    for place in ("sim.traffic.tally", "sim.traffic.kernel.plane"):
        monkeypatch.setattr(f"{place}.CHUNK", 500)


def recorded(shop, path, engine):
    """A run of Recreate with retries and its requests in the file *path*."""
    scenario = load([shop], images=["web=nginx:1.21"], overrides=list(RETRYING))
    window = measured_window(scenario, ["Recreate"])
    with request_file(path) as recorder:
        session = Session(scenario, "Recreate", 3, window=window, engine=engine, recorder=recorder)
        return session.finish()


def test_the_file_counts_what_the_run_counts(shop, tmp_path, small_chunks):
    """By second, version and cause for final answers; each attempt before them is there too."""
    run = recorded(shop, tmp_path / "a.parquet", "kernel")
    rows = pq.read_table(tmp_path / "a.parquet").to_pandas()
    last = rows[rows["final"]]

    assert run.arrived == len(last) == last["request"].nunique()
    assert set(range(run.arrived)) == set(last["request"])
    seen = last.assign(second=np.floor(last["meant"]).astype(int)).groupby(
        ["second", "version", "cause"], dropna=False
    )
    counts, expected = run.requests, {}
    for second, version, cause, count in zip(
        counts.second, counts.version, counts.cause, counts.count, strict=True
    ):
        name = "nobody" if version < 0 else run.versions[version]
        key = (int(second), name, Cause(cause).key)
        expected[key] = expected.get(key, 0) + int(count)
    assert expected == {
        (second, "nobody" if version != version else version, cause): size
        for (second, version, cause), size in seen.size().items()
    }
    assert len(expected) > 100
    assert len(rows) > len(last) + 50  # Retries.
    for _, tries in rows.sort_values("attempt").groupby("request"):
        assert list(tries["attempt"]) == list(range(len(tries)))
        assert list(tries["final"]) == [False] * (len(tries) - 1) + [True]


def test_every_pod_that_was_chosen_has_its_name_and_the_times_are_in_order(
    shop, tmp_path, small_chunks
):
    run = recorded(shop, tmp_path / "a.parquet", "kernel")
    rows = pq.read_table(tmp_path / "a.parquet").to_pandas()

    assert list(rows["pod"].isna()) == list(rows["pod_number"].isna())
    assert {span.pod for span in run.pods} == set(rows["pod"].dropna())
    assert rows["pod"].isna().any()  # Recreate: nobody was there.
    assert (rows["meant"] <= rows["sent"]).all()
    assert (rows["sent"] <= rows["answered"]).all()
    assert rows["answered"].is_monotonic_increasing
    story = next(one for one in run.failures if one.attempts > 1)
    told = rows[(rows["request"] == story.request) & rows["final"]].iloc[0]
    assert (story.user, story.proxy, story.attempts, story.meant, story.answered) == (
        told["user"],
        told["proxy"],
        told["attempt"] + 1,
        told["meant"],
        told["answered"],
    )


def test_both_engines_write_the_same_bytes_in_bounded_row_groups(shop, tmp_path, small_chunks):
    for engine in ("kernel", "reference"):
        recorded(shop, tmp_path / engine, engine)
    facts = pq.ParquetFile(tmp_path / "kernel").metadata

    assert (tmp_path / "kernel").read_bytes() == (tmp_path / "reference").read_bytes()
    groups = [facts.row_group(number).num_rows for number in range(facts.num_row_groups)]
    assert groups[:-1] == [500] * (len(groups) - 1)
    assert len(groups) > 5


def test_a_run_is_the_same_with_its_requests_recorded_and_without(shop, tmp_path):
    found = [
        call("run", str(shop), *SMALL, "--json", *words).stdout
        for words in ((), ("--requests", str(tmp_path / "a.parquet")))
    ]

    assert found[0] == found[1]
    assert ["a.parquet", "shop.yaml"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_run_without_requests_has_a_file_without_rows(tmp_path):
    with request_file(tmp_path / "a.parquet"):
        pass

    assert 0 == pq.read_table(tmp_path / "a.parquet").num_rows


class Counted:
    """Counts what it passes on, and notes the memory in use after the first chunks."""

    def __init__(self, file):
        self.file, self.rows, self.most, self.early = file, 0, 0, 0

    def __call__(self, some):
        import psutil

        self.file.record(some, "pod-{}".format, ("old",))
        self.rows += len(some)
        assert len(some) <= attempts.CHUNK
        used = psutil.Process().memory_info().rss
        if self.rows <= 8 * attempts.CHUNK:
            self.early = max(self.early, used)
        self.most = max(self.most, used)


def test_three_million_requests_need_no_more_memory_than_half_a_million(tmp_path):
    """Without a single event of the control plane in between; the rows would take 280 MB."""
    with request_file(tmp_path / "a.parquet") as file:
        log = Counted(file)
        workload = Workload(
            arrivals=RateCurve(times=(0.0,), rates=(30_000.0,), end=100.0, poisson=True),
            clients=Clients(attempt_timeout_seconds=10.0, deadline_seconds=10.0),
            population=10_000,
            proxies=2,
            balancer="random",
            window_start=0.0,
            window_end=100.0,
        )
        plane = PLANES["kernel"](workload, 1, start=0.0, log=log)
        plane.set_behaviour(0, replace(serving(0.001), concurrency=100))
        plane.set_pod(plane.add_pod(0, float("inf"), "node-0"), listening=True)
        plane.publish([0], [0.0, 0.0])
        plane.advance(200.0)
        plane.flush_log()

    assert plane.arrived() == log.rows == pq.read_metadata(tmp_path / "a.parquet").num_rows
    assert log.rows > 2_900_000
    assert log.most - log.early < 40e6


def test_a_place_that_cannot_be_written_is_told_before_the_work(shop):
    shown = call("run", str(shop), *SMALL, "--requests", str(shop / "a"))

    assert (1, "") == (shown.exit_code, shown.stdout)
    assert shown.stderr == f"seatrial: error: {shop / 'a'}: part of the path is not a directory\n"


def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(shop, tmp_path):
    (tmp_path / "results").mkdir()
    target = tmp_path / "results" / "a.parquet"
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)); "
    command = [sys.executable, "-B", "-c", code + WORDS, "run", str(shop), *SMALL]
    done = subprocess.run(
        [*command, "--engine", "reference", "--requests", str(target)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )

    assert (1, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines())), done
    assert done.stderr.startswith(f"seatrial: error: {target}: the file would grow")
    assert [] == list(target.parent.iterdir())


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_the_earlier_file_or_none(shop, tmp_path, blow):
    """The draft is on the disk when the blow comes, and never under the file's name."""
    place = tmp_path / "results"
    place.mkdir()
    (place / "a.parquet").write_text("earlier")
    for name in ("a.parquet", "b.parquet"):
        words = ("--set", "window.settle=100s", "--rps", "200", "--engine", "reference")
        process = start("run", str(shop), *SMALL, *words, "--requests", str(place / name))
        while not [path for path in place.iterdir() if path.suffix == ".part"]:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        os.killpg(process.pid, blow)
        process.communicate(timeout=30)
        assert process.returncode == {signal.SIGINT: 130, signal.SIGKILL: -signal.SIGKILL}[blow]
        left = {path.name for path in place.iterdir() if not path.name.startswith(".")}
        assert {"a.parquet"} == left
        assert "earlier" == (place / "a.parquet").read_text()
        drafts = [path for path in place.iterdir() if path.name.startswith(".")]
        assert blow == signal.SIGKILL or not drafts
        for draft in drafts:
            draft.unlink()
