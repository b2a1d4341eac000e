"""The subcommands on real scenarios: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import call, finish
from small_manifests import BROKEN, DEPLOYMENT, FEW, SMALL
from typer.testing import Result

from sim.analysis.figures import FIGURES
from sim.experiments.folder import read_run_folder
from sim.interfaces.help_page import width_of

CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Compared:
    """What a comparison printed, and where its picture is."""

    shown: Result
    picture: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's own Deployment and nothing else."""
    place = tmp_path_factory.mktemp("shop") / "shop.yaml"
    place.write_text(DEPLOYMENT)
    return place


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A Deployment with two mistakes."""
    place = tmp_path / "broken.yaml"
    place.write_text(BROKEN)
    return place


@pytest.fixture(scope="module")
def compared(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Compared]:
    """One comparison, printed in both languages, in a pipe of eighty columns, with its picture."""
    found = {}
    for language in ("en", "zh"):
        place = tmp_path_factory.mktemp(language) / "out.png"
        words = ("compare", str(shop), *FEW, "--lang", language, "--png", str(place))
        found[language] = Compared(call(*words, COLUMNS="80"), place)
        assert found[language].shown.exit_code == 0, found[language].shown.stderr
    return found


def test_compare_prints_what_it_rests_on_then_figures_then_the_verdict(
    compared: dict[str, Compared],
) -> None:
    """The verdict is the last thing, where a tired reader's eyes are."""
    printed = compared["en"].shown.stdout
    titles = ["What this rests on", "What each strategy ran with", "Figures: mean", "Verdict"]
    places = [printed.index(title) for title in titles]
    assert places == sorted(places)
    assert printed.splitlines()[2].startswith("release ")
    assert re.search(r"\nfailed requests .*\n  over no release .*\navailability", printed)
    for figure in ("failed requests", "downtime (s)", "blast radius (%)", "peak pods"):
        assert f"\n{figure}" in printed
    assert "RollingUpdate" in printed.rpartition("Verdict")[2]


def test_chinese_says_the_same_in_chinese_and_english_has_none(
    compared: dict[str, Compared],
) -> None:
    """The same numbers in the same order; Kubernetes' own names stay as they are."""
    english, chinese = (compared[language].shown.stdout for language in ("en", "zh"))
    assert CJK.search(english) is None
    assert CJK.search(chinese)
    assert "RollingUpdate" in chinese
    assert "over no release" not in chinese
    numbers = re.compile(r"[\d,.]+ ± [\d,.]+")
    tables = numbers.findall(english.rpartition("Verdict")[0])
    assert tables
    assert numbers.findall(chinese)[: len(tables)] == tables


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_goes_into_a_pipe_is_eighty_columns_wide(
    compared: dict[str, Compared], language: str
) -> None:
    """Nothing is cut off, and no escape code is in it."""
    printed = compared[language].shown.stdout
    assert [line for line in printed.splitlines() if width_of(line) > 80] == []
    assert "\u2026" not in printed
    assert ESCAPE not in printed


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compare_draws_a_picture(compared: dict[str, Compared], language: str) -> None:
    """A PNG, and nothing else beside it."""
    place = compared[language].picture
    assert place.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(place.parent.iterdir()) == [place]


def test_json_is_all_that_stands_on_standard_output(shop: Path) -> None:
    """Stable names, a schema version, every figure, all arms; the same in every language."""
    words = ("compare", str(shop), *FEW, "--json")
    done = finish(*words, "--lang", "zh")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["schemaVersion"] == 1
    assert [arm["strategy"] for arm in found["arms"]] == [None, "Recreate", "RollingUpdate"]
    assert found["seeds"] == [0, 1]
    assert list(found["arms"][1]["figures"]) == list(FIGURES)
    assert CJK.search(done.stdout) is None
    assert call(*words, "--lang", "en").stdout == done.stdout


def test_the_chosen_strategies_seeds_and_faults_are_those_that_run(shop: Path) -> None:
    """Flags reach the experiment."""
    words = ("--strategy", "Recreate", "--seed", "5", "--fault", "bug:new:50%", "--json")
    found = json.loads(call("compare", str(shop), *FEW, *words).stdout)
    assert [arm["strategy"] for arm in found["arms"]] == [None, "Recreate"]
    assert found["seeds"] == [5, 6]
    assert found["scenario"]["faults"] == ["bug:new:50%"]
    assert "application_bug" in found["arms"][1]["causes"]


def test_standard_input_is_read_as_a_file_is() -> None:
    """`kubectl get deployment shop -o yaml | seatrial run -`."""
    done = finish("run", "-", *SMALL, "--json", stdin=DEPLOYMENT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["strategy"] == "RollingUpdate"


def test_run_prints_figures_and_what_happened_when(shop: Path) -> None:
    """One run, one column, the cluster's own words."""
    shown = call("run", str(shop), "--strategy", "RollingUpdate", "--seed", "7", *SMALL)
    assert shown.exit_code == 0, shown.stderr
    assert "Figures of seed 7" in shown.stdout
    assert "ScalingReplicaSet" in shown.stdout
    assert "failed requests" in shown.stdout


def test_run_keeps_its_folder_and_says_the_same_as_json(shop: Path, tmp_path: Path) -> None:
    """The folder has its manifest and tables."""
    folder = tmp_path / "runs" / "a"
    done = call("run", str(shop), *SMALL, "--out", str(folder), "--json", "--seed", "7")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["kind"], found["seed"], found["strategy"]) == ("Run", 7, "RollingUpdate")
    assert list(found["figures"]) == list(FIGURES)
    kept = json.loads((folder / "manifest.json").read_text())
    assert kept["seed"] == 7
    assert [path.suffix for path in folder.iterdir()].count(".parquet") >= 3


def test_validate_says_ok_and_lists_what_it_assumes(shop: Path) -> None:
    """A bare Deployment is enough."""
    done = call("validate", str(shop))
    assert done.exit_code == 0, done.stderr
    assert f"{shop}: ok" in done.stdout.replace("\n", "")
    assert "assumed" in done.stdout


def test_validate_says_every_mistake_with_its_line_and_column(broken: Path) -> None:
    """Two mistakes, two lines, on standard error; nothing else."""
    done = finish("validate", str(broken))
    assert done.returncode == 2
    assert done.stdout == ""
    places = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert places == [f"{broken}:6:3", f"{broken}:8:20"]


def test_a_mistake_is_told_in_chinese_with_the_same_place(broken: Path) -> None:
    """The place does not change with the language."""
    shown = call("compare", str(broken), "--lang", "zh")
    assert shown.exit_code == 2
    lines = shown.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"{broken}:6:3", f"{broken}:8:20"]
    assert [line for line in lines if not CJK.search(line)] == []


@pytest.mark.parametrize("command", ["compare", "run", "validate"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-file.yaml",), "no-such-file.yaml"),
        (("{folder}",), "{folder}"),
        (("{shop}", "--fault", "bgu:new:5%"), "bug"),
        (("{shop}", "--fault", "bug:new:lots"), "bug:new:5%"),
        (("{shop}", "--set", "traffic.rat=5/s"), "rat"),
        (("{shop}", "--image", "wbe=nginx:2"), "web"),
    ],
)
def test_input_that_cannot_be_used_is_refused_in_one_line(
    command: str, words: tuple[str, ...], said: str, shop: Path, tmp_path: Path
) -> None:
    """Exit code 2, nothing on standard output, no traceback, and what would be right."""
    names = {"shop": str(shop), "folder": str(tmp_path)}
    shown = call(command, *(word.format(**names) for word in words))
    assert shown.exit_code == 2, shown.output
    assert shown.stdout == ""
    assert len(shown.stderr.splitlines()) == 1
    assert said.format(**names) in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("command", ["compare", "run"])
def test_an_unknown_strategy_is_refused_with_the_known_ones(command: str, shop: Path) -> None:
    """With the nearest name."""
    shown = call(command, str(shop), "--strategy", "RolingUpdate")
    assert shown.exit_code == 2
    assert "did you mean RollingUpdate? known: Recreate, RollingUpdate" in shown.stderr


def test_several_files_are_checked_together_as_compare_reads_them(
    shop: Path, tmp_path: Path
) -> None:
    """A Service in a file of its own belongs to the Deployment in the other."""
    service = tmp_path / "service.yaml"
    service.write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\n"
        "spec: {selector: {app: shop}, ports: [{port: 80}]}\n"
    )
    shown = call("validate", str(shop), str(service))
    assert shown.exit_code == 0, shown.stderr


def test_the_bundled_scenario_is_found_by_its_name(tmp_path: Path) -> None:
    """From any directory."""
    shown = call("validate", "web-app")
    assert shown.exit_code == 0, shown.stderr
    assert "web-app: ok" in shown.stdout


def test_validate_accepts_manifests_without_a_deployment(tmp_path: Path) -> None:
    """They are manifests too; only a release needs a Deployment."""
    place = tmp_path / "flags.yaml"
    place.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {a: b}\n")

    shown = call("validate", str(place))

    assert 0 == shown.exit_code
    assert f"{place}: ok\nThere is no Deployment among them" in shown.stdout
    assert "ConfigMap/flags is kept, not yet simulated" in shown.stderr


def test_validate_accepts_two_deployments_and_asks_which_one_is_meant(tmp_path: Path) -> None:
    place = tmp_path / "two.yaml"
    place.write_text(DEPLOYMENT + "---\n" + DEPLOYMENT.replace("name: shop", "name: till", 1))

    both = call("validate", str(place))
    typed = call("validate", "-", stdin=place.read_text())
    one = call("validate", str(place), "--deployment", "till")

    assert (0, 0, 0) == (both.exit_code, typed.exit_code, one.exit_code)
    assert "Several Deployments: shop, till." in both.stdout
    assert "Several Deployments: shop, till." in typed.stdout
    assert "What this rests on" in one.stdout


def test_a_fault_says_what_it_does(shop: Path) -> None:
    """Second row, after the release: nobody may mistake a drill for the service."""
    shown = call("validate", str(shop), "--fault", "leak:new:2MiB/s", COLUMNS="200")

    row = next(line for line in shown.stdout.splitlines() if line.startswith("fault "))
    assert "leak:new:2MiB/s" in row
    assert "or at the node's memory if it has no limit" in row


def test_run_tells_of_failed_requests_one_by_one_with_pods_that_exist(tmp_path: Path) -> None:
    out = tmp_path / "a"
    done = call("run", "web-app", "--strategy", "Recreate", "--json", "--out", str(out))
    told = json.loads(done.stdout)["failures"]

    pods = {span.pod for span in read_run_folder(out).pods}
    assert {"no_endpoint", "refused_terminating"} <= {one["cause"] for one in told}
    assert {one["pod"] for one in told if one["cause"] == "refused_terminating"} <= pods
    assert {None} == {one["pod"] for one in told if one["cause"] == "no_endpoint"}
