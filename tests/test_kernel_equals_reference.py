"""The compiled plane is the reference: not one bit differs, whatever happens.

Each story is a random world of a regime under random control; both planes are told the same, and
everything that can be read of them is compared: the log attempt by attempt, signals, counters at
random moments, counts, users. `benchmarks/differential.py` plays millions of attempts of it.
"""

from __future__ import annotations

import math

import pytest
from differential import REGIMES, differences
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import deployment, scenario

from sim.experiments.folder import write_run_folder
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.model.run import Window
from sim.session import Session

# Of 2,000 requests and more attempts, for each regime; the first are played in every suite.
STORIES = [
    pytest.param(range(2), id="first"),
    pytest.param(range(2, 6), id="more", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("seeds", STORIES)
@pytest.mark.parametrize("name", REGIMES)
def test_no_attempt_differs_in_any_regime(name, seeds):
    attempts = sum(differences(name, seed) for seed in seeds)

    assert attempts > len(seeds) * 1000


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(REGIMES)), seed=st.integers(100_000, 2**32))
def test_no_attempt_differs_in_whatever_hypothesis_thinks_of(name, seed):
    assert differences(name, seed, requests=500) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", REGIMES)
def test_no_attempt_differs_in_longer_stories(name):
    assert sum(differences(name, 1000 + seed, requests=10_000) for seed in range(4)) > 30_000


STORY_FAULTS = ("leak:new:3MiB/s", "bug:new:5%")
OVERRIDES = ("traffic.rate=60/s", "clients.attempts=3")
SHOP = ("dependencies.database.capacity=3", "versions.old.calls.database.timeout=1s")
SHOP_FAULTS = ("lock:database:20s..25s", "outage:database:50s..52s")


def played(engine, place, strategy, readiness=None, calling=False):
    story = scenario(
        place / engine,
        deployment(replicas=4, memory="128Mi", readiness=readiness, liveness=readiness),
        faults=STORY_FAULTS + SHOP_FAULTS * calling,
        overrides=OVERRIDES + SHOP * calling,
    )
    window = Window(start=0.0, first_write=10.0, end=90.0)
    session = Session(story, strategy, 7, window=window, keep_objects=True, engine=engine)
    session.advance(40.0)
    session.command(Command(verb=Verb.LOSE_NODE, name="node-1"))
    session.advance(60.0)
    session.command(Command(verb=Verb.RETURN_NODE, name="node-1"))
    seen = session.snapshot().digest()
    return story, seen, session.finish()


@pytest.mark.parametrize("calling", [False, True])
@pytest.mark.parametrize("strategy", [None, "Recreate", "RollingUpdate"])
@pytest.mark.parametrize("probe", [None, {"tcpSocket": {"port": 80}, "periodSeconds": 1}])
def test_a_whole_session_writes_the_same_bytes_under_both_engines(
    tmp_path, strategy, probe, calling
):
    digests, files = [], []
    for engine in ("reference", "kernel"):
        story, seen, run = played(engine, tmp_path, strategy, probe, calling)
        write_run_folder(tmp_path / f"{engine}-run", story, run)
        digests.append((seen, run.digest()))
        files.append(
            {
                path.name: path.read_bytes()
                for path in (tmp_path / f"{engine}-run").iterdir()
                if path.suffix == ".parquet"
            }
        )

    assert digests[0] == digests[1]
    assert files[0] == files[1]
    assert files[0], "or nothing was compared"
    assert calling == (int(Cause.DEPENDENCY_ERROR) in run.requests.cause)
    assert math.isfinite(run.window.end)
