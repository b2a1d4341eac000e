"""Classes of requests as a scenario says them, faults of one class, and what a run says of them."""

from __future__ import annotations

import json

import pytest
from command_line import call
from stories import deployment, rehearse, scenario
from test_scenario_dependencies import shop as shop

from sim.analysis.failures import by_class
from sim.backends.simulated.driver import SimulatedClock
from sim.backends.simulated.world import SimulatedWorld
from sim.control.clock import Environment
from sim.errors import ScenarioError
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.faults.bug import Bug
from sim.faults.hang import Hang
from sim.faults.reading import faults_of
from sim.faults.slow import Slow
from sim.model.behaviour import Behaviour
from sim.model.dependency import Call
from sim.model.endpoint_class import ClassBehaviour, EndpointClass, Work
from sim.model.route_conditions import ALWAYS, NEVER, on_path, paths_of
from sim.model.routing import OF_CLASS, Condition
from sim.model.virtual_service_routes import string_test
from sim.scenario.load import load

SHOP = """\
traffic:
  rate: 40/s
  classes:
    checkout: {share: 5%, serviceTime: 3x, idempotent: false, path: /checkout}
    search: {share: 95%}
dependencies:
  database: {}
versions:
  old:
    calls: {database: {}}
    classes:
      search: {calls: {}, errors: 1%}
  new:
    classes:
      checkout: {serviceTime: 2x, service: {wait: 90ms}, calls: {database: {share: 50%}}}
"""


def test_classes_are_numbered_as_in_the_file_and_versions_lay_theirs_over_old(shop):
    found = shop(SHOP)
    versions = {one.name: one.behaviour.classes for one in found.versions}
    search = ClassBehaviour(name="search", calls=(), error_ratio=0.01)

    assert found.classes == (
        EndpointClass(name="checkout", share=0.05, idempotent=False, path="/checkout"),
        EndpointClass(name="search", share=0.95),
    )
    assert versions["old"] == (ClassBehaviour(name="checkout", service_time_factor=3.0), search)
    assert versions["new"] == (
        ClassBehaviour(
            name="checkout",
            service_time_factor=2.0,
            work=Work(cpu_seconds=0.005, wait_seconds=0.09),
            calls=(Call(dependency=0, share=0.5, timeout_seconds=2.0),),
        ),
        search,
    )
    assert not found.warnings


def test_what_is_given_is_listed_and_changes_the_fingerprint(shop):
    found = shop(SHOP)
    rows = {row.field: (row.value, row.origin) for row in found.assumptions}

    assert rows["traffic.classes.checkout"] == ("5%, 3x, not idempotent, /checkout", "given")
    assert rows["versions.old.classes.search"] == ("calls -, errors 1%", "given")
    assert found.fingerprint() != shop(SHOP.replace("errors: 1%", "errors: 2%")).fingerprint()
    assert shop("traffic: {rate: 40/s}").fingerprint() != found.fingerprint()


def test_a_fault_may_be_limited_to_a_class(shop):
    faults = 'faults: ["bug:new:3%@checkout", "slow:old:2x@search", "hang:new:1%@search"]'

    assert faults_of(shop(SHOP + faults).faults) == (
        Bug(version="new", error_ratio=0.03, endpoint_class="checkout"),
        Slow(version="old", factor=2.0, endpoint_class="search"),
        Hang(version="new", hang_ratio=0.01, endpoint_class="search"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("traffic: {classes: {a: {share: 50%}, b: {share: 40%}}}", "add up to 90%"),
        ("traffic: {classes: {a: {}}}", "share"),
        ("traffic: {classes: {'a b': {share: 100%}}}", "'a b' is not a valid name"),
        ("traffic: {classes: {a: {share: 100%, path: checkout}}}", "'checkout' is not a path"),
        ("traffic: {classes: {a: {share: 100%, path: /a?b=c}}}", "'/a?b=c' is not a path"),
        ("versions: {old: {classes: {a: {}}}}", "there is no class of requests 'a'"),
        (
            "traffic: {classes: {a: {share: 100%}}}\n"
            "versions: {old: {classes: {a: {calls: {db: {}}}}}}",
            "there is no dependency 'db'",
        ),
        (SHOP + 'faults: ["bug:new:3%@chekout"]', "did you mean checkout?"),
        ('faults: ["slow:new:3x@checkout"]', "name it under traffic.classes"),
    ],
)
def test_each_mistake_is_told_once(shop, text, expected):
    with pytest.raises(ScenarioError) as caught:
        shop(text)

    assert len(caught.value.problems) == 1, caught.value.problems
    assert expected in caught.value.problems[0].render()


@pytest.mark.parametrize("amount", ["3%@", "@checkout", "3@checkout"])
def test_an_amount_with_a_class_is_still_an_amount(shop, amount):
    with pytest.raises(ScenarioError, match="bug:new:5%"):
        faults_of(shop(SHOP + f'faults: ["bug:new:{amount}"]').faults)


def test_faults_of_a_class_stack_and_heal_alone():
    classes = (ClassBehaviour(name="checkout"), ClassBehaviour(name="search", error_ratio=0.5))
    clock = SimulatedClock(Environment())
    world = SimulatedWorld(clock, lambda _: Behaviour(classes=classes), lambda _: None)

    def ratios() -> list[float]:
        return [one.error_ratio for one in world.behaviour("new").classes]

    begun = [
        Bug(version="new", error_ratio=0.5, endpoint_class="search").inject(world) for _ in "12"
    ]
    for one in begun:
        next(one)
    assert ratios() == [0.0, 0.875]
    begun[0].close()
    assert ratios() == [0.0, 0.75]
    assert world.behaviour("new").error_ratio == 0.0


CLASSES = ("traffic.classes.checkout.share=20%", "traffic.classes.search.share=80%")


def test_a_bug_of_one_class_fails_that_class_only(tmp_path):
    story = scenario(tmp_path, overrides=CLASSES, faults=("bug:old:30%@checkout",))
    run = rehearse(story, None)
    sent, failed = by_class(run)["checkout"]

    assert 0.24 < failed / sent < 0.36  # Of some 1,500: five standard errors.
    assert by_class(run)["search"][1] == 0
    assert sum(sent for sent, _ in by_class(run).values()) == run.requests.within(0, 150).total


def test_a_run_folder_gives_the_classes_back(tmp_path):
    story = scenario(tmp_path, overrides=CLASSES, faults=("bug:old:30%@checkout",))
    run = rehearse(story, None)
    write_run_folder(tmp_path / "run", story, run)
    again = read_run_folder(tmp_path / "run")

    assert again.digest() == run.digest()
    assert again.classes == ("checkout", "search")
    assert by_class(again) == by_class(run)
    assert again.failures == run.failures
    assert {run.classes[one.endpoint_class] for one in again.failures} == {"checkout"}


def test_run_prints_failures_by_class_and_json_has_them(root):
    sets = [part for one in CLASSES for part in ("--set", one)]
    asked = ["run", str(root / "scenarios/web-app"), "--strategy", "Recreate", *sets]
    shown, data = call(*asked), json.loads(call(*asked, "--json").stdout)

    assert "Failed requests by class" in shown.stdout
    assert set(data["classes"]) == {"checkout", "search"}
    failed = sum(one["failed"] for one in data["classes"].values())
    assert failed == sum(data["causes"].values()) > 0
    assert sum(one["requests"] for one in data["classes"].values()) == data["requests"]
    assert {one["endpoint_class"] for one in data["failures"]} == {"checkout", "search"}


PATHS = (
    EndpointClass(name="checkout", share=0.1, path="/checkout"),
    EndpointClass(name="pay", share=0.2, path="/checkout/pay"),
    EndpointClass(name="start", share=0.7),
)


def test_a_comparison_tells_failures_by_class_and_a_study_keeps_them(root):
    sets = [part for one in CLASSES for part in ("--set", one)]
    words = ["compare", str(root / "scenarios" / "web-app"), *sets, "--set", "window.settle=10s"]
    words += ["--fault", "bug:new:30%@checkout", "--strategy", "RollingUpdate", "--runs", "2"]
    words += ["--seed", "3", "--rps", "20", "--workers", "1"]
    told, facts = call(*words), json.loads(call(*words, "--json").stdout)

    assert told.exit_code == 0
    assert "Failed requests by class" in told.stdout
    arms = {arm["strategy"]: arm for arm in facts["arms"]}
    failed = {name: found["value"] for name, found in arms["RollingUpdate"]["classes"].items()}
    assert (
        sum(failed.values())
        == arms["RollingUpdate"]["figures"]["failed_requests"]["estimate"]["value"]
    )
    assert failed["checkout"] > failed["search"]  # Four in five requests are searches.


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ({"prefix": "/"}, ALWAYS),
        ({"exact": "/"}, ((Condition(attribute=OF_CLASS, values=(2,)),),)),
        ({"prefix": "/checkout"}, ((Condition(attribute=OF_CLASS, values=(0, 1)),),)),
        ({"regex": "/check[a-z]+"}, ((Condition(attribute=OF_CLASS, values=(0,)),),)),
        ({"exact": "/cart"}, NEVER),
    ],
)
def test_a_match_on_the_path_is_one_on_the_class(uri, expected):
    assert expected == on_path(paths_of(PATHS), string_test(uri))


def virtual_service(uri: dict[str, str]) -> dict[str, object]:
    """Requests for *uri* go to a Service that does not exist."""

    def to(host: str) -> list[dict[str, object]]:
        return [{"destination": {"host": host}}]

    first = {"match": [{"uri": uri}], "route": to("nobody")}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "web"},
        "spec": {"hosts": ["web"], "http": [first, {"route": to("web")}]},
    }


def test_a_virtual_service_routes_a_class_by_its_path(tmp_path):
    tmp_path.joinpath("deployment.yaml").write_text(json.dumps(deployment()))
    tmp_path.joinpath("route.yaml").write_text(json.dumps(virtual_service({"prefix": "/checkout"})))
    paths = ("traffic.classes.checkout.path=/checkout", "network.proxy=istio")
    run = rehearse(
        load(
            [tmp_path / "deployment.yaml", tmp_path / "route.yaml"],
            images=["web=web:2"],
            overrides=CLASSES + paths,
        ),
        None,
    )
    sent, failed = by_class(run)["checkout"]

    assert sent == failed > 0
    assert by_class(run)["search"][1] == 0
