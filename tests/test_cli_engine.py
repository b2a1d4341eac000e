"""`--engine`: the same results from both, a word about compiling, and one clear refusal."""

from __future__ import annotations

import json

import pytest
from command_line import call, finish
from small_manifests import DEPLOYMENT

from sim.experiments.compare import compare
from sim.scenario.load import load


@pytest.fixture
def shop(tmp_path):
    place = tmp_path / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return str(place)


def test_both_engines_print_the_same_run(shop):
    printed = [
        call("run", shop, "--rps", "40", "--engine", engine, "--json").stdout
        for engine in ("kernel", "reference")
    ]

    assert printed[0] == printed[1]
    assert json.loads(printed[0])["requests"] > 0


def test_both_engines_come_to_the_same_comparison(shop):
    found = [
        compare(load([shop]), ["Recreate"], seeds=(1, 2), workers=1, engine=engine).to_json()
        for engine in ("kernel", "reference")
    ]

    assert found[0] == found[1]


@pytest.mark.parametrize("command", ["run", "compare"])
def test_an_engine_that_nobody_knows_is_refused_with_the_known_ones(shop, command):
    refused = call(command, shop, "--engine", "kernal")

    assert 2 == refused.exit_code
    assert "kernal" in refused.stderr
    assert "kernel" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_the_first_run_on_a_machine_says_that_it_compiles_and_the_second_does_not(shop, tmp_path):
    words = ("compare", shop, "--runs", "2", "--workers", "2", "--strategy", "Recreate")
    first, second = (finish(*words, NUMBA_CACHE_DIR=str(tmp_path / "cache")) for _ in range(2))

    assert "compiling the traffic kernel once, about 25 s" in first.stderr
    assert "" == second.stderr
    assert first.stdout == second.stdout
