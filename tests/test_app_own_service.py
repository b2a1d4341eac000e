"""One's own manifest on the page Scenario: a form without a file, mistakes with their lines."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from command_line import call
from small_manifests import DEPLOYMENT
from test_app import page, surroundings, words_of

from sim.faults import FAULTS
from sim.interfaces.app.order import MANIFEST_FILE, Order
from sim.interfaces.app.service.excerpt import excerpt
from sim.interfaces.app.service.fault_kinds import NAMES, fault_text, usual_moment, usual_size
from sim.interfaces.app.service.fault_text import faults_in, with_fault, without_fault
from sim.interfaces.app.service.plan import plan_of
from sim.interfaces.app.service.planned_waits import planned_waits
from sim.interfaces.app.service.reading import document
from sim.interfaces.app.service.release_text import Changes, changes_in, with_changes
from sim.interfaces.app.service.take_home import command, folder_name, zipped
from sim.interfaces.app.service.upload_manifest import sorted_out
from sim.interfaces.app.service.yaml_form import EMPTY, values_of, with_value
from sim.interfaces.app.work import job, shelf
from sim.scenario.load import load
from sim.strategies import STRATEGIES, strategy_named

__all__ = ["surroundings"]
COMMENTED = """\
# Ours.
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata:
  name: ours
spec:
  manifests:
    - manifests.yaml

  # What was promised.
  slo:
    availability: 99.5%   # in the contract

  # How they behave (R&D measured it).
  clients:
    attempts: 3
    deadline: 9s   # patient

  # The end.
"""
ROLLOUT = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: pay}
spec:
  replicas: 2
  selector: {matchLabels: {app: pay}}
  template:
    metadata: {labels: {app: pay}}
    spec:
      containers: [{name: pay, image: "acme/pay:1"}]
  strategy:
    blueGreen:
      activeService: pay
      autoPromotionEnabled: true
      autoPromotionSeconds: 120
      scaleDownDelaySeconds: 7200
---
apiVersion: v1
kind: Service
metadata: {name: pay}
spec: {selector: {app: pay}, ports: [{port: 80, targetPort: 8080}]}
"""


def reading(manifest: str, description: str = "") -> dict[str, object]:
    """What the page is told of these texts."""
    return document(Order(bundled=None, manifest=manifest, description=description))


def test_the_first_value_of_the_form_begins_a_scenario_file() -> None:
    """That says nothing else, and is read as such."""
    text = with_value("", "traffic.rate", "80/s")

    assert values_of("") == {}
    assert values_of(text) == {"traffic.kind": "poisson", "traffic.rate": "80/s"}
    assert reading(DEPLOYMENT, text)["problems"] == {}
    assert values_of(with_value(text, "traffic.rate", "")) == {"traffic.kind": "poisson"}


@pytest.mark.parametrize("path", ["slo.availability", "clients.attempts", "clients.deadline"])
def test_a_value_that_is_taken_out_leaves_every_comment_of_its_neighbours(path: str) -> None:
    """Only its own line goes, and what is empty then."""
    shorter = with_value(COMMENTED, path, "")

    assert path in values_of(COMMENTED)
    assert path not in values_of(shorter)
    for comment in ("# Ours.", "# What was promised.", "# How they behave", "# The end."):
        assert comment in shorter
    assert len(values_of(shorter)) == len(values_of(COMMENTED)) - 1


def test_images_and_variables_of_a_release_are_written_and_read_back() -> None:
    """Images alone as kubectl sets them; a patch keeps what a form knows nothing of."""
    images = with_changes("", Changes(images={"web": "nginx:1.22"}))
    both = Changes(images={"web": "nginx:1.22"}, variables={("web", "POOL"): "20"})
    patched = with_changes(images, both)
    more = patched.replace("      spec:\n", "      spec:\n        dnsPolicy: Default\n", 1)

    assert "patch" not in images
    assert changes_in(patched) == both
    assert "dnsPolicy" in with_changes(more, Changes())
    assert with_changes(patched, Changes()) == EMPTY
    for text in (images, patched, more):
        assert reading(DEPLOYMENT, text)["problems"] == {}
    (said,) = (s for s in reading(DEPLOYMENT, more)["facts"]["sentences"]["en"] if "POOL" in s)
    assert "nginx:1.22" in said
    assert changes_in("spec:\n  release:\n    manifest: next.yaml\n") is None


@pytest.mark.parametrize("kind", [*FAULTS])
def test_every_kind_of_fault_can_be_asked_for_without_its_syntax(kind: str) -> None:
    """With the usual size and moment it is the kind's own example."""
    example = FAULTS[kind].example
    _, target, _ = example.split(":", 2)

    assert fault_text(kind, target, usual_size(kind), *usual_moment(kind)) == example
    assert kind in NAMES


def test_a_fault_is_added_to_the_text_and_taken_out_again() -> None:
    """The list goes with its last entry."""
    one = with_fault(COMMENTED, fault_text("bug", "new", "5%", "60s", "90s"))
    two = with_fault(one, "slow:new:3x")

    assert faults_in(two) == ("bug:new:5%@60s..90s", "slow:new:3x")
    assert faults_in(without_fault(two, 0)) == ("slow:new:3x",)
    assert "faults" not in without_fault(one, 0)
    assert "# How they behave" in without_fault(one, 0)


def test_a_mistake_comes_with_its_numbered_line_and_a_mark() -> None:
    """In the text where it is."""
    wrong = DEPLOYMENT.replace("replicas: 2", "replicas: three")
    (problem,) = reading(wrong)["problems"]["en"]
    _, sentence, lines, file = problem

    assert "three" in sentence
    assert file == MANIFEST_FILE
    number = wrong.split("\n").index("  replicas: three") + 1
    rows = lines.split("\n")
    at = next(n for n, row in enumerate(rows) if row.startswith(">"))
    shown, mark = rows[at], rows[at + 1]
    assert shown == f"> {number} |   replicas: three"
    assert mark.index("^") == shown.index("three")
    assert excerpt("a\nb", 7, 1) == ""


SLIPS = {
    "an unclosed quote": (
        "web\n        image: nginx:1.20",
        '"web\n        image: "a"',
        "the quote that opens here",
    ),
    "a missing space": ("replicas: 2", "replicas:3", "a space is missing after the colon"),
    "a missing colon": ("replicas: 2", "replicas 3", "there is no ': ' in this line"),
    "a wide colon": ("replicas: 2", "replicas\uff1a 3", "full-width colon"),
    "an odd space": ("  replicas: 2", "\u00a0 replicas: 2", "only looks like a space"),
    "too deep": ("  selector:", "     selector:", "indented deeper than line"),
    "between": ("  selector:", " selector:", "did you mean 2 spaces?"),
    "a unit": ("replicas: 2", "replicas: 2\n  minReadySeconds: 5s", "without a unit: 5"),
    "a kind": ("kind: Deployment", "kind: Deploymnet", "did you mean Deployment?"),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_pen_is_told_in_plain_words(slip: tuple[str, str, str]) -> None:
    """Not in the parser's."""
    right, wrong, said = slip
    assert right in DEPLOYMENT
    problems = reading(DEPLOYMENT.replace(right, wrong, 1))["problems"]["en"]

    assert any(said in sentence for _, sentence, *_ in problems), problems
    assert not any("block end" in sentence for _, sentence, *_ in problems)


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ("requests: {memory: 256m}", "did you mean 256Mi?"),
        ("requests: {cpu: 250M}", "did you mean 250m?"),
    ],
)
def test_an_amount_that_nobody_means_is_minded(resources: str, said: str) -> None:
    """The API server takes it."""
    manifest = DEPLOYMENT.replace(
        "image: nginx:1.20", f"image: nginx:1.20\n        resources: {{{resources}}}"
    )
    found = reading(manifest)

    assert found["problems"] == {}
    assert any(said in sentence for _, sentence in found["warnings"]["en"])


def test_what_every_strategy_waits_for_adds_up_to_what_it_plans() -> None:
    """Bar by bar, as each is set up by default; a promotion by hand has no end."""
    for name in STRATEGIES:
        strategy = strategy_named(name, None)
        waits = planned_waits(strategy)
        assert sum(one.end - one.start for one in waits) == pytest.approx(
            strategy.planned_seconds()
        ), name


def test_a_rollouts_own_strategy_comes_first_with_its_delays(tmp_path: Path) -> None:
    """Promotion and scale-down each as a bar."""
    (tmp_path / "rollout.yaml").write_text(ROLLOUT)
    first = plan_of(load([tmp_path / "rollout.yaml"]))["strategies"][0]

    assert (first["name"], first["own"]) == ("BlueGreen", True)
    assert [(bar["start"], bar["end"]) for bar in first["bars"]] == [(0, 120), (120, 7320)]


def test_the_folder_to_take_home_is_what_the_command_line_takes(tmp_path: Path) -> None:
    """With a scenario file of one's own, and without."""
    folder = folder_name("My Shop/../x")
    for description in ("", with_value("", "traffic.rate", "9/s")):
        order = Order(bundled=None, manifest=DEPLOYMENT, description=description)
        zipfile.ZipFile(io.BytesIO(zipped(order, folder))).extractall(tmp_path)
        assert call("validate", str(tmp_path / folder)).exit_code == 0
        read = load([tmp_path / folder])
        assert next(one for one in read.assumptions if one.field == "traffic.rate").value == (
            "9/s" if description else "50/s"
        )
    flagged = Order(bundled=None, manifest=DEPLOYMENT, faults=("bug:new:5%",), images=("web=a:1",))
    assert command(flagged, folder).endswith("--image web=a:1 --fault bug:new:5%")


def test_a_scenario_file_among_uploads_is_the_scenario_file() -> None:
    """And names the one file that the manifests are here."""
    theirs = COMMENTED.replace("- manifests.yaml", "- deployment.yaml\n    - service.yaml")
    manifests, description = sorted_out([("a.yaml", DEPLOYMENT), ("scenario.yaml", theirs)], "")

    assert "deployment.yaml" not in description
    assert reading(manifests, description)["problems"] == {}
    assert sorted_out([("a.yaml", DEPLOYMENT)], COMMENTED)[1] == COMMENTED


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pasted_manifest_has_a_form_and_a_link_without_its_texts_says_why(language: str) -> None:
    """A value, an image, a fault: all into a scenario file that was not there before."""
    app = page(language, "scenario", scenario="own", text="0" * 32)
    assert not app.exception
    assert app.warning
    app.text_area(key="manifest").set_value(DEPLOYMENT).run()
    assert not app.exception
    app.text_input(key="form-traffic.rate").set_value("80").run()
    app.text_input(key="release-image-web").set_value("nginx:1.22").run()
    app.button(key="fault-add-button").click().run()
    assert not app.exception
    assert not app.error
    text = app.text_area(key="description").value
    assert values_of(text)["traffic.rate"] == "80/s"
    assert changes_in(text) == Changes(images={"web": "nginx:1.22"})
    assert faults_in(text) == ("bug:new:5%",)
    app.text_area(key="description").set_value(text.replace("80/s", "90/s")).run()
    assert app.text_input(key="form-traffic.rate").value == "90/s"
    assert "nginx:1.22" in words_of(app)


def test_a_worker_finds_this_package_wherever_the_server_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another `sim` in that folder is none of its business."""
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(shelf.PLACE, str(tmp_path / "shelf"))
    order = Order(bundled=None, manifest=DEPLOYMENT).to_json()
    asked = {"task": "read", "order": order, "name": "a" * 32, "niceness": 0}
    folder = tmp_path / "of the worker"
    folder.mkdir()
    process = job._start(str(folder))
    whose = {"server": os.getpid(), "folder": str(folder)}
    said, _ = process.communicate(json.dumps(asked | whose))

    assert process.returncode == 0
    assert '"shelved"' in said
