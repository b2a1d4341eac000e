"""`seatrial drill-rollback`: what it prints in both languages, JSON, picture and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import call
from small_manifests import DEPLOYMENT, FEW

from sim.analysis.rollback_figures import DRILL_FIGURES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's own Deployment and nothing else."""
    place = tmp_path_factory.mktemp("shop") / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return place


@pytest.mark.slow
def test_it_prints_each_moment_with_its_clocks_its_cost_and_its_verdict(shop: Path) -> None:
    words = ("drill-rollback", str(shop), *FEW, "--strategy", "BlueGreen")
    printed = call(*words, COLUMNS="100").stdout

    assert "The bad release: bug:new:20%" in printed
    order = [
        printed.index(f"{head} {moment}")
        for moment in (
            "by an alert and a person on call",
            "by command in mid-rollout",
            "by command at the finish",
            "by command ten minutes later",
        )
        for head in ("Decided", "Verdict, decided")
    ]
    assert sorted(order) == order
    assert "BlueGreen is back" in printed
    assert "page after 30 s, reaction after 60 .. 300 s" in " ".join(printed.split())


def test_chinese_has_the_same_tables(shop: Path, tmp_path: Path) -> None:
    picture = tmp_path / "drill.png"
    words = (*FEW, "--at", "finish", "--lang", "zh", "--png", str(picture))
    shown = call("drill-rollback", str(shop), *words, COLUMNS="100")

    assert 0 == shown.exit_code, shown.stderr
    assert "坏版本最后应答" in shown.stdout and "结论，决定：发布刚完成时下令" in shown.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_json_is_all_that_is_printed(shop: Path) -> None:
    words = ("drill-rollback", str(shop), *FEW, "--at", "later", "--json")
    found = json.loads(call(*words).stdout)

    (moment,) = found["moments"]
    assert "later" == moment["moment"]
    assert ["Recreate", "RollingUpdate"] == [one["strategy"] for one in moment["strategies"]]
    assert all([*DRILL_FIGURES] == [*one["figures"]] for one in moment["strategies"])


def test_a_moment_that_does_not_exist_is_one_clear_message(shop: Path) -> None:
    shown = call("drill-rollback", str(shop), *FEW, "--at", "yesterday")

    assert 2 == shown.exit_code
    assert "there is no moment called 'yesterday'" in shown.stderr
    assert "alert, mid-rollout, finish, later" in shown.stderr
